//! Writes the hosts' files into the run's directory: rewritten, checked, and listed.

use super::place::{BIN, CONF, ETC, KEPT, LATE, Place};
use super::programs::Programs;
use super::rewriting::{self, MonitorPlaces, Rewritten};
use super::slots::{Route, drivers, route};
use super::{safety, stand_in};
use crate::language::{Maker, Makers, Scenario};
use crate::rigs::RigError;
use crate::rigs::configuration::{Configuration, host_of, ups_of};
use crate::rigs::kept::kept;
use protocol::diagnostic::{Diagnostic, Severity};

/// What the files of a run are made from.
#[derive(Debug)]
pub struct Files<'a> {
    /// The scenario.
    pub scenario: &'a Scenario,
    /// What its hosts' files say.
    pub configurations: &'a [Configuration],
    /// The run's directory.
    pub place: &'a Place,
    /// Where our programs are.
    pub programs: &'a Programs,
    /// Whose daemons.
    pub makers: Makers,
    /// Ways to servers.
    pub routes: &'a [Route],
    /// The port where each host's own `upsd` listens.
    pub ports: &'a [u16],
}

impl Files<'_> {
    /// Writes a host's files: what was rewritten, a line each.
    ///
    /// # Errors
    /// The file system's word, or [`RigError::Unsafe`].
    pub fn write(&self, host: usize) -> Result<Vec<String>, RigError> {
        let configuration = &self.configurations[host];
        let name = &self.scenario.hosts[host].name;
        let conf = self.place.host(name, CONF);
        let mut changes = Vec::new();
        let mut files = configuration.files.clone();
        if configuration.implied.server {
            files.entry("upsd.conf".to_owned()).or_default();
        }
        for (file, text) in &files {
            let shown = format!("{name}/{file}");
            let rewritten = match file.as_str() {
                "upsd.conf" => rewriting::upsd_conf(&shown, text, self.ports[host]),
                "upsmon.conf" => self.monitor(host, configuration, &shown, text)?,
                "ups.conf" => self.drivers(host, configuration, &shown, text)?,
                _ => Rewritten { text: text.clone(), changes: Vec::new() },
            };
            if file == "nut.conf" {
                // For POWEROFF_WAIT.
                self.place.write(&self.place.host(name, LATE).join(file), text)?;
            }
            let path = conf.join(file);
            if file == "upsmon.conf" {
                safety::check(&path, &rewritten.text, &self.place.host(name, BIN))?;
                self.keep(host, &rewritten.text)?;
                // The late shutdown hook looks there for its power-down flag.
                self.place.write(&self.place.host(name, LATE).join(file), &rewritten.text)?;
            }
            self.place.write(&path, &rewritten.text)?;
            changes.extend(rewritten.changes);
        }
        Ok(changes)
    }

    /// What its monitor has kept, by the names that it goes by here.
    fn keep(&self, host: usize, rewritten: &[u8]) -> Result<(), RigError> {
        let (config, _) = monitor::Config::load_from(rewritten, "upsmon.conf").map_err(RigError::Configuration)?;
        let path = self.place.host(&self.scenario.hosts[host].name, KEPT).join(monitor::kept::NAME);
        self.place.write(&path, &kept(self.scenario, self.configurations, host, &config))
    }

    fn monitor(
        &self,
        host: usize,
        configuration: &Configuration,
        shown: &str,
        text: &[u8],
    ) -> Result<Rewritten, RigError> {
        let name = &self.scenario.hosts[host].name;
        let route = |server: &str| route(self.routes, self.scenario, host, server).map(|route| route.port);
        for line in configuration.monitor.iter().flat_map(|monitor| &monitor.monitored) {
            if route(host_of(&line.system)).is_none() {
                let (ups, server) = (ups_of(&line.system), host_of(&line.system));
                let text =
                    format!("{shown}: {ups} is said to be on `{server}`, and no host of the scenario is called so");
                return Err(RigError::Configuration(Diagnostic::unplaced(Severity::Error, text).into()));
            }
        }
        let places = MonitorPlaces {
            commands: &self.place.host(name, BIN),
            flag: &self.place.host(name, ETC).join("killpower"),
            port_of: &route,
        };
        Ok(rewriting::upsmon_conf(shown, text, &places))
    }

    fn drivers(
        &self,
        host: usize,
        configuration: &Configuration,
        shown: &str,
        text: &[u8],
    ) -> Result<Rewritten, RigError> {
        let name = &self.scenario.hosts[host].name;
        let rewritten = rewriting::ups_conf(shown, text);
        let late = self.place.host(name, LATE).join("ups.conf");
        let programs = format!("driverpath = \"{}\"\n", self.programs.ours.display());
        self.place.write(&late, &[programs.as_bytes(), &rewritten.text].concat())?;
        if self.makers.driver == Maker::Ours {
            return Ok(rewritten);
        }
        let description = |ups: &str| {
            let section = configuration.ups.as_ref()?.section(ups)?;
            section.settings.get("desc").map(str::to_owned)
        };
        let sections: Vec<_> =
            drivers(configuration).into_iter().map(|(ups, _)| (description(&ups), ups)).map(|(d, u)| (u, d)).collect();
        let text = stand_in::ups_conf(&sections, &self.place.host(name, CONF)).into_bytes();
        let changes = vec![format!("{shown}: NUT's dummy-ups stands in for the driver on USB")];
        Ok(Rewritten { text, changes })
    }
}
