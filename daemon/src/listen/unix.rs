//! Unix listeners: for the owner and the group of the socket, and for nobody else at any moment.

use std::fs;
use std::io;
use std::os::fd::{AsRawFd, OwnedFd};
use std::os::unix::fs::FileTypeExt;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::Path;

use nix::fcntl::AT_FDCWD;
use nix::sys::socket::{AddressFamily, Backlog, SockFlag, SockType, UnixAddr, bind, listen, socket};
use nix::sys::stat::{FchmodatFlags, Mode, fchmod, fchmodat};

/// Connections that the kernel holds until they are accepted.
const BACKLOG: i32 = 1024;

/// Read and write for owner and group: to connect is to write.
const RIGHTS: Mode = Mode::from_bits_truncate(0o660);

/// Listens at `path`, in place of a socket that nobody answers on.
pub(super) fn open(path: &Path) -> io::Result<UnixListener> {
    // Left behind by a daemon that was killed; any other file is somebody's.
    if fs::symlink_metadata(path).is_ok_and(|file| file.file_type().is_socket()) {
        if UnixStream::connect(path).is_ok() {
            return Err(io::ErrorKind::AddrInUse.into());
        }
        fs::remove_file(path)?;
    }
    let socket = bind_unix(path)?;
    // What the umask took away: the file never had more rights than it has now.
    fchmodat(AT_FDCWD, path, RIGHTS, FchmodatFlags::NoFollowSymlink)?;
    listen(&socket, Backlog::new(BACKLOG)?)?;
    Ok(socket.into())
}

/// Binds a socket whose file has `RIGHTS` at most from the start.
///
/// Linux gives the file the mode of the socket, less the umask. Narrowing the umask instead would
/// narrow it for every thread of the process.
fn bind_unix(path: &Path) -> io::Result<OwnedFd> {
    let flags = SockFlag::SOCK_CLOEXEC | SockFlag::SOCK_NONBLOCK;
    let socket: OwnedFd = socket(AddressFamily::Unix, SockType::Stream, flags, None)?;
    fchmod(&socket, RIGHTS)?;
    bind(socket.as_raw_fd(), &UnixAddr::new(path)?)?;
    Ok(socket)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    fn rights(path: &Path) -> Mode {
        Mode::from_bits_truncate(fs::metadata(path).unwrap().permissions().mode())
    }

    #[test]
    fn nobody_but_owner_and_group_has_any_right_from_the_start() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("driver");
        let _socket = bind_unix(&path).unwrap();
        assert!(RIGHTS.contains(rights(&path)), "{:?}", rights(&path));
    }

    #[test]
    fn owner_and_group_have_their_rights_however_many_listeners_open_at_once() {
        let folder = tempfile::tempdir().unwrap();
        let paths: Vec<_> = (0..32).map(|at| folder.path().join(format!("driver-{at}"))).collect();
        std::thread::scope(|scope| {
            for path in &paths {
                scope.spawn(move || drop(open(path).unwrap()));
            }
        });
        for path in &paths {
            assert_eq!(rights(path), RIGHTS, "{}", path.display());
        }
    }
}
