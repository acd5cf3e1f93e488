//! Drivers: from a UPS's wire to the driver socket.
//!
//! Read it in this order:
//!
//! 1. [`config`]: what `ups.conf` and the command line say about one device.
//! 2. [`publisher`]: the variable store, and the driver side of the socket that a server reads.
//! 3. [`status`]: how `ups.status` and `ups.alarm` are composed.
//! 4. [`dummy`]: the driver whose UPS is a file.
//! 5. [`hid`] and [`usbhid`]: report descriptors, and the driver for HID power devices on USB.
//! 6. [`start`]: what every driver program does before its engine runs; [`inquiry`] asks one that runs,
//!    [`ending`] sees it end.
//! 7. [`upsdrvctl`]: starts, stops and asks them all; [`hook`]: what time it has to cut loads; `left_alone`: whose it does not
//!    cut.

pub mod config;
pub mod dummy;
pub mod ending;
pub mod hid;
pub mod hook;
pub mod inquiry;
mod left_alone;
pub mod publisher;
pub mod start;
pub mod status;
pub mod upsdrvctl;
pub mod usbhid;

pub use config::DriverConfig;
pub use publisher::Publisher;
pub use status::StatusComposer;
