//! Delays of `ups.conf` that a UPS would not keep as they stand there.

use crate::language::Scenario;
use crate::rigs::configuration::Configuration;
use crate::rigs::facts::Set;
use driver::DriverConfig;
use driver::config::{CommandLine, Knowledge};
use driver::hid::Descriptor;
use driver::hook;
use driver::usbhid::delays::{START_AFTER_CUT, effective_cut};
use driver::usbhid::subdriver::Subdriver;
use driver::usbhid::{self, quirk};
use emulator::Device;
use protocol::conf::nut_conf;
use protocol::conf::ups_conf::{UpsConf, UpsSection};
use protocol::diagnostic::{Diagnostic, Severity, Source};
use protocol::names::same;
use protocol::usb::Identity;
use std::path::Path;

/// What there is to say of every UPS whose model the scenario names.
pub fn review(scenario: &Scenario, set: &Set) -> Vec<Diagnostic> {
    let confs = set.configurations.iter().filter(|it| it.implied.drivers).filter_map(|it| it.ups.as_ref());
    let sections = confs.flat_map(|conf| conf.sections.iter().map(move |section| (conf, section)));
    let said = sections.filter_map(|(conf, section)| {
        let at = scenario.ups.iter().position(|ups| same(&ups.name, section.name.as_str()))?;
        early_start(conf, section, &set.devices[at])
    });
    let mut said: Vec<Diagnostic> = said.collect();
    for (host, configuration) in scenario.hosts.iter().zip(&set.configurations) {
        said.extend(late_wait(&host.config, configuration, scenario, set));
    }
    said
}

/// POWEROFF_WAIT beside what it waits for, and beside what ends it.
fn late_wait(directory: &Path, configuration: &Configuration, scenario: &Scenario, set: &Set) -> Vec<Diagnostic> {
    let Some(contents) = configuration.files.get("nut.conf") else { return Vec::new() };
    let source = Source::new(&directory.join("nut.conf").display().to_string(), contents.as_slice());
    let (file, _) = nut_conf::read(&source);
    let (Some(wait), Some(setting)) =
        (file.poweroff_wait(), file.settings.iter().rev().find(|setting| setting.name.text == "POWEROFF_WAIT"))
    else {
        return Vec::new();
    };
    let warn = |text: String, hint: &str| Diagnostic::warning(&source, setting.value.span.clone(), text).hint(hint);
    let mut said = Vec::new();
    if wait > hook::LONGEST_WAIT {
        let text = format!(
            "systemd ends the late shutdown after {} s, and a wait of {} s with it: the host stays as it is",
            hook::KILLED_AFTER.as_secs(),
            wait.as_secs()
        );
        let (longest, rest) = (hook::LONGEST_WAIT.as_secs(), hook::HURRIED.as_secs());
        said.push(warn(text, &format!("{longest} at most leaves the drivers {rest} s")));
    }
    let sections = configuration.ups.iter().flat_map(|conf| conf.sections.iter().map(move |section| (conf, section)));
    for (conf, section) in sections {
        let device = scenario.ups.iter().position(|ups| same(&ups.name, section.name.as_str()));
        let Some(off) = device.and_then(|at| off_delay(conf, section, &set.devices[at])) else { continue };
        if u64::try_from(off).is_ok_and(|off| off >= wait.as_secs()) {
            let text = format!(
                "{} cuts {off} s after it was told, and this host boots again after {} s: the cut lands on it",
                section.name,
                wait.as_secs()
            );
            said.push(warn(text, &format!("offdelay < POWEROFF_WAIT <= {}", hook::LONGEST_WAIT.as_secs())));
        }
    }
    said
}

/// When a UPS cuts, in seconds, as its driver tells its model: more than `offdelay` where it counts in steps of its own,
/// or is held back for another UPS.
fn off_delay(conf: &UpsConf, section: &UpsSection, device: &Device) -> Option<i64> {
    let (config, table) = driver_of(conf, section, device)?;
    let mut descriptor = Descriptor::parse(&device.descriptor).ok()?;
    quirk::apply(table.quirks, &mut descriptor);
    Some(effective_cut(&config, table, &identity(device), &descriptor))
}

fn identity(device: &Device) -> Identity {
    Identity { vendor_id: device.usb.vendor, product_id: device.usb.product, ..Identity::default() }
}

fn driver_of(conf: &UpsConf, section: &UpsSection, device: &Device) -> Option<(DriverConfig, &'static Subdriver)> {
    let known = Knowledge { driver: "usbhid-ups", params: usbhid::PARAMS };
    let (config, _) = DriverConfig::from_section(conf, section.name.as_str(), known, &CommandLine::default()).ok()?;
    Some((config, Subdriver::find(&identity(device))?))
}

/// A start that is due before the cut.
fn early_start(conf: &UpsConf, section: &UpsSection, device: &Device) -> Option<Diagnostic> {
    let (config, table) = driver_of(conf, section, device).filter(|(_, table)| !table.keeps_early_start)?;
    let param = config.find("ondelay")?;
    let (on, off) = (param.number::<i64>().ok()?, config.number("offdelay").ok()?.unwrap_or(table.off_delay));
    (0..=off).contains(&on).then(|| {
        let mut warning = param.error(format!(
            "a start {on} s after the command comes before the cut, {off} s after it: this UPS may forget it and stay \
             off when the mains return in between"
        ));
        warning.severity = Severity::Warning;
        warning
            .label(format!("raised to {} s", off + START_AFTER_CUT))
            .hint("ondelay is to be more than offdelay, or -1 for never; `usbhid-ups` of NUT does not raise it")
    })
}
