//! How quantities are written, and read: a decimal number, a space if you like, and a unit.
//!
//! Each type reads one quantity, refuses any other unit, and describes itself in the JSON Schema
//! (`x-quantity` names its row in [`KINDS`], which the structure check reads with).

use super::quantity::{Load, MilliampHours, Millicelsius, Millihertz, Millivolts, Milliwatts, Permille};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, de};
use std::borrow::Cow;
use std::time::Duration;

/// A kind of quantity: what it is called, and its units with their worth in the smallest part we keep.
#[derive(Debug)]
pub struct Kind {
    /// Its name in the schema.
    pub name: &'static str,
    /// What to call it in a message.
    pub called: &'static str,
    /// Units and what each is worth.
    pub units: &'static [(&'static str, i64)],
    /// How to write it.
    pub example: &'static str,
    /// The least that makes sense.
    pub least: i64,
    /// The most that makes sense.
    pub most: i64,
}

const TIME: &[(&str, i64)] =
    &[("us", 1), ("ms", 1000), ("s", 1_000_000), ("m", 60_000_000), ("h", 3_600_000_000), ("d", 86_400_000_000)];

/// Every kind of quantity. Times are kept in microseconds, everything else in thousandths.
pub const KINDS: &[Kind] = &[
    Kind {
        name: "time",
        called: "a time",
        units: TIME,
        example: "`90 s` or `2 m`",
        least: 0,
        most: 366 * 86_400_000_000,
    },
    Kind { name: "share", called: "a share", units: &[("%", 10)], example: "`38 %`", least: 0, most: 1000 },
    Kind {
        name: "power",
        called: "a power",
        units: &[("W", 1000), ("kW", 1_000_000)],
        example: "`35 W`",
        least: 0,
        most: 1_000_000_000,
    },
    Kind {
        name: "load",
        called: "a load",
        units: &[("%", 10), ("W", 1000), ("kW", 1_000_000)],
        example: "`38 %` or `120 W`",
        least: 0,
        most: 1_000_000_000,
    },
    Kind { name: "voltage", called: "a voltage", units: &[("V", 1000)], example: "`230 V`", least: 0, most: 1_000_000 },
    Kind {
        name: "frequency",
        called: "a frequency",
        units: &[("Hz", 1000)],
        example: "`50 Hz`",
        least: 0,
        most: 1_000_000,
    },
    Kind {
        name: "capacity",
        called: "a capacity",
        units: &[("Ah", 1000)],
        example: "`7.2 Ah`",
        least: 1,
        most: 10_000_000,
    },
    Kind {
        name: "temperature",
        called: "a temperature",
        units: &[("C", 1000), ("°C", 1000)],
        example: "`25 C`",
        least: -60_000,
        most: 200_000,
    },
    Kind {
        name: "time-step",
        called: "a time forward or back",
        units: TIME,
        example: "`1 h` or `-90 s`",
        least: -366 * 86_400_000_000,
        most: 366 * 86_400_000_000,
    },
    Kind {
        name: "bytes",
        called: "an amount of memory",
        units: &[("B", 1), ("kB", 1000), ("MB", 1_000_000), ("GB", 1_000_000_000)],
        example: "`64 MB`",
        least: 0,
        most: 1_000_000_000_000_000,
    },
];

/// Why something is not the quantity that belongs there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wrong {
    /// What is wrong.
    pub message: String,
    /// What to write instead.
    pub hint: String,
}

impl std::fmt::Display for Wrong {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}; {}", self.message, self.hint)
    }
}

/// The kind of this name.
#[must_use]
pub fn kind(name: &str) -> Option<&'static Kind> {
    KINDS.iter().find(|kind| kind.name == name)
}

