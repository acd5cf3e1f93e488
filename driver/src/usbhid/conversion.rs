//! From a device's physical value to a variable's text, and back for `SET VAR`.

mod date;
mod eaton;

use crate::Publisher;
use crate::hid::Quantity;

use super::model::{Family, Model};
use super::words::{self, Words};

/// How a variable's text is made.
#[derive(Debug, Clone, Copy)]
pub enum Conversion {
    /// A number with so many decimals.
    Decimals(u8),
    /// One word per value.
    Words(Words),
    /// The device's string with that index.
    StringIndex,
    /// A date as PDC 1.1 packs it.
    Date,
    /// A date as APC packs it.
    ApcDate,
    /// Kelvin, which some devices count in degrees Celsius already.
    Kelvin,
    /// A number with a percent sign.
    Percent,
    /// A charge that some devices raise above 100.
    Clamped,
    /// CyberPower's battery voltage, which product 0501 gives half as high again.
    CyberPowerBattery,
    /// CyberPower's frequency, which product 0501 may give in tenths.
    CyberPowerFrequency,
    /// Eaton's battery voltage, which means something on some families only.
    EatonBattery,
    /// Eaton's nominal battery voltage, likewise.
    EatonNominalBattery,
    /// Ampere-seconds as ampere-hours.
    AmpereHours,
    /// Hundredths.
    Hundredths,
    /// The date of a Unix time.
    UnixDate,
    /// The time of day of a Unix time.
    UnixTime,
    /// Eaton's active power where the device does not measure it.
    EatonRealPower,
    /// Words that hold only while Advanced Battery Management runs.
    EatonManaged(Words),
    /// Words that only Eaton's models with ECO outlets know.
    EatonEcoOutlet(Words),
    /// Output voltages that the model can be set to.
    EatonOutputVoltage,
    /// High-efficiency mode, which needs a good bypass input.
    EatonEcoMode,
    /// A forced bypass, which needs a good bypass input.
    EatonBypass,
}

/// What a conversion may look at beside the value.
#[derive(Debug)]
pub struct Surroundings<'a> {
    /// What is known of the model.
    pub model: &'a Model,
    /// Whether Advanced Battery Management runs.
    pub is_managed: bool,
    /// What has been published.
    pub publisher: &'a Publisher,
}

/// What came of a conversion.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Converted {
    /// The text is written.
    Text,
    /// This value says nothing; another row may.
    Nothing,
    /// The device's string with this index must be read first.
    String(u8),
}

impl Conversion {
    /// Writes the text of a value.
    pub fn write(self, value: Quantity, around: &Surroundings<'_>, out: &mut String) -> Converted {
        let whole = value.truncated();
        match self {
            Self::Decimals(decimals) => value.write(decimals, out),
            Self::Words(words) => return write_word(words, whole, out),
            Self::StringIndex => return string(whole),
            Self::Date => date::write_packed(whole, out),
            Self::ApcDate => date::write_apc(whole, out),
            Self::Kelvin => celsius(value).write(1, out),
            Self::Percent => {
                value.write(0, out);
                out.push('%');
            }
            Self::Clamped => value.min(Quantity::whole(100)).write(0, out),
            Self::CyberPowerBattery if around.model.raises_battery_voltage => value.scaled(2, 3).write(1, out),
            Self::CyberPowerBattery => value.write(1, out),
            Self::CyberPowerFrequency => cyber_power_frequency(value, around).write(1, out),
            Self::EatonBattery => match around.model.battery_voltage(value) {
                Some(value) => value.write(1, out),
                None => return Converted::Nothing,
            },
            Self::EatonNominalBattery => match around.model.nominal_battery_voltage(value) {
                Some(value) => value.write(0, out),
                None => return Converted::Nothing,
            },
            Self::AmpereHours => value.scaled(1, 3600).write(2, out),
            Self::Hundredths => value.scaled(1, 100).write(2, out),
            Self::UnixDate => date::write_unix_date(whole, out),
            Self::UnixTime => date::write_unix_time(whole, out),
            Self::EatonRealPower => return eaton::write_real_power(around, out),
            Self::EatonManaged(words) if around.is_managed => return write_word(words, whole, out),
            Self::EatonEcoOutlet(words) if around.model.has_eco_outlets() => match words::word(words, whole) {
                Some(word) => out.push_str(word),
                None => value.write(0, out),
            },
            Self::EatonManaged(_) | Self::EatonEcoOutlet(_) => return Converted::Nothing,
            Self::EatonOutputVoltage => value.write(0, out),
            Self::EatonEcoMode if whole == 1 && !eaton::is_bypass_good(eaton::ECO, around.publisher) => {
                return Converted::Nothing;
            }
            Self::EatonEcoMode => return write_word(words::EATON_ECO_MODE, whole, out),
            Self::EatonBypass if whole == 1 && !eaton::is_bypass_good(eaton::BYPASS, around.publisher) => {
                return Converted::Nothing;
            }
            Self::EatonBypass => return write_word(words::EATON_BYPASS_ON, whole, out),
        }
        Converted::Text
    }

