//! libfaketime: makes the clocks of a daemon that is not ours run faster.
//!
//! It keeps a semaphore and a shared memory named after its process in `/dev/shm`. Two things about
//! them end a process before its `main`, at random, and so take a daemon or a command of one away:
//!
//! - A killed process leaves them, and the next one with its id may not make its own. So they are
//!   removed before a process starts and once it has ended.
//! - A fork that exits removes its parent's, and a program that its parent starts at that moment
//!   looks for them. So the library is loaded into the daemon alone, by the dynamic linker's
//!   `--preload`; `LD_PRELOAD` would hand it down to every command (and the `faketime` command forks,
//!   so that a signal would not reach the daemon).

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use nix::unistd::Pid;

/// Where it is, below the directory of each architecture.
const LIBRARY: &str = "faketime/libfaketime.so.1";
/// The dynamic linker, under the name that is the same on every architecture (Debian's libc-bin).
const LINKER: &str = "/usr/bin/ld.so";
/// How fast the clock runs (faketime(1)).
pub const SPEED: &str = "FAKETIME";
/// What every complaint of the library begins with.
const COMPLAINT: &str = "libfaketime: ";
/// Run before the process gives up rights, since whose the leftovers are is anybody's guess. It keeps
/// its id: what bears that id now is of a process that is dead.
const CLEAR_THE_WAY: &str = r#"rm -f "/dev/shm/faketime_shm_$$" "/dev/shm/sem.faketime_sem_$$"; exec "$@""#;

/// The library, where it can be used.
pub fn find() -> Option<PathBuf> {
    let architectures = std::fs::read_dir("/usr/lib").ok().filter(|_| Path::new(LINKER).exists())?;
    architectures.filter_map(|entry| Some(entry.ok()?.path().join(LIBRARY))).find(|library| library.exists())
}

/// What stands before everything else on the command line.
pub fn leader() -> impl Iterator<Item = OsString> {
    ["/bin/sh", "-c", CLEAR_THE_WAY, "sh"].into_iter().map(OsString::from)
}

/// What stands right before the program.
pub fn loader(library: &Path) -> [OsString; 3] {
    [LINKER.into(), "--preload".into(), library.into()]
}

/// The value of [`SPEED`].
pub fn speed(times: u32) -> String {
    format!("+0 x{times}")
}

/// Removes what a process that has ended left behind.
pub fn clean_up_after(pid: Pid) {
    for left in [format!("/dev/shm/faketime_shm_{pid}"), format!("/dev/shm/sem.faketime_sem_{pid}")] {
        // It is there only when the process was killed.
        let _ = std::fs::remove_file(left);
    }
}

/// Whether a line of a log is the library's word that it ended the process.
pub fn is_complaint(line: &str) -> bool {
    line.starts_with(COMPLAINT)
}
