//! A UPS down to the bytes on its wire: physics, faces, ports.
//!
//! It knows nothing of NUT: what it speaks is what a real device speaks. Read it in this order:
//!
//! 1. [`device`]: what a device file says, and where to find one.
//! 2. [`Ups`]: the engine; [`control`] goes in, [`observation`] comes out.
//! 3. [`physics`]: mains, transfer, battery, load, outlets, countdowns, self-test.
//! 4. [`hid`]: the device's reports, built on its own report descriptor.
//! 5. [`port`]: the engine on sockets, in real time; [`cli`]: `ups-emulator`, which is that.
//!
//! Nothing in this crate computes with floating point: a trace is the same bits on every machine.

pub mod cli;
pub mod control;
pub mod device;
pub mod fields;
mod fixed;
pub mod hid;
pub mod observation;
pub mod physics;
pub mod port;
pub mod units;
mod ups;

pub use control::Control;
pub use device::Device;
pub use observation::Observation;
pub use ups::{Input, Output, Setup, Ups};
