//! What Eaton's devices leave to the host: active power without a meter, and whether the bypass
//! input is good enough for the mode that is asked for.

use std::fmt::Write;

use crate::Publisher;
use crate::hid::Quantity;

use super::{Converted, Surroundings};

/// Where a mode's limits stand, and what holds where they are not said.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    low: &'static str,
    high: &'static str,
    range: &'static str,
    /// Around the nominal voltage, in percent.
    default_low: i64,
    default_high: i64,
    /// Around the nominal frequency, in percent.
    default_range: i64,
}

/// High-efficiency mode.
pub const ECO: Limits = Limits {
    low: "input.transfer.eco.low",
    high: "input.transfer.eco.high",
    range: "input.transfer.frequency.eco.range",
    default_low: 95,
    default_high: 105,
    default_range: 5,
};

/// Bypass.
pub const BYPASS: Limits = Limits {
    low: "input.transfer.bypass.low",
    high: "input.transfer.bypass.high",
    range: "input.transfer.frequency.bypass.range",
    default_low: 80,
    default_high: 115,
    default_range: 10,
};

/// Active power as load × apparent power × power factor, 0.8 where the device says none.
pub fn write_real_power(around: &Surroundings<'_>, out: &mut String) -> Converted {
    let value = |name| around.publisher.value(name).and_then(Quantity::parse);
    let (Some(load), Some(nominal)) = (value("ups.load"), value("ups.power.nominal")) else {
        return Converted::Nothing;
    };
    let factor = value("output.powerfactor").unwrap_or(Quantity::from_micros(800_000));
    let power = nominal.scaled(load.truncated(), 100).scaled(factor.micros(), 1_000_000);
    // Rounded half away from zero, where printing would round to even.
    let _ = write!(out, "{}", Quantity::from_micros(power.micros() + 500_000).truncated());
    Converted::Text
}

/// Whether the bypass input lies within a mode's limits; unknown values say no.
#[must_use]
pub fn is_bypass_good(limits: Limits, publisher: &Publisher) -> bool {
    let value = |name| publisher.value(name).and_then(Quantity::parse);
    let (Some(voltage), Some(frequency), Some(nominal), Some(nominal_frequency)) = (
        value("input.bypass.voltage"),
        value("input.bypass.frequency"),
        value("output.voltage.nominal"),
        value("output.frequency.nominal"),
    ) else {
        return false;
    };
    let range = value(limits.range).map(Quantity::truncated).filter(|&range| range > 0).unwrap_or(limits.default_range);
    let is_in_range = nominal_frequency.scaled(100 - range, 100) <= frequency
        && frequency <= nominal_frequency.scaled(100 + range, 100);
    let is_set_in = matches!((value(limits.low), value(limits.high)), (Some(low), Some(high))
        if low > Quantity::ZERO && low <= voltage && voltage <= high);
    let is_default_in =
        nominal.scaled(limits.default_low, 100) <= voltage && voltage <= nominal.scaled(limits.default_high, 100);
    is_in_range && (is_set_in || is_default_in)
}
