//! Everything there is in a simulated run, and its clock.
//!
//! One [`Agenda`] drives it: the loop takes the next thing, sets the clock to its time, lets the
//! engine or the director that it concerns act, and carries out what they ask for. Nothing an
//! engine asks for reaches another engine at the same instant: every link and every job takes time.
//!
//! Ids are indices: a machine's index is its host's in the scenario, a port's is its UPS's.

use protocol::{Engine, Instant};

use super::agenda::Agenda;
use super::alarms::Alarms;
use super::chance::Chance;
use super::due::Due;
use super::late::Hook;
use super::links::Link;
use super::machine::Machine;
use super::network::Network;
use super::port::Port;
use super::process::Slot;
use crate::journal::{Ending, Record, What};
use crate::rigs::director::{Director, Happening};
use crate::rigs::tap::Learnt;

/// So much can happen at one microsecond; an engine whose deadline stays in the past would go on for ever.
const MOST_AT_ONCE: u32 = 100_000;

/// The simulated world.
#[derive(Debug)]
pub struct World {
    pub(super) now: Instant,
    agenda: Agenda<Due>,
    alarms: Alarms,
    pub(super) director: Director,
    pub(super) machines: Vec<Machine>,
    pub(super) slots: Vec<Slot>,
    pub(super) ports: Vec<Port>,
    pub(super) links: Vec<Link>,
    pub(super) network: Network,
    /// What the world leaves open.
    pub(super) chance: Chance,
    pub(super) learnt: Learnt,
    /// The late shutdown hook of each host.
    pub(super) hooks: Vec<Hook>,
    pub(super) all_wires: bool,
    pub(super) heard: Vec<What>,
    /// Buffers of frames that have arrived, for those to come.
    pub(super) spare: Vec<Vec<u8>>,
    pub(super) finished: bool,
    pub(super) events: u64,
    moved_at: Instant,
    at_once: u32,
    director_heard: bool,
}

/// What a world is made of.
pub struct Parts {
    /// The director.
    pub director: Director,
    /// The hosts.
    pub machines: Vec<Machine>,
    /// Every daemon that any host could run.
    pub slots: Vec<Slot>,
    /// The UPSes.
    pub ports: Vec<Port>,
    /// What chances are drawn from.
    pub seed: u64,
    /// Write every line of every wire down, not only what is new.
    pub all_wires: bool,
}

impl World {
    /// A world at its start.
    #[must_use]
    pub fn new(parts: Parts) -> Self {
        let Parts { director, machines, slots, ports, seed, all_wires } = parts;
        let mut world = Self {
            now: Instant::START,
            agenda: Agenda::new(),
            alarms: Alarms::new(),
            director,
            network: Network::new(machines.len(), seed),
            chance: Chance::new(seed),
            hooks: machines.iter().map(|_| Hook::default()).collect(),
            machines,
            slots,
            ports,
            links: Vec::new(),
            learnt: Learnt::default(),
            all_wires,
            heard: Vec::new(),
            spare: Vec::new(),
            finished: false,
            events: 0,
            moved_at: Instant::START,
            at_once: 0,
            director_heard: true,
        };
        for ups in 0..world.ports.len() {
            world.drain_port(ups);
        }
        world.follow_director();
        world
    }

    /// Runs to the end: the journal, and how many events it took.
    #[must_use]
    pub fn run(mut self) -> (Vec<Record>, u64) {
        while !self.finished && self.go_on() {
            self.events += 1;
            self.mind_the_clock();
            if self.director_heard {
                self.follow_director();
            }
        }
        (self.director.into_journal(), self.events)
    }

    /// Lets the next thing happen: of what is due at the same microsecond, the one that chance puts first.
    fn go_on(&mut self) -> bool {
        let alarm = self.alarms.first();
        match self.agenda.next() {
            Some(next) if alarm.is_none_or(|alarm| next <= alarm) => {
                let Some((at, due)) = self.agenda.pop() else { return false };
                self.now = at;
                self.happen(due);
            }
            _ => {
                let Some((at, _)) = alarm else { return false };
                self.now = at;
                self.ring(self.alarms.whose());
            }
        }
        true
    }

