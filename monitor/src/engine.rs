//! The engine: hands events to the supplies they belong to, decides, and drives the shutdown.

mod judging;
mod keeping;
mod parent;
mod reloading;

use crate::config::Config;
use crate::decision::Decision;
use crate::desk::Desk;
use crate::notice::Notice;
use crate::notifier::Notifier;
use crate::outbox::Outbox;
use crate::shutdown::Phase;
use crate::sight::Sight;
use crate::supply::Supply;
use keeping::Keeping;
use protocol::{Effect, Engine, Event, Instant, JobId, JobOutcome, Level, LinkError, LinkId, Signal};
use std::time::Duration;

/// How late a deadline may be handled before the monitor counts as held up or asleep.
const HELD_UP: Duration = Duration::from_secs(5);
/// A host that is held up time and again hears of it so often.
const DELAY_TOLD_EVERY: Duration = Duration::from_secs(60);
/// How often it is tried again to remove an old power-down flag, where the disk refuses.
const LOWER_EVERY: Duration = Duration::from_secs(30);

/// `upsmon`, without its shell.
#[derive(Debug)]
pub struct Upsmon {
    config: Config,
    supplies: Vec<Supply>,
    phase: Phase,
    decision: Option<Decision>,
    notifier: Notifier,
    out: Outbox,
    /// When to say again that the privileged process is gone.
    parent_missed_at: Option<Instant>,
    /// When it was last said that the monitor was held up.
    delay_told_at: Option<Instant>,
    /// The removal of an old power-down flag, while it runs.
    lowering: Option<JobId>,
    /// When it is tried again, after it failed.
    lower_again_at: Option<Instant>,
    /// It was asked to stop, while it could not.
    is_to_stop: bool,
    keeping: Keeping,
    /// The earliest deadline of all.
    wake_at: Option<Instant>,
}

impl Upsmon {
    /// Starts to monitor; the first connections are asked for at once.
    #[must_use]
    pub fn new(config: Config, now: Instant) -> Self {
        let supplies = config.monitored.iter().map(|monitored| Supply::new(monitored.clone(), now)).collect();
        let mut upsmon = Self {
            config,
            supplies,
            phase: Phase::Watching,
            decision: None,
            notifier: Notifier::default(),
            out: Outbox::default(),
            parent_missed_at: None,
            delay_told_at: None,
            lowering: None,
            lower_again_at: None,
            is_to_stop: false,
            keeping: Keeping::default(),
            wake_at: None,
        };
        upsmon.out.debug(upsmon.config.debug_min > 0);
        upsmon.introduce();
        upsmon.lower_flag();
        upsmon.read_kept();
        upsmon.act_in_time(now);
        upsmon
    }

    /// Why this host goes down, once that is decided.
    #[must_use]
    pub fn decision(&self) -> Option<&Decision> {
        self.decision.as_ref()
    }

    /// What is known of each UPS, by the name that `MONITOR` gives it.
    pub fn sights(&self) -> impl Iterator<Item = (&str, &Sight)> {
        self.supplies.iter().map(|supply| (supply.name(), supply.sight()))
    }

    fn introduce(&mut self) {
        for supply in &self.supplies {
            let monitored = &supply.monitored;
            let (name, role, value) = (&monitored.system, monitored.role, monitored.power_value);
            let part = if value == 0 { "monitoring only".to_owned() } else { format!("power value {value}") };
            self.out.say(Level::Info, format!("UPS: {name} ({role}) ({part})"));
        }
    }

    /// A flag from before this start would have the load cut at the next halt, whatever its reason.
    fn lower_flag(&mut self) {
        if let Some(path) = &self.config.power_down_flag {
            self.lowering = Some(self.out.remove_file(path.clone()));
        }
    }

    /// Whether no power-down flag from before this start is left, which whoever cuts the loads would obey.
    fn is_flag_lowered(&self) -> bool {
        self.lowering.is_none() && self.lower_again_at.is_none()
    }

    fn job_done(&mut self, job: JobId, outcome: &JobOutcome, now: Instant) {
        if self.lowering.take_if(|lowering| *lowering == job).is_some() {
            let failed_before = self.lower_again_at.take().is_some();
            match (outcome.is_success(), failed_before) {
                (true, true) => self.out.say(Level::Notice, "the old POWERDOWNFLAG is removed"),
                (false, false) => {
                    self.out.say(Level::Error, format!("an old POWERDOWNFLAG could not be removed: {outcome}"));
                }
                (true, false) | (false, true) => {}
            }
            self.lower_again_at = (!outcome.is_success()).then_some(now + LOWER_EVERY);
            return;
        }
        if self.kept_was_written(job, outcome, now) {
            return;
        }
        self.turn(now, |supplies, phase, desk| {
            if !desk.notifier.job_done(job, outcome, desk.out) {
                phase.job_done(job, outcome, supplies, desk);
            }
        });
    }

