//! The words of GET TYPE: what a variable is.

use crate::lexer::Line;
use std::io::Write as _;

/// What GET TYPE says of a variable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct TypeFlags {
    /// `RW`: it can be changed.
    pub rw: bool,
    /// `ENUM`: it has a list of values.
    pub is_enum: bool,
    /// `RANGE`: it has ranges.
    pub is_range: bool,
    /// What it holds.
    pub kind: TypeKind,
}

/// What a variable holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum TypeKind {
    /// `NUMBER`, which is also what stands where nothing is known.
    #[default]
    Number,
    /// `STRING:n`: at most so many characters.
    String(u32),
}

impl TypeFlags {
    /// Reads the words from `at` on; unknown ones are ignored.
    pub(super) fn parse(line: &Line, at: usize) -> Self {
        let mut flags = Self::default();
        for word in (at..line.len()).filter_map(|index| line.get(index)) {
            match word {
                "RW" => flags.rw = true,
                "ENUM" => flags.is_enum = true,
                "RANGE" => flags.is_range = true,
                _ => {
                    if let Some(length) = word.strip_prefix("STRING:") {
                        flags.kind = TypeKind::String(length.parse().unwrap_or_default());
                    }
                }
            }
        }
        flags
    }

    /// Appends the words, each after a blank.
    pub(super) fn emit(self, out: &mut Vec<u8>) {
        for (set, word) in [(self.rw, " RW"), (self.is_enum, " ENUM"), (self.is_range, " RANGE")] {
            if set {
                out.extend_from_slice(word.as_bytes());
            }
        }
        match self.kind {
            TypeKind::Number => out.extend_from_slice(b" NUMBER"),
            // Writing to a Vec cannot fail.
            TypeKind::String(length) => drop(write!(out, " STRING:{length}")),
        }
    }
}