impl Kind {
    /// Reads a quantity of this kind: its value, and the unit it was written in.
    ///
    /// # Errors
    /// A sentence and a hint for the author.
    pub fn read(&self, text: &str) -> Result<(i64, &'static str), Wrong> {
        let wrong = |message: String| Wrong { message, hint: format!("write it like {}", self.example) };
        let text = text.trim();
        let split = text.find(|c: char| !(c.is_ascii_digit() || matches!(c, '.' | '-' | '+'))).unwrap_or(text.len());
        let (number, unit) = (&text[..split], text[split..].trim());
        if number.is_empty() {
            return Err(wrong(format!("`{text}` is not {}", self.called)));
        }
        if unit.is_empty() {
            return Err(wrong(format!("`{text}` has no unit")));
        }
        let Some(&(unit, worth)) = self.units.iter().find(|(name, _)| *name == unit) else {
            return Err(wrong(format!("`{text}` is not {}: `{unit}` is not one of its units", self.called)));
        };
        let value = decimal(number, worth)
            .ok_or_else(|| wrong(format!("`{number}` is not a number that can be kept exactly")))?;
        if value < self.least || value > self.most {
            let message = format!("`{text}` is out of range for {}", self.called);
            return Err(Wrong {
                message,
                hint: format!("from {} to {}", self.shown(self.least), self.shown(self.most)),
            });
        }
        Ok((value, unit))
    }

    /// A value of this kind, in the largest unit of which it is a whole number, or else in decimals of the smallest.
    fn shown(&self, value: i64) -> String {
        let whole = self.units.iter().rev().filter(|(_, worth)| value % worth == 0).max_by_key(|(_, worth)| *worth);
        match (whole, self.units) {
            (Some((unit, worth)), _) => format!("{} {unit}", value / worth),
            (None, [(unit, worth), ..]) => {
                let part = format!("{:04}", (value % worth).abs() * 10_000 / worth);
                format!("{}.{} {unit}", value / worth, part.trim_end_matches('0'))
            }
            (None, []) => value.to_string(),
        }
    }

    /// A regular expression for the JSON Schema.
    fn pattern(&self) -> String {
        let units: Vec<&str> = self.units.iter().map(|(unit, _)| *unit).collect();
        let sign = if self.least < 0 { "-?" } else { "" };
        format!("^{sign}[0-9]+(\\.[0-9]+)? ?({})$", units.join("|"))
    }
}

/// `text` × `worth`, exactly.
fn decimal(text: &str, worth: i64) -> Option<i64> {
    let (negative, digits) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
    let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
    let plain = |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit());
    if !plain(whole) || (digits.contains('.') && !plain(part)) || whole.len() > 15 || part.len() > 6 {
        return None;
    }
    let scale = 10_i64.pow(u32::try_from(part.len()).ok()?);
    let units = whole.parse::<i64>().ok()?.checked_mul(scale)?.checked_add(if part.is_empty() {
        0
    } else {
        part.parse().ok()?
    })?;
    let value = units.checked_mul(worth)?;
    (value % scale == 0).then(|| if negative { -value / scale } else { value / scale })
}

/// A plain decimal number, with or without a unit, in thousandths: `20 %` → 20000, `13.7` → 13700.
#[must_use]
pub fn thousandths(text: &str) -> Option<i64> {
    let text = text.trim();
    let split = text.find(|c: char| !(c.is_ascii_digit() || matches!(c, '.' | '-'))).unwrap_or(text.len());
    let unit = text[split..].trim();
    matches!(unit, "" | "%" | "V" | "W" | "Hz" | "s" | "A" | "VA" | "Ah" | "C" | "°C")
        .then(|| decimal(&text[..split], 1000))
        .flatten()
}

