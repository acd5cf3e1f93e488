//! The late shutdown hook: `upsmon -K && upsdrvctl shutdown`, with the drivers' real kill mode.
//!
//! The load is cut by the real path: each driver of `ups.conf` is started with `-k`, opens the
//! device on the bus, and writes what makes it count down. What fails is tried as often as
//! `ups.conf` says, as `upsdrvctl` does.

use std::collections::VecDeque;
use std::time::Duration;

use driver::hook;
use driver::upsdrvctl::entries;
use monitor::power_down_flag::Flag;
use protocol::conf::ups_conf::UpsConf;
use protocol::diagnostic::Source;
use protocol::{Instant, names};

use super::daemon::poweroff_wait;
use super::machine::CONFIGURATION;
use super::process::{Purpose, index};
use super::world::{Due, World};
use crate::journal::{CommandRole, ProcessEvent, What};
use crate::rigs::director::Happening;

/// `upsmon -K` and the shell around it.
const BRIEF: Duration = Duration::from_millis(20);
/// The hook, as an init system's script has it.
const COMMAND: &str = "upsmon -K && upsdrvctl shutdown";

/// A driver that a hook has still to be done with.
#[derive(Debug, Clone, Copy)]
pub struct LateDriver {
    slot: usize,
    /// How often it is tried yet.
    attempts: u32,
    /// How long after a failure.
    retry_delay: Duration,
    /// How long each may take.
    longest: Duration,
}

/// The late shutdown hook of a host.
#[derive(Debug, Default)]
pub struct Hook {
    began: Instant,
    /// The drivers that it has still to be done with.
    drivers: VecDeque<LateDriver>,
    /// How it will end.
    status: i32,
    /// The power-down flag was there.
    expects_cut: bool,
}

impl World {
    pub(super) fn late_hook(&mut self, host: usize) {
        let machine = &self.machines[host];
        let asked = machine.flag.as_ref().and_then(|flag| machine.files.get(flag));
        let is_set = asked.is_some_and(|contents| Flag::from_contents(contents) == Flag::Set);
        let mut drivers = self.late_drivers(host);
        // A host without drivers has no `upsdrvctl` either, and its hook does nothing.
        let expects_cut = is_set && !drivers.is_empty();
        self.hooks[host] = Hook { began: self.now, status: i32::from(!is_set), expects_cut, ..Hook::default() };
        if drivers.is_empty() {
            return self.late_done_in(host, BRIEF);
        }
        self.show_hook(host);
        if !is_set {
            drivers.clear();
        }
        self.hooks[host].drivers.extend(drivers);
        self.next_late_driver(host);
    }

    /// Whatever ran on a host has ended with it; the hook's drivers as well, where it was not done.
    pub(super) fn end_hook(&mut self, host: usize, crashed: bool) {
        let was_busy = !std::mem::take(&mut self.hooks[host].drivers).is_empty();
        if was_busy && !crashed {
            self.show_end_of_hook(host, None);
        }
    }

    /// What `upsdrvctl` would read of these drivers, in their order.
    fn late_drivers(&self, host: usize) -> Vec<LateDriver> {
        let text = self.machines[host].files.get(&format!("{CONFIGURATION}/ups.conf")).map_or(&[][..], Vec::as_slice);
        let (entries, _) = entries::of(&UpsConf::salvage(&Source::new("ups.conf", text)).0);
        let late = self.slots_of(host).filter(|slot| self.slots[*slot].purpose == Purpose::LateShutdown);
        let driver = |slot: usize| {
            let ups = self.slots[slot].ups.as_ref()?;
            let entry = entries.iter().find(|entry| names::same(&entry.ups, ups))?;
            let (attempts, retry_delay, longest) = (entry.attempts.max(1), entry.retry_delay, entry.shutdown_limit);
            Some(LateDriver { slot, attempts, retry_delay, longest })
        };
        late.filter_map(driver).collect()
    }

    fn next_late_driver(&mut self, host: usize) {
        let Some(LateDriver { slot, longest, .. }) = self.hooks[host].drivers.front().copied() else {
            self.show_end_of_hook(host, Some(self.hooks[host].status));
            return self.late_done_in(host, BRIEF);
        };
        self.start(slot);
        if self.slots[slot].process.is_none() {
            self.hooks[host].drivers.pop_front();
            self.hooks[host].status = 1;
            return self.next_late_driver(host);
        }
        let generation = self.slots[slot].generation;
        self.agenda.push(self.now + longest, Due::GiveUp { slot: index(slot), generation });
    }

    /// A driver has ended; it is tried again, or the next one of a hook starts.
    pub(super) fn late_driver_ended(&mut self, slot: usize, code: u8) {
        let host = self.slots[slot].host;
        let Hook { began, drivers, .. } = &mut self.hooks[host];
        let Some(driver) = drivers.front_mut().filter(|driver| driver.slot == slot) else { return };
        driver.attempts -= 1;
        let elapsed = self.now - *began;
        let left = hook::next_attempt(elapsed, driver.retry_delay, poweroff_wait(&self.machines[host].files));
        if code != 0
            && driver.attempts > 0
            && let Some(left) = left
        {
            driver.longest = driver.longest.min(left);
            let (again, boot) = (self.now + driver.retry_delay, self.machines[host].boots);
            return self.agenda.push(again, Due::RetryLate { host: index(host), boot });
        }
        self.hooks[host].drivers.pop_front();
        // One load that stays on makes `upsdrvctl shutdown` fail.
        self.hooks[host].status |= i32::from(code != 0);
        self.next_late_driver(host);
    }

    pub(super) fn retry_late(&mut self, host: usize, boot: u32) {
        // A host that has lost its power since, or has booted again, has nothing left to try.
        if self.machines[host].boots == boot && !self.hooks[host].drivers.is_empty() {
            self.next_late_driver(host);
        }
    }

    pub(super) fn give_up(&mut self, slot: usize, generation: u32) {
        if self.slots[slot].runs(generation) {
            self.end(slot, ProcessEvent::Killed, false);
            self.late_driver_ended(slot, 1);
        }
    }

    pub(super) fn late_hook_done(&mut self, host: usize) {
        let expects_cut = self.hooks[host].expects_cut;
        self.report(Happening::LateHookDone { host, expects_cut });
    }

    fn late_done_in(&mut self, host: usize, after: Duration) {
        self.agenda.push(self.now + after, Due::LateHookDone { host: index(host) });
    }

    fn show_hook(&mut self, host: usize) {
        let (host, role) = (self.machines[host].name.clone(), CommandRole::LateShutdown);
        self.see(What::Ran { host, role, by: "late-shutdown".into(), command: COMMAND.to_owned() });
    }

    fn show_end_of_hook(&mut self, host: usize, status: Option<i32>) {
        let (host, role) = (self.machines[host].name.clone(), CommandRole::LateShutdown);
        self.see(What::Ended { host, role, command: COMMAND.to_owned(), status });
    }
}
