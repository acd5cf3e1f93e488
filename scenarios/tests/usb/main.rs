//! `usbhid-ups` and the emulated UPSes, end to end without a server: what crosses the cable is the
//! real bytes, the clock jumps.

#![expect(clippy::expect_used, reason = "a test says what it needs")]

mod commands;
mod doubting;
mod killing;
mod listing_of_seed_000;
mod listings;
mod losing;
mod options;
mod outage;
mod pair;
mod polls;
