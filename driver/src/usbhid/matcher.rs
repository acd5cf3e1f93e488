//! Which USB device a section of `ups.conf` means.

use protocol::usb::{Identity, Matcher, Pattern};

use crate::DriverConfig;
use crate::config::hex16;

use super::subdriver::{SUBDRIVERS, Subdriver};

/// The devices that a configuration allows.
#[must_use]
pub fn configured(config: &DriverConfig) -> Matcher {
    // What is no number, or no expression, has been refused with its place in the file.
    let id = |name: &str| config.param(name).and_then(hex16);
    // NUT's expression of nothing matches anything.
    let text = |name: &str| {
        let value = config.param(name).filter(|value| !value.trim().is_empty());
        value.and_then(|value| Pattern::expression(value).ok())
    };
    Matcher {
        vendor_id: id("vendorid"),
        product_id: id("productid"),
        vendor: text("vendor"),
        product: text("product"),
        serial: text("serial"),
        bus: text("bus"),
        device: text("device"),
        ..known(SUBDRIVERS)
    }
}

/// The devices that these tables speak for.
#[must_use]
pub fn known(subdrivers: &[Subdriver]) -> Matcher {
    Matcher {
        known: subdrivers.iter().flat_map(|subdriver| subdriver.ids.iter().copied()).collect(),
        branded: subdrivers.iter().flat_map(|subdriver| subdriver.branded_ids.iter().copied()).collect(),
        ..Matcher::default()
    }
}

/// The device that was there before, by what does not change with its place on the bus.
#[must_use]
pub fn again(identity: &Identity) -> Matcher {
    let text = |value: &String| (!value.trim().is_empty()).then(|| Pattern::exactly(value));
    Matcher {
        vendor_id: Some(identity.vendor_id),
        product_id: Some(identity.product_id),
        vendor: text(&identity.vendor),
        product: text(&identity.product),
        serial: text(&identity.serial),
        ..Matcher::default()
    }
}
