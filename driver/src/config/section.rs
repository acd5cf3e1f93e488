//! From a section of `ups.conf`, the global settings and the command line to a [`DriverConfig`].
//!
//! The command line wins over the section, the section over the global settings. Every mistake is
//! found, not only the first.

use super::{DriverConfig, KnownParam, Origin, POLL_INTERVAL, Param, Synchronous};
use protocol::conf::Item;
use protocol::conf::ups_conf::{GLOBAL_KEYS, SECTION_KEYS, UpsConf, UpsSection};
use protocol::diagnostic::{Diagnostic, Diagnostics, Severity};
use protocol::names;
use std::time::Duration;

/// Settings that other programs read, or that this stack has no use for.
const NOT_OURS: [&str; 9] = [
    "LIBUSB_DEBUG",
    "desc",
    "driver",
    "maxretry",
    "maxstartdelay",
    "reconnect_max_tries",
    "reconnect_report_freq",
    "retrydelay",
    "sdorder",
];

/// What a driver program is: its name, and the parameters that only it knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Knowledge {
    /// The driver's name.
    pub driver: &'static str,
    /// Its own parameters.
    pub params: &'static [KnownParam],
}

impl Knowledge {
    /// Whether a word says which device is meant, or may have been meant to: what every UPS may have says
    /// nothing of it, and a slip of the pen may be a selector.
    pub(super) fn selects(&self, word: &str) -> bool {
        let is_known = |known: &KnownParam| names::same(known.name, word);
        match self.params.iter().find(|known| is_known(known)) {
            Some(known) => known.is_selector(),
            None if SECTION_KEYS.contains(&word) || GLOBAL_KEYS.contains(&word) => false,
            None => {
                let selectors = self.params.iter().filter(|known| known.is_selector());
                protocol::diagnostic::did_you_mean(word, selectors.map(|known| known.name)).is_some()
            }
        }
    }
}

/// What the command line adds.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CommandLine {
    /// `-x name=value`, or `-x flag`, in order.
    pub params: Vec<(String, Option<String>)>,
    /// `-i`, in seconds.
    pub poll_interval: Option<u64>,
    /// How often `-D`.
    pub debug: u8,
    /// `-k`.
    pub killpower: bool,
    /// `-u`.
    pub user: Option<String>,
    /// `-g`.
    pub group: Option<String>,
    /// `-r`.
    pub chroot: Option<String>,
    /// Where `ups.conf` is.
    pub configuration_directory: String,
    /// This process.
    pub process_id: u32,
}

/// What it takes to read a configuration again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reread {
    /// The file.
    pub path: String,
    /// The driver program.
    pub known: Knowledge,
    /// What the command line adds.
    pub line: CommandLine,
}

impl DriverConfig {
    /// `-a ups`: the section of that name. Warnings come beside the configuration.
    ///
    /// # Errors
    ///
    /// Every mistake in it.
    pub fn from_section(
        conf: &UpsConf,
        ups: &str,
        known: Knowledge,
        line: &CommandLine,
    ) -> Result<(Self, Diagnostics), Diagnostics> {
        let Some(section) = conf.section(ups) else {
            let sections = conf.sections.iter().map(|section| section.name.as_str());
            let missing =
                Diagnostic::unplaced(Severity::Error, format!("section {ups} not found in {}", conf.source.path()));
            return Err(missing.suggest(ups, sections).into());
        };
        let mut reading = Reading::new(section.name.as_str(), known);
        reading.cuts_the_load = line.killpower;
        reading.globals(conf);
        reading.driver(conf, section);
        for setting in section.settings.iter() {
            let value = setting.value.as_ref();
            let span = setting.key.span.start..value.unwrap_or(&setting.key).span.end;
            let origin = Origin::File(conf.source.clone(), span);
            reading.set(Param { name: setting.key.text.clone(), value: value.map(|item| item.text.clone()), origin });
        }
        reading.command_line(line);
        reading.config.beside = super::beside::of(conf, section);
        reading.config.reread = Some(Reread { path: conf.source.path().to_owned(), known, line: line.clone() });
        reading.finish()
    }