    /// The value that a text of `SET VAR` stands for; `None` where it stands for none.
    #[must_use]
    pub fn parse(self, text: &str, publisher: &Publisher) -> Option<Quantity> {
        let words = match self {
            Self::Date => return date::parse_packed(text).map(Quantity::whole),
            Self::UnixDate => {
                return date::parse_unix(text, publisher.value("ups.time")?).map(Quantity::whole);
            }
            Self::UnixTime => {
                return date::parse_unix(publisher.value("ups.date")?, text).map(Quantity::whole);
            }
            _ => self.choices(),
        };
        match words {
            [] => Quantity::parse(text),
            words => words::number(words, text).map(Quantity::whole),
        }
    }

    /// The words that `SET VAR` may choose from.
    #[must_use]
    pub const fn choices(self) -> Words {
        match self {
            Self::Words(words) | Self::EatonManaged(words) | Self::EatonEcoOutlet(words) => words,
            Self::EatonOutputVoltage => words::EATON_OUTPUT_VOLTAGE,
            Self::EatonEcoMode => words::EATON_ECO_MODE,
            Self::EatonBypass => words::EATON_BYPASS_ON,
            _ => &[],
        }
    }

    /// Whether a device with this value can be set to a choice: mains come as 100–127 V, as 200–208 V or as
    /// 220–240 V, and the inverter of a standby UPS makes no more of them.
    #[must_use]
    pub fn is_possible(self, choice: i64, value: Quantity, model: &Model) -> bool {
        let class = |volts: i64| match volts {
            ..200 => 0,
            200..=208 => 1,
            _ => 2,
        };
        let (choice, is) = (class(choice), class(value.truncated()));
        !matches!(self, Self::EatonOutputVoltage) || choice == is || (choice > 0 && is > 0 && !model.is_standby())
    }

    /// Whether a value that says nothing takes back what the one before it said.
    #[must_use]
    pub const fn takes_back(self) -> bool {
        matches!(self, Self::EatonManaged(_))
    }

    /// Whether its text may change while its value does not.
    #[must_use]
    pub const fn looks_around(self) -> bool {
        matches!(self, Self::EatonRealPower | Self::EatonManaged(_) | Self::EatonEcoMode | Self::EatonBypass)
    }
}

fn write_word(words: Words, value: i64, out: &mut String) -> Converted {
    match words::word(words, value) {
        Some(word) => {
            out.push_str(word);
            Converted::Text
        }
        None => Converted::Nothing,
    }
}

/// Index 0 means that there is no string (USB 2.0 §9.6.7).
fn string(index: i64) -> Converted {
    match u8::try_from(index) {
        Ok(index @ 1..) => Converted::String(index),
        _ => Converted::Nothing,
    }
}

/// Only what lies between freezing and boiling can be Kelvin; the rest is taken as it stands.
fn celsius(value: Quantity) -> Quantity {
    if (Quantity::whole(273)..=Quantity::whole(373)).contains(&value) {
        Quantity::from_micros(value.micros() - 273_150_000)
    } else {
        value
    }
}

fn cyber_power_frequency(value: Quantity, around: &Surroundings<'_>) -> Quantity {
    let is_tenths = value > Quantity::whole(100);
    if around.model.family == Family::CyberPower0501 && is_tenths { value.scaled(1, 10) } else { value }
}
