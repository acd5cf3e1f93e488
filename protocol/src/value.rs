//! Decimal numbers that keep the decimals they were written with: `12.0` stays `12.0`.

use std::fmt;
use std::str::FromStr;

/// A decimal number: `mantissa` / 10^`decimals`.
///
/// Equal means written equally; [`Self::compare`] compares the amounts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Decimal {
    mantissa: i64,
    decimals: u8,
}

/// The most decimals of a [`Decimal`].
pub const MAX_DECIMALS: u8 = 9;

/// A text that is no [`Decimal`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a decimal number")]
pub struct NotDecimal;

impl Decimal {
    /// `mantissa` / 10^`decimals`. More than [`MAX_DECIMALS`] decimals become so many.
    #[must_use]
    pub const fn new(mantissa: i64, decimals: u8) -> Self {
        Self { mantissa, decimals: if decimals > MAX_DECIMALS { MAX_DECIMALS } else { decimals } }
    }

    /// The digits without the point.
    #[must_use]
    pub const fn mantissa(self) -> i64 {
        self.mantissa
    }

    /// How many digits stand behind the point.
    #[must_use]
    pub const fn decimals(self) -> u8 {
        self.decimals
    }

    /// The number with so many decimals, rounded half away from zero where some are lost. Stops at
    /// the ends of `i64`.
    #[must_use]
    pub fn with_decimals(self, decimals: u8) -> Self {
        Self { mantissa: self.scaled(decimals), decimals: decimals.min(MAX_DECIMALS) }
    }

    /// The number times 10^`decimals` as an integer: `12.34` in thousandths is 12340.
    #[must_use]
    pub fn scaled(self, decimals: u8) -> i64 {
        let decimals = decimals.min(MAX_DECIMALS);
        let wide = i128::from(self.mantissa);
        let scaled = if decimals >= self.decimals {
            wide * ten_to(decimals - self.decimals)
        } else {
            let divisor = ten_to(self.decimals - decimals);
            (wide + wide.signum() * divisor / 2) / divisor
        };
        i64::try_from(scaled).unwrap_or(if scaled < 0 { i64::MIN } else { i64::MAX })
    }

    /// Compares amounts: `1.0` is as much as `1`.
    #[must_use]
    pub fn compare(self, other: Self) -> std::cmp::Ordering {
        let wide = |number: Self| i128::from(number.mantissa) * ten_to(MAX_DECIMALS - number.decimals);
        wide(self).cmp(&wide(other))
    }
}

const fn ten_to(exponent: u8) -> i128 {
    10_i128.pow(exponent as u32)
}

impl FromStr for Decimal {
    type Err = NotDecimal;

    fn from_str(text: &str) -> Result<Self, NotDecimal> {
        let (sign, digits) = match text.strip_prefix('-') {
            Some(digits) => (-1, digits),
            None => (1, text.strip_prefix('+').unwrap_or(text)),
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let decimals = u8::try_from(fraction.len()).ok().filter(|&decimals| decimals <= MAX_DECIMALS);
        if whole.is_empty() && fraction.is_empty() {
            return Err(NotDecimal);
        }
        let mut mantissa: i64 = 0;
        for byte in whole.bytes().chain(fraction.bytes()) {
            let digit = byte.is_ascii_digit().then(|| i64::from(byte - b'0')).ok_or(NotDecimal)?;
            mantissa = mantissa.checked_mul(10).and_then(|m| m.checked_add(sign * digit)).ok_or(NotDecimal)?;
        }
        Ok(Self { mantissa, decimals: decimals.ok_or(NotDecimal)? })
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.mantissa < 0 { "-" } else { "" };
        let digits = self.mantissa.unsigned_abs();
        if self.decimals == 0 {
            return write!(f, "{sign}{digits}");
        }
        let unit = 10_u64.pow(u32::from(self.decimals));
        write!(f, "{sign}{}.{:0width$}", digits / unit, digits % unit, width = usize::from(self.decimals))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_decimals_of_a_value_are_kept() {
        for text in ["12.0", "0.05", "-0.50", "230", "-7", "0"] {
            assert_eq!(text.parse::<Decimal>().map(|number| number.to_string()).as_deref(), Ok(text));
        }
    }

    #[test]
    fn rounding_goes_away_from_zero() {
        assert_eq!(Decimal::new(1345, 2).with_decimals(1).to_string(), "13.5");
        assert_eq!(Decimal::new(-1345, 2).with_decimals(1).to_string(), "-13.5");
        assert_eq!(Decimal::new(1344, 2).scaled(1), 134);
        assert_eq!(Decimal::new(12, 0).scaled(3), 12_000);
    }

    #[test]
    fn what_is_no_number_is_refused() {
        for text in ["", ".", "-", "1e5", "0x10", "1.2.3", " 1", "99999999999999999999", "0.0000000001"] {
            assert_eq!(text.parse::<Decimal>(), Err(NotDecimal), "{text}");
        }
    }

    #[test]
    fn amounts_compare_whatever_their_decimals() {
        assert!(Decimal::new(10, 1).compare(Decimal::new(1, 0)).is_eq());
        assert!(Decimal::new(i64::MIN, 0).compare(Decimal::new(i64::MIN, 9)).is_lt());
    }
}
