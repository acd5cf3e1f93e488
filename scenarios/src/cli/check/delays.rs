//! Delays of `ups.conf` that a UPS would not keep as they stand there.

use crate::language::Scenario;
use crate::rigs::facts::Set;
use driver::DriverConfig;
use driver::config::{CommandLine, Knowledge};
use driver::usbhid::{self, delays::START_AFTER_CUT, subdriver::Subdriver};
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
    said.collect()
}

/// A start that is due before the cut.
fn early_start(conf: &UpsConf, section: &UpsSection, device: &Device) -> Option<Diagnostic> {
    let known = Knowledge { driver: "usbhid-ups", params: usbhid::PARAMS };
    let (config, _) = DriverConfig::from_section(conf, section.name.as_str(), known, &CommandLine::default()).ok()?;
    let identity = Identity { vendor_id: device.usb.vendor, product_id: device.usb.product, ..Identity::default() };
    let table = Subdriver::find(&identity).filter(|table| !table.keeps_early_start)?;
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
