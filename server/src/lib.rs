//! `upsd`: shares what drivers read with whoever asks, in NUT's network protocol.
//!
//! Read it in this order:
//!
//! 1. [`config`]: `ups.conf`, `upsd.conf`, `upsd.users`, checked as a whole.
//! 2. `upsd`: the engine, [`Upsd`], which hands each event on.
//! 3. `drivers`, `driver_link`: the links to the drivers; [`store`]: what they published.
//! 4. `session`, `requests`: the clients and what they ask, one file per family of requests.
//! 5. `service`, `ups`: what all of them share.
//! 6. `audit`: what a client said, in the log.
//! 7. [`cli`], [`startup`]: the shell around it all.

mod audit;
pub mod cli;
pub mod config;
mod descriptions;
mod driver_link;
mod drivers;
mod failures;
mod origin;
mod requests;
mod service;
mod session;
pub mod startup;
pub mod store;
mod tracking;
mod ups;
mod upsd;
mod users;
mod version;

pub use config::{Config, Files};
pub use upsd::Upsd;
pub use users::{Action, Commands, User};
pub use version::{BANNER, VERSION};
