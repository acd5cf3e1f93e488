//! Delays of `ups.conf` that a UPS would not keep as they stand there.

use super::late_wait;
use crate::language::Scenario;
use crate::rigs::configuration::Configuration;
use crate::rigs::facts::Set;
use driver::DriverConfig;
use driver::config::{CommandLine, Knowledge};
use driver::hid::Descriptor;
use driver::usbhid::delays::{START_AFTER_CUT, effective_cut};
use driver::usbhid::subdriver::Subdriver;
use driver::usbhid::{self, quirk};
use emulator::Device;
use protocol::conf::ups_conf::{UpsConf, UpsSection};
use protocol::diagnostic::{Diagnostic, Severity};
use protocol::names::same;
use protocol::usb::Identity;

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
        said.extend(late_wait::review(&host.config, configuration, &cuts(configuration, scenario, set)));
    }
    said
}

/// When each UPS of a host's `ups.conf` whose model is known cuts, in seconds after it was told.
fn cuts(configuration: &Configuration, scenario: &Scenario, set: &Set) -> Vec<(String, u64)> {
    let sections = configuration.ups.iter().flat_map(|conf| conf.sections.iter().map(move |section| (conf, section)));
    let cut = sections.filter_map(|(conf, section)| {
        let device = scenario.ups.iter().position(|ups| same(&ups.name, section.name.as_str()))?;
        let off = u64::try_from(off_delay(conf, section, &set.devices[device])?).ok()?;
        Some((section.name.as_str().to_owned(), off))
    });
    cut.collect()
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
