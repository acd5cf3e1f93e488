//! Where a scenario runs: on a virtual clock ([`simulated`]) or on real processes ([`processes`]).
//!
//! Read it in this order:
//!
//! 1. [`director`]: the part of a run that is the same on every rig.
//! 2. [`configuration`], [`facts`], [`kept`]: what a run is made of. [`notices`]: how monitors speak.
//! 3. [`tap`]: who listens in on the wires.
//! 4. [`simulated`]: the engines on a virtual clock. [`processes`]: real daemons, in real time.

pub mod configuration;
pub mod dice;
pub mod director;
pub mod facts;
pub mod kept;
pub mod notices;
pub mod observer;
pub mod processes;
pub mod refusal;
pub mod simulated;
pub mod tap;

use std::time::Duration;

use crate::journal::Record;
use crate::language::Makers;
use protocol::diagnostic::Diagnostics;

/// How often a slow reader reads, in all that `slow_reader` lets it.
pub(crate) const READS_A_SECOND: u32 = 10;

/// How a scenario is to be run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RunOptions {
    /// Whose daemons.
    pub makers: Makers,
    /// Every line of every wire goes into the journal, not only what is new.
    pub wires: bool,
    /// How many times faster than the wall clock (real-time rigs only).
    pub speed: u32,
}

impl Default for RunOptions {
    fn default() -> Self {
        Self { makers: Makers::OURS, wires: false, speed: 1 }
    }
}

/// A run that came to its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    /// Everything that could be seen, in order.
    pub journal: Vec<Record>,
    /// How long it took on the wall clock.
    pub real: Duration,
    /// How many events the simulated rig handled (0 on others).
    pub events: u64,
    /// What the rig rewrote in configurations, a line each (empty where nothing had to be).
    pub rewritten: Vec<String>,
}

/// Why a scenario was not run.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RigError {
    /// It cannot run here; why, in one line. Counted as skipped.
    #[error("{0}")]
    Skipped(String),
    /// A host's configuration cannot be used.
    #[error("{0}")]
    Configuration(Diagnostics),
    /// A device cannot be emulated.
    #[error("{0}")]
    Device(Diagnostics),
    /// The rig refuses: running this would not be safe.
    #[error("{0}")]
    Unsafe(String),
    /// The rig itself failed.
    #[error("{0}")]
    Broken(String),
}
