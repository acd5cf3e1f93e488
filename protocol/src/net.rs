//! The network protocol (RFC 9271, NUT's net protocol 1.3): requests, replies and errors.
//!
//! Requests and replies are lines of [words](crate::lexer); values borrow from the line they were
//! read from, and are written straight into a buffer. [`Request`] and [`Reply`] each have their
//! parse and their emit side by side. What a server answers is the server's affair.
//!
//! Ours is `WATCH <ups>`, which old peers never see: after `OK WATCH` the server pushes each change
//! of `ups.status`, the loss of the UPS, and a sign of life every [`WATCH_HEARTBEAT`].

mod error;
mod list;
mod reply;
mod request;
mod verb;

pub use error::ErrorCode;
pub use list::List;
pub use reply::{Reply, TypeFlags, TypeKind};
pub use request::Request;
pub use verb::Verb;

use std::time::Duration;

/// The version that NETVER and PROTVER report.
pub const PROTOCOL_VERSION: &str = "1.3";

/// The TCP port (IANA).
pub const PORT: u16 = 3493;

/// How long a server lets a watched connection be silent before it says `WATCH ALIVE`.
pub const WATCH_HEARTBEAT: Duration = Duration::from_secs(5);
