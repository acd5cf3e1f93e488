//! Messages about a file, as a compiler gives them: severity, place, caret, hint.
//!
//! ```text
//! error: unknown directive `MAXAEG`
//!  --> upsd.conf:3:1
//!   |
//! 3 | MAXAEG 15
//!   | ^^^^^^ not a directive of upsd.conf
//!   |
//!   = hint: did you mean `MAXAGE`?
//! ```
//!
//! A [`Diagnostic`] points into a [`Source`] by bytes; it says lines and columns (in characters)
//! only when it is shown. Files may be huge, or no text at all: what is shown stays short and clean.

mod render;
mod source;
mod suggest;

pub use source::{Location, Source};
pub use suggest::did_you_mean;

use std::fmt;
use std::ops::Range;

/// How many diagnostics a [`Diagnostics`] keeps; of further ones it keeps the number.
pub const MAX_DIAGNOSTICS: usize = 100;

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// The file works, but perhaps not as its author thinks.
    Warning,
    /// The file cannot be used.
    Error,
}

/// One message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// How bad it is.
    pub severity: Severity,
    /// What is wrong: lower case, no full stop.
    pub message: String,
    /// Where, when it has a place: the file and bytes in it.
    pub place: Option<(Source, Range<usize>)>,
    /// What stands at the caret.
    pub label: Option<String>,
    /// What the reader can do.
    pub hint: Option<String>,
    /// A warning of a daemon that goes on protecting its host, and that a checker counts as an error.
    pub is_mistake: bool,
}

impl Diagnostic {
    /// An error at a place.
    #[must_use]
    pub fn error(source: &Source, span: Range<usize>, message: impl Into<String>) -> Self {
        Self { place: Some((source.clone(), span)), ..Self::unplaced(Severity::Error, message) }
    }

    /// A warning at a place.
    #[must_use]
    pub fn warning(source: &Source, span: Range<usize>, message: impl Into<String>) -> Self {
        Self { place: Some((source.clone(), span)), ..Self::unplaced(Severity::Warning, message) }
    }

    /// A message without a place, such as that a file cannot be read.
    #[must_use]
    pub fn unplaced(severity: Severity, message: impl Into<String>) -> Self {
        Self { severity, message: message.into(), place: None, label: None, hint: None, is_mistake: false }
    }

    /// Says something at the caret.
    #[must_use]
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.label = Some(label.into());
        self
    }

    /// Says what the reader can do.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// Hints at the candidate that looks most like `word`, if one does.
    #[must_use]
    pub fn suggest<'a>(self, word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Self {
        match did_you_mean(word, candidates) {
            Some(candidate) => self.hint(format!("did you mean `{candidate}`?")),
            None => self,
        }
    }

    /// Has a checker count it as an error.
    #[must_use]
    pub fn mistake(self) -> Self {
        Self { is_mistake: true, ..self }
    }

    /// As a checker counts it.
    #[must_use]
    pub fn checked(self) -> Self {
        let severity = if self.is_mistake { Severity::Error } else { self.severity };
        Self { severity, ..self }
    }

    /// File, line and column, when it has a place.
    #[must_use]
    pub fn location(&self) -> Option<Location<'_>> {
        self.place.as_ref().map(|(source, span)| source.locate(span.start))
    }

    /// Its place and message in one line, for logs: `upsd.conf:3:1: error: unknown directive`.
    #[must_use]
    pub fn one_line(&self) -> String {
        let severity = match self.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        };
        match self.location() {
            Some(location) => format!("{location}: {severity}: {}", self.message),
            None => format!("{severity}: {}", self.message),
        }
    }
}

/// Shown with its caret, without colours and without a newline at the end.
impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&render::plain(self))
    }
}

impl std::error::Error for Diagnostic {}

/// All messages about one or several files, in order.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Diagnostics {
    kept: Vec<Diagnostic>,
    /// Errors, warnings beyond [`MAX_DIAGNOSTICS`].
    left_out: [usize; 2],
}

impl Diagnostics {
    /// No messages.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a message.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        if self.kept.len() < MAX_DIAGNOSTICS {
            self.kept.push(diagnostic);
        } else {
            self.left_out[usize::from(diagnostic.severity == Severity::Warning)] += 1;
        }
    }

    /// Adds all messages of another.
    pub fn append(&mut self, other: Self) {
        self.extend(other.kept);
        self.left_out = [self.left_out[0] + other.left_out[0], self.left_out[1] + other.left_out[1]];
    }

    /// Puts the messages in the order of their places; those without come first.
    pub fn sort(&mut self) {
        self.kept.sort_by_key(|diagnostic| diagnostic.place.as_ref().map(|(_, span)| span.start));
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.kept.is_empty()
    }

    /// Whether an error is among them.
    #[must_use]
    pub fn has_errors(&self) -> bool {
        self.left_out[0] > 0 || self.iter().any(|diagnostic| diagnostic.severity == Severity::Error)
    }

    /// The messages that were kept.
    pub fn iter(&self) -> std::slice::Iter<'_, Diagnostic> {
        self.kept.iter()
    }

    /// How many more there were than are kept.
    #[must_use]
    pub fn left_out(&self) -> usize {
        self.left_out.iter().sum()
    }

    /// `value` with the warnings there are, or, with an error among them, all messages.
    ///
    /// # Errors
    ///
    /// Itself, when it has errors.
    pub fn into_result<T>(self, value: T) -> Result<(T, Self), Self> {
        if self.has_errors() { Err(self) } else { Ok((value, self)) }
    }

    /// Shown with carets and, for a terminal, with colours.
    #[must_use]
    pub fn render(&self, colours: bool) -> String {
        let mut shown: Vec<String> = self.kept.iter().map(|one| render::render(one, colours)).collect();
        if self.left_out() > 0 {
            shown.push(format!("… and {} more", self.left_out()));
        }
        shown.join("\n\n")
    }
}

/// Shown with carets, without colours and without a newline at the end.
impl fmt::Display for Diagnostics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.render(false))
    }
}

impl std::error::Error for Diagnostics {}

impl From<Diagnostic> for Diagnostics {
    fn from(diagnostic: Diagnostic) -> Self {
        Self { kept: vec![diagnostic], left_out: [0, 0] }
    }
}

impl Extend<Diagnostic> for Diagnostics {
    fn extend<I: IntoIterator<Item = Diagnostic>>(&mut self, diagnostics: I) {
        diagnostics.into_iter().for_each(|diagnostic| self.push(diagnostic));
    }
}

impl FromIterator<Diagnostic> for Diagnostics {
    fn from_iter<I: IntoIterator<Item = Diagnostic>>(diagnostics: I) -> Self {
        let mut all = Self::new();
        all.extend(diagnostics);
        all
    }
}

impl IntoIterator for Diagnostics {
    type Item = Diagnostic;
    type IntoIter = std::vec::IntoIter<Diagnostic>;
    fn into_iter(self) -> Self::IntoIter {
        self.kept.into_iter()
    }
}

impl<'a> IntoIterator for &'a Diagnostics {
    type Item = &'a Diagnostic;
    type IntoIter = std::slice::Iter<'a, Diagnostic>;
    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}
