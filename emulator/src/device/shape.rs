//! The shape of a device file as one table: which keys each section has, and what stands behind them.
//!
//! [`super::structure`] checks a file against it before serde reads it, and a test holds it against
//! the structs that serde fills and against `emulator/devices/README.md`.

use crate::control::{CutOnLine, MainsBack, Refresh, Returns};
use crate::units::{
    Celsius, Load, Micros, MilliampHours, Millihertz, Millivolts, Milliwatts, NotAQuantity, Permille, Thousandths,
};

/// A key, and what stands behind it.
#[derive(Debug)]
pub struct Key {
    /// The key.
    pub name: &'static str,
    /// What stands behind it.
    pub kind: Kind,
    /// Whether it must be there.
    pub required: bool,
}

/// What stands behind a key.
#[derive(Debug)]
pub enum Kind {
    /// Any text.
    Text,
    /// A whole number within these.
    Number(i64, i64),
    /// `true` or `false`.
    Flag,
    /// A number with a unit.
    Quantity(&'static Unit),
    /// One of these words.
    Word(&'static [&'static str]),
    /// Keys of its own.
    Section(&'static [Key]),
    /// Several of a kind.
    List(&'static Self),
    /// Several of a kind, each behind a name.
    Named(&'static Self),
    /// Several of a kind, each behind a number from 0 to 255.
    Numbered(&'static Self),
}

/// How a quantity is written.
#[derive(Debug)]
pub struct Unit {
    /// The units that may stand behind its number, the most usual first; empty for a plain number.
    pub symbols: &'static [&'static str],
    /// Reads it.
    pub read: fn(&str) -> Result<(), NotAQuantity>,
}

const fn needs(name: &'static str, kind: Kind) -> Key {
    Key { name, kind, required: true }
}

const fn may(name: &'static str, kind: Kind) -> Key {
    Key { name, kind, required: false }
}

static VOLTAGE: Unit = Unit { symbols: &["V"], read: |text| text.parse::<Millivolts>().map(drop) };
static FREQUENCY: Unit = Unit { symbols: &["Hz"], read: |text| text.parse::<Millihertz>().map(drop) };
static POWER: Unit = Unit { symbols: &["W"], read: |text| text.parse::<Milliwatts>().map(drop) };
static CAPACITY: Unit = Unit { symbols: &["Ah"], read: |text| text.parse::<MilliampHours>().map(drop) };
static SHARE: Unit = Unit { symbols: &["%"], read: |text| text.parse::<Permille>().map(drop) };
static TEMPERATURE: Unit = Unit { symbols: &["C"], read: |text| text.parse::<Celsius>().map(drop) };
static TIME: Unit = Unit { symbols: &["s"], read: |text| text.parse::<Micros>().map(drop) };
static LOAD: Unit = Unit { symbols: &["%", "W"], read: |text| text.parse::<Load>().map(drop) };
static FACTOR: Unit = Unit { symbols: &[], read: |text| text.parse::<Thousandths>().map(drop) };

const BYTE: Kind = Kind::Number(0, 255);
const WORD: Kind = Kind::Number(0, 65_535);
const LOGICAL: Kind = Kind::Number(i64::MIN, i64::MAX);

/// The sections.
pub static FILE: &[Key] = &[
    needs("model", Kind::Text),
    needs("sources", Kind::Named(&Kind::Text)),
    needs("usb", Kind::Section(USB)),
    needs("inverter", Kind::Section(INVERTER)),
    needs("mains", Kind::Section(MAINS)),
    may("transfer-cause", BYTE),
    needs("battery", Kind::Section(BATTERY)),
    needs("low-battery", Kind::Section(LOW_BATTERY)),
    needs("shutdown", Kind::Section(SHUTDOWN)),
    needs("self-test", Kind::Section(SELF_TEST)),
    needs("report-descriptor", Kind::Section(REPORT_DESCRIPTOR)),
    may("quantities", Kind::Named(&Kind::Text)),
    may("constants", Kind::Named(&LOGICAL)),
    may("dates", Kind::Named(&Kind::Text)),
    may("settings", Kind::Named(&LOGICAL)),
];

static USB: &[Key] = &[
    needs("vendor", WORD),
    needs("product", WORD),
    needs("release", WORD),
    needs("usb-release", WORD),
    needs("control-packet", BYTE),
    may("self-powered", Kind::Flag),
    may("remote-wakeup", Kind::Flag),
    needs("milliamps", Kind::Number(0, 500)),
    needs("hid-release", WORD),
    needs("country", BYTE),
    needs("endpoint", BYTE),
    needs("packet", WORD),
    needs("interval", Kind::Quantity(&TIME)),
    needs("latency", Kind::Quantity(&TIME)),
    needs("manufacturer", BYTE),
    needs("name", BYTE),
    needs("serial", BYTE),
    needs("strings", Kind::Numbered(&Kind::Text)),
    needs("pushes", Kind::List(&BYTE)),
    may("streams", Kind::Section(STREAMS)),
    may("refresh", Kind::Word(Refresh::NAMES)),
    may("sends", Kind::Numbered(&WORD)),
];

static STREAMS: &[Key] = &[needs("every", Kind::Quantity(&TIME)), needs("reports", Kind::List(&BYTE))];

static INVERTER: &[Key] = &[
    needs("rated", Kind::Quantity(&POWER)),
    needs("rated-va", Kind::Number(0, 1_000_000)),
    needs("idle", Kind::Quantity(&POWER)),
    needs("efficiency", Kind::Quantity(&SHARE)),
    needs("load", Kind::Quantity(&LOAD)),
    needs("overload", Kind::Quantity(&SHARE)),
    needs("overload-trip", Kind::Quantity(&TIME)),
    may("outlets", BYTE),
];

static MAINS: &[Key] = &[
    needs("nominal", Kind::Quantity(&VOLTAGE)),
    needs("usual", Kind::Quantity(&VOLTAGE)),
    needs("frequency", Kind::Quantity(&FREQUENCY)),
    needs("low", Kind::Quantity(&VOLTAGE)),
    needs("high", Kind::Quantity(&VOLTAGE)),
    needs("hysteresis", Kind::Quantity(&VOLTAGE)),
    needs("low-frequency", Kind::Quantity(&FREQUENCY)),
    needs("high-frequency", Kind::Quantity(&FREQUENCY)),
    needs("transfer", Kind::Quantity(&TIME)),
    needs("return", Kind::Quantity(&TIME)),
    may("boost-below", Kind::Quantity(&VOLTAGE)),
    may("trim-above", Kind::Quantity(&VOLTAGE)),
];

static BATTERY: &[Key] = &[
    needs("chemistry", Kind::Word(&["lead-acid", "lithium-iron-phosphate", "lithium-ion"])),
    needs("voltage", Kind::Quantity(&VOLTAGE)),
    needs("capacity", Kind::Quantity(&CAPACITY)),
    needs("lasts", Kind::Quantity(&TIME)),
    needs("lasts-at", Kind::Quantity(&LOAD)),
    needs("peukert", Kind::Quantity(&FACTOR)),
    needs("recharge", Kind::Quantity(&TIME)),
    needs("recharged-to", Kind::Quantity(&SHARE)),
    needs("float", Kind::Quantity(&VOLTAGE)),
    may("float-is-charging", Kind::Flag),
    needs("temperature", Kind::Quantity(&TEMPERATURE)),
];

static LOW_BATTERY: &[Key] = &[
    needs("charge", Kind::Quantity(&SHARE)),
    needs("runtime", Kind::Quantity(&TIME)),
    may("imminent", Kind::Quantity(&TIME)),
];

static SHUTDOWN: &[Key] = &[
    needs("cut-on-line", Kind::Word(CutOnLine::NAMES)),
    needs("mains-back", Kind::Word(MainsBack::NAMES)),
    needs("returns", Kind::Word(Returns::NAMES)),
    needs("minimum-off", Kind::Quantity(&TIME)),
    needs("restart-after", Kind::Quantity(&TIME)),
    needs("restart-charge", Kind::Quantity(&SHARE)),
    may("forced", Kind::Section(FORCED)),
];

static FORCED: &[Key] = &[may("accepts", Kind::List(&LOGICAL)), needs("after", Kind::Quantity(&TIME))];

static SELF_TEST: &[Key] = &[
    needs("quick", Kind::Quantity(&TIME)),
    needs("down-to", Kind::Quantity(&SHARE)),
    needs("replace-below", Kind::Quantity(&SHARE)),
];

static REPORT_DESCRIPTOR: &[Key] = &[
    needs("file", Kind::Text),
    may("patches", Kind::List(&Kind::Section(PATCH))),
    may("wrong-ranges", Kind::Named(&Kind::Text)),
];

static PATCH: &[Key] = &[
    needs("at", Kind::Number(0, 65_535)),
    needs("was", Kind::Text),
    needs("now", Kind::Text),
    needs("because", Kind::Text),
];

/// Every section that has keys of its own, by its path: `usb`, `usb streams`, …
pub fn sections() -> Vec<(String, &'static [Key])> {
    fn collect(path: &str, keys: &'static [Key], found: &mut Vec<(String, &'static [Key])>) {
        for key in keys {
            let within = format!("{path} {}", key.name).trim_start().to_owned();
            let (Kind::Section(inner) | Kind::List(Kind::Section(inner))) = &key.kind else { continue };
            found.push((within.clone(), inner));
            collect(&within, inner, found);
        }
    }
    let mut found = vec![(String::new(), FILE)];
    collect("", FILE, &mut found);
    found
}

/// Whether a section has a key of this name.
pub fn is_key(word: &str) -> bool {
    sections().iter().flat_map(|(_, keys)| keys.iter()).any(|key| key.name == word)
}

/// A whole number as YAML writes it: decimal, or hexadecimal behind `0x`, or octal behind `0o`.
pub fn number(text: &str) -> Option<i64> {
    match (text.strip_prefix("0x"), text.strip_prefix("0o")) {
        (Some(digits), _) => i64::from_str_radix(digits, 16).ok(),
        (_, Some(digits)) => i64::from_str_radix(digits, 8).ok(),
        _ => text.parse().ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::device::power::{Accumulator, ForcedShutdown, Inlet, Inverter, Limits, SelfTest, Shutdown};
    use crate::device::usb::{Streams, Usb};
    use crate::device::{Chemistry, file};
    use serde::Deserialize;

    /// The keys that serde knows, from what it says about one that it does not.
    fn known<T: for<'de> Deserialize<'de> + std::fmt::Debug>() -> Vec<String> {
        let said = serde_saphyr::from_str::<T>("nonsense: 1").expect_err("an unknown key").to_string();
        let line = said.lines().next().unwrap_or_default();
        let (_, known) = line.split_once("expected ").expect("the known keys");
        let known = known.trim_start_matches("one of ").replace(" or ", ", ").replace('`', "");
        known.split(", ").map(str::to_owned).collect()
    }

    #[test]
    fn the_table_has_the_keys_that_serde_knows() {
        for (section, keys) in sections() {
            let mut known = match section.as_str() {
                "usb" => known::<Usb>(),
                "usb streams" => known::<Streams>(),
                "inverter" => known::<Inverter>(),
                "mains" => known::<Inlet>(),
                "battery" => known::<Accumulator>(),
                "low-battery" => known::<Limits>(),
                "shutdown" => known::<Shutdown>(),
                "shutdown forced" => known::<ForcedShutdown>(),
                "self-test" => known::<SelfTest>(),
                "report-descriptor patches" => known::<file::Patch>(),
                // Their keys are read one by one.
                "" | "report-descriptor" => continue,
                other => panic!("nothing reads `{other}`"),
            };
            let mut table: Vec<&str> = keys.iter().map(|key| key.name).collect();
            known.sort();
            table.sort_unstable();
            assert_eq!(table, known, "{section}");
        }
    }

    #[test]
    fn the_table_has_the_words_that_serde_knows() {
        fn all<T: for<'de> Deserialize<'de>>(words: &[&str]) {
            words.iter().for_each(|word| assert!(serde_saphyr::from_str::<T>(word).is_ok(), "{word}"));
        }
        for (_, keys) in sections() {
            for key in keys {
                let Kind::Word(words) = key.kind else { continue };
                match key.name {
                    "cut-on-line" => all::<CutOnLine>(words),
                    "mains-back" => all::<MainsBack>(words),
                    "returns" => all::<Returns>(words),
                    "refresh" => all::<Refresh>(words),
                    "chemistry" => all::<Chemistry>(words),
                    other => panic!("nothing reads the words of `{other}`"),
                }
            }
        }
    }
}
