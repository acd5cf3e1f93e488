//! When each step of a scenario happens.
//!
//! ```text
//! blocked ──(the step before happened)──▶ watching ──(seen)──▶ due ──(time came)──▶ done
//!    └───────────────(at, after)────────────────────────────────▲ │
//!                                                               └─┘ every
//! ```

use std::time::Duration;

use protocol::Instant;

use crate::journal::What;
use crate::journal::sights::Sights;
use crate::language::{Observation, Step, Trigger};

/// Steps that an `every` without an end is stopped after.
const MOST_REPEATS: u32 = 100_000;

/// The steps of one run.
#[derive(Debug)]
pub struct Timeline {
    steps: Vec<Pending>,
    happened: Vec<Option<Instant>>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Pending {
    Blocked,
    /// Which hosts have shown the event so far.
    Watching {
        shown: Vec<bool>,
    },
    Due {
        at: Instant,
        left: u32,
    },
    Done,
}

impl Timeline {
    /// The timeline at the start.
    #[must_use]
    pub fn new(steps: &[Step]) -> Self {
        let mut timeline = Self { steps: vec![Pending::Blocked; steps.len()], happened: vec![None; steps.len()] };
        for index in 0..steps.len() {
            timeline.unblock(index, steps);
        }
        timeline
    }

    /// When the next step that has a time happens.
    #[must_use]
    pub fn next_at(&self) -> Option<Instant> {
        self.steps.iter().filter_map(Pending::at).min()
    }

    /// Takes one step that is due: its index.
    pub fn take_due(&mut self, steps: &[Step], now: Instant) -> Option<usize> {
        let (at, index) = self.steps.iter().enumerate().filter_map(|(index, step)| Some((step.at()?, index))).min()?;
        if at > now {
            return None;
        }
        self.steps[index] = match (&self.steps[index], &steps[index].trigger) {
            (Pending::Due { left, .. }, Trigger::Every { period, .. }) if *left > 1 => {
                Pending::Due { at: at + (*period).max(Duration::from_millis(1)), left: left - 1 }
            }
            _ => Pending::Done,
        };
        if self.happened[index].is_none() {
            self.happened[index] = Some(now);
            for other in 0..steps.len() {
                self.unblock(other, steps);
            }
        }
        Some(index)
    }

    /// Looks whether what steps wait for is to be seen now, after this record.
    pub fn look(&mut self, steps: &[Step], what: &What, sights: &Sights, now: Instant) {
        for (pending, step) in self.steps.iter_mut().zip(steps) {
            match (&mut *pending, &step.trigger) {
                (Pending::Watching { shown }, Trigger::When { seen, delay }) => {
                    if let Some(place) = sights.shows(what, seen).and_then(|index| shown.get_mut(index)) {
                        *place = true;
                    }
                    if is_seen(seen, shown, sights) {
                        *pending = Pending::Due { at: now + *delay, left: 1 };
                    }
                }
                (Pending::Due { .. }, Trigger::Every { until: Some(until), .. })
                    if sights.shows(what, until).is_some() || sights.holds(until) == Some(true) =>
                {
                    *pending = Pending::Done;
                }
                _ => {}
            }
        }
    }

    /// Looks whether states that steps wait for hold already. Called after steps happened.
    pub fn look_at_states(&mut self, steps: &[Step], sights: &Sights, now: Instant) {
        for (pending, step) in self.steps.iter_mut().zip(steps) {
            if let (Pending::Watching { .. }, Trigger::When { seen, delay }) = (&*pending, &step.trigger)
                && sights.holds(seen) == Some(true)
            {
                *pending = Pending::Due { at: now + *delay, left: 1 };
            }
        }
    }

    /// Whether a step may still happen by itself: it has a time.
    #[must_use]
    pub fn has_due(&self) -> bool {
        self.steps.iter().any(|step| step.at().is_some())
    }

    /// Steps that never happened.
    pub fn missed(&self) -> impl Iterator<Item = usize> {
        self.happened.iter().enumerate().filter(|(_, happened)| happened.is_none()).map(|(index, _)| index)
    }

    fn unblock(&mut self, index: usize, steps: &[Step]) {
        if self.steps[index] != Pending::Blocked {
            return;
        }
        let before = if index == 0 { Some(Instant::START) } else { self.happened[index - 1] };
        self.steps[index] = match &steps[index].trigger {
            Trigger::At(at) => Pending::Due { at: Instant::START + *at, left: 1 },
            Trigger::After { delay, step } => {
                let from = step.map_or(Some(Instant::START), |step| self.happened[step]);
                from.map_or(Pending::Blocked, |from| Pending::Due { at: from + *delay, left: 1 })
            }
            Trigger::When { seen, .. } => {
                before.map_or(Pending::Blocked, |_| Pending::Watching { shown: places(seen) })
            }
            Trigger::Every { period, times, .. } => before.map_or(Pending::Blocked, |before| Pending::Due {
                at: before + *period,
                left: times.unwrap_or(MOST_REPEATS),
            }),
        };
    }
}

impl Pending {
    fn at(&self) -> Option<Instant> {
        match self {
            Self::Due { at, .. } => Some(*at),
            Self::Blocked | Self::Watching { .. } | Self::Done => None,
        }
    }
}

fn places(seen: &Observation) -> Vec<bool> {
    match seen {
        Observation::Hosts { hosts, .. } => vec![false; hosts.names.len()],
        Observation::Ups { .. } | Observation::Wire { .. } => vec![false],
    }
}

/// A state is seen when it holds; an event when one, or all, of its hosts have shown it.
fn is_seen(seen: &Observation, shown: &[bool], sights: &Sights) -> bool {
    let any = match seen {
        Observation::Hosts { hosts, .. } => hosts.any,
        Observation::Ups { .. } | Observation::Wire { .. } => true,
    };
    sights.holds(seen).unwrap_or(if any { shown.contains(&true) } else { !shown.contains(&false) })
}
