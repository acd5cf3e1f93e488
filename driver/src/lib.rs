//! Drivers: from a UPS's wire to the driver socket.
//!
//! Read it in this order:
//!
//! 1. [`config`]: what `ups.conf` and the command line say about one device.
//! 2. [`publisher`]: the variable store, and the driver side of the socket that a server reads.
//! 3. [`status`]: how `ups.status` and `ups.alarm` are composed.
//! 4. [`dummy`]: the driver whose UPS is a file.

pub mod config;
pub mod dummy;
pub mod hid;
pub mod inquiry;
pub mod publisher;
pub mod status;

pub use config::DriverConfig;
pub use publisher::Publisher;
pub use status::StatusComposer;
