//! Delayed shutdown, start and reboot, as a host asks for them (HID PDC 1.1, DelayBeforeShutdown,
//! DelayBeforeStartup, DelayBeforeReboot).
//!
//! Writing seconds starts a countdown, −1 cancels it, and reading gives what is left of it. A start
//! that was asked for counts from when it was written: written before the shutdown, it says when the
//! outlets may come back, once the mains are good. What was written last counts beyond its end on a
//! device that cuts its outlets on good mains as it was told ([`CutOnLine::AsTold`]).

use protocol::Instant;

use super::{Physics, Resume};
use crate::control::{CutOnLine, MainsBack, Returns};
use crate::observation::{Cause, Countdown, Observation, Supply};
use crate::units::Micros;

/// What runs.
#[derive(Debug, Clone, Default)]
pub struct Countdowns {
    shutdown: Option<Instant>,
    startup: Option<Instant>,
    reboot: Option<Instant>,
    /// Whether the last start delay that a host wrote asked for a start.
    wants_start: bool,
    /// What the one-byte command was told, while the shutdown it started runs.
    forced: i64,
}

/// The longest countdown: a day over two months, more than any device's field holds.
const LONGEST_SECONDS: u32 = 5_356_800;

impl Countdowns {
    /// When the first of them ends.
    pub fn next(&self) -> Option<Instant> {
        Instant::first_of([self.shutdown, self.startup, self.reboot])
    }

    /// Whether one runs that will cut the outlets.
    pub fn will_cut(&self) -> bool {
        self.shutdown.is_some() || self.reboot.is_some()
    }

    /// Seconds left, rounded up as a display does; `None` while it does not run.
    pub fn left(&self, which: Countdown, now: Instant) -> Option<u32> {
        let ends = match which {
            Countdown::Shutdown => self.shutdown,
            Countdown::Startup => self.startup,
            Countdown::Reboot => self.reboot,
        }?;
        let micros = ends.saturating_since(now).as_micros();
        Some(u32::try_from(micros.div_ceil(1_000_000)).unwrap_or(u32::MAX))
    }

    /// Whether a start that was asked for is due.
    pub fn starts_at(&self, now: Instant) -> bool {
        self.startup.is_some_and(|at| at <= now)
    }

    fn of(&mut self, which: Countdown) -> &mut Option<Instant> {
        match which {
            Countdown::Shutdown => &mut self.shutdown,
            Countdown::Startup => &mut self.startup,
            Countdown::Reboot => &mut self.reboot,
        }
    }
}

impl Physics {
    /// Starts a countdown, or cancels it: `seconds` below zero.
    pub fn count_down(&mut self, which: Countdown, seconds: i64) {
        let wanted = u32::try_from(seconds).ok().map(|seconds| seconds.min(LONGEST_SECONDS));
        if which == Countdown::Startup {
            self.countdowns.wants_start = wanted.is_some();
        }
        match wanted {
            Some(seconds) => {
                let ends = self.now + Micros::seconds(seconds.into());
                self.countdowns.forced = 0;
                *self.countdowns.of(which) = Some(ends);
                // One of no length is only seen to end.
                if seconds > 0 {
                    self.seen.push_back(Observation::Countdown { countdown: which, seconds: Some(seconds) });
                }
                if which == Countdown::Startup && self.supply == Supply::Off {
                    self.resume = Some(match self.facts.shutdown.returns {
                        Returns::WithoutMains => Resume::At(ends),
                        _ => Resume::WithMains { not_before: ends },
                    });
                }
            }
            None => self.cancel(which),
        }
        self.settle();
    }

    /// The one-byte shutdown command: obeyed, or taken and forgotten.
    pub fn force_shutdown(&mut self, value: i64) {
        let Some(forced) = &self.facts.shutdown.forced else { return };
        if value != 0 && (forced.accepts.is_empty() || forced.accepts.contains(&value)) {
            let seconds = i64::try_from(forced.after.as_seconds()).unwrap_or(i64::MAX);
            self.count_down(Countdown::Shutdown, seconds);
            self.countdowns.forced = value;
        }
    }

    /// What the one-byte command shows: what it was told while it has an effect, else 0.
    pub fn forced_shutdown(&self) -> i64 {
        if self.countdowns.shutdown.is_some() { self.countdowns.forced } else { 0 }
    }

    /// Stops a countdown that runs.
    fn cancel(&mut self, which: Countdown) {
        if self.countdowns.of(which).take().is_some() {
            self.seen.push_back(Observation::Countdown { countdown: which, seconds: None });
        }
        if which == Countdown::Startup && self.supply == Supply::Off {
            self.resume = Some(Resume::Never);
        }
    }

    pub(super) fn act_on_countdowns(&mut self) {
        if self.take_due(Countdown::Shutdown) {
            self.cut(Cause::Shutdown);
        }
        if self.take_due(Countdown::Reboot) {
            self.cut(Cause::Reboot);
        }
    }

    /// A start has had its effect, or finds the outlets live or the mains gone, by now.
    pub(super) fn expire_startup(&mut self) {
        self.take_due(Countdown::Startup);
    }

    fn take_due(&mut self, which: Countdown) -> bool {
        let now = self.now;
        let due = self.countdowns.of(which).take_if(|at| *at <= now).is_some();
        if due {
            self.seen.push_back(Observation::Countdown { countdown: which, seconds: Some(0) });
        }
        due
    }

    /// Cuts the outlets at the end of a countdown, as this device does it.
    fn cut(&mut self, because: Cause) {
        let rules = &self.facts.shutdown;
        let back = self.now + rules.minimum_off;
        let asked = self.countdowns.startup;
        let not_before = asked.map_or(back, |start| start.max(back));
        let with_mains = Resume::WithMains { not_before };
        let resume = if because == Cause::Reboot {
            with_mains
        } else if self.mains.good() {
            let comes_back = match rules.cut_on_line {
                CutOnLine::Ignore => return,
                CutOnLine::Cycle => true,
                CutOnLine::StayOff => asked.is_some(),
                CutOnLine::AsTold => self.countdowns.wants_start,
            };
            if comes_back { with_mains } else { Resume::Never }
        } else {
            match rules.returns {
                Returns::WithMains => with_mains,
                Returns::WithoutMains => Resume::At(not_before),
                Returns::Never => Resume::Never,
            }
        };
        if self.supply == Supply::Off {
            self.resume = Some(resume);
        } else {
            self.switch_off(because, resume);
        }
    }

    /// Without any power nothing counts down: what was running is forgotten. A start that was asked for
    /// has said by then when the outlets may come back, and nobody has cancelled it.
    pub(super) fn forget_when_dead(&mut self) {
        if !self.is_alive() {
            for which in [Countdown::Shutdown, Countdown::Reboot] {
                if self.countdowns.of(which).take().is_some() {
                    self.seen.push_back(Observation::Countdown { countdown: which, seconds: None });
                }
            }
            self.countdowns = Countdowns::default();
        }
    }

    /// Mains that come back stop a shutdown on some devices.
    pub(super) fn countdowns_on_mains_back(&mut self) {
        if self.facts.shutdown.mains_back == MainsBack::Cancels {
            self.cancel(Countdown::Shutdown);
        }
    }
}
