//! `upsdrvctl`: starts, stops and asks the drivers of `ups.conf`, and cuts the loads (upsdrvctl(8)).
//!
//! [`plan`] decides what to do, from the file and the command line alone; [`execute`] does it.
//! Output goes where NUT's goes: the banner, `list` and `status` to the standard output, everything
//! else to the standard error; the exit code is 0 when all went well, else 1.

mod arguments;
pub mod entries;
pub mod execute;
pub mod plan;
mod report;
pub mod turns;

use crate::left_alone::LeftAlone;
use crate::start::poweroff_wait;
pub use arguments::command;
use arguments::{Arguments, Verb};
use daemon::{Clock, paths};
use plan::{Entry, Task};
use protocol::conf::ups_conf::UpsConf;
use protocol::diagnostic::{Diagnostic, Diagnostics, Severity, Source};
use std::path::PathBuf;
use std::process::ExitCode;

/// Where the drivers' programs, sockets and PID files are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Places {
    /// The driver programs.
    pub programs: PathBuf,
    /// The driver sockets.
    pub sockets: PathBuf,
    /// The PID files.
    pub pids: PathBuf,
}

/// Runs the program to its end.
#[must_use]
pub fn run() -> ExitCode {
    let arguments = match Arguments::read() {
        Ok(arguments) => arguments,
        Err(code) => return code,
    };
    match act(&arguments) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(found) => {
            eprintln!("{found}");
            ExitCode::FAILURE
        }
    }
}

/// Whether all went well.
fn act(arguments: &Arguments) -> Result<bool, Diagnostics> {
    let began = Clock::start();
    if std::env::var_os("NUT_QUIET_INIT_BANNER").is_none() {
        println!("Ridethrough - UPS driver controller {}", env!("CARGO_PKG_VERSION"));
    }
    let (conf, mut mistakes) = read()?;
    let places = places(&conf);
    let (mut entries, more) = entries::of(&conf);
    mistakes.append(more);
    if !mistakes.is_empty() {
        eprintln!("{mistakes}");
    }
    let only = arguments.ups.as_deref();
    let passed_on = arguments.passed_on(&conf, &places);
    let unknown = |ups: &str| {
        let names = conf.sections.iter().map(|section| section.name.as_str());
        Diagnostic::unplaced(Severity::Error, format!("UPS {ups} not found in ups.conf")).suggest(ups, names)
    };
    let task = match &arguments.verb {
        Verb::List => return report::list(&plan::chosen(only, &entries).map_err(unknown)?),
        Verb::Status => return report::status(&plan::chosen(only, &entries).map_err(unknown)?, &places),
        Verb::Order(order) => {
            return execute::order(order, &plan::chosen(only, &entries).map_err(unknown)?, &places);
        }
        Verb::Start => Task::Start,
        Verb::Stop => Task::Stop,
        Verb::Shutdown => {
            // Who names one means it.
            if only.is_none() {
                leave_alone(&LeftAlone::read(), &mut entries);
            }
            Task::Shutdown
        }
    };
    let steps = plan::plan(task, only, &entries, &passed_on).map_err(unknown)?;
    let executor = execute::Executor {
        places,
        is_test: arguments.is_test,
        debug: arguments.debug(),
        waits: !entries::has_nowait(&conf),
        began,
        poweroff_wait: poweroff_wait(),
        cuts_all: only.is_none(),
    };
    // What is sound has its turn, whatever is wrong elsewhere; what is wrong is not a success.
    let is_sound = match only.and_then(|ups| conf.section(ups)) {
        Some(section) => !mistakes.iter().any(|one| one.severity == Severity::Error && conf.concerns(section, one)),
        None => !mistakes.has_errors(),
    };
    Ok(executor.all(&steps) && is_sound)
}

/// Takes out, and names, the UPSes whose hosts stay up.
fn leave_alone(left_alone: &LeftAlone, entries: &mut Vec<Entry>) {
    entries.retain(|entry| {
        let is_cut = !left_alone.has(&entry.ups);
        if !is_cut {
            eprintln!("Not shutting down UPS {}: it has no part in this shutdown (POWERDOWNFLAG says so)", entry.ups);
        }
        is_cut
    });
}

fn read() -> Result<(UpsConf, Diagnostics), Diagnostics> {
    let path = paths::configuration().join("ups.conf");
    let contents = std::fs::read(&path)
        .map_err(|error| Diagnostic::unplaced(Severity::Error, format!("cannot read {}: {error}", path.display())))?;
    let (conf, mut found) = UpsConf::salvage(&Source::new(&path.to_string_lossy(), contents));
    if conf.sections.is_empty() {
        found.push(Diagnostic::unplaced(Severity::Error, "no UPS definitions found in ups.conf"));
        return Err(found);
    }
    Ok((conf, found))
}

/// The driver programs are where `driverpath` says, else beside this one.
fn places(conf: &UpsConf) -> Places {
    let state = conf.globals.get("statepath");
    let beside = || std::env::current_exe().ok().and_then(|program| program.parent().map(PathBuf::from));
    let programs = conf.globals.get("driverpath").map(PathBuf::from).or_else(beside).unwrap_or_default();
    Places { programs, sockets: paths::state(state), pids: paths::pid(state) }
}
