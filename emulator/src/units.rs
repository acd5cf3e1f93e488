//! The quantities a UPS deals in, as integers, with the words people write for them.
//!
//! Everything is a milli-unit or finer, so that a trace is identical bit for bit on every machine:
//! no floating point is used anywhere in this crate. Text goes in and out as `226.0 V`, `38 %`, `120 W`.

use std::fmt;
use std::str::FromStr;

/// A text that is not the quantity it should be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{text:?} is not {wanted}")]
pub struct NotAQuantity {
    /// What was written.
    pub text: String,
    /// What should have been, with an example.
    pub wanted: &'static str,
}

macro_rules! milli_unit {
    ($(#[$meta:meta])* $name:ident, $symbol:literal, $wanted:literal, $max:literal) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, serde::Serialize, serde::Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub u32);

        impl $name {
            /// The most that may be written.
            pub const MAX: Self = Self($max);
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write_milli(f, self.0, $symbol)
            }
        }

        impl FromStr for $name {
            type Err = NotAQuantity;
            fn from_str(text: &str) -> Result<Self, NotAQuantity> {
                parse_milli(text, $symbol)
                    .filter(|milli| *milli <= $max)
                    .map(Self)
                    .ok_or_else(|| NotAQuantity { text: text.to_owned(), wanted: $wanted })
            }
        }
    };
}

milli_unit!(
    /// Millivolts.
    Millivolts, "V", "a voltage, such as `230 V`", 1_000_000
);
milli_unit!(
    /// Millihertz.
    Millihertz, "Hz", "a frequency, such as `50 Hz`", 1_000_000
);
milli_unit!(
    /// Milliwatts of real power.
    Milliwatts, "W", "a power, such as `120 W`", 1_000_000_000
);
milli_unit!(
    /// Milliampere-hours.
    MilliampHours, "Ah", "a capacity, such as `9 Ah`", 10_000_000
);

/// Thousandths: 1000 is the whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct Permille(pub u16);

impl Permille {
    /// The whole.
    pub const WHOLE: Self = Self(1000);
    /// The most that may be written (a load may exceed its rating).
    pub const MAX: Self = Self(10_000);

    /// `percent` per cent.
    #[must_use]
    pub const fn percent(percent: u8) -> Self {
        Self(percent as u16 * 10)
    }
}

/// `38 %`, or `38.5 %` where a tenth matters.
impl fmt::Display for Permille {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 % 10 {
            0 => write!(f, "{} %", self.0 / 10),
            tenth => write!(f, "{}.{tenth} %", self.0 / 10),
        }
    }
}

impl FromStr for Permille {
    type Err = NotAQuantity;
    fn from_str(text: &str) -> Result<Self, NotAQuantity> {
        parse_milli(text, "%")
            .filter(|milli| milli % 100 == 0)
            .and_then(|milli| u16::try_from(milli / 100).ok())
            .map(Self)
            .filter(|permille| *permille <= Self::MAX)
            .ok_or_else(|| NotAQuantity { text: text.to_owned(), wanted: "a share, such as `38 %`" })
    }
}

/// Whole degrees Celsius.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct Celsius(pub i16);

impl fmt::Display for Celsius {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} C", self.0)
    }
}

impl FromStr for Celsius {
    type Err = NotAQuantity;
    fn from_str(text: &str) -> Result<Self, NotAQuantity> {
        text.trim()
            .strip_suffix('C')
            .and_then(|number| number.trim().trim_end_matches('°').trim().parse().ok())
            .filter(|degrees| (-60..=120).contains(degrees))
            .map(Self)
            .ok_or_else(|| NotAQuantity { text: text.to_owned(), wanted: "a temperature, such as `25 C`" })
    }
}

/// A plain number with three decimals, such as Peukert's exponent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Thousandths(pub u32);

impl FromStr for Thousandths {
    type Err = NotAQuantity;
    fn from_str(text: &str) -> Result<Self, NotAQuantity> {
        parse_milli(text, "")
            .map(Self)
            .ok_or_else(|| NotAQuantity { text: text.to_owned(), wanted: "a number with at most three decimals" })
    }
}

/// A length of time, in microseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct Micros(pub u64);

impl Micros {
    /// The most that may be written: ten years.
    pub const MAX: Self = Self::seconds(315_360_000);

    /// `seconds` seconds.
    #[must_use]
    pub const fn seconds(seconds: u64) -> Self {
        Self(seconds.saturating_mul(1_000_000))
    }

    /// Whole seconds, rounded down.
    #[must_use]
    pub const fn as_seconds(self) -> u64 {
        self.0 / 1_000_000
    }
}

impl std::ops::Add<Micros> for protocol::Instant {
    type Output = Self;
    fn add(self, rhs: Micros) -> Self {
        Self::from_micros(self.as_micros().saturating_add(rhs.0))
    }
}

impl FromStr for Micros {
    type Err = NotAQuantity;
    fn from_str(text: &str) -> Result<Self, NotAQuantity> {
        // Longest symbols first: `ms` also ends in `s`.
        [("ms", 1), ("min", 60_000), ("s", 1000), ("m", 60_000), ("h", 3_600_000)]
            .into_iter()
            .find_map(|(symbol, per_unit)| Some(u64::from(parse_milli(text, symbol)?).saturating_mul(per_unit)))
            .map(Self)
            .filter(|time| *time <= Self::MAX)
            .ok_or_else(|| NotAQuantity { text: text.to_owned(), wanted: "a time, such as `120 s` or `8 ms`" })
    }
}

/// What hangs on a UPS: in watts, or as a share of what it is rated for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Load {
    /// Real power.
    Milliwatts(Milliwatts),
    /// Share of the rated real power.
    Share(Permille),
}

impl fmt::Display for Load {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Milliwatts(power) => power.fmt(f),
            Self::Share(share) => share.fmt(f),
        }
    }
}

impl FromStr for Load {
    type Err = NotAQuantity;
    fn from_str(text: &str) -> Result<Self, NotAQuantity> {
        (text.parse().map(Self::Milliwatts))
            .or_else(|_| text.parse().map(Self::Share))
            .map_err(|_| NotAQuantity { text: text.to_owned(), wanted: "a load, such as `120 W` or `38 %`" })
    }
}

/// `226 V`, `13.7 V`: as many decimals as are needed.
fn write_milli(f: &mut fmt::Formatter<'_>, milli: u32, symbol: &str) -> fmt::Result {
    let (whole, rest) = (milli / 1000, milli % 1000);
    if rest == 0 {
        return write!(f, "{whole} {symbol}");
    }
    let decimals = format!("{rest:03}");
    write!(f, "{whole}.{} {symbol}", decimals.trim_end_matches('0'))
}

/// A decimal number with at most three decimals and its unit, in thousandths.
fn parse_milli(text: &str, symbol: &str) -> Option<u32> {
    let number = text.trim().strip_suffix(symbol)?.trim_end();
    let (whole, decimals) = number.split_once('.').unwrap_or((number, ""));
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !digits(whole) || !digits(decimals) || decimals.len() > 3 || number.ends_with('.') {
        return None;
    }
    let whole: u32 = whole.parse().ok()?;
    let rest: u32 = format!("{decimals:0<3}").parse().ok()?;
    whole.checked_mul(1000)?.checked_add(rest)
}
