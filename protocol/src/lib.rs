//! The words both ends of every wire agree on: no IO, no clock, no async.
//!
//! Read it in this order:
//!
//! 1. [`engine`] and [`time`]: the one shape of everything that decides, and its clock.
//! 2. [`event`] and [`effect`]: what the world tells an engine, and what an engine asks of the world.
//! 3. [`lexer`]: NUT's one lexer, for both wires and every configuration file; [`text`] writes what
//!    it reads.
//!    [`printable`](mod@printable) shows what others wrote.
//! 4. [`names`], [`value`] and [`status`]: what the words mean.
//! 5. [`net`] and [`driver_socket`]: requests and replies of both text protocols; [`session`]: a
//!    client's side of the first.
//! 6. [`conf`] and [`diagnostic`]: configuration files, and what to say when they are wrong. [`power_down_flag`]: what a
//!    monitor leaves behind for whoever cuts the loads.
//! 7. [`usb`]: what travels between a USB host and a UPS, and its frames on the emulator bus;
//!    [`hid`]: the names of what a HID power device reports.

pub mod conf;
pub mod diagnostic;
pub mod driver_socket;
pub mod effect;
pub mod engine;
pub mod event;
pub mod hid;
pub mod lexer;
pub mod names;
pub mod net;
pub mod power_down_flag;
pub mod printable;
pub mod session;
pub mod status;
pub mod text;
pub mod time;
pub mod usb;
pub mod value;

pub use effect::{Bequest, Command, Effect, Endpoint, JobId, Level, LinkId, TransferId};
pub use engine::Engine;
pub use event::{Event, JobOutcome, LinkError, Peer, Signal};
pub use printable::printable;
pub use time::Instant;
