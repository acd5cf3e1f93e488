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
//! so is what passes a limit, so that no input makes a reader grow. A wire has NUT's limits; a file,
//! whose words may be commands, has wider ones, and says what passes them. Unlike NUT up to 2.8.5, a
//! `#` inside quotes is an ordinary character.
//!
//! What the words mean is for [`net`](crate::net), [`driver_socket`](crate::driver_socket) and
//! [`conf`](crate::conf).

mod line;
mod reader;

pub use line::{Flaws, Line, Word};
pub use reader::LineReader;

/// The most words of a line on a wire; further ones are dropped.
pub const MAX_WORDS: usize = 32;

/// The most characters of a word on a wire; further ones are dropped.
pub const MAX_WORD: usize = 512;

/// The most characters of a word in a file. A command of that length is one that a person wrote.
pub const MAX_FILE_WORD: usize = 8192;

/// The most words of a line in a file: no more fit into [`MAX_FILE_WORD`] characters with blanks between.
pub const MAX_FILE_WORDS: usize = MAX_FILE_WORD / 2;

/// The most bytes of a line on a wire. The longest that holds no more than its limits, every character of it
/// escaped, is half as long: who sends more without the end of a line is let go.
pub const MAX_LINE: usize = 64 * 1024;

/// As much of a word as arrives at the other end of a wire. Who compares a word of a file with one that
/// came over a wire, such as a password, compares this.
#[must_use]
pub fn on_the_wire(word: &str) -> &str {
    word.get(..MAX_WORD).unwrap_or(word)
}

/// What a reader keeps of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Limits {
    words: usize,
    characters: usize,
}

impl Limits {
    const WIRE: Self = Self { words: MAX_WORDS, characters: MAX_WORD };
    const FILE: Self = Self { words: MAX_FILE_WORDS, characters: MAX_FILE_WORD };
}

impl Default for Limits {
    fn default() -> Self {
        Self::WIRE
    }
}
