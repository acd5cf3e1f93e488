//! Observations for a person: one line each.

use std::fmt;

use super::{Cause, Countdown, Observation, Sample, Signal, Supply, TestResult};
use crate::hid::quantity;
use crate::units::Millivolts;

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
            Self::Command { command, value } => {
                let words = quantity::find(command).map(|quantity| quantity.say_written(*value));
                write!(f, "host wrote {command} = {}", words.unwrap_or_else(|| value.to_string()))
            }
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
            Self::Cycled => "off for long enough",
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
