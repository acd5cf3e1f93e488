//! The command line of `ridethrough`. [`options`] declares it, once, for the parser, the help, the
//! manual page and the completions; each verb is a file.
//!
//! Exit codes: 0 when everything holds, 1 when an expectation or invariant does not, 2 when a file
//! or the command line is wrong, 3 when a run could not be judged, because the rig was held up.

mod check;
mod describe;
mod judge;
mod list;
mod man;
pub mod options;
mod output;
pub mod programs;
mod progress;
mod run;
mod said;

use crate::language::{Scenario, Surroundings, load};
use clap::Parser;
use options::{Options, Verb};
use std::path::PathBuf;
use std::process::ExitCode;

/// An expectation or invariant does not hold.
const FAILED: u8 = 1;
/// A file or the command line is wrong.
const WRONG: u8 = 2;
/// A rig was held up, so that nobody knows.
const HELD_UP: u8 = 3;

/// Does what the command line says.
#[must_use]
pub fn main() -> ExitCode {
    let done = match Options::parse().verb {
        Verb::Run(options) => run::run(&options),
        Verb::Judge(options) => judge::judge(&options),
        Verb::Check { files, json } => check::check(&files, json),
        Verb::List { directory, json } => list::list(&directory, json),
        Verb::Schema => describe::schema(),
        Verb::Man { program } => man::man(program),
        Verb::Completions { shell, program } => describe::completions(shell, program),
    };
    match done {
        Ok(code) => ExitCode::from(code),
        // Whoever was reading has read enough.
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(error) => {
            anstream::eprintln!("ridethrough: {error}");
            ExitCode::from(WRONG)
        }
    }
}

/// What a scenario may name.
fn surroundings() -> Surroundings {
    Surroundings { devices: emulator::device::names().into_iter().map(str::to_owned).collect() }
}

/// Loads every file; says what is wrong with those that are. `None` when one is.
fn load_all(files: &[PathBuf]) -> Option<Vec<Scenario>> {
    let surroundings = surroundings();
    let mut scenarios = Vec::new();
    let mut wrong = false;
    for file in files {
        match load(file, &surroundings) {
            Ok(loaded) => scenarios.extend(loaded),
            Err(diagnostics) => {
                wrong = true;
                anstream::eprintln!("{}\n", diagnostics.render(true));
            }
        }
    }
    (!wrong).then_some(scenarios)
}
