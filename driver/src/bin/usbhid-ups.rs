//! `usbhid-ups`.
fn main() {}
