//! The POWERDOWNFLAG file: written before SHUTDOWNCMD runs on a primary, asked for by the late
//! shutdown script (`upsmon -K`), removed at the next start. What it holds is [`protocol::power_down_flag`]'s.

use protocol::power_down_flag::MAGIC;
use std::io::ErrorKind;
use std::path::Path;

/// What stands at the path of the flag.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flag {
    /// The flag: the load is to be cut.
    Set,
    /// No file.
    Absent,
    /// A file, but not the flag.
    Foreign,
}

impl Flag {
    /// What a file with this content is.
    #[must_use]
    pub fn from_contents(contents: &[u8]) -> Self {
        if contents.starts_with(MAGIC.as_bytes()) { Self::Set } else { Self::Foreign }
    }

    /// Looks at the file. For shells: an engine never touches the disk.
    #[must_use]
    pub fn at(path: &Path) -> Self {
        match daemon::files::beginning(path, MAGIC.len()) {
            Ok(start) => Self::from_contents(&start),
            Err(error) if error.kind() == ErrorKind::NotFound => Self::Absent,
            Err(_) => Self::Foreign,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_file_that_begins_with_the_magic_is_the_flag() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("killpower");
        assert_eq!(Flag::at(&path), Flag::Absent);
        std::fs::write(&path, "upsmon-shutdown").unwrap();
        assert_eq!(Flag::at(&path), Flag::Foreign);
        std::fs::write(&path, "upsmon-shutdown-file\n").unwrap();
        assert_eq!(Flag::at(&path), Flag::Set);
        assert_eq!(Flag::at(directory.path()), Flag::Foreign);
    }
}
