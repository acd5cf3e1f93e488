//! What LIST can list: the same words in the request, after BEGIN and after END.

use crate::lexer::Line;
use crate::text::push_word;

/// A list and what it is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum List<'a> {
    /// `UPS`: all UPSes.
    Ups,
    /// `VAR ups`: its variables.
    Var {
        /// The UPS.
        ups: &'a str,
    },
    /// `RW ups`: its variables that can be changed.
    Rw {
        /// The UPS.
        ups: &'a str,
    },
    /// `CMD ups`: its commands.
    Cmd {
        /// The UPS.
        ups: &'a str,
    },
    /// `ENUM ups var`: the values that a variable can have.
    Enum {
        /// The UPS.
        ups: &'a str,
        /// The variable.
        var: &'a str,
    },
    /// `RANGE ups var`: the ranges that a variable's value can lie in.
    Range {
        /// The UPS.
        ups: &'a str,
        /// The variable.
        var: &'a str,
    },
    /// `CLIENT ups`: the addresses of those logged in to it.
    Client {
        /// The UPS.
        ups: &'a str,
    },
}

impl<'a> List<'a> {
    /// Reads the words of `line` from `at` on; words behind them are ignored.
    pub(super) fn parse(line: &'a Line, at: usize) -> Option<Self> {
        let kind = line.get(at)?;
        let is = |word: &str| kind.eq_ignore_ascii_case(word);
        if is("UPS") {
            return Some(Self::Ups);
        }
        let ups = line.get(at + 1)?;
        if is("VAR") {
            return Some(Self::Var { ups });
        } else if is("RW") {
            return Some(Self::Rw { ups });
        } else if is("CMD") {
            return Some(Self::Cmd { ups });
        } else if is("CLIENT") {
            return Some(Self::Client { ups });
        }
        let var = line.get(at + 2)?;
        if is("ENUM") {
            Some(Self::Enum { ups, var })
        } else if is("RANGE") {
            Some(Self::Range { ups, var })
        } else {
            None
        }
    }

    /// Appends the list's words.
    pub(super) fn emit(&self, out: &mut Vec<u8>) {
        let (kind, ups, var): (&[u8], _, _) = match *self {
            Self::Ups => (b"UPS", None, None),
            Self::Var { ups } => (b"VAR", Some(ups), None),
            Self::Rw { ups } => (b"RW", Some(ups), None),
            Self::Cmd { ups } => (b"CMD", Some(ups), None),
            Self::Client { ups } => (b"CLIENT", Some(ups), None),
            Self::Enum { ups, var } => (b"ENUM", Some(ups), Some(var)),
            Self::Range { ups, var } => (b"RANGE", Some(ups), Some(var)),
        };
        out.extend_from_slice(kind);
        for word in [ups, var].into_iter().flatten() {
            out.push(b' ');
            push_word(word, out);
        }
    }
}
