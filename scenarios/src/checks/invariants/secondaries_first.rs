//! 3. A primary goes on only when its secondaries have logged out, or HOSTSYNC has passed.
//!
//! A secondary counts from its login until it logs out, or its host has stopped. A server that dies
//! or restarts logs nobody out: it must not shorten the wait.

use super::{Breach, Finding};
use crate::checks::history::History;
use crate::journal::{CommandRole, HostFacts, HostState, Login, MonitorFacts, Name, ProcessEvent, What};
use crate::language::wording::time;
use protocol::Instant;
use std::collections::BTreeSet;
use std::time::Duration;

/// What two clocks of one machine may differ by on a rig in real time.
const TOLERANCE: Duration = Duration::from_millis(100);

/// Each primary that did not wait.
pub fn check(history: &History<'_>) -> Finding {
    let breaches: Vec<Breach> = history
        .monitored()
        .filter(|(_, monitor)| monitor.supplies.iter().any(|supply| supply.primary))
        .flat_map(|(host, monitor)| {
            Primary { history, host, monitor, present: BTreeSet::new(), since: None }.breaches()
        })
        .collect();
    breaches.into()
}

struct Primary<'h> {
    history: &'h History<'h>,
    host: &'h HostFacts,
    monitor: &'h MonitorFacts,
    /// Secondaries that are logged in to one of this primary's UPSes.
    present: BTreeSet<Name>,
    /// When its forced shutdown began.
    since: Option<Instant>,
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
                            self.present.insert(host.clone());
                        }
                        Login::Out if down.contains(server) => {}
                        Login::Out => {
                            self.present.remove(host);
                        }
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
                        self.since = None;
                    }
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

    /// The primary goes on: were the secondaries gone, or had it waited long enough?
    fn goes_on(&mut self, at: Instant) -> Option<Breach> {
        let since = self.since?;
        let waited = at - since;
        let hostsync = Duration::from_secs(self.monitor.hostsync_s);
        if self.present.is_empty() || waited + TOLERANCE >= hostsync {
            return None;
        }
        let names: Vec<&str> = self.present.iter().map(|name| &**name).collect();
        // Once is enough: the shutdown command follows the notice.
        self.since = None;
        Some(Breach {
            at,
            why: format!(
                "{} went on {} after its forced shutdown began, while {} had not logged out",
                self.host.name,
                time(waited),
                names.join(", ")
            ),
        })
    }
}
