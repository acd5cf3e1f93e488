//! What a shutdown cannot do without is tried until it is done: POWERDOWNFLAG and SHUTDOWNCMD.

use protocol::{Instant, JobId, JobOutcome};
use std::time::Duration;

/// How long after the second of two starts in a row that failed the next one comes.
const EVERY: Duration = Duration::from_secs(1);
/// A command that ends with an error is run again after 1, 2, 4 … s: `shutdown +1; false` has to come true.
const LONGEST_DOUBLINGS: u32 = 6;

/// One thing that is tried.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Trial {
    /// The one under way.
    pub(super) job: Option<JobId>,
    again_at: Option<Instant>,
    /// How many in a row could not be started.
    unstarted: u32,
    /// How many ended with an error.
    errors: u32,
}

impl Trial {
    pub(super) fn started(&mut self, job: JobId) {
        (self.job, self.again_at) = (Some(job), None);
    }

    /// Takes a failure; true where it is news.
    pub(super) fn failed(&mut self, outcome: &JobOutcome, now: Instant) -> bool {
        self.job = None;
        if let JobOutcome::Failed(_) = outcome {
            self.unstarted = self.unstarted.saturating_add(1);
            self.again_at = Some(if self.unstarted == 1 { now } else { now + EVERY });
            return self.unstarted == 1;
        }
        self.unstarted = 0;
        self.again_at = Some(now + EVERY * (1 << self.errors.min(LONGEST_DOUBLINGS)));
        self.errors = self.errors.saturating_add(1);
        true
    }

    /// When it is to be tried again.
    pub(super) fn again_at(&self) -> Option<Instant> {
        self.again_at
    }

    pub(super) fn is_due(&self, now: Instant) -> bool {
        self.again_at.is_some_and(|at| at <= now)
    }

    /// Whether the last one could not even be started.
    pub(super) fn is_still_to_start(&self) -> bool {
        self.again_at.is_some() && self.unstarted > 0
    }
}
