//! The nine invariants, always on. Each is a file with one function from a journal to a [`Finding`].

mod crash;
mod freshness;
mod lost_sight;
mod once;
mod repeats;
mod return_of_power;
mod secondaries_first;
mod spurious_shutdown;
#[cfg(test)]
mod tests;
mod wires;

use super::history::History;
use super::{Outcome, Verdict};
use crate::journal::Record;
use crate::language::Violation;
use crate::language::wording::clock;
use protocol::Instant;

/// What a check found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Finding {
    /// The invariant holds.
    Held,
    /// It was broken, in these ways.
    Broken(Vec<Breach>),
    /// The journal cannot tell.
    Untold(String),
}

/// One way in which an invariant was broken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Breach {
    /// When.
    pub at: Instant,
    /// How, in a sentence.
    pub why: String,
}

impl From<Vec<Breach>> for Finding {
    fn from(breaches: Vec<Breach>) -> Self {
        if breaches.is_empty() { Self::Held } else { Self::Broken(breaches) }
    }
}

/// An invariant: its number, its words, its check.
struct Invariant {
    number: u8,
    claim: &'static str,
    check: fn(&History<'_>) -> Finding,
}

const INVARIANTS: [Invariant; 8] = [
    Invariant {
        number: 1,
        claim: "no host shuts down while enough of its supplies are good and no operator asked",
        check: spurious_shutdown::check,
    },
    Invariant { number: 2, claim: "no host crashes", check: crash::check },
    Invariant {
        number: 3,
        claim: "a primary goes on only when its secondaries have logged out, or HOSTSYNC has passed",
        check: secondaries_first::check,
    },
    Invariant {
        number: 4,
        claim: "power back at any instant of the shutdown still brings every host back",
        check: return_of_power::check,
    },
    Invariant {
        number: 5,
        claim: "nothing is published before it was read, and nothing too old is published as fresh",
        check: freshness::check,
    },
    Invariant {
        number: 6,
        claim: "losing sight of a UPS that was on line power is never by itself a reason to shut down",
        check: lost_sight::check,
    },
    Invariant {
        number: 7,
        claim: "SHUTDOWNCMD runs at most once per decision, and POWERDOWNFLAG exists exactly when the load is to be cut",
        check: once::check,
    },
    Invariant {
        number: 8,
        claim: "every line on every wire parses, and emits again byte for byte",
        check: wires::check,
    },
];

const REPEATS: &str = "same file, same seed, same journal";

/// The numbers and words of all invariants.
pub fn list() -> impl Iterator<Item = (u8, &'static str)> {
    INVARIANTS.iter().map(|invariant| (invariant.number, invariant.claim)).chain([(9, REPEATS)])
}

/// Judges them all.
#[must_use]
pub fn verdicts(history: &History<'_>, violates: &[Violation], again: Option<&[Record]>) -> Vec<Verdict> {
    let mut verdicts: Vec<Verdict> = INVARIANTS
        .iter()
        .map(|invariant| verdict(invariant.number, invariant.claim, (invariant.check)(history), history, violates))
        .collect();
    verdicts.push(verdict(9, REPEATS, repeats::check(history, again), history, violates));
    verdicts
}

fn verdict(number: u8, claim: &str, finding: Finding, history: &History<'_>, violates: &[Violation]) -> Verdict {
    let foreseen = violates
        .iter()
        .find(|listed| listed.invariant == number && listed.only.covers(history.facts.makers, &history.facts.rig));
    let outcome = match (finding, foreseen) {
        (Finding::Broken(breaches), None) => {
            Outcome::Failed { at: breaches.first().map(|first| first.at), why: told(&breaches) }
        }
        (Finding::Broken(breaches), Some(listed)) => Outcome::Foreseen {
            at: breaches.first().map(|first| first.at),
            why: told(&breaches),
            because: listed.because.clone(),
        },
        (Finding::Held, None) => Outcome::Held { note: None },
        (Finding::Untold(why), None) => Outcome::Skipped { why },
        (Finding::Held | Finding::Untold(_), Some(_)) => {
            Outcome::Failed { at: None, why: "listed under `violates`, but it did not happen".to_owned() }
        }
    };
    Verdict { id: number.to_string(), claim: claim.to_owned(), because: None, outcome }
}

/// The most breaches that are told one by one.
const MOST_TOLD: usize = 8;

fn told(breaches: &[Breach]) -> String {
    let mut lines: Vec<String> =
        breaches.iter().take(MOST_TOLD).map(|breach| format!("{}: {}", clock(breach.at), breach.why)).collect();
    if breaches.len() > MOST_TOLD {
        lines.push(format!("… and {} more", breaches.len() - MOST_TOLD));
    }
    lines.join("\n")
}
