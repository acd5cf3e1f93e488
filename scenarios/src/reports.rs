//! What a run looks like: on a terminal ([`terminal`]), as a page ([`html`]), for a CI server
//! ([`junit`]), for another program ([`json`]).
//!
//! All of them tell the same [`story`], with the same verdicts.

pub mod html;
pub mod json;
pub mod junit;
pub mod story;
pub mod terminal;
#[cfg(test)]
mod tests;

use crate::checks::Judgement;
use crate::journal::{Record, RunFacts};
use std::time::Duration;

/// Everything that a report is made from.
#[derive(Debug, Clone, Copy)]
pub struct Report<'a> {
    /// What ran.
    pub facts: &'a RunFacts,
    /// The journal.
    pub journal: &'a [Record],
    /// What it is worth.
    pub judgement: &'a Judgement,
    /// How long it took on the wall clock, where that is known.
    pub real: Option<Duration>,
}

impl Report<'_> {
    /// How long the run lasted by its own clock.
    #[must_use]
    pub fn lasted(&self) -> Duration {
        self.journal.last().map_or(Duration::ZERO, |record| Duration::from_micros(record.at.as_micros()))
    }
}
