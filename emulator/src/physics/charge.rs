//! How fast a battery charges: bulk, then absorption, then float.
//!
//! In bulk the charger is at its current limit; from [`ABSORPTION_FROM`] the voltage is, and the
//! current tapers; a full battery floats. A device file gives how long it takes from empty to some
//! charge, and the bulk rate follows from that.

use crate::device::Accumulator;
use crate::physics::battery::FULL;
use crate::units::{Micros, Permille};

/// Per cent of charge at which the current begins to taper.
pub const ABSORPTION_FROM: u8 = 80;
/// The current just before full, in thousandths of the bulk current.
const TAIL: u64 = 100;

/// Charge gained in a microsecond, in parts of [`FULL`], while the battery is at `percent`.
#[must_use]
pub fn rate(battery: &Accumulator, percent: u8, health: Permille) -> u64 {
    let bulk = bulk_rate(battery) * 1000 / u64::from(health.0.max(1));
    (bulk * taper(percent) / 1000).max(1)
}

/// The bulk rate of a new battery.
fn bulk_rate(battery: &Accumulator) -> u64 {
    let target = u8::try_from(battery.recharged_to.0 / 10).unwrap_or(100).clamp(1, 100);
    // How many per cent at bulk rate the way to `target` is worth, in thousandths.
    let worth: u64 = (0..target).map(|percent| 1_000_000 / taper(percent)).sum();
    let Micros(time) = battery.recharge;
    let rate = u128::from(FULL / 100) * u128::from(worth) / 1000 / u128::from(time.max(1));
    u64::try_from(rate).unwrap_or(FULL).clamp(1, FULL / 1000)
}

/// The current at `percent`, in thousandths of the bulk current.
fn taper(percent: u8) -> u64 {
    let above = u64::from(percent.min(100).saturating_sub(ABSORPTION_FROM));
    1000 - (1000 - TAIL) * above / u64::from(100 - ABSORPTION_FROM)
}
