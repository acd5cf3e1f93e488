//! What anyone who looks at the UPS can see: [`Observation`].
//!
//! This is the truth about the device, for checks and for people; a driver learns about the device
//! only through its data port.

use std::fmt;

use crate::units::{Millihertz, Millivolts, Milliwatts, Permille};

/// One thing seen.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(tag = "see", rename_all = "kebab-case")]
pub enum Observation {
    /// Where the load's power comes from now.
    Supply {
        /// The source.
        supply: Supply,
        /// Why it changed.
        because: Cause,
    },
    /// The mains changed.
    Mains {
        /// Voltage; 0 when they are off.
        volts: Millivolts,
        /// Frequency.
        hertz: Millihertz,
    },
    /// A group of outlets was switched. Group 0 is the whole UPS.
    Outlet {
        /// The group.
        outlet: u8,
        /// Whether it is live now.
        on: bool,
        /// Why.
        because: Cause,
    },
    /// The low-battery signal changed.
    LowBattery {
        /// Whether it is raised now.
        low: bool,
    },
    /// Readings: at each change of state, and at each per cent of charge.
    Sample(Sample),
    /// A countdown was started, cancelled or has ended.
    Countdown {
        /// Which.
        countdown: Countdown,
        /// Seconds left; `None` when it was cancelled, 0 when it has ended.
        seconds: Option<u32>,
    },
    /// A self-test or calibration began or ended.
    Test {
        /// What became of it.
        result: TestResult,
    },
    /// A device signal changed.
    Signal {
        /// Which.
        signal: Signal,
        /// Whether it is raised now.
        on: bool,
    },
    /// The host wrote something that the device obeys.
    Command {
        /// The quantity's name in the device file.
        command: String,
        /// The value written, in the quantity's own unit.
        value: i64,
    },
    /// The data port is (or is no longer) there.
    Port {
        /// Whether the device answers on it.
        attached: bool,
    },
}

/// Readings at one instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Sample {
    /// What the battery holds, as the device believes.
    pub charge: Permille,
    /// Seconds the battery would last, as the device believes.
    pub runtime_seconds: u32,
    /// What the outlets deliver.
    pub load: Milliwatts,
    /// At the battery's terminals.
    pub battery: Millivolts,
    /// At the mains inlet.
    pub input: Millivolts,
}

/// Where the load's power comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Supply {
    /// The mains.
    OnLine,
    /// The mains, raised by the regulator.
    Boost,
    /// The mains, lowered by the regulator.
    Trim,
    /// The mains, unfiltered.
    Bypass,
    /// The battery.
    OnBattery,
    /// Nowhere: the outlets are dead.
    Off,
}

/// Why something was switched.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Cause {
    /// The emulation began like this.
    Start,
    /// The mains failed or left the limits.
    MainsLost,
    /// The mains are good again.
    MainsBack,
    /// The mains are within the limits, and higher or lower than before.
    MainsChanged,
    /// The battery has nothing left.
    BatteryEmpty,
    /// There is no battery.
    NoBattery,
    /// A cell of the battery gave up.
    CellCollapse,
    /// The shutdown that the host asked for.
    Shutdown,
    /// The reboot that the host asked for.
    Reboot,
    /// The start that the host asked for.
    Startup,
    /// The load is more than the UPS can carry.
    Overload,
    /// Somebody pressed the power button.
    Panel,
    /// A self-test or calibration.
    Test,
    /// Bypass was switched.
    Bypass,
    /// Somebody switched this group of outlets.
    Switch,
}

/// A countdown that the host starts by writing it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Countdown {
    /// The outlets go off at its end.
    Shutdown,
    /// The outlets come back at its end.
    Startup,
    /// The outlets go off and on at its end.
    Reboot,
}

/// What became of a self-test (HID PDC 1.1, Test).
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TestResult {
    /// None was ever started.
    None,
    /// Done and passed.
    Passed,
    /// Done, with a warning.
    Warning,
    /// Done, and the battery failed it.
    Failed,
    /// Ended early.
    Aborted,
    /// Going on.
    Running,
}

/// A signal of the device about itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Signal {
    /// The load is more than the rating.
    Overload,
    /// The battery should be replaced.
    ReplaceBattery,
    /// The battery is charging.
    Charging,
    /// An internal fault.
    Alarm,
    /// The beeper sounds.
    Beeper,
}

/// One line for a person: `on battery (mains lost)`.
impl fmt::Display for Observation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let on = |on: &bool| if *on { "on" } else { "off" };
        match self {
            Self::Supply { supply, because } => write!(f, "supply {} ({})", supply.words(), because.words()),
            Self::Mains { volts: Millivolts(0), .. } => f.write_str("mains off"),
            Self::Mains { volts, hertz } => write!(f, "mains {volts}, {hertz}"),
            Self::Outlet { outlet: 0, on: live, because } => write!(f, "outlets {} ({})", on(live), because.words()),
            Self::Outlet { outlet, on: live, because } => {
                write!(f, "outlet {outlet} {} ({})", on(live), because.words())
            }
            Self::LowBattery { low } => write!(f, "low battery {}", on(low)),
            Self::Sample(sample) => sample.fmt(f),
            Self::Countdown { countdown, seconds } => match seconds {
                Some(0) => write!(f, "{} countdown over", countdown.words()),
                Some(seconds) => write!(f, "{} in {seconds} s", countdown.words()),
                None => write!(f, "{} cancelled", countdown.words()),
            },
            Self::Test { result } => write!(f, "test {}", result.words()),
            Self::Signal { signal, on: raised } => write!(f, "{} {}", signal.words(), on(raised)),
            Self::Command { command, value } => write!(f, "host wrote {command} = {value}"),
            Self::Port { attached: true } => f.write_str("data port attached"),
            Self::Port { attached: false } => f.write_str("data port gone"),
        }
    }
}

impl fmt::Display for Sample {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { charge, runtime_seconds, load, battery, input } = self;
        write!(f, "charge {charge}, runtime {runtime_seconds} s, load {load}, battery {battery}, input {input}")
    }
}

impl Supply {
    /// For a person.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::OnLine => "on line",
            Self::Boost => "on line, boosted",
            Self::Trim => "on line, trimmed",
            Self::Bypass => "on bypass",
            Self::OnBattery => "on battery",
            Self::Off => "off",
        }
    }
}

impl Cause {
    /// For a person.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Start => "at the start",
            Self::MainsLost => "mains lost",
            Self::MainsBack => "mains back",
            Self::MainsChanged => "mains changed",
            Self::BatteryEmpty => "battery empty",
            Self::NoBattery => "no battery",
            Self::CellCollapse => "a cell collapsed",
            Self::Shutdown => "shutdown asked for by the host",
            Self::Reboot => "reboot asked for by the host",
            Self::Startup => "start asked for by the host",
            Self::Overload => "overload",
            Self::Panel => "power button",
            Self::Test => "self-test",
            Self::Bypass => "bypass switched",
            Self::Switch => "outlet switched",
        }
    }
}

impl Countdown {
    /// For a person.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Shutdown => "shutdown",
            Self::Startup => "start",
            Self::Reboot => "reboot",
        }
    }
}

impl TestResult {
    /// For a person.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::None => "never run",
            Self::Passed => "passed",
            Self::Warning => "passed with a warning",
            Self::Failed => "failed",
            Self::Aborted => "aborted",
            Self::Running => "running",
        }
    }
}

impl Signal {
    /// For a person.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Overload => "overload",
            Self::ReplaceBattery => "replace battery",
            Self::Charging => "charging",
            Self::Alarm => "alarm",
            Self::Beeper => "beeper",
        }
    }
}