    /// `-s ups`: the command line alone.
    ///
    /// # Errors
    ///
    /// Every mistake in it; a port is needed.
    pub fn from_command_line(
        ups: &str,
        known: Knowledge,
        line: &CommandLine,
    ) -> Result<(Self, Diagnostics), Diagnostics> {
        let mut reading = Reading::new(ups, known);
        reading.command_line(line);
        reading.finish()
    }
}

/// A configuration that is being put together.
struct Reading {
    config: DriverConfig,
    known: Knowledge,
    found: Diagnostics,
    /// `-k`: a mistake that says nothing of which device to take must not leave the load on.
    cuts_the_load: bool,
}

impl Reading {
    fn new(ups: &str, known: Knowledge) -> Self {
        let config = DriverConfig::new(ups, known.driver, "");
        Self { config, known, found: Diagnostics::new(), cuts_the_load: false }
    }

    fn globals(&mut self, conf: &UpsConf) {
        for setting in conf.globals.iter().filter(|setting| GLOBAL_KEYS.contains(&setting.key.text.as_str())) {
            let value = setting.value.as_ref();
            let span = value.unwrap_or(&setting.key).span.clone();
            let origin = Origin::File(conf.source.clone(), span);
            let param = Param { name: setting.key.text.clone(), value: value.map(|item| item.text.clone()), origin };
            if let Err(found) = self.shared(&param) {
                self.mistake(&param.name, found);
            }
        }
    }

    /// Something is wrong about a parameter.
    fn mistake(&mut self, name: &str, mut found: Diagnostic) {
        if self.cuts_the_load && !self.known.selects(name) {
            found.severity = Severity::Warning;
        }
        self.found.push(found);
    }

    /// The section must be this driver's.
    fn driver(&mut self, conf: &UpsConf, section: &UpsSection) {
        let driver = section.settings.find("driver").and_then(|setting| setting.value.as_ref());
        if let Some(driver) = driver.filter(|driver: &&Item| driver.text != self.known.driver) {
            let message = format!("UPS {} is for driver {}, not for {}", section.name, driver.text, self.known.driver);
            self.found.push(driver.error(&conf.source, message));
        }
    }

    fn command_line(&mut self, line: &CommandLine) {
        for (name, value) in &line.params {
            self.set(Param { name: name.clone(), value: value.clone(), origin: Origin::CommandLine });
        }
        if let Some(seconds) = line.poll_interval {
            let value = Some(seconds.to_string());
            self.set(Param { name: "pollinterval".to_owned(), value, origin: Origin::CommandLine });
        }
        let config = &mut self.config;
        config.debug = config.debug.max(line.debug);
        config.killpower = line.killpower;
        config.configuration_directory.clone_from(&line.configuration_directory);
        config.process_id = line.process_id;
        for (field, given) in [
            (&mut config.run_as.user, &line.user),
            (&mut config.run_as.group, &line.group),
            (&mut config.run_as.chroot, &line.chroot),
        ] {
            if given.is_some() {
                field.clone_from(given);
            }
        }
    }

    fn set(&mut self, param: Param) {
        let name = param.name.clone();
        match self.shared(&param) {
            Ok(true) => {}
            Ok(false) => self.own(param),
            Err(found) => self.mistake(&name, found),
        }
    }

    /// What every driver knows; false when it is something else.
    fn shared(&mut self, param: &Param) -> Result<bool, Diagnostic> {
        let config = &mut self.config;
        match param.name.as_str() {
            "port" => config.port = text(param)?,
            "pollinterval" => config.poll_interval = seconds(param)?,
            "synchronous" => config.synchronous = synchronous(param)?,
            "ignorelb" => config.ignore_low_battery = is_on(param)?,
            "allow_killpower" => config.allow_killpower = is_on(param)?,
            "debug_min" => config.debug = param.number()?,
            "sdcommands" => {
                config.shutdown_commands =
                    text(param)?.split([',', ' ']).filter(|word| !word.is_empty()).map(str::to_owned).collect();
            }
            "user" => config.run_as.user = Some(text(param)?),
            "group" => config.run_as.group = Some(text(param)?),
            "chroot" => config.run_as.chroot = Some(text(param)?),
            "statepath" => config.run_as.state_path = Some(text(param)?),
            name if NOT_OURS.contains(&name) || GLOBAL_KEYS.contains(&name) => {}
            name => {
                if let Some(variable) = name.strip_prefix("default.") {
                    replace(&mut config.defaults, variable, text(param)?);
                } else if let Some(variable) = name.strip_prefix("override.") {
                    replace(&mut config.overrides, variable, text(param)?);
                } else {
                    return Ok(false);
                }
            }
        }
        Ok(true)
    }

