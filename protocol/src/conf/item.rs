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

    /// Whether a comment begins in what may have been meant as one word, such as `ab#cd`: a hint to that.
    #[must_use]
    pub fn cut_by_comment(&self, source: &Source) -> Option<Diagnostic> {
        let is_cut = !self.quoted && source.bytes().get(self.span.end) == Some(&b'#');
        is_cut.then(|| {
            let at = self.span.end;
            let problem =
                Diagnostic::warning(source, at..at + 1, "# begins a comment, in the middle of a word as well");
            problem.label("what follows does not count").hint("a word with a # in it is put into quotes")
        })
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
