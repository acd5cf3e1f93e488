//! The run for another program: its journal as JSON Lines, and one last line with the verdicts.
//!
//! It says nothing of the wall clock: the same file and seed give the same bytes.

use super::Report;
use crate::checks::{Outcome, Verdict};
use crate::journal::lines;
use serde_json::{Value, json};
use std::io::{self, Write};

/// Writes the journal and the verdicts.
///
/// # Errors
/// What the stream says.
pub fn write(out: &mut impl Write, report: &Report<'_>) -> io::Result<()> {
    lines::write(&mut *out, report.journal)?;
    serde_json::to_writer(&mut *out, &verdicts(report))?;
    out.write_all(b"\n")
}

/// The verdicts.
#[must_use]
pub fn verdicts(report: &Report<'_>) -> Value {
    let judgement = report.judgement;
    json!({
        "what": lines::VERDICTS,
        "scenario": report.facts.scenario,
        "passed": judgement.has_passed(),
        "expectations": judgement.expectations.iter().map(verdict).collect::<Vec<_>>(),
        "invariants": judgement.invariants.iter().map(verdict).collect::<Vec<_>>(),
        "losses": judgement.losses.iter().map(|loss| json!({
            "host": &*loss.host,
            "at": loss.at.as_micros(),
            "arithmetic": loss.to_string(),
        })).collect::<Vec<_>>(),
    })
}

fn verdict(verdict: &Verdict) -> Value {
    let (outcome, why) = match &verdict.outcome {
        Outcome::Held { note } => ("held", note.as_deref()),
        Outcome::Failed { why, .. } => ("failed", Some(why.as_str())),
        Outcome::Foreseen { why, .. } => ("foreseen", Some(why.as_str())),
        Outcome::Skipped { why } => ("skipped", Some(why.as_str())),
    };
    json!({ "id": verdict.id, "claim": verdict.claim, "because": verdict.because, "outcome": outcome, "why": why })
}
