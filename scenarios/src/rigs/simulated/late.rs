//! The late shutdown hook: `upsmon -K && upsdrvctl shutdown`, with the drivers' real kill mode.
//!
//! The load is cut by the real path: each driver of `ups.conf` is started with `-k`, opens the
//! device on the bus, and writes what makes it count down.

use std::time::Duration;

use monitor::power_down_flag::Flag;

use super::process::{Purpose, index};
use super::world::{Due, World};
use crate::journal::{CommandRole, ProcessEvent, What};
use crate::rigs::director::Happening;

/// `upsmon -K` and the shell around it.
const BRIEF: Duration = Duration::from_millis(20);
/// upsdrvctl(8): a driver that is not done after `maxstartdelay` is given up.
const LONGEST: Duration = Duration::from_secs(75);
/// The hook, as an init system's script has it.
const COMMAND: &str = "upsmon -K && upsdrvctl shutdown";

impl World {
    pub(super) fn late_hook(&mut self, host: usize) {
        self.kill_what_is_left(host);
        let machine = &self.machines[host];
        let asked = machine.flag.as_ref().and_then(|flag| machine.files.get(flag));
        let is_set = asked.is_some_and(|contents| Flag::from_contents(contents) == Flag::Set);
        let mut drivers: Vec<usize> =
            self.slots_of(host).filter(|slot| self.slots[*slot].purpose == Purpose::LateShutdown).collect();
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

    /// An init system runs the hook when no process is left: what did not obey SIGTERM has been killed.
    fn kill_what_is_left(&mut self, host: usize) {
        let left: Vec<usize> =
            self.slots_of(host).filter(|slot| self.slots[*slot].purpose == Purpose::Service).collect();
        for slot in left {
            self.end(slot, ProcessEvent::Killed, false);
        }
    }

    fn next_late_driver(&mut self, host: usize) {
        let Some(slot) = self.late[host].front().copied() else {
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
        self.agenda.push(self.now + LONGEST, Due::GiveUp { slot: index(slot), generation });
    }

    /// A driver has ended; the next one of a hook starts.
    pub(super) fn late_driver_ended(&mut self, slot: usize, code: u8) {
        let host = self.slots[slot].host;
        if self.late[host].front() == Some(&slot) {
            self.late[host].pop_front();
            // One load that stays on makes `upsdrvctl shutdown` fail.
            self.late_status[host] |= i32::from(code != 0);
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
