//! A host's configuration: its NUT files, and what the rigs need to know of them.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use monitor::config::Role as MonitorRole;
use protocol::conf::nut_conf::{self, NutConf};
use protocol::conf::ups_conf::UpsConf;
use protocol::diagnostic::{Diagnostic, Diagnostics, Severity, Source};

use super::RigError;
use super::notices::Recogniser;
use crate::host::daemons::Implied;
use crate::journal::{MonitorFacts, MonitoredFacts};

/// The most files that a host's configuration directory may hold.
const MOST_FILES: usize = 64;
/// The largest of them, in bytes.
const LARGEST_FILE: u64 = protocol::conf::MAX_FILE as u64;

/// One host's files and what they say.
#[derive(Debug, Clone)]
pub struct Configuration {
    /// Name to content.
    pub files: BTreeMap<String, Vec<u8>>,
    /// Which daemons they imply.
    pub implied: Implied,
    /// `ups.conf`, where there is one.
    pub ups: Option<UpsConf>,
    /// `upsmon.conf`, where there is one.
    pub monitor: Option<monitor::Config>,
    /// POWEROFF_WAIT of `nut.conf`.
    pub poweroff_wait: Option<Duration>,
    /// MAXAGE of `upsd.conf`, where the host runs a server.
    pub maxage_seconds: Option<u64>,
    /// What was odd about them, a line each.
    pub warnings: Vec<String>,
}

impl Configuration {
    /// Reads a host's directory.
    ///
    /// # Errors
    /// A file that cannot be read, or that no daemon would start with.
    pub fn read(directory: &Path) -> Result<Self, RigError> {
        let mut files = BTreeMap::new();
        let unreadable = |error: std::io::Error| unusable(format!("{}: {error}", directory.display()));
        for entry in std::fs::read_dir(directory).map_err(unreadable)? {
            let entry = entry.map_err(unreadable)?;
            let facts = std::fs::metadata(entry.path()).map_err(unreadable)?;
            if !facts.is_file() {
                continue;
            }
            if facts.len() > LARGEST_FILE || files.len() >= MOST_FILES {
                let path = entry.path();
                return Err(unusable(format!("{}: too large, or one too many", path.display())));
            }
            let contents = std::fs::read(entry.path()).map_err(unreadable)?;
            files.insert(entry.file_name().to_string_lossy().into_owned(), contents);
        }
        Self::of(files, &directory.display().to_string())
    }

    /// Understands a host's files; `directory` is what messages call the place they are in.
    ///
    /// # Errors
    /// A file that no daemon would start with.
    pub fn of(files: BTreeMap<String, Vec<u8>>, directory: &str) -> Result<Self, RigError> {
        let source = |name: &str| Some(Source::new(&format!("{directory}/{name}"), files.get(name)?));
        let mut warnings = Vec::new();
        let mut note = |found: &Diagnostics| warnings.extend(found.iter().map(Diagnostic::one_line));
        let nut = source("nut.conf").map(|source| {
            let (file, found) = nut_conf::read(&source);
            note(&found);
            file
        });
        let poweroff_wait = nut.as_ref().and_then(NutConf::poweroff_wait);
        let implied = Implied::by(nut.and_then(|nut| nut.mode), |name| files.contains_key(name));
        let ups = source("ups.conf").map(|source| UpsConf::read(&source)).transpose();
        let ups = ups.map_err(RigError::Configuration)?;
        let ups = ups.map(|(ups, found)| {
            note(&found);
            ups
        });
        let monitor = match files.get("upsmon.conf") {
            Some(text) => {
                let (config, found) = monitor::Config::load_from(text, &format!("{directory}/upsmon.conf"))
                    .map_err(RigError::Configuration)?;
                note(&found);
                Some(config)
            }
            None => None,
        };
        let maxage_seconds = implied.server.then(|| maxage(files.get("upsd.conf").map_or(&[], Vec::as_slice)));
        Ok(Self { implied, ups, monitor, poweroff_wait, maxage_seconds, warnings, files })
    }

    /// What its `upsmon` says of itself, for the journal. `server` finds the host that a MONITOR line names.
    #[must_use]
    pub fn monitor_facts(&self, server: impl Fn(&str) -> String) -> Option<MonitorFacts> {
        let config = self.monitor.as_ref().filter(|_| self.implied.monitor)?;
        let supplies = config.monitored.iter().map(|line| MonitoredFacts {
            ups: ups_of(&line.system).into(),
            server: server(host_of(&line.system)).into(),
            power_value: line.power_value,
            primary: line.role == MonitorRole::Primary,
        });
        Some(MonitorFacts {
            supplies: supplies.collect(),
            minsupplies: config.min_supplies,
            pollfreq_s: config.poll_every.as_secs(),
            pollfreqalert_s: config.poll_alert_every.as_secs(),
            hostsync_s: config.host_sync.as_secs(),
            finaldelay_s: config.final_delay.as_secs(),
            deadtime_s: config.dead_time.as_secs(),
            shutdowncmd: config.shutdown_command.clone(),
            powerdownflag: config.power_down_flag.clone(),
        })
    }

    /// What recognises this host's notices in a log.
    #[must_use]
    pub fn recogniser(&self) -> Option<Recogniser> {
        self.monitor.as_ref().map(Recogniser::new)
    }
}

fn unusable(why: String) -> RigError {
    RigError::Configuration(Diagnostic::unplaced(Severity::Error, why).into())
}

/// `ups` of `ups@host:port`.
#[must_use]
pub fn ups_of(system: &str) -> &str {
    system.split('@').next().unwrap_or(system)
}

/// `host` of `ups@host:port`; a system without one is on the local host.
#[must_use]
pub fn host_of(system: &str) -> &str {
    let host = system.split_once('@').map_or("localhost", |(_, host)| host);
    match host.strip_prefix('[').and_then(|host| host.split_once(']')) {
        Some((address, _)) => address,
        None => host.rsplit_once(':').filter(|(host, _)| !host.contains(':')).map_or(host, |(host, _)| host),
    }
}

/// MAXAGE of an `upsd.conf`; 15 s where it says nothing (upsd.conf(5)).
fn maxage(text: &[u8]) -> u64 {
    let (directives, _) = protocol::conf::flat::read(&Source::new("upsd.conf", text));
    let found = directives.iter().rev().find(|directive| directive.name.text == "MAXAGE");
    found.and_then(|directive| directive.argument(0)?.parse().ok()).unwrap_or(15)
}
