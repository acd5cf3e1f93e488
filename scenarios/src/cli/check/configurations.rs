//! What the daemons of a host would say of its files, from the daemons' own readers: whatever keeps
//! one of them from starting is an error here as well, and what they would only warn of a warning.

use super::{delays, monitors, secondaries};
use crate::language::Scenario;
use crate::rigs::configuration::Configuration;
use crate::rigs::facts::Set;
use driver::config::{CommandLine, Knowledge};
use driver::{DriverConfig, dummy, usbhid};
use protocol::conf::nut_conf;
use protocol::conf::ups_conf::{UpsConf, UpsSection};
use protocol::diagnostic::{Diagnostic, Diagnostics, Source};
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
    }
    said.extend(monitors::review(scenario, set));
    said.extend(secondaries::review(scenario, set));
    said.extend(delays::review(scenario, set));
    let said = said.into_iter().map(Diagnostic::checked);
    let mut once: Vec<Diagnostic> = Vec::new();
    for diagnostic in said {
        if !once.contains(&diagnostic) {
            once.push(diagnostic);
        }
    }
    once.into_iter().collect()
}

/// One of a host's files; empty where there is none.
fn source(configuration: &Configuration, directory: &Path, name: &str) -> Source {
    let contents = configuration.files.get(name).map_or(&[][..], Vec::as_slice);
    Source::new(&directory.join(name).display().to_string(), contents)
}

/// The files of a host's `upsd`.
pub fn of_server(configuration: &Configuration, directory: &Path) -> server::config::Files {
    let source = |name: &str| source(configuration, directory, name);
    server::config::Files {
        ups: source("ups.conf"),
        upsd: source("upsd.conf"),
        users: source("upsd.users"),
        allow_no_device: false,
    }
}

fn of_files(configuration: &Configuration, directory: &Path, said: &mut Vec<Diagnostic>) {
    let source = |name: &str| source(configuration, directory, name);
    let mut note = |found: &Diagnostics| said.extend(found.iter().cloned());
    note(&nut_conf::read(&source("nut.conf")).1);
    if let Some(ups) = configuration.ups.as_ref().filter(|_| configuration.implied.drivers) {
        for section in &ups.sections {
            note(&of_driver(ups, section, directory));
        }
    }
    if configuration.implied.server {
        match server::Config::load_from(&of_server(configuration, directory)) {
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
