//! What the daemons of a host would say of its files, from the daemons' own readers: whatever keeps
//! one of them from starting is an error here as well, and what they would only warn of a warning.
//!
//! Beyond that, MONITOR lines are followed across hosts: a UPS that nobody shares is never seen.

use crate::language::Scenario;
use crate::rigs::configuration::{Configuration, host_of, ups_of};
use crate::rigs::facts::{Set, server_of};
use driver::config::{CommandLine, Knowledge};
use driver::{DriverConfig, dummy, usbhid};
use protocol::conf::nut_conf;
use protocol::conf::ups_conf::{UpsConf, UpsSection};
use protocol::diagnostic::{Diagnostic, Diagnostics, Severity, Source};
use protocol::names::same;
use std::path::Path;

/// The drivers there are, and what each knows.
const DRIVERS: [Knowledge; 2] = [
    Knowledge { driver: "usbhid-ups", params: usbhid::PARAMS },
    Knowledge { driver: "dummy-ups", params: &dummy::PARAMS },
];

/// Everything that the daemons of a scenario's hosts would say, each message once.
pub fn review(scenario: &Scenario, set: &Set) -> Diagnostics {
    let mut said = Vec::new();
    for (host, configuration) in scenario.hosts.iter().zip(&set.configurations) {
        of_files(configuration, &host.config, &mut said);
        of_monitor(scenario, set, &host.name, configuration, &mut said);
    }
    let mut once: Vec<Diagnostic> = Vec::new();
    for diagnostic in said {
        if !once.contains(&diagnostic) {
            once.push(diagnostic);
        }
    }
    once.into_iter().collect()
}

fn of_files(configuration: &Configuration, directory: &Path, said: &mut Vec<Diagnostic>) {
    let source = |name: &str| {
        let contents = configuration.files.get(name).map_or(&[][..], Vec::as_slice);
        Source::new(&directory.join(name).display().to_string(), contents)
    };
    let mut note = |found: &Diagnostics| said.extend(found.iter().cloned());
    note(&nut_conf::read(&source("nut.conf")).1);
    if let Some(ups) = configuration.ups.as_ref().filter(|_| configuration.implied.drivers) {
        for section in &ups.sections {
            note(&of_driver(ups, section, directory));
        }
    }
    if configuration.implied.server {
        let files = server::config::Files {
            ups: source("ups.conf"),
            upsd: source("upsd.conf"),
            users: source("upsd.users"),
            allow_no_device: false,
        };
        match server::Config::load_from(&files) {
            Ok((_, found)) | Err(found) => note(&found),
        }
    }
    if configuration.implied.monitor {
        let source = source("upsmon.conf");
        match monitor::Config::load_from(source.bytes(), source.path()) {
            Ok((_, found)) | Err(found) => note(&found),
        }
    }
}

fn of_driver(ups: &UpsConf, section: &UpsSection, directory: &Path) -> Diagnostics {
    let Some(program) = section.settings.find("driver").and_then(|setting| setting.value.as_ref()) else {
        return Diagnostics::new();
    };
    let Some(known) = DRIVERS.into_iter().find(|known| known.driver == program.text) else {
        let unknown =
            Diagnostic::error(&ups.source, program.span.clone(), format!("there is no driver `{}`", program.text))
                .label("not a driver of this project")
                .hint("there are `usbhid-ups` and `dummy-ups`")
                .suggest(&program.text, DRIVERS.iter().map(|known| known.driver));
        return unknown.into();
    };
    let line = CommandLine {
        configuration_directory: directory.display().to_string(),
        process_id: 1,
        ..CommandLine::default()
    };
    match DriverConfig::from_section(ups, section.name.as_str(), known, &line) {
        Ok((_, found)) | Err(found) => found,
    }
}

/// MONITOR lines that lead nowhere. They may be what a scenario is about: warnings.
fn of_monitor(scenario: &Scenario, set: &Set, host: &str, configuration: &Configuration, said: &mut Vec<Diagnostic>) {
    let Some(monitor) = configuration.monitor.as_ref().filter(|_| configuration.implied.monitor) else { return };
    for line in &monitor.monitored {
        let server = server_of(scenario, host, host_of(&line.system));
        let place = scenario.hosts.iter().position(|host| host.name == server);
        let warn =
            |text: String| Diagnostic::unplaced(Severity::Warning, format!("{host} monitors {}: {text}", line.system));
        let Some(place) = place else {
            let names = scenario.hosts.iter().map(|host| host.name.as_str());
            said.push(warn(format!("there is no host `{server}`")).suggest(&server, names));
            continue;
        };
        let there = &set.configurations[place];
        let sections = || there.ups.iter().flat_map(|ups| &ups.sections).map(|section| section.name.as_str());
        if !there.implied.server {
            said.push(warn(format!("{server} runs no upsd")));
        } else if !sections().any(|name| same(name, ups_of(&line.system))) {
            let missing = warn(format!("no section of {server}'s ups.conf has that name"));
            said.push(missing.suggest(ups_of(&line.system), sections()));
        }
    }
}
