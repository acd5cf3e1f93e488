//! Which USB device a section of `ups.conf` means.

use protocol::diagnostic::{Diagnostic, Diagnostics, Severity};
use protocol::names;
use protocol::usb::{Identity, Matcher};

use crate::DriverConfig;
use crate::config::{Param, hex16};

use super::subdriver::SUBDRIVERS;

/// What is compared with the device's own strings and places.
const TEXTS: [&str; 5] = ["vendor", "product", "serial", "bus", "device"];

/// The devices that a configuration allows.
#[must_use]
pub fn configured(config: &DriverConfig) -> Matcher {
    // What is no number has been refused with its place in the file.
    let id = |name: &str| config.param(name).and_then(hex16);
    // NUT's expression of nothing matches anything.
    let text = |name: &str| config.param(name).filter(|value| !value.trim().is_empty()).map(str::to_owned);
    Matcher {
        known: SUBDRIVERS.iter().flat_map(|subdriver| subdriver.ids.iter().copied()).collect(),
        vendor_id: id("vendorid"),
        product_id: id("productid"),
        vendor: text("vendor"),
        product: text("product"),
        serial: text("serial"),
        bus: text("bus"),
        device: text("device"),
    }
}

/// Values that NUT would take for an expression, and that match nothing but themselves here.
#[must_use]
pub fn expressions(config: &DriverConfig) -> Diagnostics {
    let is_text = |param: &&Param| TEXTS.iter().any(|name| names::same(name, &param.name));
    let is_expression = |value: &str| [".*", ".+", "^", "$", "|", "[", "\\"].iter().any(|part| value.contains(part));
    let odd = config.params.iter().filter(is_text).filter_map(|param| {
        let value = param.value.as_deref().filter(|value| is_expression(value))?;
        let message = format!("`{}` is compared as a whole: `{value}` is no expression here", param.name);
        Some(
            Diagnostic { severity: Severity::Warning, ..param.error(message) }
                .hint("write the whole value, or leave it out"),
        )
    });
    odd.collect()
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
