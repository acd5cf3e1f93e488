//! What anyone who looks at the UPS can see: [`Observation`].
//!
//! This is the truth about the device, for checks and for people; a driver learns about the device
//! only through its data port.

mod words;

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
    /// The outlets were off for as long as they are when they are cut on good mains.
    Cycled,
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
