//! What stands behind each field of a device's reports.

use super::layout::Field;
use super::quantity::{Quantity, Scale};

/// Where a field's number comes from.
#[derive(Debug, Clone, Copy)]
pub enum Source {
    /// The physics.
    Quantity(&'static Quantity),
    /// Always the same logical value.
    Constant(i64),
    /// A logical value that the host may replace, by its place in [`Binding::settings`].
    Setting(usize),
}

/// What stands behind the fields, in the layout's order; `None` shows zero.
#[derive(Debug, Clone, Default)]
pub struct Binding {
    /// By field.
    pub sources: Vec<Option<Source>>,
    /// First values of the settings.
    pub settings: Vec<i64>,
}

impl Binding {
    /// Whether a field shows one of these quantities.
    #[must_use]
    pub fn shows(&self, quantities: &[&str]) -> bool {
        let shown = self.sources.iter().flatten();
        shown
            .into_iter()
            .any(|source| matches!(source, Source::Quantity(quantity) if quantities.contains(&quantity.name)))
    }
}

/// The logical value by which `field` shows `value` (of this scale).
///
/// The descriptor says how: unit and exponent (HID 1.11 §6.2.2.7), then the physical range.
#[must_use]
pub fn to_logical(field: &Field, scale: Scale, value: i64) -> i64 {
    let scaled = times_power_of_ten(value, -from_si(field, scale));
    match field.physical {
        Some((low, high)) if high > low => {
            let span = i128::from(field.logical_max) - i128::from(field.logical_min);
            let above = (i128::from(scaled) - i128::from(low)) * span;
            let steps = above.div_euclid(i128::from(high) - i128::from(low));
            i64::try_from(steps + i128::from(field.logical_min)).unwrap_or(i64::MAX)
        }
        _ => scaled,
    }
}

/// The value (of this scale) that the logical value of `field` stands for.
#[must_use]
pub fn from_logical(field: &Field, scale: Scale, logical: i64) -> i64 {
    let physical = match field.physical {
        Some((low, high)) if field.logical_max > field.logical_min => {
            let span = i128::from(field.logical_max) - i128::from(field.logical_min);
            let above = (i128::from(logical) - i128::from(field.logical_min)) * (i128::from(high) - i128::from(low));
            i64::try_from(above.div_euclid(span) + i128::from(low)).unwrap_or(i64::MAX)
        }
        _ => logical,
    };
    times_power_of_ten(physical, from_si(field, scale))
}

/// The power of ten from a field's physical value to a quantity's number.
fn from_si(field: &Field, scale: Scale) -> i32 {
    // In the units of HID, built on centimetres and grams, one volt and one watt are 10⁷.
    let base = match field.unit {
        0x00F0_D121 | 0x0000_D121 => Some(7),
        0xF001 | 0x1001 | 0x0001_0001 | 0x0010_0001 => Some(0),
        _ => None,
    };
    let exponent = base.map_or(0, |base| i32::from(field.exponent) - base);
    match scale {
        Scale::Plain | Scale::Percent => 0,
        Scale::Seconds | Scale::Kelvin => exponent,
        Scale::Milli(_) => exponent + 3,
    }
}

/// `value · 10^power`, rounded to the nearest.
fn times_power_of_ten(value: i64, power: i32) -> i64 {
    let factor = 10_i64.saturating_pow(power.unsigned_abs().min(18));
    if power >= 0 {
        return value.saturating_mul(factor);
    }
    let half = if value < 0 { -(factor / 2) } else { factor / 2 };
    value.saturating_add(half) / factor
}
