//! The processes rig: real daemons, real sockets, real configuration files, real time.
//!
//! 1. [`rig`]: the main loop. [`inbox`] and [`news`]: what reaches it. [`acts`]: what it does. [`held_up`]: what
//!    makes a run worth nothing.
//! 2. [`place`], [`files`], [`rewriting`]: where a run lives, and the hosts' files. [`safety`]: why
//!    no run can shut this machine down. [`recorder`]: what stands in the place of every command.
//! 3. [`slots`], [`services`], [`readiness`], [`child`], [`programs`]: the processes; [`faketime`]: faster clocks
//!    for NUT's.
//! 4. [`proxy`], [`paths`]: what every connection passes through. [`device`]: the emulated UPSes;
//!    [`stand_in`]: for NUT's drivers, which cannot read them.

mod acts;
mod child;
mod clock;
mod device;
mod faketime;
mod files;
mod held_up;
mod inbox;
mod lines;
mod news;
mod paths;
mod place;
mod programs;
mod proxy;
mod readiness;
pub mod recorder;
mod rewriting;
mod rig;
mod safety;
mod services;
mod slots;
mod stand_in;
mod stop;

use super::{RigError, Run, RunOptions, refusal};
use crate::language::Scenario;

/// Runs a scenario on real processes.
///
/// # Errors
/// What keeps it from running here, and what of the rig itself failed.
pub fn run(scenario: &Scenario, options: &RunOptions) -> Result<Run, RigError> {
    refusal::check(scenario, refusal::Rig::Processes)?;
    let rig = rig::Rig::prepare(scenario, *options)?;
    let broken = |error: std::io::Error| RigError::Broken(format!("start the event loop: {error}"));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(broken)?;
    let began = clock::wall();
    let (journal, rewritten) = runtime.block_on(rig.run())?;
    let real = began.elapsed();
    // Whatever the run's tasks still hold goes now, children included.
    runtime.shutdown_background();
    Ok(Run { journal, real, events: 0, rewritten })
}
