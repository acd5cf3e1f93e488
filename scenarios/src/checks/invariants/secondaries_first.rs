//! 3. A primary goes on only when its secondaries have logged out, or HOSTSYNC has passed.
//!
//! A secondary counts from its login until it logs out (of its last connection, where it has
//! several), or its host has stopped. A server that dies or restarts logs nobody out, although every
//! connection ends with it: it must not shorten the wait; whom it has not seen again HOSTSYNC after it came
//! back, or since its host has booted, nobody can wait for. The forced shutdown begins when the primary says so or orders it from its server,
//! whichever comes first; a primary that goes down without either has not waited at all. Nobody is waited for on account of
//! a UPS that the shutdown leaves alone: the primary does not hang on it, it has line power, and gets no FSD.

use super::{Breach, Finding};
use crate::checks::history::History;
use crate::journal::{
    CommandRole, Direction, HostFacts, HostState, LinkEvent, Login, MonitorFacts, MonitoredFacts, Name, ProcessEvent,
    Supply, What, WireProtocol,
};
use crate::language::wording::time;
use protocol::Instant;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

/// What two clocks of one machine may differ by on a rig in real time.
const TOLERANCE: Duration = Duration::from_millis(100);
/// A secondary that came so shortly before was in no answer yet: logins are counted every 250 ms.
const UNCOUNTED: Duration = Duration::from_millis(350);

/// Each primary that did not wait.
pub fn check(history: &History<'_>) -> Finding {
    let breaches: Vec<Breach> = history
        .monitored()
        .filter(|(_, monitor)| monitor.supplies.iter().any(|supply| supply.primary))
        .flat_map(|(host, monitor)| {
            Primary {
                history,
                host,
                monitor,
                present: BTreeMap::new(),
                since_login: BTreeMap::new(),
                started: BTreeMap::new(),
                links: BTreeSet::new(),
                since: None,
                ordered: BTreeSet::new(),
                goes: false,
            }
            .breaches()
        })
        .collect();
    breaches.into()
}

/// How often somebody is logged in, by server and UPS.
type Sessions = BTreeMap<(Name, Name), u32>;

struct Primary<'h> {
    history: &'h History<'h>,
    host: &'h HostFacts,
    monitor: &'h MonitorFacts,
    /// Secondaries that count, and how often each is logged in to one of this primary's UPSes.
    present: BTreeMap<Name, Sessions>,
    /// Since when each of them counts.
    since_login: BTreeMap<Name, Instant>,
    /// When each server started last.
    started: BTreeMap<Name, Instant>,
    /// Its own connections to servers.
    links: BTreeSet<u32>,
    /// When its forced shutdown began.
    since: Option<Instant>,
    /// The UPSes that it has ordered down, as the wire has it.
    ordered: BTreeSet<String>,
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
                        Login::In => {
                            if !self.present.contains_key(host) {
                                self.since_login.insert(host.clone(), record.at);
                            }
                            let sessions = self.present.entry(host.clone()).or_default();
                            *sessions.entry((server.clone(), ups.clone())).or_default() += 1;
                        }
                        Login::Out if down.contains(server) => {}
                        Login::Out => self.left(host, &(server.clone(), ups.clone())),
                    }
                }
                What::Process { host, process, event, .. } if &**process == "upsd" => match event {
                    ProcessEvent::Started => {
                        down.remove(host);
                        self.started.insert(host.clone(), record.at);
                    }
                    ProcessEvent::Exited { .. } | ProcessEvent::Killed => {
                        down.insert(host.clone());
                        let logins = self.present.values_mut().flatten();
                        logins.filter(|((server, _), _)| server == host).for_each(|(_, sessions)| *sessions = 0);
                    }
                    _ => {}
                },
                // With a server that is not there, nobody hears its last monitor leave.
                What::Process { host, process, event: ProcessEvent::Exited { .. } | ProcessEvent::Killed, .. }
                    if &**process == "upsmon" =>
                {
                    self.present.retain(|there, logins| there != host || logins.values().any(|count| *count > 0));
                }
                What::Host { host, is: HostState::Halted | HostState::Off | HostState::Crashed, .. } => {
                    self.present.remove(host);
                    // Nobody remembers who was logged in to a server whose host has stopped.
                    self.present.values_mut().for_each(|logins| logins.retain(|(server, _), _| server != host));
                    self.present.retain(|_, logins| !logins.is_empty());
                    if *host == self.host.name {
                        (self.since, self.goes) = (None, false);
                        self.ordered.clear();
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
                    self.ordered.insert(String::from_utf8_lossy(&bytes.as_bytes()[4..]).trim_end().to_owned());
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
    fn left(&mut self, host: &Name, login: &(Name, Name)) {
        let Some(logins) = self.present.get_mut(host) else { return };
        if let Some(sessions) = logins.get_mut(login) {
            *sessions = sessions.saturating_sub(1);
            if *sessions == 0 {
                logins.remove(login);
            }
        }
        if logins.is_empty() {
            self.present.remove(host);
        }
    }

    /// Whether the shutdown under way has nothing to do with a UPS.
    fn is_left_alone(&self, ups: &Name, at: Instant) -> bool {
        let feeds_others = |supply: &MonitoredFacts| supply.ups == *ups && supply.primary && supply.power_value == 0;
        let is_on_line = || {
            self.history.ups.get(ups).is_some_and(|course| {
                course.supply.between(self.since.unwrap_or(at), at).all(|supply| supply == Supply::OnLine)
            })
        };
        let is_ordered = self.ordered.iter().any(|ordered| protocol::names::same(ordered, ups));
        self.monitor.supplies.iter().any(feeds_others) && !is_ordered && is_on_line()
    }

    /// The primary goes on: were the secondaries gone, or had it waited long enough?
    fn goes_on(&mut self, at: Instant) -> Option<Breach> {
        // Once is enough: the shutdown command follows the notice.
        let hostsync = Duration::from_secs(self.monitor.hostsync_s);
        let is_lost = |server: &Name, sessions: u32| {
            sessions == 0 && self.started.get(server).is_some_and(|started| at - *started >= hostsync)
        };
        let there = self.present.iter().filter(|(host, logins)| {
            logins.iter().any(|((server, ups), sessions)| !is_lost(server, *sessions) && !self.is_left_alone(ups, at))
                && self.since_login.get(*host).is_none_or(|since| at - *since > UNCOUNTED)
        });
        let names = there.map(|(name, _)| &**name).collect::<Vec<_>>().join(", ");
        if std::mem::replace(&mut self.goes, true) || names.is_empty() {
            return None;
        }
        let host = &self.host.name;
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
