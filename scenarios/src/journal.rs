//! The journal of a run: what anyone could have seen, in order, one record a line (JSON Lines).
//!
//! It is the checker's only input, so that a new check can be run on an old journal, and it holds
//! no wall-clock time, path of this machine or process id: the same file with the same seed gives
//! the same bytes. [`record`] lists what a rig must write, [`lines`] reads and writes it.

pub mod lines;
pub mod record;
pub mod sights;
pub mod topology;

pub use record::{
    Answer, CommandRole, Direction, Ending, HostState, LinkEvent, Login, MainsState, Name, ProcessEvent, Record, Supply, What,
    WireBytes, WireProtocol,
};
pub use sights::Sights;
pub use topology::{FeedFacts, HostFacts, MonitorFacts, MonitoredFacts, RunFacts, UpsFacts, names};
