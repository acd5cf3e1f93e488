//! UPSes, hosts and commands.

use super::{RESERVED, Resolver, command_line, start};
use crate::language::action::Script;
use crate::language::mistake::{At, Mistake};
use crate::language::quantity::{Load, Milliwatts};
use crate::language::scenario::{Battery, Host, Ups};
use crate::language::written::Document;
use crate::language::written::things::{Start, WrittenHost, WrittenScript, WrittenUps};
use crate::language::yaml::shapes::{Entries, Located};
use protocol::conf::ups_conf::UpsConf;
use protocol::diagnostic::Source;
use protocol::names;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// The most hosts that one scenario may have.
const MOST_HOSTS: usize = 1000;
/// How long a host boots when the scenario does not say it.
const BOOTS_IN: Duration = Duration::from_secs(60);
/// How long a service may take to end when the scenario does not say it (systemd-system.conf(5):
/// DefaultTimeoutStopSec; NUT's units set none of their own).
const STOP_TIMEOUT: Duration = Duration::from_secs(90);
/// Files that make a directory a NUT configuration.
const NUT_FILES: [&str; 5] = ["nut.conf", "ups.conf", "upsd.conf", "upsd.users", "upsmon.conf"];

/// UTF-16 code units of the longest USB string (USB 2.0 §9.6.7).
const MOST_SERIAL: usize = 126;