macro_rules! quantities {
    ($($(#[$doc:meta])* $name:ident($inner:ty) = $kind:literal, |$value:ident, $unit:ident| $build:expr;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub struct $name(pub $inner);

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = Cow::<str>::deserialize(deserializer)?;
                let kind = kind($kind).ok_or_else(|| de::Error::custom("a quantity of no kind"))?;
                let ($value, $unit) = kind.read(&text).map_err(de::Error::custom)?;
                let _ = $unit;
                $build.map($name).ok_or_else(|| de::Error::custom(format!("`{text}` is out of range")))
            }
        }

        impl JsonSchema for $name {
            fn schema_name() -> Cow<'static, str> {
                stringify!($name).into()
            }
            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                let kind = kind($kind).unwrap_or(&KINDS[0]);
                json_schema!({
                    "type": "string",
                    "description": format!("{}, like {}", kind.called, kind.example),
                    "pattern": kind.pattern(),
                    "x-quantity": kind.name,
                })
            }
        }
    )*};
}

quantities! {
    /// A time: `500 ms`, `90 s`, `2 m`, `1 h`.
    Time(Duration) = "time", |value, _unit| u64::try_from(value).ok().map(Duration::from_micros);
    /// A share of a whole: `38 %`.
    Share(Permille) = "share", |value, _unit| u32::try_from(value).ok().map(Permille);
    /// A power: `35 W`.
    Power(Milliwatts) = "power", |value, _unit| u64::try_from(value).ok().map(Milliwatts);
    /// A load: `38 %` of what the UPS may carry, or `120 W`.
    Carried(Load) = "load", |value, unit| if unit == "%" {
        u32::try_from(value).ok().filter(|share| *share <= 5000).map(|share| Load::Share(Permille(share)))
    } else {
        u64::try_from(value).ok().map(|power| Load::Power(Milliwatts(power)))
    };
    /// A voltage: `230 V`.
    Voltage(Millivolts) = "voltage", |value, _unit| u32::try_from(value).ok().map(Millivolts);
    /// A frequency: `50 Hz`.
    Frequency(Millihertz) = "frequency", |value, _unit| u32::try_from(value).ok().map(Millihertz);
    /// A capacity: `7.2 Ah`.
    Capacity(MilliampHours) = "capacity", |value, _unit| u32::try_from(value).ok().map(MilliampHours);
    /// A temperature: `25 C`.
    Temperature(Millicelsius) = "temperature", |value, _unit| i32::try_from(value).ok().map(Millicelsius);
    /// A time forward or back, in microseconds: `1 h`, `-90 s`.
    TimeStep(i64) = "time-step", |value, _unit| Some(value);
    /// An amount of memory: `64 MB`.
    Bytes(u64) = "bytes", |value, _unit| u64::try_from(value).ok();
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(name: &str, text: &str) -> Result<i64, String> {
        kind(name).unwrap().read(text).map(|(value, _)| value).map_err(|wrong| wrong.to_string())
    }

    #[test]
    fn quantities_are_read_exactly() {
        assert_eq!(read("time", "90 s"), Ok(90_000_000));
        assert_eq!(read("time", "1.5h"), Ok(5_400_000_000));
        assert_eq!(read("share", "38 %"), Ok(380));
        assert_eq!(read("share", "0.1 %"), Ok(1));
        assert_eq!(read("capacity", "7.2 Ah"), Ok(7200));
        assert_eq!(read("time-step", "-90 s"), Ok(-90_000_000));
        assert_eq!(thousandths("13.7"), Some(13_700));
        assert_eq!(thousandths("20 %"), Some(20_000));
        assert_eq!(thousandths("OL"), None);
    }

    #[test]
    fn wrong_quantities_say_what_to_write() {
        let wrong = [
            ("time", "90"),
            ("time", "soon"),
            ("time", "90 sec"),
            ("time", "1.0000001 us"),
            ("share", "38 W"),
            ("share", "138 %"),
            ("power", "35"),
            ("power", "-35 W"),
            ("load", "99999999999999999999 W"),
            ("time", "1e3 s"),
            ("time", "1..2 s"),
        ];
        let said: Vec<String> = wrong.iter().map(|(kind, text)| read(kind, text).unwrap_err()).collect();
        insta::assert_snapshot!(said.join("\n"));
    }
}
