//! `ridethrough`.
fn main() {}
