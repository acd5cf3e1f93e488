//! The shell every daemon stands on: it hosts one engine and carries out what the engine asks.
//!
//! Start at [`run`]: it takes an engine and [`Options`], opens listeners, goes to the background,
//! drops privileges, and turns the event loop until the engine asks for
//! [`Effect::Exit`](protocol::Effect::Exit). It knows nothing of what a UPS is.
//!
//! A binary reads its [`Flags`], finds its files through [`paths`], builds a checked
//! configuration, and calls [`run`]; `-c COMMAND` goes through [`pid_file`].

pub mod flags;
pub mod options;
pub mod paths;
pub mod pid_file;
mod run;

pub use flags::Flags;
pub use options::{Listener, Options, Reloaded};
pub use run::run;