impl Resolver<'_> {
    pub(super) fn things(&mut self, document: &Document) {
        for (name, written) in &document.ups.0 {
            self.ups(name, written);
        }
        if document.ups.0.is_empty() {
            self.wrong(Mistake::new(At::default(), "there is no UPS", "`ups:` is empty"));
        }
        for (name, written) in &document.hosts.0 {
            self.host(name, written);
        }
        self.draw_within_load(document);
    }

    fn ups(&mut self, name: &Located<String>, written: &WrittenUps) {
        self.name(name);
        let device = self.device(&written.device);
        let serial = written.serial.as_ref().map(|serial| self.serial(serial));
        self.ups.push(Ups {
            name: name.value.clone(),
            device,
            serial,
            feed: written.feed.clone().unwrap_or_else(|| Host::MAINS.to_owned()),
            load: written.load.map(|load| load.0),
            battery: Battery {
                charge: written.battery.charge.map(|share| share.0),
                health: written.battery.health.map(|share| share.0),
                capacity: written.battery.capacity.map(|capacity| capacity.0),
                temperature: written.battery.temperature.map(|temperature| temperature.0),
            },
            spot: self.texts.spot(name.at),
        });
    }

    /// A serial number, as it fits into a device's string.
    fn serial(&mut self, serial: &Located<String>) -> String {
        if serial.value.encode_utf16().count() > MOST_SERIAL {
            let message = "a serial number that no USB device can have";
            self.wrong(Mistake::new(serial.at, message, format!("longer than {MOST_SERIAL} characters")));
        }
        serial.value.clone()
    }

    /// A device by its name, or the path of its file made relative to where the scenario is read.
    fn device(&mut self, device: &Located<String>) -> String {
        if device.value.contains('/') || device.value.ends_with(".yaml") {
            let path = self.texts.directory(device.at).join(&device.value);
            if !path.is_file() {
                self.wrong(Mistake::new(
                    device.at,
                    format!("there is no device file `{}`", device.value),
                    format!("no file {}", path.display()),
                ));
            }
            return path.display().to_string();
        }
        let known = &self.surroundings.devices;
        if !known.is_empty() && !known.contains(&device.value) {
            let message = format!("there is no device `{}`", device.value);
            let mistake = Mistake::new(device.at, message, "not one of this program's devices");
            self.wrong(match self.device_file(device) {
                Some(hint) => mistake.hint(hint),
                None => mistake.nearest(&device.value, known.iter().map(String::as_str)),
            });
        }
        device.value.clone()
    }

    /// What to do where a device of this name has a file, and the program does not know it.
    fn device_file(&self, device: &Located<String>) -> Option<String> {
        let (here, file) = (self.texts.directory(device.at), format!("{}.yaml", device.value));
        if here.join(&file).is_file() {
            return Some(format!("for the file beside this one write `./{file}`"));
        }
        let added =
            here.ancestors().map(|above| above.join("emulator/devices").join(&file)).find(|path| path.is_file())?;
        Some(format!("{} is there, but was not when this program was built: build it again", added.display()))
    }

    fn host(&mut self, name: &Located<String>, written: &WrittenHost) {
        self.name(name);
        let mut fed_by = Vec::new();
        for supply in &written.fed_by.0 {
            if supply.value != Host::MAINS {
                self.which_ups(Some(supply), supply.at);
            }
            if fed_by.contains(&supply.value) {
                self.wrong(Mistake::new(
                    supply.at,
                    format!("`{}` hangs on `{}` twice", name.value, supply.value),
                    "again here",
                ));
            }
            fed_by.push(supply.value.clone());
        }
        if fed_by.is_empty() {
            self.wrong(Mistake::new(name.at, format!("`{}` hangs on nothing", name.value), "`fed_by` is empty"));
        }
        let needs = written.needs.as_ref().map_or(1, |needs| {
            let count = usize::from(needs.value);
            if count == 0 || count > fed_by.len() {
                self.wrong(Mistake::new(
                    needs.at,
                    format!("`{}` cannot need {count} of its {} supplies", name.value, fed_by.len()),
                    format!("1 to {}", fed_by.len()),
                ));
            }
            count
        });
        let config = self.config(&written.config);
        let cabled_to = match &written.cabled_to {
            Some(cables) => cables.0.iter().map(|cable| self.which_ups(Some(cable), cable.at)).collect(),
            None if config.join("ups.conf").is_file() => {
                fed_by.iter().filter(|supply| *supply != Host::MAINS).cloned().collect()
            }
            None => Vec::new(),
        };
        self.drives(name, &config, &cabled_to);
        let one = Host {
            name: name.value.clone(),
            group: name.value.clone(),
            fed_by,
            needs,
            cabled_to,
            config,
            address: written.address.clone(),
            draws: written.draws.0,
            stops_in: written.stops_in.0,
            stop_timeout: written.stop_timeout.map_or(STOP_TIMEOUT, |time| time.0),
            boots_in: written.boots_in.map_or(BOOTS_IN, |time| time.0),
            restores: written.restores.unwrap_or(true),
            starts_up: written.starts != Some(Start::Off),
            spot: self.texts.spot(name.at),
        };
        let names = match &written.count {
            None => vec![name.value.clone()],
            Some(count) => self.counted(name, count),
        };
        for expanded in names {
            if self.hosts.iter().any(|host| host.name == expanded) || self.ups.iter().any(|ups| ups.name == expanded) {
                self.wrong(Mistake::new(
                    name.at,
                    format!("there is already something called `{expanded}`"),
                    "the same name",
                ));
            }
            self.hosts.push(Host { name: expanded, ..one.clone() });
        }
    }

    /// A UPS has the name of its section: a cable that no section drives is a slip of the pen.
    fn drives(&mut self, host: &Located<String>, config: &Path, cabled_to: &[String]) {
        let Ok(text) = std::fs::read(config.join("ups.conf")) else { return };
        // What is wrong inside that file is said by whoever runs it.
        let Ok((conf, _)) = UpsConf::read(&Source::new("ups.conf", &text)) else { return };
        let sections: Vec<String> = conf.sections.iter().map(|section| section.name.to_string()).collect();
        let quoted: Vec<String> = sections.iter().map(|section| format!("`{section}`")).collect();
        for ups in cabled_to {
            let is_known = self.ups.iter().any(|known| known.name == *ups);
            if is_known && !sections.iter().any(|section| names::same(section, ups)) {
                let message = format!("the `ups.conf` of `{}` has no section `{ups}`", host.value);
                let hint = format!("a UPS has the name of its section in ups.conf; there are {}", quoted.join(", "));
                self.wrong(Mistake::new(host.at, message, "nothing here drives it").hint(hint));
            }
        }
    }

    fn counted(&mut self, name: &Located<String>, count: &Located<u16>) -> Vec<String> {
        let wanted = usize::from(count.value);
        if wanted == 0 || self.hosts.len() + wanted > MOST_HOSTS {
            self.wrong(Mistake::new(
                count.at,
                format!("a scenario cannot have {wanted} of `{}`", name.value),
                format!("1 to {}", MOST_HOSTS - self.hosts.len().min(MOST_HOSTS)),
            ));
            return vec![format!("{}-1", name.value)];
        }
        (1..=wanted).map(|number| format!("{}-{number}", name.value)).collect()
    }

    /// A directory of NUT files, beside the scenario or under its `configs`.
    fn config(&mut self, config: &Located<String>) -> PathBuf {
        let base = self.texts.directory(config.at).to_path_buf();
        let candidates = [base.join(&config.value), base.join("configs").join(&config.value)];
        let is_config = |path: &Path| NUT_FILES.iter().any(|file| path.join(file).is_file());
        if let Some(found) = candidates.iter().find(|path| is_config(path)) {
            return found.clone();
        }
        let [beside, under] = &candidates;
        let mistake = match candidates.iter().find(|path| path.is_dir()) {
            Some(empty) => Mistake::new(
                config.at,
                format!("`{}` holds no NUT configuration", config.value),
                format!("in {}", empty.display()),
            )
            .hint(format!("it needs one of {}", NUT_FILES.join(", "))),
            None => Mistake::new(config.at, format!("there is no directory `{}`", config.value), "not found")
                .hint(format!("looked for {} and {}", beside.display(), under.display())),
        };
        self.wrong(mistake);
        beside.clone()
    }

    fn name(&mut self, name: &Located<String>) {
        let legal = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
        if name.value.is_empty() || !name.value.chars().all(legal) || name.value.starts_with('-') {
            self.wrong(
                Mistake::new(name.at, format!("`{}` cannot be a name", name.value), "not a name")
                    .hint("letters, digits, `-`, `_` and `.`"),
            );
        } else if RESERVED.contains(&name.value.as_str()) {
            self.wrong(Mistake::new(name.at, format!("`{}` cannot be a name", name.value), "a word of the language"));
        }
    }

    /// A total load that is less than what its hosts draw is a slip of the pen.
    fn draw_within_load(&mut self, document: &Document) {
        for (name, written) in &document.ups.0 {
            let Some(Load::Power(total)) = written.load.map(|load| load.0) else { continue };
            let hosts =
                self.hosts.iter().filter(|host| host.fed_by.first() == Some(&name.value) && host.fed_by.len() == 1);
            let drawn = Milliwatts(hosts.map(|host| host.draws.0).sum());
            if drawn > total {
                self.wrong(
                    Mistake::new(
                        name.at,
                        format!("the hosts on `{}` draw {drawn}, more than its load of {total}", name.value),
                        "carries less than its hosts draw",
                    )
                    .hint("`load` is the total at the start, hosts included"),
                );
            }
        }
    }

    pub(super) fn scripts(&mut self, written: &Entries<WrittenScript>) -> BTreeMap<String, Script> {
        let mut scripts = BTreeMap::new();
        for (name, script) in &written.0 {
            let runs = script.runs.0.iter().map(|line| self.command(line)).collect();
            let then = script.then.0.iter().map(|line| self.command(line)).collect();
            let script = Script {
                runs,
                then,
                takes: script.takes.map_or(Duration::ZERO, |time| time.0),
                exits: script.exits.unwrap_or(0),
                hangs: script.hangs,
            };
            scripts.insert(name.value.clone(), script);
        }
        scripts
    }

    /// A command line cut into words.
    pub(super) fn command(&mut self, line: &Located<String>) -> Vec<String> {
        match command_line::words(&line.value) {
            Ok(words) if !words.is_empty() => words,
            Ok(words) => {
                self.wrong(Mistake::new(start(line.at), "there is no command here", "empty"));
                words
            }
            Err(left) => {
                self.wrong(Mistake::new(line.at, format!("this command has {left}"), "not a whole command"));
                Vec::new()
            }
        }
    }
}
