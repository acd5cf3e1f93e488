//! Physical values in fixed point: millionths of the unit, so that a trace is the same everywhere.

use std::fmt::{self, Write};

/// A physical value in millionths of its unit (volt, watt, ampere, second, hertz, kelvin, percent).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Quantity(i64);

/// Millionths in one unit.
const ONE: i64 = 1_000_000;
/// Digits that a [`Quantity`] keeps behind the point.
const DIGITS: u8 = 6;

impl Quantity {
    /// Nothing.
    pub const ZERO: Self = Self(0);

    /// A whole number of units.
    #[must_use]
    pub const fn whole(units: i64) -> Self {
        Self(units.saturating_mul(ONE))
    }

    /// So many millionths.
    #[must_use]
    pub const fn from_micros(micros: i64) -> Self {
        Self(micros)
    }

    /// In millionths.
    #[must_use]
    pub const fn micros(self) -> i64 {
        self.0
    }

    /// Whole units, cut towards zero.
    #[must_use]
    pub const fn truncated(self) -> i64 {
        self.0 / ONE
    }

    /// `numerator / denominator` of it, cut towards zero; itself for a zero denominator.
    #[must_use]
    pub fn scaled(self, numerator: i64, denominator: i64) -> Self {
        if denominator == 0 {
            return self;
        }
        saturating(i128::from(self.0) * i128::from(numerator) / i128::from(denominator))
    }

    /// `value × 10^exponent` units.
    #[must_use]
    pub fn with_exponent(value: i64, exponent: i8) -> Self {
        saturating(shifted(i128::from(value), exponent.saturating_add(6)))
    }

    /// `numerator / denominator × 10^exponent` units, cut towards zero; nothing for a zero denominator.
    #[must_use]
    pub fn of_ratio(numerator: i128, denominator: i128, exponent: i8) -> Self {
        let exponent = exponent.saturating_add(6);
        let power = power_of_ten(exponent);
        let micros = if exponent < 0 {
            numerator.checked_div(denominator.saturating_mul(power))
        } else {
            numerator.saturating_mul(power).checked_div(denominator)
        };
        saturating(micros.unwrap_or(0))
    }

    /// How many `10^exponent` units it is, cut towards zero.
    #[must_use]
    pub fn in_exponent(self, exponent: i8) -> i64 {
        saturating(shifted(i128::from(self.0), 0i8.saturating_sub(exponent).saturating_sub(6))).0
    }

    /// Reads `12`, `-1`, `13.6`; at most six digits behind the point count.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (negative, digits) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text.strip_prefix('+').unwrap_or(text)),
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let is_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        if whole.len() + fraction.len() == 0 || !is_digits(whole) || !is_digits(fraction) {
            return None;
        }
        let units: i64 = if whole.is_empty() { 0 } else { whole.parse().ok()? };
        let mut micros = 0;
        let mut place = ONE / 10;
        for digit in fraction.bytes().take(usize::from(DIGITS)) {
            micros += i64::from(digit - b'0') * place;
            place /= 10;
        }
        let value = units.checked_mul(ONE)?.checked_add(micros)?;
        Some(Self(if negative { -value } else { value }))
    }

    /// Appends it with so many decimals (0–6). What lies half-way goes to the even digit where none are asked
    /// for, and away from zero where some are: so print clients of NUT, which scales by 0.1 in binary.
    pub fn write(self, decimals: u8, out: &mut String) {
        let decimals = decimals.min(DIGITS);
        let step = 10_u64.pow(u32::from(DIGITS - decimals));
        let magnitude = self.0.unsigned_abs();
        let (mut steps, rest) = (magnitude / step, magnitude % step);
        if rest * 2 > step || (rest * 2 == step && (decimals > 0 || steps % 2 == 1)) {
            steps += 1;
        }
        let unit = 10_u64.pow(u32::from(decimals));
        let sign = if self.0 < 0 && steps > 0 { "-" } else { "" };
        // Writing to a String cannot fail.
        let _ = match decimals {
            0 => write!(out, "{sign}{steps}"),
            _ => write!(out, "{sign}{}.{:0width$}", steps / unit, steps % unit, width = usize::from(decimals)),
        };
    }
}

/// With the decimals that it needs.
impl fmt::Display for Quantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = String::new();
        self.write(DIGITS, &mut text);
        f.write_str(text.trim_end_matches('0').trim_end_matches('.'))
    }
}

fn shifted(value: i128, exponent: i8) -> i128 {
    let power = power_of_ten(exponent);
    if exponent < 0 { value / power } else { value.saturating_mul(power) }
}

/// The power itself, its sign apart.
fn power_of_ten(exponent: i8) -> i128 {
    // 10^30 already overflows every i64 that is not zero.
    10_i128.pow(u32::from(exponent.unsigned_abs().min(30)))
}

fn saturating(micros: i128) -> Quantity {
    Quantity(i64::try_from(micros).unwrap_or(if micros < 0 { i64::MIN } else { i64::MAX }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(quantity: Quantity, decimals: u8) -> String {
        let mut out = String::new();
        quantity.write(decimals, &mut out);
        out
    }

    #[test]
    fn values_print_with_the_decimals_asked_for() {
        assert_eq!(text(Quantity::with_exponent(1365, -2), 1), "13.7");
        assert_eq!(text(Quantity::with_exponent(-1365, -2), 1), "-13.7");
        assert_eq!(text(Quantity::with_exponent(235, -1), 0), "24");
        assert_eq!(text(Quantity::with_exponent(245, -1), 0), "24");
        assert_eq!(text(Quantity::with_exponent(1375, -2), 1), "13.8");
        assert_eq!(text(Quantity::whole(226), 1), "226.0");
        assert_eq!(text(Quantity::from_micros(-400_000), 0), "0");
        assert_eq!(text(Quantity::whole(-60), 0), "-60");
        assert_eq!(text(Quantity::from_micros(i64::MIN), 6), "-9223372036854.775808");
    }

    #[test]
    fn text_reads_back() {
        for value in ["0", "-1", "13.6", "120", "0.000001"] {
            let quantity = Quantity::parse(value).unwrap();
            let decimals = value.split_once('.').map_or(0, |(_, tail)| u8::try_from(tail.len()).unwrap());
            assert_eq!(text(quantity, decimals), value);
        }
        for wrong in ["", "-", ".", "1e3", "12 V", "99999999999999999999"] {
            assert_eq!(Quantity::parse(wrong), None, "{wrong:?}");
        }
    }
}
