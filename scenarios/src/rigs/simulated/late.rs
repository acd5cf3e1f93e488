//! The late shutdown hook: `upsmon -K && upsdrvctl shutdown`, with the drivers' real kill mode.
//!
//! The load is cut by the real path: each driver of `ups.conf` is started with `-k`, opens the
//! device on the bus, and writes what makes it count down. Whose turn it is `upsdrvctl`'s own engine says.

use std::time::Duration;

use driver::upsdrvctl::entries;
use driver::upsdrvctl::turns::{GRACE, Load, Outcome, Turns};
use monitor::power_down_flag::Flag;
use protocol::conf::ups_conf::UpsConf;
use protocol::diagnostic::Source;
use protocol::{Instant, names};

use super::daemon::{Plan, is_left_alone, poweroff_wait};
use super::due::Due;
use super::machine::CONFIGURATION;
use super::process::{Purpose, index};
use super::world::World;
use crate::journal::{CommandRole, ProcessEvent, What};
use crate::rigs::director::Happening;

/// `upsmon -K` and the shell around it.
const BRIEF: Duration = Duration::from_millis(20);
/// The hook, as an init system's script has it.
const COMMAND: &str = "upsmon -K && upsdrvctl shutdown";

/// A driver of a late shutdown.
#[derive(Debug, Clone, Copy)]
struct LateDriver {
    slot: usize,
    /// How long a run of it may take, but for [`GRACE`].
    longest: Duration,
}

/// The late shutdown hook of a host.
#[derive(Debug, Default)]
pub struct Hook {
    began: Instant,
    drivers: Vec<LateDriver>,
    /// Whose turn it is; `None` where there is nothing to be told.
    turns: Option<Turns>,
    /// The driver that is to run, or runs, and since when.
    current: Option<(LateDriver, Instant)>,
    /// The power-down flag was there.
    expects_cut: bool,
}

impl World {
    pub(super) fn late_hook(&mut self, host: usize) {
        let machine = &self.machines[host];
        let asked = machine.flag.as_ref().and_then(|flag| machine.files.get(flag));
        let is_set = asked.is_some_and(|contents| Flag::from_contents(contents) == Flag::Set);
        let (drivers, loads): (Vec<_>, Vec<_>) = self.late_drivers(host).into_iter().unzip();
        // A host without drivers has no `upsdrvctl` either, and its hook does nothing.
        let is_idle = !self.slots_of(host).any(|slot| self.slots[slot].purpose == Purpose::LateShutdown);
        let expects_cut = is_set && !is_idle;
        let turns = expects_cut.then(|| Turns::new(loads, poweroff_wait(&self.machines[host].files)));
        self.hooks[host] = Hook { began: self.now, drivers, turns, current: None, expects_cut };
        if is_idle {
            return self.late_done_in(host, BRIEF);
        }
        self.show_hook(host);
        self.next_late_driver(host);
    }

    /// Whatever ran on a host has ended with it; the hook's drivers as well, where it was not done.
    pub(super) fn end_hook(&mut self, host: usize, crashed: bool) {
        let was_busy = self.hooks[host].current.take().is_some();
        if was_busy && !crashed {
            self.show_end_of_hook(host, None);
        }
    }

    /// What `upsdrvctl` would read of these drivers, in their order.
    fn late_drivers(&self, host: usize) -> Vec<(LateDriver, Load)> {
        let text = self.machines[host].files.get(&format!("{CONFIGURATION}/ups.conf")).map_or(&[][..], Vec::as_slice);
        let (entries, _) = entries::of(&UpsConf::salvage(&Source::new("ups.conf", text)).0);
        let late = self.slots_of(host).filter(|slot| self.slots[*slot].purpose == Purpose::LateShutdown);
        let driver = |slot: usize| {
            let ups = self.slots[slot].ups.as_ref().filter(|ups| !is_left_alone(&self.machines[host].files, ups))?;
            let entry = entries.iter().find(|entry| names::same(&entry.ups, ups))?;
            let load = Load { attempts: entry.attempts, retry_delay: entry.retry_delay };
            Some((LateDriver { slot, longest: entry.shutdown_limit }, load))
        };
        late.filter_map(driver).collect()
    }

    fn next_late_driver(&mut self, host: usize) {
        let Hook { began, drivers, turns, current, .. } = &mut self.hooks[host];
        let elapsed = self.now - *began;
        let Some(turn) = turns.as_mut().and_then(|turns| turns.next(elapsed)) else {
            let all_told = turns.as_ref().is_some_and(Turns::all_told);
            self.show_end_of_hook(host, Some(i32::from(!all_told)));
            return self.late_done_in(host, BRIEF);
        };
        let mut driver = drivers[turn.load];
        driver.longest = driver.longest.min(turn.limit);
        let at = self.now + turn.pause;
        *current = Some((driver, at));
        if let Plan::Driver { patience, .. } = &mut self.slots[driver.slot].plan {
            *patience = Some(turn.patience.min(driver.longest));
        }
        if turn.pause.is_zero() {
            return self.start_late_driver(host);
        }
        self.put_down(at, Due::StartLate { host: index(host), boot: self.machines[host].boots });
    }

    fn start_late_driver(&mut self, host: usize) {
        let Some((LateDriver { slot, longest }, _)) = self.hooks[host].current else { return };
        self.start(slot);
        if self.slots[slot].process.is_none() {
            return self.late_driver_over(host, Outcome::NoProgram);
        }
        let generation = self.slots[slot].generation;
        self.put_down(self.now + longest + GRACE, Due::GiveUp { slot: index(slot), generation });
    }

    /// A driver has ended.
    pub(super) fn late_driver_ended(&mut self, slot: usize, code: u8) {
        let host = self.slots[slot].host;
        if self.hooks[host].current.is_some_and(|(driver, _)| driver.slot == slot) {
            self.late_driver_over(host, if code == 0 { Outcome::Told } else { Outcome::Failed });
        }
    }

    fn late_driver_over(&mut self, host: usize, outcome: Outcome) {
        let Hook { began, turns, current, .. } = &mut self.hooks[host];
        let Some((_, since)) = current.take() else { return };
        if let Some(turns) = turns {
            turns.ended(outcome, self.now - since, self.now - *began);
        }
        self.next_late_driver(host);
    }

    pub(super) fn start_late(&mut self, host: usize, boot: u32) {
        // A host that has lost its power since, or has booted again, has nothing left to try.
        if self.machines[host].boots == boot {
            self.start_late_driver(host);
        }
    }

    pub(super) fn give_up(&mut self, slot: usize, generation: u32) {
        if self.slots[slot].runs(generation) {
            self.end(slot, ProcessEvent::Killed, false);
            self.late_driver_over(self.slots[slot].host, Outcome::Late);
        }
    }

    pub(super) fn late_hook_done(&mut self, host: usize) {
        let expects_cut = self.hooks[host].expects_cut;
        self.report(Happening::LateHookDone { host, expects_cut });
    }

    fn late_done_in(&mut self, host: usize, after: Duration) {
        self.put_down(self.now + after, Due::LateHookDone { host: index(host) });
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
