//! `upsd`.
fn main() {}
