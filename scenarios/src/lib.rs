//! Outages scripted in YAML, run on rigs, judged by expectations and invariants.
//!
//! Read it in this order:
//!
//! 1. [`language`]: what a scenario file says.
//! 2. [`journal`]: what a run leaves behind, the only input of checks and reports.

pub mod journal;
pub mod language;
