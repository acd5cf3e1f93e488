//! One `name = value` (or bare flag) that only one driver knows, and where it was written.

use std::ops::Range;

/// A driver-specific parameter or flag.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Param {
    /// Its name, as written; names are case-sensitive.
    pub name: String,
    /// Its value; `None` for a bare flag.
    pub value: Option<String>,
    /// Where it comes from.
    pub origin: Origin,
}

/// Where a [`Param`] was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// `ups.conf`, at these bytes.
    File(Range<usize>),
    /// `-x`.
    CommandLine,
}
