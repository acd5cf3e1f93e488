//! Becoming somebody else for good, and leaving a socket to whom it is for.

use std::ffi::CString;
use std::path::Path;

use nix::fcntl::{AT_FDCWD, AtFlags};
use nix::unistd::{Gid, Group, Uid, User, fchownat, getegid, initgroups, setgid, setuid};

/// As whom distributions run NUT's daemons.
const USER: &str = "nut";
/// The group in which distributions run NUT's daemons: whoever of it comes may connect.
const GROUP: &str = "nut";

/// Why privileges could not be dropped: the daemon must not go on with them.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PrivilegeError {
    #[error("there is no user {0:?}")]
    NoSuchUser(String),
    #[error("become {name}: {source}")]
    System { name: String, source: nix::Error },
}

/// Whom a daemon that root has started becomes where nobody is named, or what to say about it.
pub(crate) fn usual_user() -> Result<Option<String>, String> {
    if !Uid::effective().is_root() {
        return Ok(None);
    }
    match User::from_name(USER) {
        Ok(Some(_)) => Ok(Some(USER.to_owned())),
        _ => Err(format!("there is no user {USER} to become: running as root (-u USER names another)")),
    }
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

/// Gives a socket that root has made to the user that the daemon will be, and to a group: the
/// process's own where it was chosen, the user's, or that of NUT's daemons.
pub(crate) fn hand_over(socket: &Path, user: Option<&str>) -> nix::Result<()> {
    if !Uid::effective().is_root() {
        return Ok(());
    }
    let user = user.and_then(|name| User::from_name(name).ok().flatten()).filter(|user| !user.uid.is_root());
    let group = match &user {
        _ if getegid() != Gid::from_raw(0) => None,
        Some(user) => Some(user.gid),
        None => Group::from_name(GROUP)?.map(|group| group.gid),
    };
    // Whoever may write in the folder may have put a link there meanwhile.
    fchownat(AT_FDCWD, socket, user.map(|user| user.uid), group, AtFlags::AT_SYMLINK_NOFOLLOW)
}
