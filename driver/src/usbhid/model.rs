//! Which model a device is: its names as published, and what its family decides.

mod eaton;

use std::time::Duration;

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
    /// Eaton's and MGE's standby models, which make no other voltage than that of their mains.
    Standby,
    /// Eaton's Protection Station and Ellipse ECO, whose outlets know ECO control.
    EatonEcoOutlets,
    /// Eaton's 3S, whose outlets know it outside Europe.
    Eaton3S,
    /// MGE's Evolution 650: its nominal battery voltage is 12 V whatever it says.
    Evolution650,
    /// Models that tell their battery voltage.
    TellsBatteryVoltage,
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
    /// Whether it gives its battery voltage half as high again: seen once, known for good.
    pub raises_battery_voltage: bool,
    /// Eaton's country code: 0 Europe, 1 USA, 2 Europe with 208 V, 3 worldwide, 4 Australia.
    pub country: Option<i64>,
    /// Whether the product string is the whole name.
    is_whole: bool,
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
            raises_battery_voltage: false,
            country: None,
            is_whole: identity.vendor_id == DELL,
        }
    }

    /// Takes in Eaton's `iModel`, which completes the product's name. A Dell's product is whole as it is.
    pub fn complete(&mut self, product: &str, model: &str) {
        if self.is_whole {
            return;
        }
        let (product, as_told, model) = (product.trim(), model, model.trim());
        // A blank at its end may be all that tells one model from another.
        let is_model = |known: &str| [as_told, model].iter().any(|model| known.eq_ignore_ascii_case(model));
        let found = eaton::KNOWN.iter().find(|known| known.product == product && is_model(known.model));
        if let Some(known) = found {
            self.family = known.family;
        }
        self.name = match found {
            Some(known) if !known.name.is_empty() => known.name.to_owned(),
            _ if model.is_empty() => product.to_owned(),
            _ => format!("{product} {model}"),
        };
    }

    /// How long LB and RB must last on line power to count unless `lbrb_log_delay_sec` says otherwise: the
    /// Back-UPS of 2023 and 2024 raise both for up to three seconds while all is well (NUT issues 2347, 2565,
    /// 2944, 3006).
    #[must_use]
    pub fn low_battery_settles(&self) -> Duration {
        let is_apc = ["APC", "American Power Conversion"].contains(&self.manufacturer.as_str());
        let is_one = |word: &str| {
            [("BX", "MI"), ("BVK", "M2"), ("BK", "M2-CH"), ("BK", "M2_CH")]
                .into_iter()
                .any(|(series, end)| word.starts_with(series) && word.ends_with(end))
        };
        let flaps = is_apc && self.name.split(' ').any(is_one);
        if flaps { FLAPS_FOR } else { Duration::ZERO }
    }

    /// Whether the inverter only runs on battery.
    #[must_use]
    pub const fn is_standby(&self) -> bool {
        matches!(self.family, Family::Standby | Family::EatonEcoOutlets | Family::Eaton3S)
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

    /// Looks at a battery voltage: a battery is never at 1.4 times its nominal voltage. An empty one that is
    /// given half as high again may be below that.
    pub fn judge_battery_voltage(&mut self, value: Quantity, nominal: Quantity) {
        let is_raised = nominal > Quantity::ZERO && value > nominal.scaled(14, 10);
        self.raises_battery_voltage |= self.family == Family::CyberPower0501 && is_raised;
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

/// Longer than some of APC's devices raise LB and RB for nothing: NUT's 3 s, of which its polls make 4.
const FLAPS_FOR: Duration = Duration::from_secs(4);
/// Dell's USB vendor id.
const DELL: u16 = 0x047C;
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
