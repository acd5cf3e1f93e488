//! One word of a configuration file, kept with its place.

use crate::diagnostic::{Diagnostic, Source};
use crate::lexer::Word;
use std::ops::Range;
use std::str::FromStr;

/// A word and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// The word, escapes resolved.
    pub text: String,
    /// Its bytes in the file, quotes included.
    pub span: Range<usize>,
    /// Whether it stood in quotes.
    pub quoted: bool,
}

impl Item {
    /// The word read as a number or the like.
    ///
    /// # Errors
    ///
    /// A diagnostic at the word that says what was wanted, such as "a number of seconds".
    pub fn parse<T: FromStr>(&self, source: &Source, wanted: &str) -> Result<T, Diagnostic> {
        self.text.trim().parse().map_err(|_| self.error(source, format!("`{}` is not {wanted}", self.text)))
    }

    /// An error at this word.
    #[must_use]
    pub fn error(&self, source: &Source, message: impl Into<String>) -> Diagnostic {
        Diagnostic::error(source, self.span.clone(), message)
    }

    /// A warning at this word.
    #[must_use]
    pub fn warning(&self, source: &Source, message: impl Into<String>) -> Diagnostic {
        Diagnostic::warning(source, self.span.clone(), message)
    }
}

impl From<Word<'_>> for Item {
    fn from(word: Word<'_>) -> Self {
        Self { text: word.text.to_owned(), span: word.span, quoted: word.quoted }
    }
}

impl PartialEq<str> for Item {
    fn eq(&self, other: &str) -> bool {
        self.text == other
    }
}
