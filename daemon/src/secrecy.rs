//! Files with passwords that every user of the machine can read.

use protocol::diagnostic::{Diagnostic, Severity};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

/// A warning where everybody may read the passwords in the file at `path`; `reader` is the program that has to.
#[must_use]
pub fn check(path: &Path, reader: &str) -> Option<Diagnostic> {
    let mode = fs::metadata(path).ok()?.permissions().mode();
    let message = format!("every user of this machine can read the passwords in {}", path.display());
    let problem = Diagnostic::unplaced(Severity::Warning, message);
    (mode & 0o004 != 0).then(|| problem.hint(format!("chmod 640, and give it to the group that {reader} runs in")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_that_everybody_can_read_are_warned_of() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let warned = |mode| {
            fs::set_permissions(file.path(), fs::Permissions::from_mode(mode)).unwrap();
            check(file.path(), "upsmon").map(|problem| problem.to_string())
        };
        assert_eq!(warned(0o640), None);
        let said = warned(0o644).unwrap();
        assert!(said.contains("every user of this machine") && said.contains("group that upsmon runs in"), "{said}");
        assert_eq!(check(Path::new("/nowhere/upsmon.conf"), "upsmon"), None);
    }
}
