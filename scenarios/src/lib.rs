//! Outages scripted in YAML, run on rigs, judged by expectations and invariants.
//!
//! Read it in this order:
//!
//! 1. [`language`]: what a scenario file says.
//! 2. [`journal`]: what a run leaves behind, the only input of checks and reports.
//! 3. [`checks`]: expectations and invariants, judged over a journal.

pub mod checks;
pub mod journal;
pub mod language;

pub mod host;
pub mod rigs;
pub mod stack;
