//! The daemons of a run: where each could run, and the engine that runs there now.

use std::time::Duration;

use protocol::{Instant, LinkId};

use super::daemon::{Daemon, Plan};
use super::due::{Due, News};
use super::inbox::Inbox;
use super::world::World;
use crate::journal::{Name, ProcessEvent, What};

/// What a slot is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// A daemon that the host's configuration implies.
    Service,
    /// A driver in its kill mode, for the late shutdown hook.
    LateShutdown,
    /// The rig's own client; in no journal.
    Observer,
    /// A tool that somebody runs.
    Tool,
}

/// A place where one daemon runs, ran, or will run.
#[derive(Debug)]
pub struct Slot {
    /// The machine.
    pub host: usize,
    /// The program's name.
    pub program: Name,
    /// The UPS, for a driver.
    pub ups: Option<Name>,
    /// What it is for.
    pub purpose: Purpose,
    /// What it is made from.
    pub plan: Plan,
    /// Counts starts, so that what was meant for an earlier process does not reach a later one.
    pub generation: u32,
    /// What runs there.
    pub process: Option<Process>,
}

/// A running engine.
#[derive(Debug)]
pub struct Process {
    /// The engine.
    pub daemon: Daemon,
    /// When it started: its own clock's zero.
    pub started: Instant,
    /// SIGSTOP: it takes nothing in and does nothing.
    pub stopped: bool,
    inbox: Inbox,
    /// Connections that it asked for and that are not there yet, each with the number of its request.
    opening: Vec<(LinkId, u32)>,
    requests: u32,
    /// Links that it opened, and links that it accepted, by their numbers.
    pub opened: Vec<Option<u32>>,
    /// See `opened`.
    pub accepted: Vec<Option<u32>>,
}

impl Slot {
    /// A slot where nothing runs yet.
    #[must_use]
    pub fn new(host: usize, program: &str, ups: Option<&str>, purpose: Purpose, plan: Plan) -> Self {
        let ups = ups.map(Name::from);
        Self { host, program: program.into(), ups, purpose, plan, generation: 0, process: None }
    }

    /// Whether this generation still runs.
    #[must_use]
    pub fn runs(&self, generation: u32) -> bool {
        self.generation == generation && self.process.is_some()
    }
}

impl Process {
    /// The index of the link that the engine calls `link`.
    #[must_use]
    pub fn link(&self, link: LinkId) -> Option<u32> {
        let table = if link.is_accepted() { &self.accepted } else { &self.opened };
        table.get(link.number() as usize).copied().flatten()
    }

    /// Remembers, or forgets, what the engine's `link` is.
    pub fn set_link(&mut self, link: LinkId, index: Option<u32>) {
        let table = if link.is_accepted() { &mut self.accepted } else { &mut self.opened };
        let place = link.number() as usize;
        if table.len() <= place {
            table.resize(place + 1, None);
        }
        table[place] = index;
    }

    /// Notes that the engine asks for a connection: the number of the request.
    pub fn begin_opening(&mut self, link: LinkId) -> u32 {
        self.forget_opening(link);
        self.requests += 1;
        self.opening.push((link, self.requests));
        self.requests
    }

    /// The engine does not want that connection any more.
    pub fn forget_opening(&mut self, link: LinkId) {
        self.opening.retain(|(other, _)| *other != link);
    }

    /// Whether that very request still stands.
    #[must_use]
    pub fn is_opening(&self, link: LinkId, request: u32) -> bool {
        self.opening.contains(&(link, request))
    }

    fn clock(&self, now: Instant) -> Instant {
        Instant::from_micros(now.as_micros().saturating_sub(self.started.as_micros()))
    }

    fn world_time(&self, at: Instant) -> Instant {
        Instant::from_micros(self.started.as_micros().saturating_add(at.as_micros()))
    }
}

impl World {
    /// Starts a daemon, unless it runs already.
    pub(super) fn start(&mut self, slot: usize) {
        if self.slots[slot].process.is_some() {
            return;
        }
        let place = &self.slots[slot];
        let files = &self.machines[place.host].files;
        match Daemon::start(&place.plan, files, place.generation) {
            Ok(daemon) => {
                let place = &mut self.slots[slot];
                place.generation += 1;
                place.process = Some(Process {
                    daemon,
                    started: self.now,
                    stopped: false,
                    inbox: Inbox::default(),
                    opening: Vec::new(),
                    requests: 0,
                    opened: Vec::new(),
                    accepted: Vec::new(),
                });
                self.show_process(slot, ProcessEvent::Started);
                self.drain(slot);
            }
            Err(error) => {
                let (host, program) = (&self.machines[place.host].name, &place.program);
                let text = format!("{program} on {host} does not start: {error}");
                self.warn(text);
            }
        }
    }

