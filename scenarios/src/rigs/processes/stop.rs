//! Ends a host's services as its service manager does.

use nix::sys::signal::Signal;

use super::rig::Rig;
use super::slots::{Purpose, Slot, Startup};
use crate::host::services::Tier;
use crate::journal::HostState;
use crate::rigs::director::Happening;

impl Purpose {
    /// When a service manager ends it; `None` for what is no service.
    fn tier(&self) -> Option<Tier> {
        match self {
            Self::Driver { .. } => Some(Tier::Drivers),
            Self::Server => Some(Tier::Server),
            Self::Monitor => Some(Tier::Monitor),
            Self::Emulator { .. } => None,
        }
    }
}

impl Rig {
    pub(super) fn stop_services(&mut self, host: usize, tier: Tier) {
        self.startups[host] = Startup::default();
        // SIGCONT follows SIGTERM.
        self.signal_tier(host, tier, &[Signal::SIGTERM, Signal::SIGCONT]);
        self.look_for_the_end_of(host, tier);
    }

    pub(super) fn kill_services(&mut self, host: usize, tier: Tier) {
        self.signal_tier(host, tier, &[Signal::SIGKILL]);
    }

    /// Sends a signal to every service of a host.
    pub(super) fn signal_all(&mut self, host: usize, signal: Signal) {
        self.startups[host] = Startup::default();
        for tier in [Tier::Monitor, Tier::Server, Tier::Drivers] {
            self.signal_tier(host, tier, &[signal]);
        }
    }

    /// A service has ended: tells the director when it was the last of its tier on a host that stops.
    pub(super) fn service_ended(&mut self, slot: usize) {
        if let Some(tier) = self.slots[slot].purpose.tier() {
            self.look_for_the_end_of(self.slots[slot].host, tier);
        }
    }

    fn look_for_the_end_of(&mut self, host: usize, tier: Tier) {
        let stops = self.director.host(host).state() == HostState::Stopping;
        if stops && self.running(host, tier).next().is_none() {
            self.report(Happening::ServicesEnded { host, tier });
        }
    }

    fn signal_tier(&self, host: usize, tier: Tier, signals: &[Signal]) {
        for child in self.running(host, tier).filter_map(|slot| slot.child.as_ref()) {
            signals.iter().for_each(|signal| child.signal(*signal));
        }
    }

    fn running(&self, host: usize, tier: Tier) -> impl Iterator<Item = &Slot> {
        let is_of = move |slot: &&Slot| slot.host == host && slot.purpose.tier() == Some(tier);
        self.slots.iter().filter(is_of).filter(|slot| slot.child.is_some())
    }
}
