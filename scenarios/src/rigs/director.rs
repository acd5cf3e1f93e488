//! Who runs the show: the part of a run that is the same on every rig.
//!
//! The director plays the timeline, models what is not a daemon (mains feeds, hosts, what commands
//! mean) and writes the journal. It is an engine: a rig tells it what happened ([`Happening`]) and
//! carries out what it asks for ([`Act`]), on a virtual clock or on a real one. It knows no engine,
//! no socket and no process.

mod actions;
mod commands;
mod end;
mod hosts;
mod power;
mod timeline;
mod undo;
mod words;

use std::collections::VecDeque;
use std::sync::Arc;

use emulator::{Control, Observation};
use protocol::{Engine, Instant};

use crate::host::Host;
use crate::host::services::Tier;
use crate::journal::sights::Sights;
use crate::journal::{CommandRole, Ending, Name, Record, RunFacts, What};
use crate::language::Scenario;
use crate::language::action::{HostChange, NetworkFault, ProcessDeed};

use commands::Running;
pub use commands::{Fate, Request, show_words};
use end::Rest;
use hosts::HostDesk;
use power::{Feed, UpsDesk};
use timeline::Timeline;
use undo::Undo;

/// What a rig tells the director.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Happening {
    /// Something was seen of a UPS.
    Observed {
        /// Which, as an index into the scenario.
        ups: usize,
        /// What.
        observation: Observation,
    },
    /// None of these daemons runs any more.
    ServicesEnded {
        /// On which host, as an index into the scenario.
        host: usize,
        /// Which.
        tier: Tier,
    },
    /// The late shutdown hook of a host has told whom it had to.
    LateHookDone {
        /// Which host, as an index into the scenario.
        host: usize,
        /// Its power-down flag was there.
        expects_cut: bool,
    },
    /// Anything else that anyone could see: it goes into the journal as it is.
    Seen(What),
}

/// What the director asks a rig to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Act {
    /// Do this to a UPS.
    Control {
        /// Which.
        ups: usize,
        /// What.
        control: Control,
    },
    /// Start the daemons that the host's configuration implies.
    StartServices {
        /// On this host.
        host: usize,
    },
    /// Tell these daemons to stop, as a service manager does; answered by [`Happening::ServicesEnded`].
    StopServices {
        /// On this host.
        host: usize,
        /// Which.
        tier: Tier,
    },
    /// Kill these daemons.
    KillServices {
        /// On this host.
        host: usize,
        /// Which.
        tier: Tier,
    },
    /// Whatever still runs on the host ends now.
    CutProcesses {
        /// On this host.
        host: usize,
        /// The host lost its power: its peers hear nothing.
        crashed: bool,
    },
    /// Run the late shutdown hook: `upsmon -K && upsdrvctl shutdown`; answered by
    /// [`Happening::LateHookDone`].
    LateHook {
        /// On this host.
        host: usize,
    },
    /// Do this to a daemon.
    Process {
        /// On this host.
        host: usize,
        /// Its program's name.
        daemon: String,
        /// The driver of this UPS.
        ups: Option<String>,
        /// What.
        deed: ProcessDeed,
    },
    /// `upsmon -c fsd` on a host.
    ForceShutdown {
        /// Which host.
        host: usize,
    },
    /// `upsmon -c stop` on a host.
    StopMonitor {
        /// Which host.
        host: usize,
    },
    /// Run one of the tools that talk to a server (`upscmd`, `upsrw`, …).
    Tool {
        /// On this host.
        host: usize,
        /// Program and arguments.
        words: Vec<String>,
    },
    /// One way between two hosts is like this from now on.
    Network {
        /// From this host.
        from: usize,
        /// To this one.
        to: usize,
        /// How.
        fault: NetworkFault,
    },
    /// A host's disk or limits are like this from now on.
    Host {
        /// Which.
        host: usize,
        /// How.
        change: HostChange,
    },
    /// The run is over.
    Finish,
}

/// The director of one run.
#[derive(Debug)]
pub struct Director {
    scenario: Arc<Scenario>,
    feeds: Vec<Feed>,
    ups: Vec<UpsDesk>,
    hosts: Vec<HostDesk>,
    timeline: Timeline,
    undo: Undo,
    running: Running,
    sights: Sights,
    rest: Rest,
    acts: VecDeque<Act>,
    journal: Vec<Record>,
    warned: Vec<String>,
}

