//! `ridethrough run`: every scenario, one after another, each judged as soon as it is over.

use super::options::{Rig, RunOptions};
use super::output::{self, Output};
use super::progress::Progress;
use super::{FAILED, HELD_UP, WRONG, load_all};
use crate::checks::{self, Unjudgeable, judge};
use crate::journal::Record;
use crate::language::Scenario;
use crate::reports::Report;
use crate::rigs::{self, RigError, Run};
use std::io;

/// How often a scenario is run where the rig is held up each time.
const ATTEMPTS: usize = 3;

/// Runs what the options name.
pub fn run(options: &RunOptions) -> io::Result<u8> {
    output::check_places(&options.report)?;
    let Some(mut scenarios) = load_all(&options.files) else { return Ok(WRONG) };
    if let Some(seed) = options.seed {
        scenarios.iter_mut().for_each(|scenario| scenario.seed = seed);
    }
    let mut output = Output::new(options, scenarios.len());
    for scenario in &scenarios {
        one(scenario, options, &mut output)?;
    }
    output.finish()?;
    Ok(match output.counts() {
        counts if counts.wrong > 0 => WRONG,
        counts if counts.failed > 0 => FAILED,
        counts if counts.held_up > 0 => HELD_UP,
        // Nothing ran at all: what was asked for cannot be had here.
        counts if counts.passed == 0 => WRONG,
        _ => 0,
    })
}

/// Runs a scenario until it can be judged.
fn one(scenario: &Scenario, options: &RunOptions, output: &mut Output<'_>) -> io::Result<()> {
    for left in (0..ATTEMPTS).rev() {
        match attempt(scenario, options, output)? {
            Some(HeldUp { why, .. }) if left > 0 => output.runs_again(scenario, &why),
            Some(HeldUp { why, journal }) => output.held_up(scenario, why, &journal)?,
            None => break,
        }
    }
    Ok(())
}

/// A run that says nothing: why, and all of it.
struct HeldUp {
    why: String,
    journal: Vec<Record>,
}

/// Runs a scenario once, and says how it came out; unless the rig was held up.
fn attempt(scenario: &Scenario, options: &RunOptions, output: &mut Output<'_>) -> io::Result<Option<HeldUp>> {
    let run = match on_rig(scenario, options) {
        Ok(run) => run,
        Err(RigError::Skipped(why)) => return output.skipped(scenario, why).map(|()| None),
        Err(error) => return output.wrong(scenario, &error).map(|()| None),
    };
    // Invariant 9: where time is simulated, the second run costs nothing.
    let again = match options.rig {
        Rig::Simulated => on_rig(scenario, options).ok(),
        Rig::Processes => None,
    };
    let judgement = match judge(&run.journal, scenario, again.as_ref().map(|run| run.journal.as_slice())) {
        Ok(judgement) => judgement,
        Err(Unjudgeable::HeldUp(why)) => return Ok(Some(HeldUp { why, journal: run.journal })),
        Err(error) => return output.wrong(scenario, &error).map(|()| None),
    };
    let Some(facts) = checks::facts(&run.journal) else { return Ok(None) };
    output
        .ran(&Report { facts, journal: &run.journal, judgement: &judgement, real: Some(run.real) }, &run.rewritten)?;
    Ok(None)
}

fn on_rig(scenario: &Scenario, options: &RunOptions) -> Result<Run, RigError> {
    let how = rigs::RunOptions { makers: options.stack, wires: options.wires, speed: options.speed };
    match options.rig {
        Rig::Simulated => rigs::simulated::run(scenario, &how),
        Rig::Processes => {
            let _progress = Progress::show(&scenario.name, options.speed);
            rigs::processes::run(scenario, &how)
        }
    }
}