    /// Puts something down for `at`.
    pub(super) fn put_down(&mut self, at: Instant, due: Due) {
        let rank = self.chance.rank(due.lane(), at);
        self.agenda.push((at, rank), due);
    }

    /// Ends a run whose clock stands still: somebody asks for one microsecond again and again.
    fn mind_the_clock(&mut self) {
        if self.now > self.moved_at {
            (self.moved_at, self.at_once) = (self.now, 0);
        }
        self.at_once += 1;
        if self.at_once == MOST_AT_ONCE {
            let whose = self.alarms.whose().checked_sub(1 + self.ports.len()).and_then(|slot| self.slots.get(slot));
            let whose = whose.map_or_else(String::new, |slot| {
                format!(": {} on {} asks for it again and again", slot.program, self.machines[slot.host].name)
            });
            self.warn(format!("the clock stands still after {MOST_AT_ONCE} events at one microsecond{whose}"));
            self.director.finish(Ending::Broken, self.now);
        }
    }

    fn ring(&mut self, number: usize) {
        let slots = 1 + self.ports.len();
        match number {
            0 => {
                self.director.handle_timeout(self.now);
                self.director_heard = true;
            }
            port if port < slots => self.wake_port(port - 1),
            slot => self.wake(slot - slots),
        }
    }

    /// Puts down when an engine wants to be asked again.
    pub(super) fn set_alarm(&mut self, slot: usize, at: Option<Instant>) {
        self.alarms.set(1 + self.ports.len() + slot, at, &self.chance);
    }

    /// Puts down when a UPS wants to be asked again.
    pub(super) fn set_port_alarm(&mut self, ups: usize, at: Option<Instant>) {
        self.alarms.set(1 + ups, at, &self.chance);
    }

    fn happen(&mut self, due: Due) {
        match due {
            Due::Arrive { link, side, segment } => self.arrive(link, side, segment),
            Due::Tell { slot, generation, news } => self.tell(slot as usize, generation, *news),
            Due::Connect(attempt) => self.connect(attempt),
            Due::Opened { slot, generation, link, number } => self.opened(slot as usize, generation, link, number),
            Due::OpenFailed { attempt, error } => self.open_failed(&attempt, error),
            Due::ReadOn { link, side } => self.read_on(link, side),
            Due::Resend { link, side } => self.resend(link, side),
            Due::Drained { link, side } => self.drained(link, side),
            Due::Start { slot, boot } => self.start_in_turn(slot as usize, boot),
            Due::EndCommand { slot, generation, number } => {
                if self.slots[slot as usize].runs(generation) {
                    self.director.killed(number, self.now);
                    self.director_heard = true;
                }
            }
            Due::GiveUp { slot, generation } => self.give_up(slot as usize, generation),
            Due::StartLate { host, boot } => self.start_late(host as usize, boot),
            Due::LateHookDone { host } => self.late_hook_done(host as usize),
        }
    }

    /// Tells the director something. What it asks for is carried out when the engine at work is done.
    pub(super) fn report(&mut self, happening: Happening) {
        self.director.handle(happening, self.now);
        self.director_heard = true;
    }

    /// Writes something down.
    pub(super) fn see(&mut self, what: What) {
        self.director.record(what, self.now);
        self.director_heard = true;
    }

    /// Lets the main loop know that the director took something in.
    pub(super) fn director_was_heard(&mut self) {
        self.director_heard = true;
    }

    /// Writes a warning down, once for each text.
    pub(super) fn warn(&mut self, text: String) {
        self.director.warn(text, self.now);
        self.director_heard = true;
    }

    /// Carries out what the director asks for, and puts its next deadline down.
    fn follow_director(&mut self) {
        self.director_heard = false;
        while let Some(act) = self.director.poll_output() {
            self.carry_out_act(act);
        }
        let at = self.director.poll_timeout().map(|at| at.max(self.now));
        self.alarms.set(0, at, &self.chance);
    }
}
