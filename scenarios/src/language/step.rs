//! A step of the timeline: one trigger, and what happens then.
//!
//! Steps tell a story in the file's order: `after` counts from, and `when` and `every` look from,
//! the moment the step written before has happened (the start, for the first). `at` is absolute.

use super::action::Action;
use super::observation::Observation;
use super::scenario::Spot;
use std::time::Duration;

/// One step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// A name to speak of it later.
    pub id: Option<String>,
    /// When it happens.
    pub trigger: Trigger,
    /// What happens, in this order.
    pub actions: Vec<Placed<Action>>,
    /// Where the file says it.
    pub spot: Spot,
}

/// Something, and where the file says it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placed<T> {
    /// The thing.
    pub what: T,
    /// Where.
    pub spot: Spot,
}

/// When a step happens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trigger {
    /// So long after the start.
    At(Duration),
    /// So long after another step (an index into the timeline) has happened; `None`: the start.
    After {
        /// How long.
        delay: Duration,
        /// After which step.
        step: Option<usize>,
    },
    /// Once this is seen (a state: as soon as it holds; an event: the next one), and a delay has passed.
    /// It is looked for from the moment the step before has happened.
    When {
        /// What must be seen.
        seen: Observation,
        /// How long after.
        delay: Duration,
    },
    /// Again and again, first one period after the step before.
    Every {
        /// How often.
        period: Duration,
        /// How many times; `None`: until the end or `until`.
        times: Option<u32>,
        /// Until this is seen.
        until: Option<Observation>,
    },
}
