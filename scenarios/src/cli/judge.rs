//! `ridethrough judge`: a new check on an old journal.

use super::options::JudgeOptions;
use super::output::Output;
use super::{FAILED, HELD_UP, WRONG, load_all};
use crate::checks::{self, Unjudgeable, judge_by};
use crate::journal::lines;
use crate::reports::Report;
use std::fs::File;
use std::io::{self, BufReader};

/// Judges a journal again.
pub fn judge(options: &JudgeOptions) -> io::Result<u8> {
    let journal = match File::open(&options.journal)
        .map_err(lines::ReadError::from)
        .and_then(|file| lines::read(BufReader::new(file)))
    {
        Ok(journal) => journal,
        Err(error) => {
            anstream::eprintln!("{}: {error}", options.journal.display());
            return Ok(WRONG);
        }
    };
    let scenarios = match &options.scenario {
        Some(file) => match load_all(std::slice::from_ref(file)) {
            Some(scenarios) => scenarios,
            None => return Ok(WRONG),
        },
        None => Vec::new(),
    };
    let facts = checks::facts(&journal);
    let of_run = scenarios.iter().find(|scenario| facts.is_some_and(|facts| facts.scenario == scenario.name));
    if let (None, Some(other), Some(facts)) = (of_run, scenarios.first(), facts) {
        anstream::eprintln!("warning: the journal is of `{}`, and judged by `{}`", facts.scenario, other.name);
    }
    let scenario = of_run.or(scenarios.first());
    let (expect, violates) = scenario.map_or((&[][..], &[][..]), |scenario| (&scenario.expect, &scenario.violates));
    let (judgement, facts) = match (judge_by(&journal, expect, violates, None), facts) {
        (Ok(judgement), Some(facts)) => (judgement, facts),
        (Err(error), _) => {
            anstream::eprintln!("{}: {error}", options.journal.display());
            return Ok(if matches!(error, Unjudgeable::HeldUp(_)) { HELD_UP } else { WRONG });
        }
        (Ok(_), None) => return Ok(WRONG),
    };
    let mut output = Output::again(options);
    output.ran(&Report { facts, journal: &journal, judgement: &judgement, real: None }, &[])?;
    output.finish()?;
    Ok(if judgement.has_passed() { 0 } else { FAILED })
}
