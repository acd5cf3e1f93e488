//! Which model a device is: its names as published, and what its family decides.

use protocol::usb::Identity;

use crate::hid::Quantity;

use super::subdriver::Vendor;

/// Models that differ in what their values mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Family {
    /// Nothing special.
    Plain,
    /// CyberPower's product 0501, which scales some values.
    CyberPower0501,
    /// Eaton's Protection Station and Ellipse ECO, whose outlets know ECO control.
    EatonEcoOutlets,
    /// Eaton's 3S, whose outlets know it outside Europe.
    Eaton3S,
    /// MGE's Evolution 650: its nominal battery voltage is 12 V whatever it says.
    Evolution650,
    /// Models that tell their battery voltage.
    TellsBatteryVoltage,
}

/// A model by what it says and by what it is called.
#[derive(Debug, Clone, Copy)]
struct Known {
    product: &'static str,
    model: &'static str,
    family: Family,
    /// Empty for `product model`.
    name: &'static str,
}

const fn known(product: &'static str, model: &'static str, family: Family, name: &'static str) -> Known {
    Known { product, model, family, name }
}

/// What a device is called and how it behaves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Model {
    /// `device.mfr`.
    pub manufacturer: String,
    /// `device.model`.
    pub name: String,
    /// `device.serial`; its blanks stay.
    pub serial: String,
    /// `ups.firmware`, where the product string tells it.
    pub firmware: Option<String>,
    /// `ups.firmware.aux`, likewise.
    pub usb_firmware: Option<String>,
    /// Its family.
    pub family: Family,
    /// Eaton's country code: 0 Europe, 1 USA, 2 Europe with 208 V, 3 worldwide, 4 Australia.
    pub country: Option<i64>,
}

impl Model {
    /// From the USB strings alone.
    #[must_use]
    pub fn new(vendor: Vendor, identity: &Identity) -> Self {
        let (name, firmware, usb_firmware) = match vendor {
            Vendor::Apc => split_product(&identity.product),
            _ => (identity.product.clone(), None, None),
        };
        let family = match (vendor, identity.vendor_id, identity.product_id) {
            (Vendor::CyberPower, 0x0764, 0x0501) => Family::CyberPower0501,
            _ => Family::Plain,
        };
        let manufacturer = if identity.vendor.is_empty() { vendor.name() } else { &identity.vendor };
        Self {
            manufacturer: manufacturer.to_owned(),
            name,
            serial: identity.serial.clone(),
            firmware,
            usb_firmware,
            family,
            country: None,
        }
    }

    /// Takes in Eaton's `iModel`, which completes the product's name.
    pub fn complete(&mut self, product: &str, model: &str) {
        let (product, model) = (product.trim(), model.trim());
        let found = EATON.iter().find(|known| known.product == product && known.model.eq_ignore_ascii_case(model));
        if let Some(known) = found {
            self.family = known.family;
        }
        self.name = match found {
            Some(known) if !known.name.is_empty() => known.name.to_owned(),
            _ if model.is_empty() => product.to_owned(),
            _ => format!("{product} {model}"),
        };
    }

    /// Whether the model's outlets know ECO control.
    #[must_use]
    pub fn has_eco_outlets(&self) -> bool {
        match self.family {
            Family::EatonEcoOutlets => true,
            Family::Eaton3S => self.country != Some(EUROPE),
            _ => false,
        }
    }

    /// A battery voltage of the power summary, where this model's says anything.
    #[must_use]
    pub fn battery_voltage(&self, value: Quantity) -> Option<Quantity> {
        match self.family {
            Family::Evolution650 | Family::TellsBatteryVoltage => Some(value),
            _ => None,
        }
    }

    /// The nominal one, likewise.
    #[must_use]
    pub fn nominal_battery_voltage(&self, value: Quantity) -> Option<Quantity> {
        match self.family {
            Family::Evolution650 => Some(Quantity::whole(12)),
            _ => self.battery_voltage(value),
        }
    }
}

/// Eaton's code for Europe.
const EUROPE: i64 = 0;

/// `Back-UPS XS 1400U FW:926.T2 .I USB FW:T2`: the name, the firmware, the USB firmware.
fn split_product(product: &str) -> (String, Option<String>, Option<String>) {
    let Some((name, rest)) = product.split_once("FW:") else { return (product.to_owned(), None, None) };
    let (firmware, usb) = match rest.split_once(" USB FW:") {
        Some((firmware, usb)) => (firmware, Some(usb.to_owned())),
        None => (rest, None),
    };
    (name.trim_end().to_owned(), Some(firmware.to_owned()), usb)
}

