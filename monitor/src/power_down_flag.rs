//! The POWERDOWNFLAG file: written before SHUTDOWNCMD runs on a primary, asked for by the late
//! shutdown script (`upsmon -K`), removed at the next start.

use std::io::Read;
use std::path::Path;

/// What the file holds; a file that holds anything else is not ours.
pub const MAGIC: &str = "upsmon-shutdown-file";

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
        // Only a regular file is opened: a FIFO would block for ever.
        match path.metadata() {
            Ok(found) if found.is_file() => {}
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Self::Absent,
            _ => return Self::Foreign,
        }
        let Ok(file) = std::fs::File::open(path) else { return Self::Foreign };
        let mut start = Vec::with_capacity(MAGIC.len());
        match file.take(MAGIC.len() as u64).read_to_end(&mut start) {
            Ok(_) => Self::from_contents(&start),
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
