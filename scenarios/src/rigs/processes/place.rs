//! Where a run lives on this machine: one temporary directory, a directory for each host in it.
//!
//! ```text
//! RUN/
//!   rig.sock          where recorders report
//!   ups/NAME.bus      an emulator's data port, while the device is on the bus
//!   ups/NAME.control  its control port
//!   NAME/             a host
//!     conf/           its NUT files, rewritten
//!     late/           the same for the late shutdown hook (its drivers are always ours)
//!     drivers/        sockets of its drivers
//!     state/          sockets that its upsd connects to: proxies of those
//!     bus/            its USB: proxies of the emulators' data ports
//!     bin/            shutdown, notify, wall: the recorder
//!     etc/            its POWERDOWNFLAG
//!     kept/           what its monitor keeps across boots
//! ```

use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};

use nix::unistd::{Gid, Uid, User, chown};

use super::programs::{Programs, SETPRIV};
use crate::language::Scenario;
use crate::rigs::RigError;

/// The directory of a run; it goes when this is dropped.
#[derive(Debug)]
pub struct Place {
    root: tempfile::TempDir,
    /// Whom daemons run as; `None`: whoever runs the rig.
    pub user: Option<User>,
}

/// Memory that looks like a disk, on every Linux.
const MEMORY: &str = "/dev/shm";

/// In memory, unless TMPDIR says otherwise: a power-down flag has seconds to be on the disk, at speed 20
/// the twentieth part, and a disk that is busy with something else is not what a run is about.
fn make_root() -> std::io::Result<tempfile::TempDir> {
    let mut new = tempfile::Builder::new();
    new.prefix("ridethrough-");
    let in_memory = std::env::var_os("TMPDIR").is_none().then(|| new.tempdir_in(MEMORY).ok()).flatten();
    in_memory.map_or_else(|| new.tempdir(), Ok)
}

/// Directories of a host.
pub const CONF: &str = "conf";
/// For the late shutdown hook.
pub const LATE: &str = "late";
/// Sockets of drivers.
pub const DRIVERS: &str = "drivers";
/// Proxies of them.
pub const STATE: &str = "state";
/// USB.
pub const BUS: &str = "bus";
/// The recorder.
pub const BIN: &str = "bin";
/// The power-down flag.
pub const ETC: &str = "etc";
/// What lasts across boots.
pub const KEPT: &str = "kept";

impl Place {
    /// Makes the directories of every host.
    ///
    /// # Errors
    /// What the file system says.
    pub fn make(scenario: &Scenario, programs: &Programs) -> Result<Self, RigError> {
        let broken = |error: std::io::Error| RigError::Broken(format!("make the run's directory: {error}"));
        let root = make_root().map_err(broken)?;
        let place = Self { root, user: unprivileged(programs) };
        place.directory(place.root()).map_err(broken)?;
        place.directory(&place.root().join("ups")).map_err(broken)?;
        for host in &scenario.hosts {
            place.directory(&place.host(&host.name, "")).map_err(broken)?;
            for name in [CONF, LATE, DRIVERS, STATE, BUS, BIN, ETC, KEPT] {
                place.directory(&place.host(&host.name, name)).map_err(broken)?;
            }
            for command in ["shutdown", "notify", "wall"] {
                let link = place.host(&host.name, BIN).join(command);
                symlink(programs.ours("ridethrough-recorder"), link).map_err(broken)?;
            }
        }
        Ok(place)
    }

    /// The run's directory.
    #[must_use]
    pub fn root(&self) -> &Path {
        self.root.path()
    }

    /// A directory of a host.
    #[must_use]
    pub fn host(&self, host: &str, name: &str) -> PathBuf {
        self.root.path().join(host).join(name)
    }

    /// A file of a UPS.
    #[must_use]
    pub fn ups(&self, ups: &str, what: &str) -> PathBuf {
        self.root.path().join("ups").join(format!("{ups}.{what}"))
    }

    /// Where recorders report.
    #[must_use]
    pub fn recorders(&self) -> PathBuf {
        self.root.path().join("rig.sock")
    }

    /// Writes a file that daemons may read.
    ///
    /// # Errors
    /// What the file system says.
    pub fn write(&self, path: &Path, contents: &[u8]) -> Result<(), RigError> {
        let broken = |error: std::io::Error| RigError::Broken(format!("write {}: {error}", path.display()));
        std::fs::write(path, contents).map_err(broken)?;
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600)).map_err(broken)?;
        self.give(path).map_err(broken)
    }

    /// Hands a path to whom daemons run as.
    ///
    /// # Errors
    /// What the file system says.
    pub fn give(&self, path: &Path) -> std::io::Result<()> {
        match &self.user {
            Some(user) => chown(path, Some(user.uid), Some(user.gid)).map_err(Into::into),
            None => Ok(()),
        }
    }

    fn directory(&self, path: &Path) -> std::io::Result<()> {
        std::fs::create_dir_all(path)?;
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755))?;
        self.give(path)
    }
}

/// Root does not run daemons: `nobody` does, where `nobody` can reach our programs.
fn unprivileged(programs: &Programs) -> Option<User> {
    if !Uid::effective().is_root() || !Path::new(SETPRIV).exists() {
        return None;
    }
    let user = User::from_name("nobody").ok().flatten()?;
    let reachable = programs.ours.ancestors().all(|directory| may_enter(directory, user.uid, user.gid));
    reachable.then_some(user)
}

fn may_enter(directory: &Path, uid: Uid, gid: Gid) -> bool {
    use std::os::unix::fs::MetadataExt;
    std::fs::metadata(directory).is_ok_and(|facts| {
        let bit = match facts {
            _ if facts.uid() == uid.as_raw() => 0o100,
            _ if facts.gid() == gid.as_raw() => 0o010,
            _ => 0o001,
        };
        facts.mode() & bit != 0
    })
}