use Family::{Eaton3S, EatonEcoOutlets, Evolution650, Plain, TellsBatteryVoltage};

/// Models whose family or name is not what their strings say.
#[rustfmt::skip]
const EATON: &[Known] = &[
    known("ELLIPSE", "300", Plain, "ellipse 300"),
    known("ELLIPSE", "500", Plain, "ellipse 500"),
    known("ELLIPSE", "650", Plain, "ellipse 650"),
    known("ELLIPSE", "800", Plain, "ellipse 800"),
    known("ELLIPSE", "1200", Plain, "ellipse 1200"),
    known("ellipse", "PR500", Plain, "ellipse premium 500"),
    known("ellipse", "PR650", Plain, "ellipse premium 650"),
    known("ellipse", "PR800", Plain, "ellipse premium 800"),
    known("ellipse", "PR1200", Plain, "ellipse premium 1200"),
    known("ELLIPSE", "600", Plain, "Ellipse 600"),
    known("ELLIPSE", "750", Plain, "Ellipse 750"),
    known("ELLIPSE", "1000", Plain, "Ellipse 1000"),
    known("ELLIPSE", "1500", Plain, "Ellipse 1500"),
    known("PROTECTIONCENTER", "420", Plain, "Protection Center 420"),
    known("PROTECTIONCENTER", "500", Plain, "Protection Center 500"),
    known("PROTECTIONCENTER", "675", Plain, "Protection Center 675"),
    known("Protection Station", "500", EatonEcoOutlets, ""),
    known("Protection Station", "650", EatonEcoOutlets, ""),
    known("Protection Station", "800", EatonEcoOutlets, ""),
    known("Ellipse ECO", "650", EatonEcoOutlets, ""),
    known("Ellipse ECO", "800", EatonEcoOutlets, ""),
    known("Ellipse ECO", "1200", EatonEcoOutlets, ""),
    known("Ellipse ECO", "1600", EatonEcoOutlets, ""),
    known("3S", "700", Eaton3S, ""),
    known("3S", "750", Eaton3S, ""),
    known("Evolution", "500", Plain, "Pulsar Evolution 500"),
    known("Evolution", "800", Plain, "Pulsar Evolution 800"),
    known("Evolution", "1100", Plain, "Pulsar Evolution 1100"),
    known("Evolution", "1500", Plain, "Pulsar Evolution 1500"),
    known("Evolution", "2200", Plain, "Pulsar Evolution 2200"),
    known("Evolution", "3000", Plain, "Pulsar Evolution 3000"),
    known("Evolution", "3000XL", Plain, "Pulsar Evolution 3000 XL"),
    known("Evolution", "650", Evolution650, ""),
    known("Evolution", "850", TellsBatteryVoltage, ""),
    known("Evolution", "1150", TellsBatteryVoltage, ""),
    known("Evolution", "S 1250", TellsBatteryVoltage, ""),
    known("Evolution", "1550", TellsBatteryVoltage, ""),
    known("Evolution", "S 1750", TellsBatteryVoltage, ""),
    known("Evolution", "2000", TellsBatteryVoltage, ""),
    known("Evolution", "S 2500", TellsBatteryVoltage, ""),
    known("Evolution", "S 3000", TellsBatteryVoltage, ""),
    known("Eaton 5P", "650", TellsBatteryVoltage, "5P 650"),
    known("Eaton 5P", "850", TellsBatteryVoltage, "5P 850"),
    known("Eaton 5P", "1150", TellsBatteryVoltage, "5P 1150"),
    known("Eaton 5P", "1550", TellsBatteryVoltage, "5P 1550"),
    known("Eaton 5PX", "1500", TellsBatteryVoltage, ""),
    known("Eaton 5PX", "2200", TellsBatteryVoltage, ""),
    known("Eaton 5PX", "3000", TellsBatteryVoltage, ""),
    known("Eaton 5SC", "500", TellsBatteryVoltage, ""),
    known("Eaton 5SC", "750", TellsBatteryVoltage, ""),
    known("Eaton 5SC", "1000", TellsBatteryVoltage, ""),
    known("Eaton 5SC", "1500", TellsBatteryVoltage, ""),
    known("Eaton 5SC", "2200", TellsBatteryVoltage, ""),
    known("Eaton 5SC", "3000", TellsBatteryVoltage, ""),
    known("Eaton 9E", "1000", TellsBatteryVoltage, "9E1000"),
    known("Eaton 9E", "1000i", TellsBatteryVoltage, "9E1000i"),
    known("Eaton 9E", "1000iau", TellsBatteryVoltage, "9E1000iau"),
    known("Eaton 9E", "1000ir", TellsBatteryVoltage, "9E1000ir"),
    known("Eaton 9E", "2000", TellsBatteryVoltage, "9E2000"),
    known("Eaton 9E", "2000i", TellsBatteryVoltage, "9E2000i"),
    known("Eaton 9E", "2000iau", TellsBatteryVoltage, "9E2000iau"),
    known("Eaton 9E", "2000ir", TellsBatteryVoltage, "9E2000ir"),
    known("Eaton 9E", "3000", TellsBatteryVoltage, "9E3000"),
    known("Eaton 9E", "3000i", TellsBatteryVoltage, "9E3000i"),
    known("Eaton 9E", "3000iau", TellsBatteryVoltage, "9E3000iau"),
    known("Eaton 9E", "3000ir", TellsBatteryVoltage, "9E3000ir"),
    known("Eaton 9E", "3000ixl", TellsBatteryVoltage, "9E3000ixl"),
    known("Eaton 9E", "3000ixlau", TellsBatteryVoltage, "9E3000ixlau"),
    known("PULSAR M", "2200", TellsBatteryVoltage, ""),
    known("PULSAR M", "3000", TellsBatteryVoltage, ""),
    known("PULSAR M", "3000 XL", TellsBatteryVoltage, ""),
    known("EX", "2200", TellsBatteryVoltage, ""),
    known("EX", "3000", TellsBatteryVoltage, ""),
    known("EX", "3000 XL", TellsBatteryVoltage, ""),
    known("PULSAR", "MX4000", Plain, "Pulsar MX 4000 RT"),
    known("PULSAR", "MX5000", Plain, "Pulsar MX 5000 RT"),
    known("NOVA AVR", "500", Plain, "Nova 500 AVR"),
    known("NOVA AVR", "600", Plain, "Nova 600 AVR"),
    known("NOVA AVR", "625", Plain, "Nova 625 AVR"),
    known("NOVA AVR", "1100", Plain, "Nova 1100 AVR"),
    known("NOVA AVR", "1250", Plain, "Nova 1250 AVR"),
    known("EXtreme", "700C", Plain, "Pulsar EXtreme 700C"),
    known("EXtreme", "1000C", Plain, "Pulsar EXtreme 1000C"),
    known("EXtreme", "1500C", Plain, "Pulsar EXtreme 1500C"),
    known("EXtreme", "1500CCLA", Plain, "Pulsar EXtreme 1500C CLA"),
    known("EXtreme", "2200C", Plain, "Pulsar EXtreme 2200C"),
    known("EXtreme", "3200C", Plain, "Pulsar EXtreme 3200C"),
    known("EX", "700RT", Plain, "Pulsar EX 700 RT"),
    known("EX", "1000RT", Plain, "Pulsar EX 1000 RT"),
    known("EX", "1500RT", Plain, "Pulsar EX 1500 RT"),
    known("EX", "2200RT", Plain, "Pulsar EX 2200 RT"),
    known("EX", "3200RT", Plain, "Pulsar EX 3200 RT"),
    known("EX", "5RT31", Plain, "EX 5 RT 3:1"),
    known("EX", "7RT31", Plain, "EX 7 RT 3:1"),
    known("EX", "11RT31", Plain, "EX 11 RT 3:1"),
    known("EX", "5RT", Plain, "EX 5 RT"),
    known("EX", "7RT", Plain, "EX 7 RT"),
    known("EX", "11RT", Plain, "EX 11 RT"),
    known("GALAXY", "3000_10", Plain, "Galaxy 3000 10 kVA"),
    known("GALAXY", "3000_15", Plain, "Galaxy 3000 15 kVA"),
    known("GALAXY", "3000_20", Plain, "Galaxy 3000 20 kVA"),
    known("GALAXY", "3000_30", Plain, "Galaxy 3000 30 kVA"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn apc_product_strings_are_taken_apart() {
        let parts = |text| split_product(text);
        assert_eq!(
            parts("Back-UPS 650 FW:822.A3.I USB FW:A3"),
            ("Back-UPS 650".into(), Some("822.A3.I".into()), Some("A3".into()))
        );
        assert_eq!(
            parts("Back-UPS ES 850G2 FW:938.a2 .I USB FW:a2 "),
            ("Back-UPS ES 850G2".into(), Some("938.a2 .I".into()), Some("a2 ".into()))
        );
        assert_eq!(parts("Smart-UPS"), ("Smart-UPS".into(), None, None));
    }
}
