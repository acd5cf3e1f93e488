//! Quantities as resolved scenarios carry them: integers in thousandths, each with its unit in its type.
//!
//! Times are `std::time::Duration`. How a quantity is written (`38 %`, `2 m`) is read in
//! [`crate::language::units`].

use serde::{Deserialize, Serialize};
use std::fmt;

/// A share of a whole in thousandths: 380 is `38 %`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Permille(pub u32);

/// Electric power in thousandths of a watt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Milliwatts(pub u64);

/// Electric tension in thousandths of a volt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Millivolts(pub u32);

/// Frequency in thousandths of a hertz.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Millihertz(pub u32);

/// Battery capacity in thousandths of an ampere-hour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct MilliampHours(pub u32);

/// Temperature in thousandths of a degree Celsius.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Millicelsius(pub i32);

/// How much a UPS carries: of its rating, or in watts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Load {
    /// A share of the rated power.
    Share(Permille),
    /// Watts.
    Power(Milliwatts),
}

/// Writes thousandths as people do: `38`, `13.7`, `0.005`.
fn thousandths(f: &mut fmt::Formatter<'_>, value: u64, unit: &str) -> fmt::Result {
    let (whole, rest) = (value / 1000, value % 1000);
    if rest == 0 {
        write!(f, "{whole} {unit}")
    } else {
        let digits = format!("{rest:03}");
        write!(f, "{whole}.{} {unit}", digits.trim_end_matches('0'))
    }
}

impl fmt::Display for Permille {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        thousandths(f, u64::from(self.0) * 100, "%")
    }
}

impl fmt::Display for Milliwatts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        thousandths(f, self.0, "W")
    }
}

impl fmt::Display for Millivolts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        thousandths(f, self.0.into(), "V")
    }
}

impl fmt::Display for Millihertz {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        thousandths(f, self.0.into(), "Hz")
    }
}

impl fmt::Display for MilliampHours {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        thousandths(f, self.0.into(), "Ah")
    }
}

impl fmt::Display for Millicelsius {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0 < 0 {
            f.write_str("-")?;
        }
        thousandths(f, self.0.unsigned_abs().into(), "C")
    }
}

impl fmt::Display for Load {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Share(share) => share.fmt(f),
            Self::Power(power) => power.fmt(f),
        }
    }
}
