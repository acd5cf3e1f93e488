//! Which boot of this machine it is.

use std::path::Path;

/// Linux's name for it: a new one at every boot.
const ID: &str = "/proc/sys/kernel/random/boot_id";
/// It has 36 characters.
const LONGEST: usize = 64;

/// The name of this boot; `None` where nobody says it.
#[must_use]
pub fn id() -> Option<String> {
    let text = crate::files::beginning(Path::new(ID), LONGEST).ok()?;
    let id = String::from_utf8(text).ok()?.trim().to_owned();
    (!id.is_empty() && id.bytes().all(|byte| byte.is_ascii_graphic())).then_some(id)
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_boot_has_one_name() {
        assert_eq!(super::id(), super::id());
        assert!(super::id().is_none_or(|id| id.len() == 36));
    }
}
