//! Ports: how the engine meets the world outside a test.
//!
//! [`serve()`] hosts one [`Ups`](crate::Ups) on real time: its data port is a Unix socket that speaks
//! `protocol::usb::frame` (`hosts`), its control port another that speaks lines (`lines`), and its
//! [`clock`] may run faster than the wall's; [`tell()`] is a person's end of the control port. In memory, a test or a rig hosts the engine itself.

pub mod clock;
mod hosts;
mod lines;
mod listen;
mod serve;
mod tell;
mod watch;

pub use clock::Clock;
pub use serve::{Options, serve};
pub use tell::tell;
pub use watch::Watched;
