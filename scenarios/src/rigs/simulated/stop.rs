//! Ends a host's services as its service manager does.

use protocol::{Event, Signal};

use super::acts::SIGNAL;
use super::daemon::Plan;
use super::process::Purpose;
use super::world::World;
use crate::host::services::Tier;
use crate::journal::{HostState, ProcessEvent};
use crate::rigs::director::Happening;

impl Plan {
    /// When a service manager ends it; `None` for what is no service.
    pub(super) fn tier(&self) -> Option<Tier> {
        match self {
            Self::Driver { killpower: false, .. } => Some(Tier::Drivers),
            Self::Server(_) => Some(Tier::Server),
            Self::Monitor => Some(Tier::Monitor),
            Self::Driver { .. } | Self::Observer(_) | Self::Tool(_) => None,
        }
    }
}

impl World {
    pub(super) fn stop_services(&mut self, host: usize, tier: Tier) {
        for (place, slot) in self.running(host, tier).into_iter().rev().enumerate() {
            let after = SIGNAL * (u32::try_from(place).unwrap_or(0) + 1);
            self.tell_later(slot, after, Event::Signal(Signal::Stop));
            // SIGCONT follows SIGTERM.
            self.hold(slot, false);
        }
        self.look_for_the_end_of(host, tier);
    }

    pub(super) fn kill_services(&mut self, host: usize, tier: Tier) {
        for slot in self.running(host, tier) {
            self.end(slot, ProcessEvent::Killed, false);
        }
    }

    /// Tells the director when the last service of a tier has ended on a host that stops.
    pub(super) fn look_for_the_end_of(&mut self, host: usize, tier: Tier) {
        let stops = self.director.host(host).state() == HostState::Stopping;
        if stops && self.running(host, tier).is_empty() {
            self.report(Happening::ServicesEnded { host, tier });
        }
    }

    fn running(&self, host: usize, tier: Tier) -> Vec<usize> {
        let runs = |slot: &usize| {
            let slot = &self.slots[*slot];
            slot.purpose == Purpose::Service && slot.process.is_some() && slot.plan.tier() == Some(tier)
        };
        self.slots_of(host).filter(runs).collect()
    }
}
