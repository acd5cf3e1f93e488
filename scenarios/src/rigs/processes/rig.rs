//! The main loop: what happened goes to the director, what the director asks for is carried out.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use emulator::Observation;
use nix::unistd::Pid;
use protocol::{Engine, Instant};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::sync::oneshot;

use super::clock::{Clock, wall};
use super::device::{self, Device};
use super::files::Files;
use super::held_up::{LOOK, Late, Watchman};
use super::inbox::Input;
use super::paths::Paths;
use super::place::{ETC, Place};
use super::programs::Programs;
use super::proxy::{Desk, Numbers, Reserved};
use super::slots::{self, Route, Slot, Startup};
use super::stand_in::StandIn;
use crate::journal::{Ending, Record, What};
use crate::language::Scenario;
use crate::rigs::director::{Director, Happening};
use crate::rigs::facts::Set;
use crate::rigs::notices::Recogniser;
use crate::rigs::tap::{Ear, Learnt, Tap};
use crate::rigs::{RigError, RunOptions};

/// How long a run may take on the wall beyond the longest scenario.
const GRACE: Duration = Duration::from_secs(120);

/// A command that was started is seen to run so much later, at most, on a busy machine.
const RESOLUTION: Duration = Duration::from_millis(50);

/// One run on real processes.
#[derive(Debug)]
pub struct Rig {
    pub(super) scenario: Arc<Scenario>,
    pub(super) options: RunOptions,
    pub(super) set: Set,
    pub(super) programs: Programs,
    pub(super) place: Place,
    pub(super) clock: Clock,
    pub(super) director: Director,
    pub(super) sender: UnboundedSender<Input>,
    inbox: UnboundedReceiver<Input>,
    pub(super) desk: Desk,
    pub(super) slots: Vec<Slot>,
    pub(super) startups: Vec<Startup>,
    /// Hosts without a server, which start after those with one.
    pub(super) waiting: Vec<usize>,
    pub(super) devices: Vec<Device>,
    pub(super) stand_ins: Vec<StandIn>,
    pub(super) routes: Vec<Route>,
    pub(super) ports: Vec<u16>,
    _kept_ports: Vec<Reserved>,
    pub(super) paths: Arc<Paths>,
    pub(super) recognisers: Vec<Option<Recogniser>>,
    pub(super) flags: Vec<(PathBuf, bool)>,
    /// The late shutdown hook of each host while it runs; dropped, it is killed.
    pub(super) hooks: Vec<Option<oneshot::Sender<()>>>,
    /// The same of tools.
    pub(super) tools: Vec<oneshot::Sender<()>>,
    pub(super) rewritten: Vec<String>,
    pub(super) finished: bool,
    taps: BTreeMap<u32, Tap>,
    learnt: Learnt,
    now: Instant,
}

