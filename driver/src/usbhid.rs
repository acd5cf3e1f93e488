//! `usbhid-ups`: UPSes that are HID power devices on USB (usbhid-ups(8)).
//!
//! 1. [`engine`]: finds the device, keeps it, and says what is read when.
//! 2. [`subdriver`] and [`tables`]: which vendor keeps what under which usage path.
//! 3. [`binding`] and [`device`]: a table over one device's descriptor, and its last readings.
//! 4. [`conversion`] and [`words`]: from values to variables; [`flag`], [`state`] and [`doubt`]: to the status.
//! 5. [`memory`]: which device it was, for `-k`.
//! 6. [`command`] and [`script`]: instant commands, `SET VAR`, and cutting the load; [`delays`]: when.
//!
//! The device is reached through [`protocol::Effect::Transfer`] alone: whoever hosts the engine has
//! the USB, the emulator bus or a simulated device behind it.

pub mod binding;
pub mod command;
pub mod conversion;
pub mod delays;
pub mod desk;
pub mod device;
pub mod doubt;
pub mod engine;
pub mod flag;
pub mod matcher;
pub mod memory;
pub mod model;
pub mod options;
pub mod param;
pub mod quirk;
pub mod row;
pub mod schedule;
pub mod script;
pub mod state;
pub mod subdriver;
pub mod tables;
pub mod words;

pub use engine::{UsbHid, VERSION};
pub use param::PARAMS;
