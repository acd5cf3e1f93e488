//! The notices an operator can be told about: NUT's types and stock texts.
//!
//! Scripts and log watchers match these texts, so they are part of the interface. Where a notice
//! goes, and with which text, is [`NoticeTable`]; what is sent is decided in `notifier`.

mod table;

pub use table::{Channels, NoticeTable};

use std::fmt;

/// A notice's type, as `NOTIFYMSG`, `NOTIFYFLAG` and `NOTIFYTYPE` name it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Notice {
    /// On line power again.
    Online,
    /// On battery.
    OnBattery,
    /// On battery, and the battery is low.
    LowBattery,
    /// The primary has ordered a forced shutdown.
    ForcedShutdown,
    /// The UPS can be seen again.
    CommOk,
    /// The UPS can no longer be seen.
    CommBad,
    /// This host shuts down.
    Shutdown,
    /// This host waits for its secondaries to log out.
    ShutdownHostSync,
    /// The battery needs to be replaced.
    ReplaceBattery,
    /// The UPS has not been seen for long.
    NoComm,
    /// The privileged parent is gone.
    NoParent,
    /// Calibration runs.
    Calibration,
    /// Calibration has ended.
    NotCalibration,
    /// The output is switched off.
    Off,
    /// The output is no longer switched off.
    NotOff,
    /// On bypass.
    Bypass,
    /// No longer on bypass.
    NotBypass,
    /// In economy mode.
    Eco,
    /// No longer in economy mode.
    NotEco,
    /// An alarm is active.
    Alarm,
    /// No alarm is active any more.
    NotAlarm,
    /// Overloaded.
    Overload,
    /// No longer overloaded.
    NotOverload,
    /// Trims a high input voltage.
    Trim,
    /// No longer trims.
    NotTrim,
    /// Boosts a low input voltage.
    Boost,
    /// No longer boosts.
    NotBoost,
    /// A status word that has no notice of its own.
    Other,
    /// No such word any more.
    NotOther,
    /// This host was asleep, or the monitor was held up.
    SuspendTimeJump,
    /// This host goes to sleep.
    SuspendStarting,
    /// This host has woken up.
    SuspendFinished,
}

/// One row per notice: type, its name on the wire, its stock text.
///
/// In a text the first `%s` is the UPS as `MONITOR` names it, the second what the notice is about.
const TABLE: &[(Notice, &str, &str)] = &[
    (Notice::Online, "ONLINE", "UPS %s on line power"),
    (Notice::OnBattery, "ONBATT", "UPS %s on battery"),
    (Notice::LowBattery, "LOWBATT", "UPS %s battery is low"),
    (Notice::ForcedShutdown, "FSD", "UPS %s: forced shutdown in progress"),
    (Notice::CommOk, "COMMOK", "Communications with UPS %s established"),
    (Notice::CommBad, "COMMBAD", "Communications with UPS %s lost"),
    (Notice::Shutdown, "SHUTDOWN", "Auto logout and shutdown proceeding"),
    (Notice::ShutdownHostSync, "SHUTDOWN_HOSTSYNC", "Waiting for secondaries to log out before shutting down"),
    (Notice::ReplaceBattery, "REPLBATT", "UPS %s battery needs to be replaced"),
    (Notice::NoComm, "NOCOMM", "UPS %s is unavailable"),
    (Notice::NoParent, "NOPARENT", "upsmon parent process died - shutdown impossible"),
    (Notice::Calibration, "CAL", "UPS %s: calibration in progress"),
    (Notice::NotCalibration, "NOTCAL", "UPS %s: calibration finished"),
    (Notice::Off, "OFF", "UPS %s: output is off"),
    (Notice::NotOff, "NOTOFF", "UPS %s: output is no longer off"),
    (Notice::Bypass, "BYPASS", "UPS %s: on bypass"),
    (Notice::NotBypass, "NOTBYPASS", "UPS %s: no longer on bypass"),
    (Notice::Eco, "ECO", "UPS %s: in ECO mode"),
    (Notice::NotEco, "NOTECO", "UPS %s: no longer in ECO mode"),
    (Notice::Alarm, "ALARM", "UPS %s: alarm active: %s"),
    (Notice::NotAlarm, "NOTALARM", "UPS %s: no alarm active any more"),
    (Notice::Overload, "OVER", "UPS %s: overloaded"),
    (Notice::NotOverload, "NOTOVER", "UPS %s: no longer overloaded"),
    (Notice::Trim, "TRIM", "UPS %s: trimming incoming voltage"),
    (Notice::NotTrim, "NOTTRIM", "UPS %s: no longer trimming incoming voltage"),
    (Notice::Boost, "BOOST", "UPS %s: boosting incoming voltage"),
    (Notice::NotBoost, "NOTBOOST", "UPS %s: no longer boosting incoming voltage"),
    (Notice::Other, "OTHER", "UPS %s: other status: %s"),
    (Notice::NotOther, "NOTOTHER", "UPS %s: no other status any more"),
    (Notice::SuspendTimeJump, "SUSPEND_TIMEJUMP_UNEXPECTED", "upsmon was held up or asleep, status is read anew"),
    (Notice::SuspendStarting, "SUSPEND_STARTING", "This host goes to sleep"),
    (Notice::SuspendFinished, "SUSPEND_FINISHED", "This host has woken up"),
];

impl Notice {
    /// How many types there are.
    pub const COUNT: usize = TABLE.len();

    /// Every type, in the order of the table.
    pub fn all() -> impl Iterator<Item = Self> {
        TABLE.iter().map(|row| row.0)
    }

    /// The type of this name, in any case.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        TABLE.iter().find(|row| row.1.eq_ignore_ascii_case(name)).map(|row| row.0)
    }

    /// Its name, e.g. `ONBATT`.
    #[must_use]
    pub fn name(self) -> &'static str {
        TABLE[self.index()].1
    }

    /// The text sent where `NOTIFYMSG` does not say otherwise.
    #[must_use]
    pub fn stock_text(self) -> &'static str {
        TABLE[self.index()].2
    }

    /// Its row in the table.
    #[must_use]
    pub const fn index(self) -> usize {
        self as usize
    }
}

impl fmt::Display for Notice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_type_stands_at_its_own_row() {
        for (row, notice) in Notice::all().enumerate() {
            assert_eq!(notice.index(), row, "{notice}");
            assert_eq!(Notice::from_name(notice.name()), Some(notice));
        }
    }
}
