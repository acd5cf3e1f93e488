//! The journal of a run: what anyone could have seen, in order, one record a line (JSON Lines).
//!
//! It is the checker's only input, so that a new check can be run on an old journal, and it holds
//! no wall-clock time, path of this machine or process id: the same file with the same seed gives
//! the same bytes. [`record`] lists what a rig must write, [`state`] and [`wire`] what records carry, [`lines`] reads and writes it.

pub mod lines;
pub mod record;
#[cfg(test)]
pub(crate) mod sample;
pub mod sights;
pub mod state;
pub mod topology;
pub mod wire;

pub use record::{Name, Record, What};
pub use sights::Sights;
pub use state::{Answer, CommandRole, Ending, HostState, Login, MainsState, ProcessEvent, Supply};
pub use topology::{FeedFacts, HostFacts, MonitorFacts, MonitoredFacts, RunFacts, UpsFacts, names};
pub use wire::{Direction, LinkEvent, WireBytes, WireProtocol};
