//! One driver's configuration: its `ups.conf` section over the global directives, with the command
//! line's `-x` on top (ups.conf(5), nutupsdrv(8)). Already checked as a whole.
//!
//! What every driver shares has a field here. What only one driver knows stays a [`Param`], and
//! that driver reads it with [`DriverConfig::param`], [`DriverConfig::flag`] and
//! [`DriverConfig::number`], which say where a wrong value stands.

use protocol::diagnostic::Diagnostic;
use protocol::names;
use std::str::FromStr;
use std::time::Duration;

mod beside;
mod file;
mod known;
mod param;
mod section;

pub use beside::Beside;
pub use known::{Kind, KnownParam, hex16};
pub use param::{Origin, Param};
pub use section::{CommandLine, Knowledge, Reread};

/// `pollinterval` where nobody says otherwise (ups.conf(5)).
pub const POLL_INTERVAL: Duration = Duration::from_secs(2);

/// `synchronous`: whether the driver waits for a server that does not keep up.
///
/// This stack never waits (a link has a bound and a server beyond it is dropped); the word is kept
/// because clients see it as `driver.parameter.synchronous`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Synchronous {
    /// `auto`, the default.
    #[default]
    Auto,
    /// `yes`.
    Yes,
    /// `no`.
    No,
}

impl Synchronous {
    /// The word of `ups.conf`.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Yes => "yes",
            Self::No => "no",
        }
    }
}

/// Who a driver's process becomes, and where its files are.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RunAs {
    /// `user`, or `-u`.
    pub user: Option<String>,
    /// `group`, or `-g`: who may use the driver socket.
    pub group: Option<String>,
    /// `chroot`, or `-r`.
    pub chroot: Option<String>,
    /// `statepath`.
    pub state_path: Option<String>,
}

/// The file that outlives a driver, in the state folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Memory {
    /// Where it is.
    pub path: String,
    /// What the driver before left in it; `None` where there is none.
    pub contents: Option<Vec<u8>>,
}

impl Memory {
    /// The most that is read of one, in bytes: six texts of a device, which USB limits to 126 characters each.
    pub const LIMIT: usize = 16 * 1024;

    /// What its file is called, beside the socket.
    #[must_use]
    pub fn name(driver: &str, ups: &str) -> String {
        format!("{driver}-{ups}.device")
    }
}

/// Everything a driver engine is told before it starts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DriverConfig {
    /// The section's name in `ups.conf`, or the word after `-s`.
    pub ups: String,
    /// The driver's name, as its binary is called.
    pub driver: String,
    /// `port`, as written.
    pub port: String,
    /// `pollinterval`.
    pub poll_interval: Duration,
    /// `synchronous`.
    pub synchronous: Synchronous,
    /// `ignorelb`: drop the device's low-battery flag and compute one.
    pub ignore_low_battery: bool,
    /// `allow_killpower`: whether `INSTCMD driver.killpower` may cut the load.
    pub allow_killpower: bool,
    /// `sdcommands`: instant commands to try, in order, instead of the driver's own shutdown.
    pub shutdown_commands: Vec<String>,
    /// `default.<variable>`: values to publish until the device gives one.
    pub defaults: Vec<(String, String)>,
    /// `override.<variable>`: values that the device never replaces.
    pub overrides: Vec<(String, String)>,
    /// Debug level: the larger of `debug_min` and the number of `-D`.
    pub debug: u8,
    /// `-k`: cut the load and exit.
    pub killpower: bool,
    /// Where relative file names of this section start: the directory of `ups.conf`.
    pub configuration_directory: String,
    /// The process's id, as `GETPID` answers it.
    pub process_id: u32,
    /// How to read it again; `None` when it came from the command line alone.
    pub reread: Option<Reread>,
    /// Who the process becomes, and where; the shell's business.
    pub run_as: RunAs,
    /// What it has kept for itself; `None` where it is to keep nothing.
    pub memory: Option<Memory>,
    /// POWEROFF_WAIT of `nut.conf`: how long the host waits for its end behind the late shutdown hook.
    pub poweroff_wait: Duration,
    /// How long `-k` may try a device that is away, where `upsdrvctl` knows it from what became of the other UPSes.
    pub patience: Option<Duration>,
    /// The UPSes that a late shutdown cuts together with this one; none without a file.
    pub beside: Vec<Beside>,
    /// What only this driver knows, in the order of the file; `-x` replaces a value in place.
    pub params: Vec<Param>,
}

impl DriverConfig {
    /// A section `[ups]` that says only `driver` and `port`; everything else has its default.
    #[must_use]
    pub fn new(ups: impl Into<String>, driver: impl Into<String>, port: impl Into<String>) -> Self {
        Self {
            ups: ups.into(),
            driver: driver.into(),
            port: port.into(),
            poll_interval: POLL_INTERVAL,
            synchronous: Synchronous::Auto,
            ignore_low_battery: false,
            allow_killpower: false,
            shutdown_commands: Vec::new(),
            defaults: Vec::new(),
            overrides: Vec::new(),
            debug: 0,
            killpower: false,
            configuration_directory: String::new(),
            process_id: 0,
            reread: None,
            run_as: RunAs::default(),
            memory: None,
            poweroff_wait: Duration::ZERO,
            patience: None,
            beside: Vec::new(),
            params: Vec::new(),
        }
    }

    /// The same with one driver-specific parameter more; for tests and rigs.
    #[must_use]
    pub fn with(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.params.push(Param { name: name.into(), value: Some(value.into()), origin: Origin::CommandLine });
        self
    }

    /// A driver-specific parameter's value.
    #[must_use]
    pub fn param(&self, name: &str) -> Option<&str> {
        self.find(name)?.value.as_deref()
    }

    /// Whether a driver-specific flag stands there, with or without a value.
    #[must_use]
    pub fn flag(&self, name: &str) -> bool {
        self.find(name).is_some()
    }

    /// A driver-specific parameter as a number; `None` when it is not given.
    ///
    /// # Errors
    ///
    /// The place of a value that is no number of this kind.
    pub fn number<T: FromStr>(&self, name: &str) -> Result<Option<T>, Diagnostic> {
        self.find(name).map(Param::number).transpose()
    }

    /// Whether something differs that only a new start takes over as a whole: the device, the
    /// driver's own parameters, or who the process is.
    #[must_use]
    pub fn needs_restart_after(&self, before: &Self) -> bool {
        let values = |config: &Self| -> Vec<(String, Option<String>)> {
            config.params.iter().map(|param| (param.name.clone(), param.value.clone())).collect()
        };
        self.driver != before.driver
            || self.port != before.port
            || self.run_as != before.run_as
            || values(self) != values(before)
    }

    /// The parameter itself, with its origin.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<&Param> {
        self.params.iter().find(|param| names::same(&param.name, name))
    }
}
