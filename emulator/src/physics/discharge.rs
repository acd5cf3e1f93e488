//! How long a battery lasts: Peukert's law through one measured point.
//!
//! A device file gives a load and how long a new, full battery lasts at it. At another power the
//! time is `t · (P₀ / P) ^ k`, and never more than the battery's energy allows.

use crate::device::{Accumulator, Inverter};
use crate::fixed::scale_by_power;
use crate::units::{Celsius, Load, Micros, Milliwatts, Permille};

/// What the device takes from its battery while it delivers `load`.
#[must_use]
pub fn drawn(inverter: &Inverter, load: Milliwatts) -> Milliwatts {
    let delivered = u64::from(load.0) * 1000 / u64::from(inverter.efficiency.0.max(1));
    Milliwatts(u32::try_from(delivered + u64::from(inverter.idle.0)).unwrap_or(u32::MAX).max(1))
}

/// Real power for a load that may be a share of the rating.
#[must_use]
pub fn watts(inverter: &Inverter, load: Load) -> Milliwatts {
    match load {
        Load::Milliwatts(power) => power,
        Load::Share(share) => {
            let power = u64::from(inverter.rated.0) * u64::from(share.0) / 1000;
            Milliwatts(u32::try_from(power).unwrap_or(u32::MAX))
        }
    }
}

/// How long a full battery of this `health` and `temperature` lasts while `power` is drawn from it.
#[must_use]
pub fn lasts(
    battery: &Accumulator,
    inverter: &Inverter,
    power: Milliwatts,
    health: Permille,
    temperature: Celsius,
) -> Micros {
    let reference = drawn(inverter, watts(inverter, battery.lasts_at));
    let new = scale_by_power(battery.lasts.0, reference.0.into(), power.0.max(1).into(), battery.peukert.0);
    let new = u128::from(new.min(energy_allows(battery, power)));
    let usable = new * u128::from(health.0) * u128::from(temperature_factor(temperature)) / 1_000_000;
    // At least a microsecond, so that a rate can be had from it.
    Micros(u64::try_from(usable).unwrap_or(u64::MAX).max(1))
}

/// Energy of a new, full battery in microwatt-hours.
#[must_use]
pub fn energy_microwatt_hours(battery: &Accumulator) -> u64 {
    u64::from(battery.capacity.0) * u64::from(battery.voltage.0)
}

/// How long that energy lasts at `power`, whatever Peukert's law says for small loads.
fn energy_allows(battery: &Accumulator, power: Milliwatts) -> u64 {
    // µWh · 3600 s/h · 10⁶ µs/s / (mW · 10³ µW/mW)
    let micros = u128::from(energy_microwatt_hours(battery)) * 3_600_000 / u128::from(power.0.max(1));
    u64::try_from(micros).unwrap_or(u64::MAX)
}

/// Thousandths of the capacity at 25 °C: 0.8 % a degree, within what a battery does at all.
fn temperature_factor(temperature: Celsius) -> u32 {
    u32::try_from(1000 + 8 * (i32::from(temperature.0) - 25)).unwrap_or(0).clamp(300, 1100)
}
