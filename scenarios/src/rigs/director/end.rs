//! When a run is over.
//!
//! A scenario that says how long it lasts lasts that long. Any other ends once every step with a
//! time has happened, every host and UPS has come to rest, nothing worth telling has happened for
//! [`QUIET`], and every `within` has passed; at the latest after [`Scenario::LONGEST`].

use std::time::Duration;

use protocol::{Engine, Instant};

use super::Director;
use crate::journal::{Ending, HostState, Name, Supply, What};
use crate::language::Scenario;
use crate::language::expectation::{Anchor, Claim};

/// How long everything must rest: more than any poll, DEADTIME, HOSTSYNC or FINALDELAY in use.
const QUIET: Duration = Duration::from_secs(60);
/// How long a UPS whose outlet is dead on good mains is waited for, and a flag on a host that is up.
const PATIENCE: Duration = Duration::from_secs(15 * 60);

/// When something worth telling happened last.
#[derive(Debug, Default)]
pub struct Rest {
    since: Instant,
    first_happened: Vec<(usize, Instant)>,
    /// Hosts with a power-down flag.
    flags: Vec<Name>,
}

impl Rest {
    /// Something happens that is in no journal.
    pub fn stir(&mut self, now: Instant) {
        self.since = now;
    }

    /// Looks at a record.
    pub fn note(&mut self, what: &What, now: Instant) {
        match what {
            What::Sample { .. } | What::Wire { .. } | What::Var { .. } | What::Logged { .. } | What::HeldUp { .. } => {}
            What::Step { index, .. } => {
                self.since = now;
                if self.first_happened.iter().all(|(other, _)| other != index) {
                    self.first_happened.push((*index, now));
                }
            }
            What::Flag { host, exists } => {
                self.since = now;
                self.flags.retain(|other| other != host);
                if *exists {
                    self.flags.push(host.clone());
                }
            }
            _ => self.since = now,
        }
    }
}

impl Director {
    /// When the run ends, if nothing happens before.
    pub(super) fn ends_at(&self) -> Option<Instant> {
        if let Some(lasts) = self.scenario.lasts {
            return Some(Instant::START + lasts);
        }
        let longest = Instant::START + Scenario::LONGEST;
        Some(self.settles_at().map_or(longest, |at| at.min(longest)))
    }

    /// Why the run ends now, if it does.
    pub(super) fn ending(&self, now: Instant) -> Option<Ending> {
        match self.scenario.lasts {
            Some(lasts) => (now >= Instant::START + lasts).then_some(Ending::Lasted),
            None if self.settles_at().is_some_and(|at| at <= now) => Some(Ending::Settled),
            None => (now >= Instant::START + Scenario::LONGEST).then_some(Ending::Longest),
        }
    }

    fn settles_at(&self) -> Option<Instant> {
        let moves = self.timeline.has_due()
            || self.undo.next_at().is_some()
            || self.running.next_at().is_some()
            || self.ups.iter().any(|ups| ups.counts_down || ups.supply == Supply::OnBattery)
            || self.hosts.iter().any(|desk| {
                matches!(desk.host.state(), HostState::Booting | HostState::Stopping)
                    || desk.host.poll_timeout().is_some()
            });
        if moves {
            return None;
        }
        let waits_for_power = self.ups.iter().any(|ups| ups.supply == Supply::Off && self.feeds[ups.feed].is.live);
        // A monitor that has booted removes its flag; on a busy machine that takes longer than all that is to be seen.
        let is_flagged = |name: &Name| self.rest.flags.contains(name);
        let waits_for_flag = self.hosts.iter().any(|desk| desk.host.state() == HostState::Up && is_flagged(&desk.name));
        let waits = waits_for_power || waits_for_flag;
        let rested = self.rest.since + if waits { PATIENCE } else { QUIET };
        Some(rested.max(self.last_deadline()))
    }

    /// When the last `within` whose anchor has happened is over.
    fn last_deadline(&self) -> Instant {
        let deadline = |claim: &Claim| match claim {
            Claim::See { within: Some(within), of: Anchor::Start, .. } => Some(Instant::START + *within),
            Claim::See { within: Some(within), of: Anchor::Step(index, _), .. } => {
                let happened = self.rest.first_happened.iter().find(|(step, _)| step == index);
                happened.map(|(_, at)| *at + *within)
            }
            _ => None,
        };
        self.scenario.expect.iter().filter_map(|expectation| deadline(&expectation.claim)).max().unwrap_or_default()
    }
}