    /// What only this driver knows.
    fn own(&mut self, param: Param) {
        let is_flag = names::same(&param.name, "nolock");
        let known = self.known.params.iter().find(|known| names::same(known.name, &param.name));
        let takes_value = match known {
            Some(known) => known.takes_value(),
            None if is_flag => false,
            None => return self.unknown(&param),
        };
        if !takes_value && param.value.is_some() {
            // NUT takes `pollonly = no` for pollonly as well.
            let message = format!("`{}` is a flag: it is set, whatever its value", param.name);
            self.found.push(Diagnostic { severity: Severity::Warning, ..param.error(message) });
        }
        if takes_value && param.value.is_none() {
            self.mistake(&param.name, param.error(format!("`{}` needs a value", param.name)));
        } else if let Some(why) = known.and_then(|known| known.refuse(param.value.as_deref()?)) {
            self.mistake(&param.name, param.error(format!("`{}` {why}", param.name)));
        } else if let Some(before) = self.config.params.iter_mut().find(|before| names::same(&before.name, &param.name))
        {
            *before = param;
        } else {
            self.config.params.push(param);
        }
    }

    fn unknown(&mut self, param: &Param) {
        let all = self.known.params.iter().map(|known| known.name).chain(SECTION_KEYS.iter().copied());
        let message = format!("`{}` is no parameter of {}", param.name, self.known.driver);
        let hint = format!("`{} -h` lists them", self.known.driver);
        self.mistake(&param.name, param.error(message).hint(hint).suggest(&param.name, all));
    }

    fn finish(mut self) -> Result<(DriverConfig, Diagnostics), Diagnostics> {
        if self.config.port.is_empty() && !self.found.has_errors() {
            let message = "no port: give it in ups.conf, or as `-x port=…`";
            self.mistake("port", Diagnostic::unplaced(Severity::Error, message));
        }
        self.found.into_result(self.config)
    }
}

fn text(param: &Param) -> Result<String, Diagnostic> {
    param.value.clone().ok_or_else(|| param.error(format!("`{}` needs a value", param.name)))
}

fn seconds(param: &Param) -> Result<Duration, Diagnostic> {
    match param.number::<u32>()? {
        0 => Err(param
            .error(format!("`{}` needs at least one second", param.name))
            .hint(format!("the default is {} seconds", POLL_INTERVAL.as_secs()))),
        seconds => Ok(Duration::from_secs(u64::from(seconds))),
    }
}

fn synchronous(param: &Param) -> Result<Synchronous, Diagnostic> {
    if param.value.as_deref() == Some("auto") {
        return Ok(Synchronous::Auto);
    }
    Ok(if is_on(param)? { Synchronous::Yes } else { Synchronous::No })
}

/// A flag, alone or with a word that says yes or no.
fn is_on(param: &Param) -> Result<bool, Diagnostic> {
    match param.value.as_deref() {
        None | Some("1" | "yes" | "true" | "on") => Ok(true),
        Some("0" | "no" | "false" | "off") => Ok(false),
        Some(other) => Err(param.error(format!("`{}` is yes or no, not `{other}`", param.name))),
    }
}

fn replace(list: &mut Vec<(String, String)>, variable: &str, value: String) {
    match list.iter_mut().find(|(known, _)| names::same(known, variable)) {
        Some((_, before)) => *before = value,
        None => list.push((variable.to_owned(), value)),
    }
}
