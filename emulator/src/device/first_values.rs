//! What the fields of a device show when it is switched on must lie in what they can show.

use std::collections::BTreeSet;

use protocol::Instant;
use protocol::diagnostic::{Diagnostic, Diagnostics, Source as Text};

use super::Device;
use super::binder::showable;
use super::tree::Tree;
use crate::hid::bind::{Source, from_logical, to_logical};
use crate::physics::{Found, Physics};
use crate::units::Permille;

/// The value of a device file that a quantity begins with, where there is one.
const BEGINNINGS: &[(&str, &[&str])] = &[
    ("runtime", &["battery", "lasts"]),
    ("battery-voltage", &["battery", "float"]),
    ("battery-temperature", &["battery", "temperature"]),
    ("input-voltage", &["mains", "usual"]),
    ("output-voltage", &["mains", "usual"]),
    ("input-frequency", &["mains", "frequency"]),
    ("output-frequency", &["mains", "frequency"]),
    ("load", &["inverter", "load"]),
    ("load-power", &["inverter", "load"]),
    ("load-apparent-power", &["inverter", "load"]),
    ("apc-transfer-cause", &["transfer-cause"]),
    ("charge-limit", &["low-battery", "charge"]),
    ("runtime-limit", &["low-battery", "runtime"]),
    ("transfer-low", &["mains", "low"]),
    ("transfer-high", &["mains", "high"]),
];

/// Checks a device whose facts are sound, as it stands on good mains with a full battery.
pub fn check(device: &Device, tree: &Tree, text: &Text, wrong: &mut Diagnostics) {
    if wrong.has_errors() {
        return;
    }
    let found = Found { charge: Permille::WHOLE, health: Permille::WHOLE };
    let ups = Physics::new(device.facts.clone(), found, Instant::START);
    let mut said = BTreeSet::new();
    for (field, source) in device.layout.fields.iter().zip(&device.binding.sources) {
        let Some(Source::Quantity(quantity)) = source else { continue };
        let Some(value) = (quantity.read)(&ups) else { continue };
        let (shown, name) = (to_logical(field, quantity.scale, value), field.name());
        let range = showable(tree, field, &name);
        // A feature and an input report of one path are one mistake.
        if range.contains(&shown) || !said.insert(name.clone()) {
            continue;
        }
        let edge = |logical: &i64| quantity.say(from_logical(field, quantity.scale, *logical));
        let beginning = BEGINNINGS.iter().find(|(known, _)| *known == quantity.name).map(|(_, keys)| *keys);
        let at = beginning.and_then(|keys| tree.find(keys)).or_else(|| tree.find(&["quantities", &name]));
        let message = format!("`{name}` cannot show {} = {}", quantity.name, quantity.say(value));
        let hint = format!(
            "its range is {} to {}; `wrong-ranges` names the fields that a real device shows all the same",
            edge(range.start()),
            edge(range.end())
        );
        wrong.push(Diagnostic::error(text, at.map_or(0..0, |node| node.at.clone()), message).hint(hint));
    }
}
