//! NUT's driver without USB: a `dummy-ups` file that is kept in step with the emulated UPS.
//!
//! NUT's `usbhid-ups` cannot read the emulator bus, so with `driver=nut` its `dummy-ups` stands in.
//! This is where the emulator's observations become NUT's words; the emulator knows none.

use std::path::Path;
use std::time::{Duration, SystemTime};

use emulator::Device;
use emulator::observation::{Observation, Sample, Signal, Supply};

/// What is known of one UPS.
#[derive(Debug, Clone)]
pub struct StandIn {
    model: String,
    nominal_milliwatts: u64,
    supply: Supply,
    low: bool,
    charging: bool,
    replace: bool,
    overload: bool,
    alarm: bool,
    sample: Option<Sample>,
    attached: bool,
    stamp: Option<SystemTime>,
}

impl StandIn {
    /// A UPS on good mains.
    #[must_use]
    pub fn new(device: &Device) -> Self {
        Self {
            model: device.model.clone(),
            nominal_milliwatts: u64::from(device.facts.inverter.rated.0).max(1),
            supply: Supply::OnLine,
            low: false,
            charging: false,
            replace: false,
            overload: false,
            alarm: false,
            sample: None,
            attached: true,
            stamp: None,
        }
    }

    /// Takes in what was seen.
    pub fn take(&mut self, observation: &Observation) {
        match observation {
            Observation::Supply { supply, .. } => self.supply = *supply,
            Observation::LowBattery { low } => self.low = *low,
            Observation::Sample(sample) => self.sample = Some(*sample),
            Observation::Port { attached } => self.attached = *attached,
            Observation::Signal { signal, on } => match signal {
                Signal::Charging => self.charging = *on,
                Signal::ReplaceBattery => self.replace = *on,
                Signal::Overload => self.overload = *on,
                Signal::Alarm => self.alarm = *on,
                Signal::Beeper => {}
            },
            _ => {}
        }
    }

    /// The file, or `None` while the data cable is out.
    #[must_use]
    pub fn file(&self) -> Option<String> {
        if !self.attached {
            return None;
        }
        let (maker, model) = self.model.split_once(' ').unwrap_or(("", &self.model));
        let mut file = format!("device.mfr: {maker}\ndevice.model: {model}\nups.mfr: {maker}\nups.model: {model}\n");
        if let Some(sample) = &self.sample {
            let load = u64::from(sample.load.0) * 100 / self.nominal_milliwatts;
            file += &format!("battery.charge: {}\n", sample.charge.0 / 10);
            file += &format!("battery.runtime: {}\n", sample.runtime_seconds);
            file += &format!("battery.voltage: {}.{}\n", sample.battery.0 / 1000, sample.battery.0 % 1000 / 100);
            file += &format!("input.voltage: {}.{}\n", sample.input.0 / 1000, sample.input.0 % 1000 / 100);
            file += &format!("ups.load: {load}\n");
        }
        file += &format!("ups.status: {}\n", self.status());
        Some(file)
    }

    /// The time to put on a file that was written at `written`: `dummy-ups` reads a file again only
    /// when its time, in whole seconds, is another one.
    pub fn stamp(&mut self, written: SystemTime) -> SystemTime {
        let stamp = self.stamp.map_or(written, |last| written.max(last + Duration::from_secs(1)));
        self.stamp = Some(stamp);
        stamp
    }

    fn status(&self) -> String {
        let mut words = match self.supply {
            Supply::OnLine => vec!["OL"],
            Supply::Boost => vec!["OL", "BOOST"],
            Supply::Trim => vec!["OL", "TRIM"],
            Supply::Bypass => vec!["OL", "BYPASS"],
            Supply::OnBattery => vec!["OB", "DISCHRG"],
            Supply::Off => vec!["OFF"],
        };
        let flags = [(self.charging, "CHRG"), (self.low, "LB"), (self.replace, "RB"), (self.overload, "OVER")];
        words.extend(flags.iter().filter(|(on, _)| *on).map(|(_, word)| *word));
        words.join(" ")
    }
}

/// `ups.conf` for NUT's `dummy-ups`: the sections with their descriptions, each on its file.
#[must_use]
pub fn ups_conf(sections: &[(String, Option<String>)], directory: &Path) -> String {
    let mut text = String::from("# Written by the rig: NUT's dummy-ups stands in for a driver on USB.\n");
    for (name, description) in sections {
        let file = directory.join(format!("{name}.dev"));
        text +=
            &format!("[{name}]\n    driver = dummy-ups\n    port = \"{}\"\n    mode = dummy-once\n", file.display());
        if let Some(description) = description {
            text += &format!("    desc = {}\n", protocol::text::quote(description));
        }
    }
    text
}