    /// Ends a daemon: its peers see its links end, unless the whole machine went dark.
    pub(super) fn end(&mut self, slot: usize, event: ProcessEvent, silently: bool) {
        let Some(process) = self.slots[slot].process.take() else { return };
        self.set_alarm(slot, None);
        self.show_process(slot, event);
        // The kernel closes them in no order that anybody may count on.
        let mut links: Vec<u32> = process.opened.iter().chain(&process.accepted).copied().flatten().collect();
        self.chance.shuffle(&mut links);
        for link in links {
            self.drop_end(link, slot, silently);
        }
        if let Some(tier) = self.slots[slot].plan.tier() {
            self.look_for_the_end_of(self.slots[slot].host, tier);
        }
    }

    /// SIGSTOP or SIGCONT.
    pub(super) fn hold(&mut self, slot: usize, stopped: bool) {
        let Some(process) = &mut self.slots[slot].process else { return };
        if process.stopped == stopped {
            return;
        }
        process.stopped = stopped;
        let waiting = process.inbox.take(&mut self.chance);
        self.show_process(slot, if stopped { ProcessEvent::Stopped } else { ProcessEvent::Continued });
        if self.chance.coin() {
            self.wake(slot);
        }
        let generation = self.slots[slot].generation;
        for news in waiting {
            self.tell(slot, generation, news);
            self.wake(slot);
        }
        self.wake(slot);
    }

    /// Hands news to an engine.
    pub(super) fn tell(&mut self, slot: usize, generation: u32, news: News) {
        if !self.slots[slot].runs(generation) {
            return;
        }
        let Some(process) = &mut self.slots[slot].process else { return };
        if process.stopped {
            return process.inbox.put(news);
        }
        let clock = process.clock(self.now);
        process.daemon.handle(news, clock);
        self.drain(slot);
    }

    /// Puts news down for an engine.
    pub(super) fn tell_later(&mut self, slot: usize, after: Duration, news: News) {
        let (slot, generation) = (index(slot), self.slots[slot].generation);
        self.put_down(self.now + after, Due::Tell { slot, generation, news: Box::new(news) });
    }

    /// Lets an engine act on its deadline, if it has come.
    pub(super) fn wake(&mut self, slot: usize) {
        let Some(process) = &mut self.slots[slot].process else { return };
        let clock = process.clock(self.now);
        if !process.stopped && process.daemon.poll_timeout().is_some_and(|at| at <= clock) {
            process.daemon.handle_timeout(clock);
        }
        self.drain(slot);
    }

    /// Carries out what an engine asks for, and puts its next deadline down.
    pub(super) fn drain(&mut self, slot: usize) {
        while let Some(effect) = self.slots[slot].process.as_mut().and_then(|process| process.daemon.poll_output()) {
            self.carry_out(slot, effect);
        }
        let Some(process) = &self.slots[slot].process else { return };
        let at = process.daemon.poll_timeout().filter(|_| !process.stopped);
        let at = at.map(|at| process.world_time(at).max(self.now));
        self.set_alarm(slot, at);
    }

    /// Has a daemon read its configuration again.
    pub(super) fn reload(&mut self, slot: usize) {
        let place = &mut self.slots[slot];
        let Some(process) = &mut place.process else { return };
        let clock = process.clock(self.now);
        match process.daemon.reload(&place.plan, &self.machines[place.host].files, clock) {
            Ok(()) => {
                self.show_process(slot, ProcessEvent::Reloaded);
                self.drain(slot);
            }
            Err(error) => {
                let (program, host) = (&self.slots[slot].program, &self.machines[self.slots[slot].host].name);
                self.warn(format!("{program} on {host} keeps its configuration: {error}"));
            }
        }
    }

    pub(super) fn show_process(&mut self, slot: usize, event: ProcessEvent) {
        let place = &self.slots[slot];
        if place.purpose == Purpose::Observer {
            return;
        }
        let (host, process, ups) = (self.machines[place.host].name.clone(), place.program.clone(), place.ups.clone());
        self.see(What::Process { host, process, ups, event });
    }

    /// The slots of a machine.
    pub(super) fn slots_of(&self, host: usize) -> impl Iterator<Item = usize> {
        self.slots.iter().enumerate().filter(move |(_, slot)| slot.host == host).map(|(index, _)| index)
    }
}

/// An index as the agenda keeps it.
pub(super) fn index(place: usize) -> u32 {
    u32::try_from(place).unwrap_or(u32::MAX)
}
