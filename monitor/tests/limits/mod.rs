//! What a system may refuse a running process: tasks (`pids.max` of a cgroup), and descriptors (RLIMIT_NOFILE).
//!
//! Tests and `ci/bench` set the same limits by it. Both need rights that not everybody has.

use std::fs;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Where the controller of tasks is: alone (cgroup 1), or with all others (cgroup 2).
const ROOTS: [&str; 2] = ["/sys/fs/cgroup/pids", "/sys/fs/cgroup"];

/// A cgroup that limits the tasks of some processes. It goes when this is dropped, once they have ended.
#[derive(Debug)]
pub struct Cgroup(PathBuf);

impl Cgroup {
    /// Around these processes.
    ///
    /// # Errors
    /// None can be made here; why, in a sentence.
    pub fn around(pids: &[u32]) -> io::Result<Self> {
        let name = format!("ridethrough-{}-{}", std::process::id(), pids.first().copied().unwrap_or_default());
        ROOTS
            .iter()
            .find_map(|root| Self::within(&Path::new(root).join(&name), pids).ok())
            .ok_or_else(|| io::Error::new(io::ErrorKind::Unsupported, "no cgroup with pids.max can be made here"))
    }

    fn within(path: &Path, pids: &[u32]) -> io::Result<Self> {
        fs::create_dir(path)?;
        let made = Self(path.to_owned());
        for pid in pids {
            fs::write(made.0.join("cgroup.procs"), pid.to_string())?;
        }
        fs::metadata(made.0.join("pids.max"))?;
        Ok(made)
    }

    /// No more tasks than these from now on; those that run go on.
    ///
    /// # Errors
    /// What the system says.
    pub fn allow(&self, tasks: u32) -> io::Result<()> {
        fs::write(self.0.join("pids.max"), tasks.to_string())
    }

    /// How many tasks run: threads count.
    ///
    /// # Errors
    /// What the system says.
    pub fn tasks(&self) -> io::Result<u32> {
        fs::read_to_string(self.0.join("pids.current"))?.trim().parse().map_err(io::Error::other)
    }
}

impl Drop for Cgroup {
    fn drop(&mut self) {
        let _ = fs::remove_dir(&self.0);
    }
}

/// Lets a process open nothing more than it has open.
///
/// # Errors
/// It cannot be done here; why, in a sentence.
pub fn fill_descriptors(pid: u32) -> io::Result<()> {
    let is_open = |number: &u32| fs::symlink_metadata(format!("/proc/{pid}/fd/{number}")).is_ok();
    // A limit below what is open closes nothing.
    let full = (0..).take_while(is_open).count();
    #[expect(clippy::disallowed_methods, reason = "only this program changes the limits of another process")]
    let mut prlimit = Command::new("prlimit");
    prlimit.args([format!("--pid={pid}"), format!("--nofile={full}:{full}")]);
    if fs::metadata("/proc/self")?.uid() == 0 {
        // Whose process it is may, where root has no CAP_SYS_RESOURCE (in a container).
        prlimit.uid(owner(pid, "Uid:")?).gid(owner(pid, "Gid:")?);
    }
    match prlimit.status() {
        Ok(status) if status.success() => Ok(()),
        _ => Err(io::Error::new(io::ErrorKind::Unsupported, "no prlimit here")),
    }
}

/// The owner of a process, by a row of its status.
fn owner(pid: u32, row: &str) -> io::Result<u32> {
    let status = fs::read_to_string(format!("/proc/{pid}/status"))?;
    let rest = status.lines().find_map(|line| line.strip_prefix(row)).unwrap_or_default();
    rest.split_whitespace().next().unwrap_or_default().parse().map_err(io::Error::other)
}
