//! What the values of a device file must be to one another, and to the reports of its descriptor.

use protocol::diagnostic::{Diagnostic, Diagnostics, Source as Text};
use protocol::usb::ReportKind;

use super::binder::missing_string;
use super::file::File;
use super::shape;
use super::tree::{Node, Tree};
use super::{Accumulator, Inlet, Inverter};
use crate::hid::layout::Layout;
use crate::hid::quantity::{Quantity, Scale};
use crate::physics::{drawn, energy_microwatt_hours, watts};
use crate::units::{Micros, MilliampHours, Permille};

/// Checks what follows from the facts alone.
pub fn check_facts(file: &File, tree: &Tree, text: &Text, wrong: &mut Diagnostics) {
    let mut checker = Checker { tree, text, wrong };
    checker.usb(file);
    checker.inverter(&file.inverter);
    checker.mains(&file.mains);
    checker.battery(&file.battery, &file.inverter);
    for (keys, share) in [
        (["low-battery", "charge"], file.low_battery.charge),
        (["shutdown", "restart-charge"], file.shutdown.restart_charge),
        (["self-test", "down-to"], file.self_test.down_to),
        (["self-test", "replace-below"], file.self_test.replace_below),
    ] {
        checker.is_part(&keys, share);
    }
    checker.needed_by_quantities(file);
}

/// Checks what is said about reports by their ids.
pub fn check_reports(tree: &Tree, text: &Text, layout: &Layout, wrong: &mut Diagnostics) {
    let has = |kind, id| layout.report(kind, id).is_some();
    let inputs = layout.reports.iter().filter(|report| report.kind == ReportKind::Input);
    let inputs: Vec<String> = inputs.map(|report| format!("0x{:02x}", report.id)).collect();
    let inputs = if inputs.is_empty() { "it has none".to_owned() } else { format!("it has {}", inputs.join(", ")) };
    let listed = |keys: &[&str]| tree.find(keys).map_or(&[][..], Node::items);
    for node in listed(&["usb", "pushes"]).iter().chain(listed(&["usb", "streams", "reports"])) {
        let Some(id) = node.text().and_then(shape::number).and_then(|id| u8::try_from(id).ok()) else { continue };
        if !has(ReportKind::Input, id) {
            let message = format!("the report descriptor has no input report 0x{id:02x}");
            wrong.push(Diagnostic::error(text, node.at.clone(), message).hint(&inputs));
        }
    }
    for (key, node) in tree.find(&["usb", "sends"]).map_or(&[][..], Node::entries) {
        let Some(id) = shape::number(&key.text).and_then(|id| u8::try_from(id).ok()) else { continue };
        let reports = layout.reports.iter().filter(|report| report.id == id);
        let bytes = reports.map(|report| i64::from(report.bits.div_ceil(8)) + i64::from(layout.uses_ids)).max();
        let sent = node.text().and_then(shape::number).unwrap_or(0);
        let message = match bytes {
            None => format!("the report descriptor has no report 0x{id:02x}"),
            Some(bytes) if sent > bytes => format!("report 0x{id:02x} has {bytes} bytes, its id included"),
            Some(_) => continue,
        };
        let at = if bytes.is_none() { key.at.clone() } else { node.at.clone() };
        wrong.push(Diagnostic::error(text, at, message).hint("`sends` is for reports that are shorter than declared"));
    }
    for key in ["manufacturer", "name", "serial"] {
        let Some(node) = tree.find(&["usb", key]) else { continue };
        let index = node.text().and_then(shape::number).unwrap_or(0);
        wrong.extend(missing_string(text, tree, node, index));
    }
}

struct Checker<'a> {
    tree: &'a Tree,
    text: &'a Text,
    wrong: &'a mut Diagnostics,
}