impl Rig {
    /// Everything that a run needs, and nothing started yet.
    ///
    /// # Errors
    /// What keeps it from running here.
    pub fn prepare(scenario: &Scenario, options: RunOptions) -> Result<Self, RigError> {
        let programs = Programs::find(options.makers, options.speed)?;
        let set = Set::read(scenario)?;
        let place = Place::make(scenario, &programs)?;
        let Network { routes, ports, kept: kept_ports } = network(scenario, &set)?;
        let files = Files {
            scenario,
            configurations: &set.configurations,
            place: &place,
            programs: &programs,
            makers: options.makers,
            routes: &routes,
            ports: &ports,
        };
        let mut rewritten = Vec::new();
        for host in 0..set.configurations.len() {
            rewritten.extend(files.write(host)?);
        }
        let (sender, inbox) = unbounded_channel();
        let desk = Desk { inbox: sender.clone(), numbers: Numbers::default(), speed: options.speed };
        let recognisers = scenario.hosts.iter().zip(&set.configurations).map(|(_, found)| found.recogniser()).collect();
        let flags = scenario.hosts.iter().map(|host| (place.host(&host.name, ETC).join("killpower"), false)).collect();
        let stand_ins = set.devices.iter().map(StandIn::new).collect();
        let clock = Clock::new(options.speed);
        let mut facts = set.facts(scenario, "processes", options.makers);
        facts.resolution_us = u64::try_from(clock.scenario(RESOLUTION).as_micros()).unwrap_or(u64::MAX);
        let director = Director::new(Arc::new(scenario.clone()), facts);
        Ok(Self {
            slots: slots::all(scenario, &set.configurations),
            hooks: scenario.hosts.iter().map(|_| None).collect(),
            tools: Vec::new(),
            startups: scenario.hosts.iter().map(|_| Startup::default()).collect(),
            paths: Arc::new(Paths::new(scenario.hosts.len())),
            scenario: Arc::new(scenario.clone()),
            clock,
            waiting: Vec::new(),
            devices: Vec::new(),
            finished: false,
            taps: BTreeMap::new(),
            learnt: Learnt::default(),
            now: Instant::START,
            options,
            set,
            programs,
            place,
            director,
            sender,
            inbox,
            desk,
            stand_ins,
            routes,
            ports,
            _kept_ports: kept_ports,
            recognisers,
            flags,
            rewritten,
        })
    }

    /// Runs to the end.
    ///
    /// # Errors
    /// What of the rig itself failed.
    pub async fn run(mut self) -> Result<(Vec<Record>, Vec<String>), RigError> {
        self.listen_to_recorders()?;
        self.start_emulators().await?;
        self.see_every_ups().await?;
        let limit = self.clock.real(Scenario::LONGEST.max(self.scenario.lasts.unwrap_or_default())) + GRACE;
        if tokio::time::timeout(limit, self.play()).await.is_err() {
            self.director.finish(Ending::Broken, self.now);
        }
        self.end_children().await;
        Ok((self.director.into_journal(), self.rewritten))
    }

    /// Waits until every emulated UPS has said how it is: a driver that starts now finds something to read.
    async fn see_every_ups(&mut self) -> Result<(), RigError> {
        let mut unseen: BTreeSet<usize> = (0..self.devices.len()).collect();
        let looking = async {
            while !unseen.is_empty()
                && let Some(input) = self.inbox.recv().await
            {
                if let Input::Observed { ups, observation: Observation::Sample(_) } = &input {
                    unseen.remove(ups);
                }
                self.take(input);
            }
        };
        tokio::time::timeout(device::PATIENCE, looking)
            .await
            .map_err(|_| RigError::Broken("an emulated UPS does not say how it is".to_owned()))
    }

    async fn play(&mut self) {
        self.follow_director();
        let mut watchman = Watchman::new(self.options.speed, wall());
        while !self.finished {
            let input = tokio::time::timeout(self.wait(), self.inbox.recv()).await;
            self.now = self.clock.now().max(self.now);
            if !self.clock.has_begun() {
                // Whoever starts has all the time it takes.
                watchman = Watchman::new(self.options.speed, wall());
            } else if let Some(Late { by, rig_alone }) = watchman.look(wall(), self.processes()) {
                self.held_up_for(by);
                if rig_alone {
                    return self.director.finish(Ending::HeldUp, self.now);
                }
            }
            // A monitor that has booted removes its flag when nothing else may be left to happen.
            self.check_flags();
            if let Ok(Some(input)) = input {
                self.take(input);
            }
            if self.clock.has_begun() && self.director.poll_timeout().is_some_and(|at| at <= self.now) {
                self.director.handle_timeout(self.now);
            }
            self.follow_director();
        }
    }

    /// Every daemon, and every emulated UPS.
    fn processes(&self) -> impl Iterator<Item = Pid> {
        self.slots.iter().filter_map(|slot| Some(slot.child.as_ref()?.pid()))
    }

