//! What must follow: an observation with a quantifier.

use super::observation::Observation;
use super::scenario::Spot;
use std::time::Duration;

/// One entry of `expect:`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expectation {
    /// What is claimed.
    pub claim: Claim,
    /// Why, in the author's words.
    pub because: Option<String>,
    /// Only where this holds.
    pub only: Only,
    /// Where the file says it.
    pub spot: Spot,
}

/// A claim about a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Claim {
    /// It is seen, within so long of an anchor (any time after it, without `within`).
    See {
        /// What.
        what: Observation,
        /// How long after.
        within: Option<Duration>,
        /// After what.
        of: Anchor,
    },
    /// It is not seen at any time between two anchors.
    Never {
        /// What.
        what: Observation,
        /// When.
        during: Window,
    },
    /// It holds at every time between two anchors.
    Always {
        /// What: a state.
        what: Observation,
        /// When.
        during: Window,
    },
    /// Each is seen, and none before the one listed above it.
    Order(Vec<Observation>),
    /// It holds when the run ends.
    Finally(Observation),
    /// It is seen so many times between two anchors.
    Count {
        /// What.
        what: Observation,
        /// How many times at least.
        least: u32,
        /// How many times at most.
        most: u32,
        /// When.
        during: Window,
    },
}

/// A moment of a run.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Anchor {
    /// The start.
    #[default]
    Start,
    /// The (first) time that this step happened: an index into the timeline, and its id.
    Step(usize, String),
    /// The end.
    End,
}

/// From one moment to another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Window {
    /// From.
    pub from: Anchor,
    /// To.
    pub to: Anchor,
}

/// Who made a daemon.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Maker {
    /// This project.
    Ours,
    /// The distribution's Network UPS Tools.
    Nut,
}

/// The stack under test, per kind of daemon.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Makers {
    /// Of drivers.
    pub driver: Maker,
    /// Of `upsd`.
    pub server: Maker,
    /// Of `upsmon`.
    pub monitor: Maker,
}

/// On which stacks and rigs something holds; `None` is on any.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Only {
    /// Drivers by this maker.
    pub driver: Option<Maker>,
    /// `upsd` by this maker.
    pub server: Option<Maker>,
    /// `upsmon` by this maker.
    pub monitor: Option<Maker>,
    /// On this rig (`simulated`, `processes`).
    pub rig: Option<String>,
}

/// An invariant that a scenario means to show broken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// Its number.
    pub invariant: u8,
    /// Why.
    pub because: String,
    /// Only where this holds.
    pub only: Only,
    /// Where the file says it.
    pub spot: Spot,
}

impl Only {
    /// Whether it holds on this stack and rig.
    #[must_use]
    pub fn covers(&self, makers: Makers, rig: &str) -> bool {
        self.driver.is_none_or(|maker| maker == makers.driver)
            && self.server.is_none_or(|maker| maker == makers.server)
            && self.monitor.is_none_or(|maker| maker == makers.monitor)
            && self.rig.as_deref().is_none_or(|name| name == rig)
    }
}
