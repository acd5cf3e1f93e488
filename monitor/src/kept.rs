//! What a primary keeps across boots: how many secondaries log in here, by UPS.
//!
//! ```text
//! # upsmon: how many secondaries log in
//! 2 rack@localhost
//! ```

use std::fmt::Write;

/// What the file is called, in the folder of what is kept.
pub const NAME: &str = "upsmon.logins";
/// The most that is read of it, in bytes.
pub const LIMIT: usize = 1024 * 1024;
/// Its first line.
const HEAD: &str = "# upsmon: how many secondaries log in";

/// How many secondaries log in, by UPS as its `MONITOR` line names it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Kept(Vec<(String, u32)>);

impl Kept {
    /// From the file; `None` for one that somebody else wrote.
    #[must_use]
    pub fn read(contents: &[u8]) -> Option<Self> {
        let text = std::str::from_utf8(contents).ok()?.strip_suffix('\n')?;
        let mut lines = text.split('\n');
        lines.next().filter(|head| *head == HEAD)?;
        lines.map(read_line).collect::<Option<_>>().map(Self)
    }

    /// For the file.
    #[must_use]
    pub fn write(&self) -> Vec<u8> {
        let mut text = format!("{HEAD}\n");
        for (ups, count) in &self.0 {
            // Writing to a string does not fail.
            let _ = writeln!(text, "{count} {ups}");
        }
        text.into_bytes()
    }

    /// How many log in to a UPS.
    #[must_use]
    pub fn of(&self, ups: &str) -> Option<u32> {
        self.0.iter().find(|(known, _)| known == ups).map(|(_, count)| *count)
    }

    /// Whether it says nothing else.
    #[must_use]
    pub fn says<'a>(&'a self, counts: impl Iterator<Item = (&'a str, u32)>) -> bool {
        self.0.iter().map(|(ups, count)| (ups.as_str(), *count)).eq(counts)
    }

    /// Whether it says nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl<'a> FromIterator<(&'a str, u32)> for Kept {
    fn from_iter<T: IntoIterator<Item = (&'a str, u32)>>(counts: T) -> Self {
        Self(counts.into_iter().map(|(ups, count)| (ups.to_owned(), count)).collect())
    }
}

fn read_line(line: &str) -> Option<(String, u32)> {
    let (count, ups) = line.split_once(' ')?;
    Some((ups.to_owned(), count.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_written_is_read_again() {
        let kept: Kept = [("rack@localhost", 2), ("a b@nas:3494", 0)].into_iter().collect();
        assert_eq!(Kept::read(&kept.write()), Some(kept.clone()));
        assert_eq!((kept.of("a b@nas:3494"), kept.of("rack")), (Some(0), None));
    }

    #[test]
    fn what_somebody_else_wrote_is_none_of_it() {
        let head = HEAD.as_bytes();
        for wrong in [
            &b""[..],
            b"2 rack@localhost\n",
            head,
            &[head, b"\n2 rack@localhost"].concat(),
            &[head, b"\n-1 rack@localhost\n"].concat(),
            &[head, b"\n4294967296 rack@localhost\n"].concat(),
            &[head, b"\n2\n"].concat(),
            &[head, b"\n\n"].concat(),
            &[head, b"\n2 \xff\n"].concat(),
        ] {
            assert_eq!(Kept::read(wrong), None, "{}", String::from_utf8_lossy(wrong));
        }
    }
}
