//! A file's bytes and name, shared by all messages about it.

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
        Self(Arc::new(File { path: path.to_owned(), bytes: contents.as_ref().to_owned() }))
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
        let line = 1 + self.bytes()[..start].iter().filter(|&&byte| byte == b'\n').count();
        Location { path: self.path(), line, column: 1 + characters(&self.bytes()[start..offset]) }
    }

    /// The line that holds the byte at `offset`, without its newline.
    pub(super) fn line_around(&self, offset: usize) -> Range<usize> {
        let offset = offset.min(self.bytes().len());
        let start = self.bytes()[..offset].iter().rposition(|&byte| byte == b'\n').map_or(0, |newline| newline + 1);
        let end =
            self.bytes()[offset..].iter().position(|&byte| byte == b'\n').map_or(self.bytes().len(), |n| offset + n);
        start..end
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