    /// Writes down that the rig and its processes were held up for so long on the wall.
    fn held_up_for(&mut self, by: Duration) {
        let micros = |time: Duration| u64::try_from(time.as_micros()).unwrap_or(u64::MAX);
        self.see(What::HeldUp { real_us: micros(by), run_us: micros(self.clock.scenario(by)) });
    }

    /// Kills every child, and waits until it is gone, so that a run leaves nothing behind.
    async fn end_children(&mut self) {
        // Dropped, a child is killed.
        let mut left = self.slots.iter_mut().filter_map(|slot| slot.child.take()).count();
        let ending = async {
            while left > 0
                && let Some(input) = self.inbox.recv().await
            {
                left -= usize::from(matches!(input, Input::Exited { .. }));
            }
        };
        let _ = tokio::time::timeout(GRACE, ending).await;
    }

    /// How long nothing is due, and nobody has to look at the clock.
    fn wait(&self) -> Duration {
        let due = self.director.poll_timeout().filter(|_| self.clock.has_begun());
        due.map_or(LOOK, |at| self.clock.real(at.saturating_since(self.clock.now())).min(LOOK))
    }

    /// Scenario time now.
    pub(super) fn now(&self) -> Instant {
        self.now
    }

    /// Writes something down.
    pub(super) fn see(&mut self, what: What) {
        self.director.record(what, self.now);
    }

    /// Tells the director something.
    pub(super) fn report(&mut self, happening: Happening) {
        self.director.handle(happening, self.now);
    }

    /// Writes a warning down, once for each text.
    pub(super) fn warn(&mut self, text: String) {
        self.director.warn(text, self.now);
    }

    fn follow_director(&mut self) {
        while let Some(act) = self.director.poll_output() {
            self.carry_out(act);
        }
    }

    /// Adds a tap, or lets one hear something.
    pub(super) fn listen_in(&mut self, link: u32, hear: impl FnOnce(&mut Tap, &mut Ear<'_>)) {
        let mut out = Vec::new();
        let mut ear = Ear { link, now: self.now, all: self.options.wires, learnt: &mut self.learnt, out: &mut out };
        if let Some(tap) = self.taps.get_mut(&link) {
            hear(tap, &mut ear);
        }
        for what in out {
            self.see(what);
        }
    }

    pub(super) fn add_tap(&mut self, link: u32, tap: Tap) {
        self.taps.insert(link, tap);
    }

    pub(super) fn remove_tap(&mut self, link: u32) {
        self.taps.remove(&link);
    }

    /// A client learnt something off the wires.
    pub(super) fn learn(&mut self, learn: impl FnOnce(&mut Ear<'_>)) {
        let mut out = Vec::new();
        learn(&mut Ear { link: 0, now: self.now, all: false, learnt: &mut self.learnt, out: &mut out });
        for what in out {
            self.see(what);
        }
    }
}

/// The TCP of a run.
struct Network {
    /// A way from every host to every server.
    routes: Vec<Route>,
    /// A port for each server.
    ports: Vec<u16>,
    /// What keeps all of these ports from others for as long as the run lasts: whoever listened on one would
    /// be talked to, and judged.
    kept: Vec<Reserved>,
}

fn network(scenario: &Scenario, set: &Set) -> Result<Network, RigError> {
    let broken = |error: std::io::Error| RigError::Broken(format!("take a port: {error}"));
    let mut routes = Vec::new();
    let mut ports = vec![0; scenario.hosts.len()];
    let serves = |host: &usize| set.configurations[*host].implied.server;
    let mut kept = Vec::new();
    for server in (0..scenario.hosts.len()).filter(serves) {
        let own = Reserved::take(0).map_err(broken)?;
        ports[server] = own.port;
        kept.push(own);
        for client in 0..scenario.hosts.len() {
            let reserved = Reserved::take(0).map_err(broken)?;
            kept.push(Reserved::take(reserved.port).map_err(broken)?);
            routes.push(Route { client, server, port: reserved.port, reserved: Some(reserved) });
        }
    }
    Ok(Network { routes, ports, kept })
}
