//! One `name = value` (or bare flag) that only one driver knows, and where it was written.

use protocol::diagnostic::{Diagnostic, Severity, Source};
use std::ops::Range;
use std::str::FromStr;

/// A driver-specific parameter or flag.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Param {
    /// Its name, as written.
    pub name: String,
    /// Its value; `None` for a bare flag.
    pub value: Option<String>,
    /// Where it comes from.
    pub origin: Origin,
}

/// Where a [`Param`] was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// A file, at these bytes.
    File(Source, Range<usize>),
    /// `-x`.
    CommandLine,
}

impl Param {
    /// An error about this parameter, where it was written.
    #[must_use]
    pub fn error(&self, message: impl Into<String>) -> Diagnostic {
        match &self.origin {
            Origin::File(source, span) => Diagnostic::error(source, span.clone(), message),
            Origin::CommandLine => {
                Diagnostic::unplaced(Severity::Error, format!("-x {}: {}", self.name, message.into()))
            }
        }
    }

    /// Its value as a number.
    ///
    /// # Errors
    ///
    /// It has none, or none of this kind.
    pub fn number<T: FromStr>(&self) -> Result<T, Diagnostic> {
        let text = self.value.as_deref().unwrap_or_default();
        text.trim().parse().map_err(|_| self.error(format!("`{}` needs a number, not `{text}`", self.name)))
    }
}
