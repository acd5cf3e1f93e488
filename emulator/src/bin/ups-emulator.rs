//! `ups-emulator`.
fn main() {}
