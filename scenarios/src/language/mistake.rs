//! A mistake in a scenario file, before it is drawn: where, what, and what to do about it.

use protocol::diagnostic::did_you_mean;
use std::collections::BTreeSet;

/// A place in the text of one of the files that a scenario is read from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct At {
    /// Which text, as counted by [`super::texts::Texts`].
    pub text: usize,
    /// First byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
}

/// One mistake.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Mistake {
    /// Where.
    pub at: At,
    /// What is wrong.
    pub message: String,
    /// A word or two beside the caret.
    pub label: String,
    /// What the author can do.
    pub hint: Option<String>,
}

impl Mistake {
    /// A mistake without a hint.
    #[must_use]
    pub fn new(at: At, message: impl Into<String>, label: impl Into<String>) -> Self {
        Self { at, message: message.into(), label: label.into(), hint: None }
    }

    /// With a hint.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// With a hint that names the candidate nearest to `word`, or else all of them.
    #[must_use]
    pub fn nearest<'a>(self, word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Self {
        let mut candidates: Vec<&str> = candidates.into_iter().collect();
        let mut named = BTreeSet::new();
        candidates.retain(|candidate| named.insert(*candidate));
        if let Some(best) = did_you_mean(word, candidates.iter().copied()) {
            return self.hint(format!("did you mean `{best}`?"));
        }
        match candidates.as_slice() {
            [] => self,
            [one] => self.hint(format!("there is only `{one}`")),
            many => {
                let quoted: Vec<String> = many.iter().map(|name| format!("`{name}`")).collect();
                self.hint(format!("there are {}", quoted.join(", ")))
            }
        }
    }
}
