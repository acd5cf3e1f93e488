//! Which programs a run starts, and whether they are here.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use super::faketime;
use crate::language::{Maker, Makers};
use crate::rigs::RigError;

/// Debian's NUT: drivers and daemons.
const NUT: &str = "/lib/nut";
/// Gives up rights, and asks to die with its parent (setpriv(1)).
pub const SETPRIV: &str = "/usr/bin/setpriv";

/// Where programs are.
#[derive(Debug, Clone)]
pub struct Programs {
    /// Ours: next to the running one.
    pub ours: PathBuf,
    /// What makes a clock that is not ours run faster (faketime(1)).
    pub faketime: Option<PathBuf>,
    makers: Makers,
}

impl Programs {
    /// Looks for everything that a run with these daemons needs.
    ///
    /// # Errors
    /// [`RigError::Skipped`]: what is missing.
    pub fn find(makers: Makers, speed: u32) -> Result<Self, RigError> {
        let found = Self { ours: beside_this()?, faketime: faketime::find(), makers };
        let mut needed = vec![found.ours("ups-emulator"), found.ours("ridethrough-recorder"), found.ours("upsdrvctl")];
        needed.extend([found.ours("usbhid-ups"), found.upsd(), found.upsmon()]);
        let nut = [makers.driver, makers.server, makers.monitor].contains(&Maker::Nut);
        if nut && speed != 1 && found.faketime.is_none() {
            return Err(RigError::Skipped("libfaketime is not here, to run NUT's clocks faster".to_owned()));
        }
        match needed.iter().find(|program| !is_executable(program)) {
            Some(missing) => Err(RigError::Skipped(format!("{} is not here", missing.display()))),
            None => Ok(found),
        }
    }

    /// One of our programs.
    #[must_use]
    pub fn ours(&self, name: &str) -> PathBuf {
        self.ours.join(name)
    }

    /// A driver. NUT's are stood in for by its `dummy-ups` (see `stand_in`).
    #[must_use]
    pub fn driver(&self, name: &str) -> PathBuf {
        match self.makers.driver {
            Maker::Ours => self.ours(name),
            Maker::Nut => Path::new(NUT).join("dummy-ups"),
        }
    }

    /// `upsd`.
    #[must_use]
    pub fn upsd(&self) -> PathBuf {
        self.of(self.makers.server, "upsd")
    }

    /// `upsmon`.
    #[must_use]
    pub fn upsmon(&self) -> PathBuf {
        self.of(self.makers.monitor, "upsmon")
    }

    fn of(&self, maker: Maker, name: &str) -> PathBuf {
        match maker {
            Maker::Ours => self.ours(name),
            Maker::Nut => Path::new(NUT).join(name),
        }
    }
}

/// The directory of the running program; of a test, the one above.
fn beside_this() -> Result<PathBuf, RigError> {
    let this = std::env::current_exe().map_err(|error| RigError::Broken(format!("find this program: {error}")))?;
    let directory = this.parent().unwrap_or(Path::new("/"));
    let is_test = directory.ends_with("deps") || directory.ends_with("examples");
    Ok(if is_test { directory.parent().unwrap_or(directory) } else { directory }.to_path_buf())
}

fn is_executable(program: &Path) -> bool {
    std::fs::metadata(program).is_ok_and(|facts| facts.is_file() && facts.permissions().mode() & 0o111 != 0)
}
