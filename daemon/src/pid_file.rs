//! PID files, and `-c COMMAND` through them.
//!
//! A number in a file says little: the process may be long gone and its number somebody else's.
//! Nothing is ever signalled, and no start refused, before `/proc` has said that the process runs
//! a program of the daemon's name.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

/// What `-c` can ask of a running daemon.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// SIGHUP: read the configuration again.
    Reload,
    /// SIGTERM: stop.
    Stop,
    /// SIGUSR1: `upsmon -c fsd`.
    ForcedShutdown,
}

/// Why an order could not be given.
#[derive(Debug, thiserror::Error)]
pub enum PidFileError {
    /// No PID file, or none that can be read.
    #[error("read {path}: {source}")]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// The operating system's reason.
        source: io::Error,
    },
    /// The file holds no process id.
    #[error("{path} holds no process id")]
    Malformed {
        /// The file.
        path: PathBuf,
    },
    /// The process is gone, or it is another program.
    #[error("process {pid} is not a running {name}")]
    NotOurs {
        /// The process id.
        pid: i32,
        /// The program's name.
        name: String,
    },
    /// The signal could not be sent.
    #[error("signal process {pid}: {source}")]
    Signal {
        /// The process id.
        pid: i32,
        /// The operating system's reason.
        source: nix::Error,
    },
}

/// The process id in a PID file.
///
/// # Errors
///
/// [`PidFileError::Unreadable`] or [`PidFileError::Malformed`].
pub fn read(path: &Path) -> Result<i32, PidFileError> {
    let text =
        fs::read_to_string(path).map_err(|source| PidFileError::Unreadable { path: path.to_path_buf(), source })?;
    match text.trim().parse() {
        // 0 and negative numbers address groups of processes (kill(2)), 1 is never ours.
        Ok(pid) if pid > 1 => Ok(pid),
        _ => Err(PidFileError::Malformed { path: path.to_path_buf() }),
    }
}

/// Whether process `pid` runs a program called `name`.
#[must_use]
pub fn is_running(pid: i32, name: &str) -> bool {
    /// `/proc/PID/comm` holds TASK_COMM_LEN - 1 bytes.
    const COMM: usize = 15;
    let comm = fs::read_to_string(format!("/proc/{pid}/comm")).unwrap_or_default();
    let by_comm = comm.trim_end() == &name[..name.floor_char_boundary(COMM)];
    let by_program = fs::read_link(format!("/proc/{pid}/exe")).ok().is_some_and(|program| {
        program.file_name().is_some_and(|file| file.to_string_lossy().trim_end_matches(" (deleted)") == name)
    });
    pid > 1 && (by_comm || by_program) && !has_ended(pid)
}

/// Whether a process is dead and only waits for its parent to notice (proc_pid_stat(5): state `Z` or `X`).
fn has_ended(pid: i32) -> bool {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    // The name before it stands in parentheses and may hold any byte.
    stat.rsplit_once(") ").is_some_and(|(_, rest)| rest.starts_with(['Z', 'X']))
}

/// Gives an order to the daemon `name`: to process `pid` if given, else to the one in the PID file.
///
/// # Errors
///
/// [`PidFileError`] when there is no such process, it is not ours, or it may not be signalled.
pub fn give_order(name: &str, path: &Path, pid: Option<i32>, order: Order) -> Result<(), PidFileError> {
    let pid = pid.map_or_else(|| read(path), Ok)?;
    if !is_running(pid, name) {
        return Err(PidFileError::NotOurs { pid, name: name.to_owned() });
    }
    let signal = match order {
        Order::Reload => Signal::SIGHUP,
        Order::Stop => Signal::SIGTERM,
        Order::ForcedShutdown => Signal::SIGUSR1,
    };
    kill(Pid::from_raw(pid), signal).map_err(|source| PidFileError::Signal { pid, source })
}

/// A PID file that this process wrote; it goes with it.
#[derive(Debug)]
pub(crate) struct PidFile {
    path: PathBuf,
    pid: u32,
}

impl PidFile {
    /// Writes this process's id: whole, and never through a link that somebody else has put there.
    pub(crate) fn write(path: &Path) -> io::Result<Self> {
        let pid = std::process::id();
        crate::files::replace(path, format!("{pid}\n").as_bytes())?;
        Ok(Self { path: path.to_path_buf(), pid })
    }
}

impl Drop for PidFile {
    fn drop(&mut self) {
        // A successor may have written its own meanwhile.
        if read(&self.path).is_ok_and(|pid| u32::try_from(pid) == Ok(self.pid)) {
            drop(fs::remove_file(&self.path));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[expect(clippy::disallowed_methods, reason = "a process that has ended is needed")]
    fn what_has_ended_does_not_run_even_before_its_parent_looks() {
        let mut child = std::process::Command::new("sleep").arg("60").spawn().unwrap();
        let pid = i32::try_from(child.id()).unwrap();
        while !is_running(pid, "sleep") {
            std::thread::yield_now();
        }
        child.kill().unwrap();
        while !has_ended(pid) {
            std::thread::yield_now();
        }
        assert_eq!(fs::read_to_string(format!("/proc/{pid}/comm")).unwrap(), "sleep\n");
        assert!(!is_running(pid, "sleep"));
        child.wait().unwrap();
    }
}
