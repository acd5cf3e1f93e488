//! Values that records carry: what the mains, a supply, a host, a command, a daemon is.

use super::record::Name;
use serde::{Deserialize, Serialize};
use std::fmt;

/// What the mains is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct MainsState {
    /// There is a voltage.
    pub live: bool,
    /// The voltage (0 when not live).
    pub millivolts: u32,
    /// The frequency (0 when not live).
    pub millihertz: u32,
}

/// Where a UPS takes its output from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Supply {
    /// From the mains.
    OnLine,
    /// From its battery.
    OnBattery,
    /// There is no output.
    Off,
}

/// What a host is: `off → booting → up → stopping → halted → off`, or crashed when its last
/// supply goes while it is up, booting or stopping.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum HostState {
    /// Without power, or waiting for somebody to switch it on.
    Off,
    /// Starting.
    Booting,
    /// Working.
    Up,
    /// The operating system is stopping.
    Stopping,
    /// Stopped in good order.
    Halted,
    /// Lost its last supply while it was not halted.
    Crashed,
}

/// What a command is run for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CommandRole {
    /// It is SHUTDOWNCMD.
    Shutdown,
    /// It is NOTIFYCMD.
    Notify,
    /// The operating system's late shutdown hook (`upsmon -K && upsdrvctl shutdown`).
    LateShutdown,
    /// A person typed it.
    Operator,
    /// `wall`.
    Wall,
    /// Any other.
    Other,
}

/// In or out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Login {
    /// Logged in.
    In,
    /// Logged out, or its connection ended.
    Out,
}

/// What happens to a daemon.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "event")]
pub enum ProcessEvent {
    /// It started.
    Started,
    /// It ended by itself, or was told to.
    Exited {
        /// With this status.
        status: i32,
    },
    /// It was killed.
    Killed,
    /// It was stopped (SIGSTOP).
    Stopped,
    /// It goes on (SIGCONT).
    Continued,
    /// It was told to read its configuration again.
    Reloaded,
}

/// Why a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ending {
    /// Everything asked for was decided, and all was quiet.
    Settled,
    /// The scenario's `lasts` had passed.
    Lasted,
    /// The longest time a run may take had passed.
    Longest,
    /// The rig gave up (a real daemon that would not start).
    Broken,
    /// The rig itself was held up, so that the run says nothing.
    HeldUp,
}

/// What a server answered about a variable.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Answer {
    /// This value.
    Value(Name),
    /// This error (`DATA-STALE`), or `UNREACHABLE` where nobody answered.
    Error(Name),
}

impl fmt::Display for HostState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Off => "off",
            Self::Booting => "booting",
            Self::Up => "up",
            Self::Stopping => "stopping",
            Self::Halted => "halted",
            Self::Crashed => "crashed",
        })
    }
}
