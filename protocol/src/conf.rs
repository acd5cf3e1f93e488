//! NUT's configuration files, read with the [lexer](crate::lexer) that NUT reads them with.
//!
//! Three shapes exist: [`flat`] (`upsd.conf`, `upsmon.conf`: a directive and its arguments),
//! [`sectioned`] (`ups.conf`, `upsd.users`: `[section]`, `key = value`) and [`nut_conf`] (`NAME=value`,
//! which a shell reads too). Every word keeps its place, so that whoever knows what it should mean
//! can point at it. What NUT passes over in silence is a warning here: a byte that it drops, a
//! word that it cuts, a quote that runs on into the next lines. A word of up to
//! [`MAX_FILE_WORD`](crate::lexer::MAX_FILE_WORD) characters is taken whole; a longer one is an error on
//! the lines that a daemon calls [`Vital`], and a mistake for a checker elsewhere.
//!
//! Which directives exist, and what they mean, is for the daemons.

pub mod flat;
mod item;
mod lines;
pub mod nut_conf;
pub mod secrets;
pub mod sectioned;
pub mod ups_conf;

pub use item::Item;

/// Whether nothing of a line that begins with this word may be cut: it has a command, a password, a path, a
/// host name, or says which device is meant.
pub type Vital = fn(&str) -> bool;

/// The longest configuration file, in bytes.
pub const MAX_FILE: usize = 1 << 20;
