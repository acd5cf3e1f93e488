//! The judge: expectations and invariants, over a journal and nothing else.
//!
//! [`judge`] takes the journal of a run (fresh from a rig, or read back from JSON Lines) and what the
//! scenario expects of it. [`claims`] decides expectations; [`invariants`] are always on, one file
//! each; [`arithmetic`] says of every host that was lost what it would have needed.

pub mod arithmetic;
pub mod claims;
pub mod history;
pub mod invariants;

use crate::journal::{Ending, Record, RunFacts, What};
use crate::language::wording::time;
use crate::language::{Expectation, Scenario, Violation};
use arithmetic::Loss;
use history::History;
use protocol::Instant;
use std::time::Duration;

/// What a run is worth.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judgement {
    /// Of every expectation, in the file's order.
    pub expectations: Vec<Verdict>,
    /// Of every invariant, in the order of their numbers.
    pub invariants: Vec<Verdict>,
    /// Hosts that were lost, with the arithmetic.
    pub losses: Vec<Loss>,
}

/// A verdict, and on what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// What was judged: a number for an invariant (`2`), `path:line` for an expectation.
    pub id: String,
    /// In words.
    pub claim: String,
    /// Why the scenario expects it, in its author's words.
    pub because: Option<String>,
    /// How it came out.
    pub outcome: Outcome,
}

/// How something came out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It holds.
    Held {
        /// When that was settled, or what else is worth saying.
        note: Option<String>,
    },
    /// It does not hold.
    Failed {
        /// When that was seen.
        at: Option<Instant>,
        /// Why, in a sentence.
        why: String,
    },
    /// It does not hold, and the scenario says so.
    Foreseen {
        /// When that was seen.
        at: Option<Instant>,
        /// What was seen.
        why: String,
        /// The scenario's reason.
        because: String,
    },
    /// It could not be judged, or is not asked for on this stack or rig.
    Skipped {
        /// Why.
        why: String,
    },
}

impl Outcome {
    /// Whether it makes the run fail.
    #[must_use]
    pub fn is_failure(&self) -> bool {
        matches!(self, Self::Failed { .. })
    }
}

impl Judgement {
    /// All verdicts, expectations first.
    pub fn all(&self) -> impl Iterator<Item = &Verdict> {
        self.expectations.iter().chain(&self.invariants)
    }

    /// Whether nothing failed.
    #[must_use]
    pub fn has_passed(&self) -> bool {
        self.all().all(|verdict| !verdict.outcome.is_failure())
    }
}

/// Why a journal cannot be judged.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unjudgeable {
    /// It does not begin with what ran.
    #[error("the journal does not begin with a `run` record")]
    NoBeginning,
    /// It does not end.
    #[error("the journal has no `end` record: the run was cut off")]
    NoEnd,
    /// Its rig was held up, so that it is no verdict that something failed: what was late looks as if a daemon had
    /// been late. How long, in a sentence.
    #[error("{0}: not judged")]
    HeldUp(String),
}

/// Judges a run. `again` is the journal of the same file and seed run once more, where there is one.
///
/// # Errors
/// When the journal has no beginning or no end, or its rig was held up.
pub fn judge(journal: &[Record], scenario: &Scenario, again: Option<&[Record]>) -> Result<Judgement, Unjudgeable> {
    judge_by(journal, &scenario.expect, &scenario.violates, again)
}

/// Judges a run by these expectations and foreseen violations.
///
/// # Errors
/// When the journal has no beginning or no end, or its rig was held up.
pub fn judge_by(
    journal: &[Record],
    expect: &[Expectation],
    violates: &[Violation],
    again: Option<&[Record]>,
) -> Result<Judgement, Unjudgeable> {
    let facts = facts(journal).ok_or(Unjudgeable::NoBeginning)?;
    let Some(Record { at, what: What::End { because } }) = journal.last() else { return Err(Unjudgeable::NoEnd) };
    let held_up = held_up(journal);
    if *because == Ending::HeldUp {
        return Err(Unjudgeable::HeldUp(held_up.unwrap_or_default()));
    }
    let history = History::new(facts, journal);
    let given_up = (*because == Ending::Broken).then(|| given_up(journal, *at));
    let judgement = Judgement {
        expectations: expect.iter().map(|expectation| claims::verdict(expectation, &history)).chain(given_up).collect(),
        invariants: invariants::verdicts(&history, violates, again),
        losses: arithmetic::losses(&history),
    };
    match held_up {
        // What came late may be why. Where all held even so, it did.
        Some(how) if !judgement.has_passed() => Err(Unjudgeable::HeldUp(how)),
        _ => Ok(judgement),
    }
}

/// How the rig was held up worst, where it was.
fn held_up(journal: &[Record]) -> Option<String> {
    journal.iter().rev().find_map(|record| match &record.what {
        What::HeldUp { real_us, run_us } => {
            let (real, run) = (Duration::from_micros(*real_us), Duration::from_micros(*run_us));
            Some(format!("the rig was held up for {}, which is {} of the run", time(real), time(run)))
        }
        _ => None,
    })
}

/// The verdict on a run that its rig gave up: what did not happen any more was not seen to hold.
fn given_up(journal: &[Record], at: Instant) -> Verdict {
    let warning = journal.iter().find_map(|record| match &record.what {
        What::Warning { text } if record.at == at => Some(text.clone()),
        _ => None,
    });
    let why = warning.unwrap_or_else(|| "the rig gave up".to_owned());
    Verdict {
        id: "the run".to_owned(),
        claim: "the run comes to its end".to_owned(),
        because: None,
        outcome: Outcome::Failed { at: Some(at), why },
    }
}

/// The header of a journal.
#[must_use]
pub fn facts(journal: &[Record]) -> Option<&RunFacts> {
    match journal.first() {
        Some(Record { what: What::Run(facts), .. }) => Some(facts),
        _ => None,
    }
}
