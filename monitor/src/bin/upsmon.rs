//! `upsmon`.
fn main() {}
