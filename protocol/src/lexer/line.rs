//! One line, split into words, with where each of them stood.

use std::ops::Range;

/// A line of words. It lives in its reader and is used again for the next line.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Line {
    /// The words, one blank between each two.
    pub(super) text: String,
    pub(super) cuts: Vec<Cut>,
    /// Where the line began and where its newline (or the end of the input) is.
    pub(super) span: Range<usize>,
    pub(super) flaws: Flaws,
}

/// Where a word is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Cut {
    /// In [`Line::text`].
    pub(super) text: Range<usize>,
    /// In the input, quotes included.
    pub(super) span: Range<usize>,
    pub(super) quoted: bool,
}

/// What a reader silently passed over: the wire does not care, a configuration file should.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Flaws {
    /// The first byte that no word can hold: a control character, or above 0x7f.
    pub dropped: Option<usize>,
    /// The first character that its word had no room for.
    pub long_word: Option<usize>,
    /// The first word that its line had no room for.
    pub extra_word: Option<usize>,
    /// The quote that the end of the input left open.
    pub open_quote: Option<usize>,
    /// The first newline inside quotes.
    pub broken_quote: Option<usize>,
}

/// One word of a [`Line`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word<'a> {
    /// The word, escapes resolved. ASCII.
    pub text: &'a str,
    /// The bytes it was written with, counted from the start of the input.
    pub span: Range<usize>,
    /// Whether it stood in quotes.
    pub quoted: bool,
}

impl Line {
    /// How many words it has; a line that is empty or only a comment has none.
    #[must_use]
    pub fn len(&self) -> usize {
        self.cuts.len()
    }

    /// Whether it has no words.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.cuts.is_empty()
    }

    /// The text of the word at `index`, counted from 0.
    #[must_use]
    pub fn get(&self, index: usize) -> Option<&str> {
        self.cuts.get(index).and_then(|cut| self.text.get(cut.text.clone()))
    }

    /// The word at `index`, with its place.
    #[must_use]
    pub fn word(&self, index: usize) -> Option<Word<'_>> {
        let cut = self.cuts.get(index)?;
        Some(Word { text: self.text.get(cut.text.clone())?, span: cut.span.clone(), quoted: cut.quoted })
    }

    /// All words, with their places.
    pub fn words(&self) -> impl Iterator<Item = Word<'_>> {
        (0..self.len()).filter_map(|index| self.word(index))
    }

    /// The words from `index` on, one blank between each two.
    #[must_use]
    pub fn rest(&self, index: usize) -> &str {
        self.cuts.get(index).and_then(|cut| self.text.get(cut.text.start..)).unwrap_or_default()
    }

    /// Where the line stands in the input, without its newline.
    #[must_use]
    pub fn span(&self) -> Range<usize> {
        self.span.clone()
    }

    /// What was passed over in silence.
    #[must_use]
    pub fn flaws(&self) -> &Flaws {
        &self.flaws
    }
}
