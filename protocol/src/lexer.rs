//! NUT's one lexer: words of the net protocol, of the driver socket and of every configuration file.
//!
//! ```text
//! line     = words newline
//! word     = plain | quoted | "="          an unquoted "=" is a word of its own
//! quoted   = '"' … '"'                     may be empty, may hold blanks, "#" and "="
//! escape   = '\' any                       that character, inside and outside quotes
//! comment  = '#' … newline                 outside quotes
//! '\' newline                              joins two lines; a newline inside quotes vanishes
//! ```
//!
//! What no word can hold is dropped byte by byte (control characters, everything above 0x7f), and
//! so is what passes a limit, so that no input makes a reader grow: a line needs no bound on the
//! wire. Unlike NUT up to 2.8.5, a `#` inside quotes is an ordinary character.
//!
//! What the words mean is for [`net`](crate::net), [`driver_socket`](crate::driver_socket) and
//! [`conf`](crate::conf).

mod line;
mod reader;

pub use line::{Flaws, Line, Word};
pub use reader::LineReader;

/// The most words of a line; further ones are dropped.
pub const MAX_WORDS: usize = 32;

/// The most characters of a word; further ones are dropped.
pub const MAX_WORD: usize = 512;
