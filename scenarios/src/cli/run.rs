//! `ridethrough run`: every scenario, one after another, each judged as soon as it is over.

use super::options::{Rig, RunOptions};
use super::output::{self, Output};
use super::progress::Progress;
use super::{FAILED, WRONG, load_all};
use crate::checks::{self, judge};
use crate::language::Scenario;
use crate::reports::Report;
use crate::rigs::{self, RigError, Run};
use std::io;

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
        // Nothing ran at all: what was asked for cannot be had here.
        counts if counts.passed == 0 => WRONG,
        _ => 0,
    })
}

fn one(scenario: &Scenario, options: &RunOptions, output: &mut Output<'_>) -> io::Result<()> {
    let run = match on_rig(scenario, options) {
        Ok(run) => run,
        Err(RigError::Skipped(why)) => return output.skipped(scenario, why),
        Err(error) => return output.wrong(scenario, &error),
    };
    // Invariant 9: where time is simulated, the second run costs nothing.
    let again = match options.rig {
        Rig::Simulated => on_rig(scenario, options).ok(),
        Rig::Processes => None,
    };
    let judgement = match judge(&run.journal, scenario, again.as_ref().map(|run| run.journal.as_slice())) {
        Ok(judgement) => judgement,
        Err(error) => return output.wrong(scenario, &error),
    };
    let Some(facts) = checks::facts(&run.journal) else { return Ok(()) };
    output.ran(&Report { facts, journal: &run.journal, judgement: &judgement, real: Some(run.real) }, &run.rewritten)
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
