//! The HID face: what a USB host sees of the device (HID 1.11, HID Power Devices 1.1).
//!
//! [`layout`] reads the device's own report descriptor, [`quantity`] names what its fields can show,
//! [`bind`] brings the two together as the device file says, and [`Face`] answers requests and pushes
//! reports. None of it is shared with a driver: a bug in one cannot hide a bug in the other.

pub mod bind;
mod bits;
mod descriptors;
mod face;
mod faults;
pub mod layout;
mod pushes;
pub mod quantity;
mod reports;

pub use face::{Act, Face};
pub use reports::Written;
