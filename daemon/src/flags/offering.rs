//! An argument that takes more than it offers.

use clap::builder::{PossibleValue, TypedValueParser};
use std::ffi::OsStr;

/// Takes whatever `parser` takes; a shell offers, and the help lists, these words.
#[derive(Debug, Clone)]
pub struct Offering<P> {
    words: &'static [&'static str],
    parser: P,
}

impl<P> Offering<P> {
    /// `words` in front of `parser`.
    pub const fn new(words: &'static [&'static str], parser: P) -> Self {
        Self { words, parser }
    }
}

impl<P: TypedValueParser> TypedValueParser for Offering<P> {
    type Value = P::Value;

    fn parse_ref(
        &self,
        command: &clap::Command,
        argument: Option<&clap::Arg>,
        value: &OsStr,
    ) -> Result<Self::Value, clap::Error> {
        self.parser.parse_ref(command, argument, value)
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        Some(Box::new(self.words.iter().map(PossibleValue::new)))
    }
}
