//! A file's bytes and name, shared by all messages about it.

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;
use std::sync::Arc;

/// A file that messages point into. Cloning it is cheap.
#[derive(Clone, PartialEq, Eq)]
pub struct Source(Arc<File>);

#[derive(PartialEq, Eq)]
struct File {
    path: String,
    bytes: Vec<u8>,
    /// Where its newlines are: a file of mistakes is asked for many places.
    newlines: Vec<usize>,
}

/// A place for people.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Location<'a> {
    /// The file.
    pub path: &'a str,
    /// Counted from 1.
    pub line: usize,
    /// Counted from 1, in characters.
    pub column: usize,
}

impl Source {
    /// A file by its path, as messages shall call it, and its content, text or not.
    #[must_use]
    pub fn new(path: &str, contents: impl AsRef<[u8]>) -> Self {
        let bytes = contents.as_ref().to_owned();
        let newlines = bytes.iter().enumerate().filter(|&(_, &byte)| byte == b'\n').map(|(at, _)| at).collect();
        Self(Arc::new(File { path: path.to_owned(), bytes, newlines }))
    }

    /// What messages call it.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.0.path
    }

    /// Its content.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.0.bytes
    }

    /// Line and column of the byte at `offset`; an offset past the end means the end.
    #[must_use]
    pub fn locate(&self, offset: usize) -> Location<'_> {
        let offset = offset.min(self.bytes().len());
        let start = self.line_around(offset).start;
        let line = 1 + self.0.newlines.partition_point(|&newline| newline < offset);
        Location { path: self.path(), line, column: 1 + characters(&self.bytes()[start..offset]) }
    }

    /// The text of the line that holds the byte at `offset`, without its newline.
    #[must_use]
    pub fn line_at(&self, offset: usize) -> Cow<'_, str> {
        String::from_utf8_lossy(&self.bytes()[self.line_around(offset)])
    }

    /// The line that holds the byte at `offset`, without its newline.
    pub(super) fn line_around(&self, offset: usize) -> Range<usize> {
        let offset = offset.min(self.bytes().len());
        let newlines = &self.0.newlines;
        let next = newlines.partition_point(|&newline| newline < offset);
        let start = next.checked_sub(1).map_or(0, |before| newlines[before] + 1);
        start..newlines.get(next).copied().unwrap_or(self.bytes().len())
    }
}

/// How many characters the bytes are: one for each byte that is not in the middle of a UTF-8 sequence.
fn characters(bytes: &[u8]) -> usize {
    bytes.iter().filter(|&&byte| byte & 0xc0 != 0x80).count()
}

/// The path and the size: content in a debug print helps nobody.
impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Source({}, {} bytes)", self.path(), self.bytes().len())
    }
}

impl fmt::Display for Location<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.path, self.line, self.column)
    }
}
