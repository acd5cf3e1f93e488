//! Which USB device a section of `ups.conf` means.

use protocol::usb::{Identity, Matcher};

use crate::DriverConfig;

use super::subdriver::SUBDRIVERS;

/// The devices that a configuration allows, and what it says wrongly.
#[must_use]
pub fn configured(config: &DriverConfig) -> (Matcher, Vec<String>) {
    let mut wrong = Vec::new();
    let mut id = |name: &str| {
        let text = config.param(name)?;
        let digits = text.trim().trim_start_matches("0x").trim_start_matches("0X");
        let value = u16::from_str_radix(digits, 16).ok();
        if value.is_none() {
            wrong.push(format!("{name}: expected up to four hex digits, found \"{text}\"; any will do"));
        }
        value
    };
    let text = |name: &str| config.param(name).map(str::to_owned);
    let matcher = Matcher {
        known: SUBDRIVERS.iter().flat_map(|subdriver| subdriver.ids.iter().copied()).collect(),
        vendor_id: id("vendorid"),
        product_id: id("productid"),
        vendor: text("vendor"),
        product: text("product"),
        serial: text("serial"),
        bus: text("bus"),
        device: text("device"),
    };
    (matcher, wrong)
}

/// The device that was there before, by what does not change with its place on the bus.
#[must_use]
pub fn again(identity: &Identity) -> Matcher {
    let text = |value: &String| (!value.trim().is_empty()).then(|| value.clone());
    Matcher {
        known: Vec::new(),
        vendor_id: Some(identity.vendor_id),
        product_id: Some(identity.product_id),
        vendor: text(&identity.vendor),
        product: text(&identity.product),
        serial: text(&identity.serial),
        bus: None,
        device: None,
    }
}
