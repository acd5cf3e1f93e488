//! The late shutdown hook: `upsmon -K && upsdrvctl shutdown`, with the drivers' real kill mode.
//!
//! The load is cut by the real path: each driver of `ups.conf` is started with `-k`, opens the
//! device on the bus, and writes what makes it count down. What fails is tried as often as
//! `ups.conf` says, as `upsdrvctl` does.

use std::time::Duration;

use driver::hook;
use driver::upsdrvctl::entries;
use monitor::power_down_flag::Flag;
use protocol::conf::ups_conf::UpsConf;
use protocol::diagnostic::Source;
use protocol::names;

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

impl World {
    pub(super) fn late_hook(&mut self, host: usize) {
        self.late_began[host] = self.now;
        let machine = &self.machines[host];
        let asked = machine.flag.as_ref().and_then(|flag| machine.files.get(flag));
        let is_set = asked.is_some_and(|contents| Flag::from_contents(contents) == Flag::Set);
        let mut drivers = self.late_drivers(host);
        if drivers.is_empty() {
            return self.late_done_in(host, BRIEF);
        }
        self.show_hook(host);
        if !is_set {
            drivers.clear();
        }
        self.late[host].extend(drivers);
        self.late_status[host] = i32::from(!is_set);
        self.next_late_driver(host);
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
        let Some(LateDriver { slot, longest, .. }) = self.late[host].front().copied() else {
            let name = self.machines[host].name.clone();
            let (role, command) = (CommandRole::LateShutdown, COMMAND.to_owned());
            let status = Some(self.late_status[host]);
            self.see(What::Ended { host: name, role, command, status });
            return self.late_done_in(host, BRIEF);
        };
        self.start(slot);
        if self.slots[slot].process.is_none() {
            self.late[host].pop_front();
            self.late_status[host] = 1;
            return self.next_late_driver(host);
        }
        let generation = self.slots[slot].generation;
        self.agenda.push(self.now + longest, Due::GiveUp { slot: index(slot), generation });
    }

    /// A driver has ended; it is tried again, or the next one of a hook starts.
    pub(super) fn late_driver_ended(&mut self, slot: usize, code: u8) {
        let host = self.slots[slot].host;
        let Some(driver) = self.late[host].front_mut().filter(|driver| driver.slot == slot) else { return };
        driver.attempts -= 1;
        let elapsed = self.now - self.late_began[host];
        let left = hook::next_attempt(elapsed, driver.retry_delay, poweroff_wait(&self.machines[host].files));
        if code != 0
            && driver.attempts > 0
            && let Some(left) = left
        {
            driver.longest = driver.longest.min(left);
            let (again, boot) = (self.now + driver.retry_delay, self.machines[host].boots);
            return self.agenda.push(again, Due::RetryLate { host: index(host), boot });
        }
        self.late[host].pop_front();
        // One load that stays on makes `upsdrvctl shutdown` fail.
        self.late_status[host] |= i32::from(code != 0);
        self.next_late_driver(host);
    }

    pub(super) fn retry_late(&mut self, host: usize, boot: u32) {
        // A host that has lost its power since, or has booted again, has nothing left to try.
        if self.machines[host].boots == boot && !self.late[host].is_empty() {
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
        self.report(Happening::LateHookDone { host });
    }

    fn late_done_in(&mut self, host: usize, after: Duration) {
        self.agenda.push(self.now + after, Due::LateHookDone { host: index(host) });
    }

    fn show_hook(&mut self, host: usize) {
        let (host, role) = (self.machines[host].name.clone(), CommandRole::LateShutdown);
        self.see(What::Ran { host, role, by: "late-shutdown".into(), command: COMMAND.to_owned() });
    }
}