impl Director {
    /// The director at the start; `facts` become the journal's first record.
    #[must_use]
    pub fn new(scenario: Arc<Scenario>, facts: RunFacts) -> Self {
        let timeline = Timeline::new(&scenario.timeline);
        let mut director = Self {
            feeds: Feed::all(&facts),
            ups: UpsDesk::all(&scenario, &facts),
            hosts: HostDesk::all(&scenario, &facts),
            timeline,
            undo: Undo::default(),
            running: Running::default(),
            sights: Sights::default(),
            rest: Rest::default(),
            acts: VecDeque::new(),
            journal: Vec::with_capacity(1024),
            warned: Vec::new(),
            scenario,
        };
        director.record(What::Run(Box::new(facts)), Instant::START);
        director.show_feeds(Instant::START);
        director.settle_hosts(Instant::START);
        director.share_load();
        director
    }

    /// Writes a record, and looks whether a step waited for it.
    pub fn record(&mut self, what: What, now: Instant) {
        let record = Record { at: now, what };
        self.sights.take(&record);
        self.timeline.look(&self.scenario.timeline, &record.what, &self.sights, now);
        self.rest.note(&record.what, now);
        self.journal.push(record);
    }

    /// Writes a warning, once for each text.
    pub fn warn(&mut self, text: String, now: Instant) {
        if !self.warned.contains(&text) {
            self.warned.push(text.clone());
            self.record(What::Warning { text }, now);
        }
    }

    /// What a host is and does, for a rig that needs to know.
    #[must_use]
    pub fn host(&self, host: usize) -> &Host {
        &self.hosts[host].host
    }

    /// A host's name as the journal shares it.
    #[must_use]
    pub fn host_name(&self, host: usize) -> &Name {
        &self.hosts[host].name
    }

    /// A UPS's name as the journal shares it.
    #[must_use]
    pub fn ups_name(&self, ups: usize) -> &Name {
        &self.ups[ups].name
    }

    /// Whether there is something to carry out.
    #[must_use]
    pub fn is_asking(&self) -> bool {
        !self.acts.is_empty()
    }

    /// Ends the run: writes the last record.
    pub fn finish(&mut self, because: Ending, now: Instant) {
        if !matches!(self.journal.last(), Some(Record { what: What::End { .. }, .. })) {
            for index in self.timeline.missed().collect::<Vec<_>>() {
                let spot = &self.scenario.timeline[index].spot;
                let text = format!("the step at {}:{} never happened", spot.line, spot.column);
                self.record(What::Warning { text }, now);
            }
            self.record(What::End { because }, now);
            self.acts.push_back(Act::Finish);
        }
    }

    /// The journal, once the run is over.
    #[must_use]
    pub fn into_journal(self) -> Vec<Record> {
        self.journal
    }

    fn play_due_steps(&mut self, now: Instant) {
        let scenario = Arc::clone(&self.scenario);
        while let Some(index) = self.timeline.take_due(&scenario.timeline, now) {
            let step = &scenario.timeline[index];
            let does = step.actions.iter().map(|action| words::words(&action.what)).collect::<Vec<_>>().join(", ");
            self.record(What::Step { index, id: step.id.clone(), does }, now);
            for action in &step.actions {
                self.act(&action.what, now);
            }
            self.timeline.look_at_states(&scenario.timeline, &self.sights, now);
        }
    }
}

impl Engine for Director {
    type Input = Happening;
    type Output = Act;

    fn handle(&mut self, happening: Happening, now: Instant) {
        match happening {
            Happening::Observed { ups, observation } => self.observed(ups, &observation, now),
            Happening::ServicesEnded { host, tier } => self.services_ended(host, tier, now),
            Happening::LateHookDone { host, expects_cut } => self.late_hook_done(host, expects_cut, now),
            Happening::Seen(what) => self.record(what, now),
        }
    }

    fn handle_timeout(&mut self, now: Instant) {
        while let Some(action) = self.undo.take_due(now) {
            self.rest.stir(now);
            self.act(&action, now);
        }
        self.play_due_steps(now);
        self.end_commands(now);
        self.pass_time_of_hosts(now);
        if let Some(because) = self.ending(now) {
            self.finish(because, now);
        }
    }

    fn poll_output(&mut self) -> Option<Act> {
        self.acts.pop_front()
    }

    fn poll_timeout(&self) -> Option<Instant> {
        let hosts = self.hosts.iter().filter_map(|desk| desk.host.poll_timeout());
        [self.timeline.next_at(), self.undo.next_at(), self.running.next_at(), self.ends_at()]
            .into_iter()
            .flatten()
            .chain(hosts)
            .min()
    }
}

/// What for a command is run, in the journal's words.
#[must_use]
pub fn program(role: CommandRole) -> &'static str {
    match role {
        CommandRole::Shutdown | CommandRole::Notify | CommandRole::Wall | CommandRole::Other => "upsmon",
        CommandRole::LateShutdown => "late-shutdown",
        CommandRole::Operator => "operator",
    }
}
