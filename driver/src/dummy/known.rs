//! How `dummy-ups` describes the variables it plays: what a client may write, and how long.
//!
//! Source: what Debian's NUT 2.8.0 `dummy-ups` says (`SETFLAGS`, `SETAUX`) when it is given every
//! variable of `cmdvartab` and of twenty published device dumps.

use crate::publisher::{RW, RW_STRING, VarFlags};

/// The length of a `STRING` that has no row in [`SHORTER`].
const STRING_LENGTH: i32 = 32;

/// Numbers: writable, of no stated type.
const NUMBERS: [&str; 37] = [
    "ambient.humidity",
    "ambient.humidity.alarm",
    "ambient.humidity.high",
    "ambient.humidity.low",
    "ambient.temperature",
    "ambient.temperature.alarm",
    "ambient.temperature.high",
    "ambient.temperature.low",
    "battery.charge",
    "battery.charge.low",
    "battery.charge.restart",
    "battery.current",
    "battery.runtime",
    "battery.runtime.low",
    "battery.temperature",
    "battery.voltage",
    "battery.voltage.nominal",
    "input.frequency",
    "input.transfer.boost.high",
    "input.transfer.boost.low",
    "input.transfer.high",
    "input.transfer.low",
    "input.transfer.trim.high",
    "input.transfer.trim.low",
    "input.voltage",
    "input.voltage.maximum",
    "input.voltage.minimum",
    "input.voltage.nominal",
    "output.current",
    "output.frequency",
    "output.voltage",
    "ups.delay.reboot",
    "ups.delay.shutdown",
    "ups.delay.start",
    "ups.load",
    "ups.temperature",
    "ups.test.interval",
];

/// Strings that are shorter than the others.
const SHORTER: [(&str, i32); 10] = [
    ("input.quality", 6),
    ("input.sensitivity", 1),
    ("input.transfer.reason", 1),
    ("ups.date", 16),
    ("ups.firmware", 16),
    ("ups.firmware.aux", 16),
    ("ups.id", 16),
    ("ups.mfr.date", 16),
    ("ups.test.result", 16),
    ("ups.time", 16),
];

/// The flags of a variable, and its greatest length where it is a string.
pub(super) fn describe(variable: &str) -> (VarFlags, i32) {
    if NUMBERS.iter().any(|known| known.eq_ignore_ascii_case(variable)) {
        return (RW, 0);
    }
    let shorter = SHORTER.iter().find(|(known, _)| known.eq_ignore_ascii_case(variable));
    (RW_STRING, shorter.map_or(STRING_LENGTH, |&(_, length)| length))
}
