//! Outages as the physics have them, told by what can be seen from outside.

use crate::bench::Bench;
use emulator::Observation;
use emulator::observation::{Cause, Supply};
use protocol::Instant;

fn seconds(instant: Instant) -> u64 {
    instant.as_micros() / 1_000_000
}

#[test]
fn the_apc_650_lasts_nineteen_minutes_and_says_low_battery_two_minutes_before_its_end() {
    let mut bench = Bench::new("apc-back-ups-650");
    bench.pass("30 s").control("mains off").pass("30 m");
    let low = bench.when(|seen| *seen == Observation::LowBattery { low: true }).unwrap();
    let dead = bench.when(|seen| matches!(seen, Observation::Outlet { on: false, .. })).unwrap();
    // The listing's runtime of 1140 s, from the transfer on; the model rounds within a second.
    assert!(seconds(dead).abs_diff(30 + 1140) <= 1, "{dead}");
    assert!((seconds(dead) - seconds(low)).abs_diff(120) <= 1, "{low} {dead}");
    insta::assert_snapshot!(bench.story());
}

#[test]
fn mains_that_return_bring_dead_outlets_back_and_fill_the_battery() {
    let mut bench = Bench::new("apc-back-ups-650");
    bench.control("mains off").pass("20 m").control("mains on").pass("24 h");
    insta::assert_snapshot!(bench.story());
    assert_eq!(bench.ups.readings().charge.0, 1000);
}

/// The mains must be good for 3 s before it returns to them; its battery does not last that long.
#[test]
fn mains_that_are_back_when_the_battery_ends_take_over_and_no_test_is_said() {
    let mut bench = Bench::new("apc-back-ups-650");
    bench.control("mains off").pass("1139 s").control("mains on").pass("1 m");
    assert_eq!(bench.when(|seen| matches!(seen, Observation::Outlet { on: false, .. })), None);
    let taken_over = bench.when(|seen| matches!(seen, Observation::Supply { because: Cause::MainsBack, .. }));
    assert!(seconds(taken_over.unwrap()).abs_diff(1140) <= 1, "{taken_over:?}");
}

#[test]
fn a_blip_shorter_than_the_transfer_time_is_ridden_through() {
    let mut bench = Bench::new("apc-back-ups-650");
    bench.pass("1 s").control("mains off").pass("5 ms").control("mains on").pass("10 s");
    assert_eq!(bench.when(|seen| matches!(seen, Observation::Supply { supply: Supply::OnBattery, .. })), None);
}

#[test]
fn a_ups_that_floats_on_good_mains_has_nothing_to_do() {
    for device in ["apc-back-ups-650", "cyberpower-cp1500epfclcd", "eaton-3s", "santak-tg-box-850"] {
        use protocol::Engine;
        assert_eq!(Bench::new(device).ups.poll_timeout(), None, "{device}");
    }
}

/// Its bit for a low battery is one of charge; what it says of the end of a worn battery is as good.
#[test]
fn an_eaton_whose_end_is_near_has_a_low_battery_whatever_its_charge() {
    let mut bench = Bench::new("eaton-3s");
    bench.control("load 65 %").control("battery health 44 %").control("mains off").pass("10 m");
    let low = bench.when(|seen| *seen == Observation::LowBattery { low: true }).unwrap();
    let dead = bench.when(|seen| matches!(seen, Observation::Outlet { on: false, .. })).unwrap();
    assert!((seconds(dead) - seconds(low)).abs_diff(30) <= 1, "{low} {dead}");
}
