//! The flags of a status that are not about the line, and the notices for their coming and going.

use crate::notice::Notice;

/// The flags of the last status, other than the line's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a word of ups.status, independent of the others")]
pub struct Flags {
    /// LB.
    pub low_battery: bool,
    /// FSD.
    pub forced_shutdown: bool,
    /// RB.
    pub replace_battery: bool,
    /// CAL.
    pub calibration: bool,
    /// OFF.
    pub off: bool,
    /// BYPASS.
    pub bypass: bool,
    /// ECO.
    pub eco: bool,
    /// ALARM.
    pub alarm: bool,
    /// OVER.
    pub overload: bool,
    /// TRIM.
    pub trim: bool,
    /// BOOST.
    pub boost: bool,
}

/// A flag, the notice for its coming, the notice for its going.
pub(super) type Row = (fn(&Flags) -> bool, Option<Notice>, Option<Notice>);

/// What is told when a flag comes, and when it goes.
pub(super) const NOTICES: &[Row] = &[
    (|has| has.forced_shutdown, Some(Notice::ForcedShutdown), None),
    (|has| has.low_battery, Some(Notice::LowBattery), None),
    (|has| has.calibration, Some(Notice::Calibration), Some(Notice::NotCalibration)),
    (|has| has.off, Some(Notice::Off), Some(Notice::NotOff)),
    (|has| has.bypass, Some(Notice::Bypass), Some(Notice::NotBypass)),
    (|has| has.eco, Some(Notice::Eco), Some(Notice::NotEco)),
    // ALARM waits for its text: see [`Sight::hear_alarm`](super::Sight::hear_alarm).
    (|has| has.alarm, None, Some(Notice::NotAlarm)),
    (|has| has.overload, Some(Notice::Overload), Some(Notice::NotOverload)),
    (|has| has.trim, Some(Notice::Trim), Some(Notice::NotTrim)),
    (|has| has.boost, Some(Notice::Boost), Some(Notice::NotBoost)),
];
