//! A scenario as rigs and checks see it: loaded, checked, every name resolved, every default filled in.

use super::action::Script;
use super::expectation::{Expectation, Violation};
use super::quantity::{Load, MilliampHours, Millicelsius, Milliwatts, Permille};
use super::step::Step;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

/// Where something was written, for messages of a rig: `path:line:column`, both counted from 1.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Spot {
    /// The file.
    pub path: PathBuf,
    /// Line.
    pub line: usize,
    /// Column, in characters.
    pub column: usize,
}

impl std::fmt::Display for Spot {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}:{}", self.path.display(), self.line, self.column)
    }
}

/// One runnable scenario: a file, or one row of a file with a `matrix:`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scenario {
    /// The file's stem; with a matrix, the row's values after it in brackets.
    pub name: String,
    /// The file.
    pub path: PathBuf,
    /// One line that says what it shows.
    pub title: String,
    /// Where the set-up was published.
    pub from: Option<String>,
    /// A longer word to the reader.
    pub about: Option<String>,
    /// Words to choose scenarios by.
    pub tags: Vec<String>,
    /// What every chance in the run is drawn from.
    pub seed: u64,
    /// How long the run lasts. `None`: until everything asked for has been decided and all is
    /// quiet (`rigs::director::end`), at most [`Scenario::LONGEST`].
    pub lasts: Option<Duration>,
    /// The UPSes, in the file's order.
    pub ups: Vec<Ups>,
    /// The hosts, counts expanded, in the file's order.
    pub hosts: Vec<Host>,
    /// What happens, in the file's order.
    pub timeline: Vec<Step>,
    /// What must follow, in the file's order.
    pub expect: Vec<Expectation>,
    /// Invariants that this scenario means to show broken.
    pub violates: Vec<Violation>,
    /// What commands that no rig knows do, by the word they are called by.
    pub commands: BTreeMap<String, Script>,
}

impl Scenario {
    /// The longest run of a scenario that does not say how long it lasts.
    pub const LONGEST: Duration = Duration::from_secs(2 * 3600);

    /// The host of this name.
    #[must_use]
    pub fn host(&self, name: &str) -> Option<&Host> {
        self.hosts.iter().find(|host| host.name == name)
    }

    /// The UPS of this name.
    #[must_use]
    pub fn ups(&self, name: &str) -> Option<&Ups> {
        self.ups.iter().find(|ups| ups.name == name)
    }
}

/// A UPS on the bench.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ups {
    /// Its name: also the section of `ups.conf` that drives it.
    pub name: String,
    /// A device of `emulator/devices/`, by name, or the path of a device file.
    pub device: String,
    /// Its serial number; `None` is as the device file has it, or made up for a second UPS of one model.
    pub serial: Option<String>,
    /// The mains feed that it hangs on; `mains` unless the file says otherwise.
    pub feed: String,
    /// What its load reads at the start, hosts included. What the hosts do not explain is drawn by
    /// other equipment, all the time. `None`: the hosts alone.
    pub load: Option<Load>,
    /// The battery at the start.
    pub battery: Battery,
    /// Where the file says it.
    pub spot: Spot,
}

/// A battery at the start of a run; `None` is as the device file has it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Battery {
    /// State of charge.
    pub charge: Option<Permille>,
    /// What is left of the capacity it had when new.
    pub health: Option<Permille>,
    /// Capacity when new.
    pub capacity: Option<MilliampHours>,
    /// Temperature.
    pub temperature: Option<Millicelsius>,
}

/// A host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Host {
    /// Its name; of a group with `count: 4`, `n100-1` … `n100-4`.
    pub name: String,
    /// The name in the file: `n100` for `n100-1`.
    pub group: String,
    /// What it hangs on: names of UPSes, or [`Host::MAINS`] for a plain wall socket.
    pub fed_by: Vec<String>,
    /// How many of its supplies must be live for it to keep running.
    pub needs: usize,
    /// UPSes whose data cable ends here.
    pub cabled_to: Vec<String>,
    /// The directory of its NUT files.
    pub config: PathBuf,
    /// An address that configuration files call it by, beside its name.
    pub address: Option<String>,
    /// What it draws until it has halted.
    pub draws: Milliwatts,
    /// From the moment the operating system begins to stop, to halted.
    pub stops_in: Duration,
    /// How long its service manager lets a service end before it kills it.
    pub stop_timeout: Duration,
    /// From the moment its outlet is live again, to up.
    pub boots_in: Duration,
    /// Whether it boots by itself when its outlet becomes live (the BIOS's "restore on AC").
    pub restores: bool,
    /// Whether it is up at the start.
    pub starts_up: bool,
    /// Where the file says it.
    pub spot: Spot,
}

impl Host {
    /// The name of a supply that is a plain wall socket.
    pub const MAINS: &'static str = "mains";
}
