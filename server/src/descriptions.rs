//! What variables and commands mean, in a sentence: GET DESC and GET CMDDESC.

mod commands;
mod variables;

use commands::COMMANDS;
use variables::VARIABLES;

/// Before what a repeater publishes of another server's UPS.
const UPSTREAM: &str = "upstream.";

/// Names that an operator's file, or a driver's, makes up.
const FAMILIES: &[(&str, &str)] = &[
    ("driver.flag.", "Whether this setting of the driver is on"),
    ("driver.parameter.", "What this setting of the driver is"),
];

/// Of what there may be several, each with a number behind this word.
const NUMBERED: &[&str] = &["ambient", "battery", "contacts", "device", "group", "outlet"];

/// What a variable means, whatever server it came from.
pub(crate) fn of_variable(name: &str) -> Option<&'static str> {
    find(VARIABLES, name)
}

/// What a command does.
pub(crate) fn of_command(name: &str) -> Option<&'static str> {
    find(COMMANDS, name)
}

fn find(table: &[(&str, &'static str)], name: &str) -> Option<&'static str> {
    let name = name.to_ascii_lowercase();
    let name = name.strip_prefix(UPSTREAM).unwrap_or(&name);
    let row = |name: &str| table.iter().find(|(known, _)| *known == name).map(|(_, text)| *text);
    row(name)
        .or_else(|| row(&of_any(name)))
        .or_else(|| FAMILIES.iter().find(|(head, _)| name.starts_with(head)).map(|(_, text)| *text))
}

/// The name without what tells one outlet, battery, sensor, contact or phase from the next.
fn of_any(name: &str) -> String {
    let mut kept: Vec<&str> = Vec::new();
    for part in name.split('.') {
        let is_number = !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        match kept.last() {
            Some(last) if is_number && NUMBERED.contains(last) => {}
            Some(&("input" | "output" | "bypass")) if is_phase(part) => {}
            _ => kept.push(part),
        }
    }
    // A group of outlets is switched and measured like one.
    kept.retain(|part| *part != "group");
    kept.join(".")
}

/// `l1`, or what lies between two: `l1-l2`, `l1-n`.
fn is_phase(part: &str) -> bool {
    part.split('-').all(|line| matches!(line, "l1" | "l2" | "l3" | "n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_row_stands_for_every_outlet_sensor_battery_and_phase() {
        for (name, like) in [
            ("outlet.7.switch", "outlet.switch"),
            ("OUTLET.GROUP.2.STATUS", "outlet.status"),
            ("ambient.3.temperature", "ambient.temperature"),
            ("ambient.contacts.2.status", "ambient.contacts.status"),
            ("battery.2.voltage", "battery.voltage"),
            ("input.L1.voltage", "input.voltage"),
            ("input.L2-L3.voltage.maximum", "input.voltage.maximum"),
            ("input.bypass.L1-N.voltage", "input.bypass.voltage"),
            ("upstream.output.L3.current", "output.current"),
        ] {
            assert!(of_variable(like).is_some() && of_variable(name) == of_variable(like), "{name}");
        }
        assert_eq!(of_command("outlet.12.load.off"), of_command("outlet.load.off"));
        assert!(of_variable("driver.parameter.anything").is_some() && of_variable("driver.flag.nolock").is_some());
        for name in ["ups.none", "outlet.x.switch", "ups.2.status", "driver.parameters", "", ".", "input.l4.voltage"] {
            assert_eq!(of_variable(name), None, "{name}");
        }
    }

    #[test]
    fn every_name_stands_once() {
        for table in [VARIABLES, COMMANDS] {
            assert!(table.is_sorted_by(|(a, _), (b, _)| a < b));
        }
    }

    #[test]
    fn every_name_of_an_installed_cmdvartab_is_described() {
        let path = "/usr/share/nut/cmdvartab";
        let Ok(text) = std::fs::read_to_string(path) else {
            println!("skipped: every_name_of_an_installed_cmdvartab_is_described: there is no {path}");
            return;
        };
        let mut compared = 0;
        for line in text.lines() {
            let mut words = line.split_whitespace();
            let described = match (words.next(), words.next()) {
                (Some("VARDESC"), Some(name)) => of_variable(name),
                (Some("CMDDESC"), Some(name)) => of_command(name),
                _ => continue,
            };
            assert!(described.is_some(), "{line}");
            compared += 1;
        }
        assert!(compared > 100, "{compared}");
    }
}
