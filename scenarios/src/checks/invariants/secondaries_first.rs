//! 3. A primary goes on only when its secondaries have logged out, or HOSTSYNC has passed.
//!
//! A secondary counts from its login until it logs out (of its last connection, where it has
//! several), or its host has stopped. A server that dies or restarts logs nobody out: it must not
//! shorten the wait. The forced shutdown begins when the primary says so or orders it from its server,
//! whichever comes first; a primary that goes down without either has not waited at all.

use super::{Breach, Finding};
use crate::checks::history::History;
use crate::journal::{
    CommandRole, Direction, HostFacts, HostState, LinkEvent, Login, MonitorFacts, Name, ProcessEvent, What,
    WireProtocol,
};
use crate::language::wording::time;
use protocol::Instant;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

/// What two clocks of one machine may differ by on a rig in real time.
const TOLERANCE: Duration = Duration::from_millis(100);

/// Each primary that did not wait.
pub fn check(history: &History<'_>) -> Finding {
    let breaches: Vec<Breach> = history
        .monitored()
        .filter(|(_, monitor)| monitor.supplies.iter().any(|supply| supply.primary))
        .flat_map(|(host, monitor)| {
            let (present, links) = (BTreeMap::new(), BTreeSet::new());
            Primary { history, host, monitor, present, links, since: None, goes: false }.breaches()
        })
        .collect();
    breaches.into()
}

struct Primary<'h> {
    history: &'h History<'h>,
    host: &'h HostFacts,
    monitor: &'h MonitorFacts,
    /// Secondaries that are logged in to one of this primary's UPSes, and how often.
    present: BTreeMap<Name, u32>,
    /// Its own connections to servers.
    links: BTreeSet<u32>,
    /// When its forced shutdown began.
    since: Option<Instant>,
    /// It has gone on, and that was judged.
    goes: bool,
}

impl Primary<'_> {
    fn breaches(mut self) -> Vec<Breach> {
        let mut found = Vec::new();
        let mut down: BTreeSet<Name> = BTreeSet::new();
        for record in self.history.records {
            match &record.what {
                What::Login { server, ups, host, event } if *host != self.host.name && self.is_of(server, ups) => {
                    match event {
                        Login::In => *self.present.entry(host.clone()).or_default() += 1,
                        Login::Out if down.contains(server) => {}
                        Login::Out => self.left(host),
                    }
                }
                What::Process { host, process, event, .. } if &**process == "upsd" => match event {
                    ProcessEvent::Started => {
                        down.remove(host);
                    }
                    ProcessEvent::Exited { .. } | ProcessEvent::Killed => {
                        down.insert(host.clone());
                    }
                    _ => {}
                },
                What::Host { host, is: HostState::Halted | HostState::Off | HostState::Crashed, .. } => {
                    self.present.remove(host);
                    if *host == self.host.name {
                        (self.since, self.goes) = (None, false);
                    }
                }
                What::Link { link, from, protocol: WireProtocol::Net, event: LinkEvent::Opened, .. }
                    if from.strip_suffix("/upsmon") == Some(&*self.host.name) =>
                {
                    self.links.insert(*link);
                }
                What::Wire { link, protocol: WireProtocol::Net, direction: Direction::Out, bytes }
                    if self.links.contains(link) && bytes.as_bytes().starts_with(b"FSD ") =>
                {
                    self.since.get_or_insert(record.at);
                }
                What::Notified { host, kind, .. } if *host == self.host.name => match &**kind {
                    "FSD" => {
                        self.since.get_or_insert(record.at);
                    }
                    "SHUTDOWN" => found.extend(self.goes_on(record.at)),
                    _ => {}
                },
                What::Ran { host, role: CommandRole::Shutdown, .. } if *host == self.host.name => {
                    found.extend(self.goes_on(record.at));
                }
                _ => {}
            }
        }
        found
    }

    fn is_of(&self, server: &Name, ups: &Name) -> bool {
        self.monitor.supplies.iter().any(|supply| supply.primary && supply.ups == *ups && supply.server == *server)
    }

    /// A secondary's connection ended; a connection that was taken up before may still stand.
    fn left(&mut self, host: &Name) {
        let sessions = self.present.get_mut(host);
        if sessions.is_none_or(|sessions| {
            *sessions = sessions.saturating_sub(1);
            *sessions == 0
        }) {
            self.present.remove(host);
        }
    }

    /// The primary goes on: were the secondaries gone, or had it waited long enough?
    fn goes_on(&mut self, at: Instant) -> Option<Breach> {
        // Once is enough: the shutdown command follows the notice.
        if std::mem::replace(&mut self.goes, true) || self.present.is_empty() {
            return None;
        }
        let names = self.present.keys().map(|name| &**name).collect::<Vec<_>>().join(", ");
        let host = &self.host.name;
        let hostsync = Duration::from_secs(self.monitor.hostsync_s);
        let why = match self.since.map(|since| at - since) {
            Some(waited) if waited + TOLERANCE >= hostsync => return None,
            Some(waited) => format!(
                "{host} went on {} after its forced shutdown began, while {names} had not logged out",
                time(waited)
            ),
            None => format!("{host} went on without ordering a forced shutdown, while {names} had not logged out"),
        };
        Some(Breach { at, why })
    }
}
