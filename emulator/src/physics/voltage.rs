//! A battery's voltage: open-circuit curve by chemistry, less what its resistance takes.

use super::charge::ABSORPTION_FROM;
use crate::device::{Accumulator, Chemistry};
use crate::units::{Millivolts, Milliwatts, Permille};

/// Open-circuit millivolts of one cell at 0, 10, … 100 % of charge.
type Curve = [u32; 11];

/// Valve-regulated lead-acid at rest: 11.4 V to 12.8 V for six cells.
const LEAD_ACID: Curve = [1900, 1935, 1960, 1985, 2005, 2025, 2045, 2065, 2085, 2110, 2135];
/// Lithium iron phosphate: flat, with a knee at both ends.
const IRON_PHOSPHATE: Curve = [2800, 3130, 3200, 3220, 3250, 3260, 3270, 3290, 3300, 3320, 3400];
/// Lithium nickel manganese cobalt.
const NICKEL_MANGANESE_COBALT: Curve = [3000, 3450, 3550, 3600, 3640, 3690, 3760, 3850, 3940, 4050, 4180];

/// What the battery is doing, as its voltage sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flow {
    /// Nothing flows.
    Rest,
    /// The inverter draws.
    Discharging,
    /// The charger pushes.
    Charging,
    /// The charger keeps it full.
    Floating,
}

/// At the terminals, at this share of charge; `power` is what the inverter draws while it does.
#[must_use]
pub fn terminal(battery: &Accumulator, charge: Permille, flow: Flow, power: Milliwatts) -> Millivolts {
    let (curve, per_cell) = match battery.chemistry {
        Chemistry::LeadAcid => (&LEAD_ACID, 2000),
        Chemistry::LithiumIronPhosphate => (&IRON_PHOSPHATE, 3200),
        Chemistry::LithiumIon => (&NICKEL_MANGANESE_COBALT, 3600),
    };
    let cells = (battery.voltage.0 / per_cell).max(1);
    let open = interpolate(curve, charge).saturating_mul(cells);
    match flow {
        Flow::Rest => Millivolts(open),
        Flow::Discharging => Millivolts(open.saturating_sub(sag(battery, cells, power))),
        Flow::Charging => Millivolts(open + lift(battery, curve, cells, charge)),
        Flow::Floating => battery.float,
    }
}

/// What the charger lifts the voltage by: more and more in bulk, up to the float voltage in absorption.
fn lift(battery: &Accumulator, curve: &Curve, cells: u32, charge: Permille) -> u32 {
    let absorption = Permille::percent(ABSORPTION_FROM);
    let full_lift = |at| battery.float.0.saturating_sub(interpolate(curve, at).saturating_mul(cells));
    if charge >= absorption {
        return full_lift(charge);
    }
    full_lift(absorption) * u32::from(charge.0) / u32::from(absorption.0)
}

fn interpolate(curve: &Curve, charge: Permille) -> u32 {
    let charge = u32::from(charge.0.min(1000));
    let (below, rest) = ((charge / 100) as usize, charge % 100);
    match curve.get(below + 1) {
        Some(above) => curve[below] + (above - curve[below]) * rest / 100,
        None => curve[10],
    }
}

/// Millivolts lost inside: 25 mΩ·Ah for each cell, new or not.
fn sag(battery: &Accumulator, cells: u32, power: Milliwatts) -> u32 {
    let milliamps = u64::from(power.0) * 1000 / u64::from(battery.voltage.0.max(1));
    // mA · mΩ·Ah · cells / mAh = mV
    let millivolts = milliamps * 25 * u64::from(cells) / u64::from(battery.capacity.0.max(1));
    u32::try_from(millivolts).unwrap_or(u32::MAX)
}
