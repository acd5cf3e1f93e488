//! Becoming somebody else for good.

use std::ffi::CString;

use nix::unistd::{Uid, User, initgroups, setgid, setuid};

/// Why privileges could not be dropped: the daemon must not go on with them.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PrivilegeError {
    #[error("there is no user {0:?}")]
    NoSuchUser(String),
    #[error("become {name}: {source}")]
    System { name: String, source: nix::Error },
}

/// Becomes `name` with its groups. Without root there is nothing to drop.
pub(crate) fn drop_to(name: &str) -> Result<(), PrivilegeError> {
    if !Uid::effective().is_root() {
        return Ok(());
    }
    let failed = |source| PrivilegeError::System { name: name.to_owned(), source };
    let user = User::from_name(name).map_err(failed)?.ok_or_else(|| PrivilegeError::NoSuchUser(name.to_owned()))?;
    let c_name = CString::new(name).map_err(|_| PrivilegeError::NoSuchUser(name.to_owned()))?;
    // In this order: once the user is dropped, groups can no longer be.
    initgroups(&c_name, user.gid).map_err(failed)?;
    setgid(user.gid).map_err(failed)?;
    setuid(user.uid).map_err(failed)
}
