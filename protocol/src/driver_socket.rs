//! The socket between a driver and the server: lines of [words](crate::lexer) in both directions.
//!
//! The driver listens; every state change goes to all who are connected, and a server that has
//! just connected asks for everything with DUMPALL.

mod from_driver;
mod to_driver;

pub use from_driver::{FromDriver, Outcome, VarFlags};
pub use to_driver::ToDriver;

use crate::text::{push_quoted, push_word};

/// A line that is none of the protocol's; NUT logs it and goes on, and so should we.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Malformed {
    /// The first word is not known.
    #[error("unknown word on the driver socket")]
    UnknownWord,
    /// Too few arguments, too many, or one that is not a number where one must be.
    #[error("malformed line on the driver socket")]
    Arguments,
}

fn head(out: &mut Vec<u8>, verb: &str, words: &[&str]) {
    out.extend_from_slice(verb.as_bytes());
    for word in words {
        out.push(b' ');
        push_word(word, out);
    }
}

fn row(out: &mut Vec<u8>, verb: &str, words: &[&str], value: &str) {
    head(out, verb, words);
    out.push(b' ');
    push_quoted(value, out);
}
