//! `upsd.conf`, `upsmon.conf`: one directive a line, its arguments behind it.

use super::{Item, Vital, lines};
use crate::diagnostic::{Diagnostics, Source};
use std::ops::Range;

/// One directive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Directive {
    /// Its name. NUT compares it with regard to case.
    pub name: Item,
    /// What follows.
    pub arguments: Vec<Item>,
}

impl Directive {
    /// From the name to the last argument.
    #[must_use]
    pub fn span(&self) -> Range<usize> {
        let end = self.arguments.last().unwrap_or(&self.name).span.end;
        self.name.span.start..end
    }

    /// The text of the argument at `index`, counted from 0.
    #[must_use]
    pub fn argument(&self, index: usize) -> Option<&str> {
        self.arguments.get(index).map(|item| item.text.as_str())
    }
}

/// Reads a file.
#[must_use]
pub fn read(source: &Source) -> (Vec<Directive>, Diagnostics) {
    read_vital(source, |_| false)
}

/// Reads a file; a vital directive of which something had to be cut is an error.
#[must_use]
pub fn read_vital(source: &Source, vital: Vital) -> (Vec<Directive>, Diagnostics) {
    let (lines, diagnostics) = lines::read(source, vital);
    let directives = lines.into_iter().filter_map(|words| {
        let mut words = words.into_iter();
        Some(Directive { name: words.next()?, arguments: words.collect() })
    });
    (directives.collect(), diagnostics)
}
