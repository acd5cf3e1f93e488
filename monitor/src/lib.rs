//! upsmon: decides when a host must go down, and takes it down in order.
//!
//! Read it in this order:
//!
//! 1. [`config`]: what `upsmon.conf` says. [`notice`]: what an operator is told.
//! 2. [`sight`]: what is known of one UPS. [`criticality`]: when it can no longer be counted on, and
//!    why; a pure function. [`decision`]: the one thing this monitor decides.
//! 3. [`Upsmon`]: the engine. It hands events to one `supply` per UPS (a polling connection and a
//!    push connection each), decides, and drives the `shutdown`.
//! 4. [`power_down_flag`]: the file that has the load cut. [`kept`]: what a primary keeps across boots. [`cli`]: the shell around it all.
//!
//! It never knows how a server or a driver works inside, and the engine owns no clock, socket or process.

pub mod cli;
pub mod config;
pub mod criticality;
pub mod decision;
mod desk;
mod engine;
pub mod kept;
pub mod notice;
mod notifier;
mod outbox;
pub mod power_down_flag;
mod shutdown;
pub mod sight;
mod supply;

pub use config::Config;
pub use engine::Upsmon;
