//! `dummy-ups`.
fn main() {}
