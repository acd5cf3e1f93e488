//! `upsc`.
fn main() {}
