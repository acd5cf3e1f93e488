//! Carries out what the director asks for.

use std::time::Duration;

use protocol::{Event, Signal};

use super::daemon::Plan;
use super::due::Due;
use super::machine::BOOT_ID;
use super::process::{Purpose, index};
use super::world::World;
use crate::host::services::Tier;
use crate::journal::{HostState, ProcessEvent};
use crate::language::action::{HostChange, NetworkFault, ProcessDeed};
use crate::rigs::director::Act;

/// How long a signal takes.
pub(super) const SIGNAL: Duration = Duration::from_micros(100);

/// How long a daemon takes to be ready: a driver reads its whole device before it says so.
const READY: Duration = Duration::from_secs(1);

impl World {
    /// Carries out one act.
    pub(super) fn carry_out_act(&mut self, act: Act) {
        match act {
            Act::Control { ups, control } => self.control(ups, control),
            Act::StartServices { host } => self.start_services(host),
            Act::StopServices { host, tier } => self.stop_services(host, tier),
            Act::KillServices { host, tier } => self.kill_services(host, tier),
            Act::CutProcesses { host, crashed } => self.cut(host, crashed),
            Act::LateHook { host } => self.late_hook(host),
            Act::Process { host, daemon, ups, deed } => self.do_to_daemon(host, &daemon, ups.as_deref(), deed),
            Act::ForceShutdown { host } => self.signal(host, Signal::ForcedShutdown),
            Act::StopMonitor { host } => self.signal(host, Signal::Stop),
            Act::Tool { host, words } => self.run_tool(host, words),
            Act::Network { from, to, fault } => self.change_path(from, to, fault),
            Act::Host { host, change } => self.change_machine(host, change),
            Act::Finish => self.finished = true,
        }
    }

    /// An init system starts a service once the one before it says that it is ready.
    fn start_services(&mut self, host: usize) {
        let machine = &mut self.machines[host];
        machine.is_reachable = true;
        machine.boots += 1;
        let boot = machine.boots;
        machine.files.insert(BOOT_ID.to_owned(), format!("boot-{boot}").into_bytes());
        let slots: Vec<usize> = self.slots_of(host).collect();
        for slot in slots {
            let plan = &self.slots[slot].plan;
            let rank = match (plan.tier(), plan) {
                (Some(Tier::Drivers), _) => 0,
                (Some(Tier::Server), _) => 1,
                (Some(Tier::Monitor), _) | (None, Plan::Observer(_)) => 2,
                (None, _) => continue,
            };
            self.put_down(self.now + READY * rank, Due::Start { slot: index(slot), boot });
        }
    }

    /// A service's turn has come, if its host is still up from that boot.
    pub(super) fn start_in_turn(&mut self, slot: usize, boot: u32) {
        let host = self.slots[slot].host;
        if self.machines[host].boots == boot && self.director.host(host).state() == HostState::Up {
            self.start(slot);
        }
    }

    fn cut(&mut self, host: usize, crashed: bool) {
        let slots: Vec<usize> = self.slots_of(host).collect();
        for slot in slots {
            self.end(slot, ProcessEvent::Killed, crashed);
        }
        self.end_hook(host, crashed);
        self.machines[host].watches.clear();
        self.machines[host].is_reachable = false;
    }

    fn do_to_daemon(&mut self, host: usize, daemon: &str, ups: Option<&str>, deed: ProcessDeed) {
        let is_it = |slot: &super::process::Slot| {
            slot.purpose == Purpose::Service
                && *slot.program == *daemon
                && ups.is_none_or(|ups| slot.ups.as_deref() == Some(ups))
        };
        let slots: Vec<usize> = self.slots_of(host).filter(|slot| is_it(&self.slots[*slot])).collect();
        let name = &self.machines[host].name;
        if slots.is_empty() {
            return self.warn(format!("{name} has no {daemon}"));
        }
        let is_up = self.director.host(host).state() == HostState::Up;
        for slot in slots {
            match deed {
                ProcessDeed::Kill => self.end(slot, ProcessEvent::Killed, false),
                ProcessDeed::Stop => self.hold(slot, true),
                ProcessDeed::Continue => self.hold(slot, false),
                ProcessDeed::Reload => self.reload(slot),
                ProcessDeed::Start if is_up => self.start(slot),
                ProcessDeed::Restart if is_up => {
                    self.end(slot, ProcessEvent::Exited { status: 0 }, false);
                    self.start(slot);
                }
                ProcessDeed::Start | ProcessDeed::Restart => {}
            }
        }
    }

    fn run_tool(&mut self, host: usize, words: Vec<String>) {
        let program = words.first().and_then(|word| word.rsplit('/').next()).unwrap_or_default().to_owned();
        let slot = self.slots.len();
        self.slots.push(super::process::Slot::new(host, &program, None, Purpose::Tool, Plan::Tool(words)));
        self.start(slot);
    }

    fn signal(&mut self, host: usize, signal: Signal) {
        let monitor = self.slots_of(host).find(|slot| *self.slots[*slot].program == *"upsmon");
        match monitor.filter(|slot| self.slots[*slot].process.is_some()) {
            Some(slot) => self.tell_later(slot, SIGNAL, Event::Signal(signal)),
            None => self.warn(format!("no upsmon runs on {} to be told", self.machines[host].name)),
        }
    }

    fn change_path(&mut self, from: usize, to: usize, fault: NetworkFault) {
        match fault {
            NetworkFault::Healthy => {
                self.network.heal(from, to);
                self.machines[from].is_nameless = false;
            }
            NetworkFault::Drop(share) => self.network.set_drop(from, to, share.0.saturating_mul(1000)),
            NetworkFault::Delay(delay) => self.network.set_delay(from, to, delay),
            NetworkFault::SlowReader(rate) => self.network.set_rate(from, to, rate),
            NetworkFault::HalfOpen => self.half_open(from, to),
            NetworkFault::NoNames => self.machines[from].is_nameless = true,
        }
    }

    fn change_machine(&mut self, host: usize, change: HostChange) {
        match change {
            HostChange::Disk(disk) => self.machines[host].disk = disk,
            HostChange::Suspended => {
                let slots: Vec<usize> = self.slots_of(host).collect();
                for slot in slots {
                    self.hold(slot, true);
                }
            }
            // Engines see no wall clock, need no memory worth a limit, and start no processes of
            // their own here; the others are the director's.
            HostChange::ClockStep(_)
            | HostChange::MemoryLimit(_)
            | HostChange::ProcessLimit(_)
            | HostChange::ShutdownCommand(_)
            | HostChange::StopsIn(_)
            | HostChange::PowerButton => {}
        }
    }
}
