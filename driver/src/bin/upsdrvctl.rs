//! `upsdrvctl`.
fn main() {}
