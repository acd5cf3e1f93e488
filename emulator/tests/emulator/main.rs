//! The emulator from outside: what is done to a device, and what it does.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on has failed")]

mod bench;
mod commands;
mod descriptors;
mod devices;
mod faults;
mod mains;
mod outage;
mod properties;
mod pushes;
mod reports;
mod sockets;
