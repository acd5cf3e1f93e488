//! The vocabulary of HID power devices, shared by both ends of a device wire: words only, no
//! parsing and no encoding, so that one bug cannot cancel itself out.

pub mod usage;