impl Checker<'_> {
    fn say(&mut self, keys: &[&str], message: impl Into<String>, hint: impl Into<String>) {
        self.wrong.push(Diagnostic::error(self.text, self.tree.place(keys), message).hint(hint));
    }

    fn usb(&mut self, file: &File) {
        let usb = &file.usb;
        if ![8, 16, 32, 64].contains(&usb.control_packet) {
            let message = format!("a control packet has 8, 16, 32 or 64 bytes, not {}", usb.control_packet);
            self.say(&["usb", "control-packet"], message, "it is bMaxPacketSize0 of the device descriptor");
        }
        if !(0x81..=0x8f).contains(&usb.endpoint) {
            let message = format!("0x{:02x} is not the address of an IN endpoint", usb.endpoint);
            self.say(&["usb", "endpoint"], message, "0x81 to 0x8f; it is bEndpointAddress");
        }
        if !(1..=1024).contains(&usb.packet) {
            self.say(&["usb", "packet"], "a packet has 1 to 1024 bytes", "it is wMaxPacketSize; 8 at low speed");
        }
        if !(Micros(1000)..=Micros(255_000)).contains(&usb.interval) {
            self.say(&["usb", "interval"], "bInterval is 1 ms to 255 ms", "how often a host asks the endpoint");
        }
        if usb.streams.as_ref().is_some_and(|streams| streams.every.0 == 0) {
            self.say(&["usb", "streams", "every"], "nothing can be pushed every 0 s", "leave `streams` out");
        }
    }

    fn inverter(&mut self, inverter: &Inverter) {
        if inverter.rated.0 == 0 {
            return self.say(&["inverter", "rated"], "an inverter is rated for more than 0 W", "its real power");
        }
        if u64::from(inverter.rated_va) * 1000 < u64::from(inverter.rated.0) {
            let message = format!("{} VA are less than the {} it is rated for", inverter.rated_va, inverter.rated);
            self.say(&["inverter", "rated-va"], message, "apparent power is never less than real power");
        }
        if inverter.efficiency.0 == 0 {
            self.say(&["inverter", "efficiency"], "nothing reaches its outlets", "85 % is usual");
        }
        self.is_part(&["inverter", "efficiency"], inverter.efficiency);
        let usual = watts(inverter, inverter.load);
        if u64::from(usual.0) * 1000 > u64::from(inverter.rated.0) * u64::from(inverter.overload.0) {
            let message = format!("it would start overloaded: {usual} of {}", inverter.rated);
            self.say(&["inverter", "load"], message, format!("an overload begins above {}", inverter.overload));
        }
    }

    fn mains(&mut self, inlet: &Inlet) {
        let Inlet { nominal, usual, low, high, hysteresis, frequency, .. } = inlet;
        if low >= high {
            let hint = "below `low` and above `high` it goes on battery";
            self.say(&["mains", "low"], format!("`low` ({low}) is not below `high` ({high})"), hint);
        } else {
            for (key, volts) in [("nominal", nominal), ("usual", usual)] {
                if !(low..=high).contains(&volts) {
                    let message = match key {
                        "usual" => format!("it would start on battery: {volts} is not within {low} to {high}"),
                        _ => format!("{volts} is not within {low} to {high}, where it stays on line"),
                    };
                    self.say(&["mains", key], message, "`low` and `high` are where it leaves the mains");
                }
            }
            let returns = (low.0.saturating_add(hysteresis.0))..=(high.0.saturating_sub(hysteresis.0));
            if (low..=high).contains(&usual) && !returns.contains(&usual.0) {
                let message = format!("mains that come back with {usual} would never be good enough again");
                let hint = format!("they must be {hysteresis} inside {low} to {high} (`hysteresis`)");
                self.say(&["mains", "usual"], message, hint);
            }
        }
        let (slow, fast) = (&inlet.low_frequency, &inlet.high_frequency);
        if slow >= fast {
            let message = format!("`low-frequency` ({slow}) is not below `high-frequency` ({fast})");
            self.say(&["mains", "low-frequency"], message, "outside of them it goes on battery");
        } else if !(slow..=fast).contains(&frequency) {
            let message = format!("it would start on battery: {frequency} is not within {slow} to {fast}");
            self.say(
                &["mains", "frequency"],
                message,
                "`low-frequency` and `high-frequency` are where it leaves the mains",
            );
        }
        if let Some(boost) = inlet.boost_below.filter(|boost| !(low..=high).contains(&boost)) {
            self.say(
                &["mains", "boost-below"],
                format!("{boost} is not within {low} to {high}"),
                "a regulator works on line",
            );
        }
        if let Some(trim) = inlet.trim_above.filter(|trim| !(low..=high).contains(&trim)) {
            self.say(
                &["mains", "trim-above"],
                format!("{trim} is not within {low} to {high}"),
                "a regulator works on line",
            );
        }
        if inlet.boost_below.zip(inlet.trim_above).is_some_and(|(boost, trim)| boost >= trim) {
            self.say(
                &["mains", "boost-below"],
                "`boost-below` is not below `trim-above`",
                "between them the mains are as they are",
            );
        }
    }

    fn battery(&mut self, battery: &Accumulator, inverter: &Inverter) {
        let mut sound = true;
        for (key, number) in [
            ("voltage", u64::from(battery.voltage.0)),
            ("capacity", battery.capacity.0.into()),
            ("lasts", battery.lasts.0),
            ("recharge", battery.recharge.0),
            ("recharged-to", battery.recharged_to.0.into()),
        ] {
            if number == 0 {
                self.say(&["battery", key], format!("`{key}` cannot be 0"), "a battery holds something, and charges");
                sound = false;
            }
        }
        self.is_part(&["battery", "recharged-to"], battery.recharged_to);
        if !(1000..=2000).contains(&battery.peukert.0) {
            let hint = "1 for an ideal battery, 1.2 for lead-acid, 1.05 for lithium";
            self.say(&["battery", "peukert"], "Peukert's exponent lies between 1 and 2", hint);
        }
        if sound {
            self.energy(battery, inverter);
        }
    }

    /// A battery cannot give more than it holds.
    fn energy(&mut self, battery: &Accumulator, inverter: &Inverter) {
        let power = drawn(inverter, watts(inverter, battery.lasts_at));
        let seconds = u128::from(battery.lasts.as_seconds());
        let given = u128::from(power.0) * seconds / 3600;
        let held = u128::from(energy_microwatt_hours(battery)) / 1000;
        if given <= held {
            return;
        }
        let (voltage, capacity) = (battery.voltage, battery.capacity);
        let message = format!(
            "{seconds} s at {power} take {} from the battery, which holds {} ({voltage} · {capacity})",
            watt_hours(given),
            watt_hours(held)
        );
        let at_most = held * 3600 / u128::from(power.0.max(1));
        // Up to the next tenth of an ampere-hour.
        let at_least = (given * 1000).div_ceil(u128::from(voltage.0)).div_ceil(100) * 100;
        let hint = match u32::try_from(at_least) {
            Ok(at_least) => {
                format!("`lasts` can be {at_most} s at most, or `capacity` {} at least", MilliampHours(at_least))
            }
            Err(_) => format!("`lasts` can be {at_most} s at most"),
        };
        self.say(&["battery", "lasts"], message, format!("{hint}; {power} are the load, the losses and `idle`"));
    }

    fn is_part(&mut self, keys: &[&str], share: Permille) {
        if share > Permille::WHOLE {
            self.say(keys, format!("{share} is more than the whole"), "0 % to 100 %");
        }
    }

    /// Quantities that a section must provide for.
    fn needed_by_quantities(&mut self, file: &File) {
        for (_, node) in self.tree.find(&["quantities"]).map_or(&[][..], Node::entries) {
            let (message, hint) = match node.text() {
                Some("outlet-1-on") if file.inverter.outlets < 1 => {
                    ("there is no group 1 of outlets", "`outlets` of `inverter`")
                }
                Some("outlet-2-on") if file.inverter.outlets < 2 => {
                    ("there is no group 2 of outlets", "`outlets` of `inverter`")
                }
                Some("apc-force-shutdown") if file.shutdown.forced.is_none() => {
                    ("nothing says what this command does", "`forced` of `shutdown`")
                }
                _ => continue,
            };
            self.wrong.push(Diagnostic::error(self.text, node.at.clone(), message).hint(format!("{hint} says it")));
        }
    }
}

/// Milliwatt-hours as `94.05 Wh`.
fn watt_hours(milli: u128) -> String {
    let unit = Quantity { name: "", scale: Scale::Milli("Wh"), read: |_| None, write: None, codes: &[] };
    unit.say(i64::try_from(milli).unwrap_or(i64::MAX))
}