    /// Runs one turn with everything at hand.
    fn turn(&mut self, now: Instant, act: impl FnOnce(&mut [Supply], &mut Phase, &mut Desk<'_>)) {
        let mut desk = Desk { now, config: &self.config, out: &mut self.out, notifier: &mut self.notifier };
        act(&mut self.supplies, &mut self.phase, &mut desk);
    }

    fn with_owner(&mut self, link: LinkId, now: Instant, act: impl FnOnce(&mut Supply, &mut Desk<'_>)) {
        self.turn(now, |supplies, _, desk| {
            // A link that nobody owns was closed by us a moment ago.
            if let Some(supply) = supplies.iter_mut().find(|supply| supply.owns(link)) {
                act(supply, desk);
            }
        });
    }

    fn lost(&mut self, link: LinkId, error: LinkError, now: Instant) {
        self.with_owner(link, now, |supply, desk| supply.lost(link, error, desk));
    }

    /// Acts on every deadline, then on whatever has become true.
    fn act_in_time(&mut self, now: Instant) {
        self.turn(now, |supplies, _, desk| {
            for supply in supplies {
                supply.act_in_time(desk);
            }
        });
        self.miss_parent(now);
        // A flag that this decision has written stays.
        if self.phase == Phase::Watching && self.lowering.is_none() && self.lower_again_at.is_some_and(|at| at <= now) {
            self.lower_flag();
        }
        self.settle(now);
    }

    fn settle(&mut self, now: Instant) {
        if self.phase == Phase::Watching {
            self.judge(now);
        }
        self.turn(now, |supplies, phase, desk| {
            phase.step(supplies, desk);
            while phase.deadline().is_some_and(|due| due <= now) {
                phase.step(supplies, desk);
            }
        });
        if self.is_to_stop && self.phase.is_done_with_the_command() {
            self.is_to_stop = false;
            self.turn(now, |supplies, phase, desk| phase.stop(supplies, desk));
        }
        self.keep(now);
        if self.phase.has_logged_out() {
            self.supplies.clear();
        }
        self.wake_at = if self.phase == Phase::Left { None } else { self.next_deadline(now) };
    }

    fn signalled(&mut self, signal: Signal, now: Instant) {
        match (signal, &self.phase) {
            (Signal::ForcedShutdown, Phase::Watching) => self.decide(Decision::Operator, now),
            (Signal::ForcedShutdown, _) => {
                self.out.say(Level::Notice, "forced shutdown is under way already");
            }
            (Signal::Stop, phase) if phase.is_before_the_command() => {
                self.is_to_stop = true;
                self.out.say(Level::Warning, "not stopping: a forced shutdown is under way");
            }
            (Signal::Stop, Phase::Left) => {}
            (Signal::Stop, _) => self.turn(now, |supplies, phase, desk| phase.stop(supplies, desk)),
        }
    }

    /// The time in which this monitor was held up is held against nobody.
    fn notice_delay(&mut self, now: Instant) {
        let held_up = self.wake_at.map(|due| now.saturating_since(due)).filter(|held_up| *held_up > HELD_UP);
        let Some(held_up) = held_up.filter(|_| self.phase == Phase::Watching) else { return };
        let is_news = self.delay_told_at.is_none_or(|told| now.saturating_since(told) >= DELAY_TOLD_EVERY);
        if is_news {
            self.delay_told_at = Some(now);
        }
        self.turn(now, |supplies, _, desk| {
            if is_news {
                desk.notify(Notice::SuspendTimeJump, "", "");
            }
            supplies.iter_mut().for_each(|supply| supply.excuse_silence(held_up, desk));
        });
    }

    fn next_deadline(&self, now: Instant) -> Option<Instant> {
        let every = self.config.no_comm_warn_every;
        let supplies = self.supplies.iter().filter_map(|supply| supply.deadline(every));
        // Once the shutdown is under way there is nothing left to decide.
        let is_open = self.phase == Phase::Watching;
        let turning = self.supplies.iter().filter(|_| is_open).filter_map(Supply::turns_critical_at);
        let unheard = is_open.then(|| self.next_unheard(now)).flatten();
        let keeps = self.keeping.deadline().filter(|_| is_open);
        let lowers = self.lower_again_at.filter(|_| is_open && self.lowering.is_none());
        supplies
            .chain(turning)
            .chain(self.phase.deadline())
            .chain(self.parent_missed_at)
            .chain(lowers)
            .chain(keeps)
            .chain(unheard)
            .min()
    }
}

impl Engine for Upsmon {
    type Input = Event<Config>;
    type Output = Effect;

    fn handle(&mut self, input: Event<Config>, now: Instant) {
        if self.phase == Phase::Left {
            return;
        }
        self.notice_delay(now);
        match input {
            Event::Opened { link } => self.with_owner(link, now, |supply, desk| supply.opened(link, desk)),
            Event::Received { link, bytes } => {
                self.with_owner(link, now, |supply, desk| supply.received(link, &bytes, desk));
            }
            Event::OpenFailed { link, error } | Event::Closed { link, error } => self.lost(link, error, now),
            // A server that does not take what we send has stopped answering.
            Event::Full { link } => {
                self.out.close(link);
                self.lost(link, LinkError::TimedOut, now);
            }
            Event::FileRead { job, contents } => self.kept_was_read(job, contents),
            Event::JobDone { job, outcome } => self.job_done(job, &outcome, now),
            Event::Signal(signal) => self.signalled(signal, now),
            Event::Reload(config) => self.reload(*config, now),
            Event::ErrandsLost => self.parent_is_gone(now),
            Event::Accepted { .. }
            | Event::Attached { .. }
            | Event::Sighted { .. }
            | Event::Draining { .. }
            | Event::Drained { .. }
            | Event::TransferDone { .. }
            | Event::Interrupt { .. }
            | Event::FileChanged { .. } => {}
        }
        self.settle(now);
    }

    fn handle_timeout(&mut self, now: Instant) {
        if self.phase == Phase::Left {
            return;
        }
        self.notice_delay(now);
        self.act_in_time(now);
    }

    fn poll_output(&mut self) -> Option<Effect> {
        self.out.next()
    }

    fn poll_timeout(&self) -> Option<Instant> {
        self.wake_at
    }
}
