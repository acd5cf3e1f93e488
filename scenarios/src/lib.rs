//! Outages scripted in YAML, run on rigs, judged by expectations and invariants.
//!
//! Read it in this order:
//!
//! 1. [`language`]: what a scenario file says.
//! 2. [`rigs`]: where a scenario runs; [`host`] and [`stack`] are what it runs on and with.
//! 3. [`journal`]: what a run leaves behind, the only input of checks and reports.
//! 4. [`checks`]: expectations and invariants, judged over a journal.
//! 5. [`reports`]: what a run looks like, for a person and for a machine.
//! 6. [`cli`][]: `ridethrough`.

pub mod checks;
pub mod cli;
pub mod host;
pub mod journal;
pub mod language;
pub mod reports;
pub mod rigs;
pub mod stack;
