//! Which USB device a section of `ups.conf` means.

use protocol::usb::{Identity, Matcher, Pattern};

use crate::DriverConfig;
use crate::config::hex16;

use super::subdriver::{SUBDRIVERS, Subdriver};

/// The devices that a configuration allows.
#[must_use]
pub fn configured(config: &DriverConfig) -> Matcher {
    let mut nothing = false;
    // NUT's expression of nothing matches anything. What is no number, or no expression, has been refused with its
    // place in the file; a selector that cannot be checked after all must not turn into none.
    let value = |name: &str| config.param(name).filter(|value| !value.trim().is_empty());
    let mut id = |name: &str| {
        let id = value(name).map(hex16);
        nothing |= id == Some(None);
        id.flatten()
    };
    let (vendor_id, product_id) = (id("vendorid"), id("productid"));
    let mut text = |name: &str| {
        let text = value(name).map(|value| Pattern::expression(value).ok());
        nothing |= text == Some(None);
        text.flatten()
    };
    Matcher {
        vendor_id,
        product_id,
        vendor: text("vendor"),
        product: text("product"),
        serial: text("serial"),
        bus: text("bus"),
        device: text("device"),
        port: text("busport"),
        nothing,
        only_one: config.killpower,
        next_if_busy: config.flag("allow_duplicates"),
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
