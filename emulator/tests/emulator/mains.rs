//! Mains that are neither good nor gone, loads that are too much, batteries that lie.

use emulator::Observation;
use emulator::observation::Supply;

use crate::bench::Bench;

#[test]
fn a_regulator_boosts_and_trims_before_the_battery_is_used() {
    let mut bench = Bench::new("apc-back-ups-bx750mi");
    bench.control("mains 180 V").pass("1 s").control("mains 270 V").pass("1 s");
    bench.control("mains 140 V").pass("10 s").control("mains 147 V").pass("10 s").control("mains 230 V").pass("10 s");
    insta::assert_snapshot!(bench.story());
}

#[test]
fn a_frequency_out_of_range_is_no_better_than_no_mains() {
    let mut bench = Bench::new("apc-back-ups-650");
    bench.control("mains 70 Hz").pass("1 s");
    let on_battery = |seen: &Observation| matches!(seen, Observation::Supply { supply: Supply::OnBattery, .. });
    assert!(bench.when(on_battery).is_some());
    // APCLineFailCause: frequency out of range.
    assert_eq!(bench.feature(0x36), [7]);
}

#[test]
fn an_overload_on_battery_trips_and_wants_its_button_pressed() {
    let mut bench = Bench::new("apc-back-ups-650");
    bench.control("load 120 %").pass("1 h").control("mains off").pass("1 m").control("mains on").pass("1 h");
    bench.control("load 50 %").control("panel on").pass("1 s");
    insta::assert_snapshot!(bench.story());
}

#[test]
fn a_test_under_overload_is_given_up_and_the_load_stays_on() {
    let mut bench = Bench::new("cyberpower-cp1500epfclcd");
    bench.control("load 120 %").control("test deep").pass("1 m");
    assert_eq!(bench.when(|seen| matches!(seen, Observation::Outlet { on: false, .. })), None);
    assert_eq!(bench.feature(0x14), [4]);
}

#[test]
fn bypass_under_failing_mains_is_no_transfer_to_battery() {
    let mut bench = Bench::new("apc-back-ups-650");
    bench.control("mains 100 V").control("bypass on").pass("1 m");
    let on_battery = |seen: &Observation| matches!(seen, Observation::Supply { supply: Supply::OnBattery, .. });
    assert_eq!(bench.when(on_battery), None);
}

#[test]
fn a_gauge_that_knows_no_better_says_low_battery_too_late() {
    let mut bench = Bench::new("apc-back-ups-650");
    bench.control("battery health 50 %").control("battery gauge 100 %").control("mains off").pass("1 h");
    let low = bench.when(|seen| *seen == Observation::LowBattery { low: true }).unwrap();
    let dead = bench.when(|seen| matches!(seen, Observation::Outlet { on: false, .. })).unwrap();
    assert_eq!(low, dead);
    // Half of 1140 s.
    assert_eq!(dead.as_micros() / 1_000_000, 570);
}

#[test]
fn a_cold_battery_lasts_less_than_a_warm_one() {
    let mut bench = Bench::new("apc-back-ups-650");
    bench.control("battery temperature 0 C");
    // 0.8 % a degree below 25 °C.
    assert_eq!(bench.ups.readings().runtime_seconds, 1140 * 80 / 100);
}

#[test]
fn a_cell_that_collapses_ends_the_supply_there() {
    let mut bench = Bench::new("apc-back-ups-650");
    bench.control("battery collapse 40 %").control("mains off").pass("1 h");
    insta::assert_snapshot!(bench.story());
}

#[test]
fn without_a_battery_the_load_falls_with_the_mains() {
    let mut bench = Bench::new("apc-back-ups-650");
    bench.control("battery disconnect").pass("1 s").control("mains off").pass("1 s");
    insta::assert_snapshot!(bench.story());
}

#[test]
fn a_battery_that_was_unplugged_during_an_outage_comes_back_as_full_as_it_was() {
    let mut bench = Bench::new("apc-back-ups-650");
    bench.control("battery charge 80 %").control("battery disconnect").control("mains off").pass("1 m");
    bench.control("mains on").pass("10 s").control("battery connect").pass("1 s");
    assert_eq!(bench.ups.readings().charge.0, 800);
}

#[test]
fn twice_the_power_ends_a_battery_in_less_than_half_the_time_as_peukert_has_it() {
    let lasts = |load: &str| {
        let mut bench = Bench::new("apc-back-ups-650");
        bench.control(&format!("load {load}")).control("mains off").pass("24 h");
        let dead = bench.when(|seen| matches!(seen, Observation::Outlet { on: false, .. })).unwrap();
        dead.as_micros() as f64 / 1e6
    };
    // At the measured point 148.2 W leave the outlets: 148.2 / 0.85 + 8 = 182.4 W leave the battery, for 1140 s.
    // 303.2 W at the outlets are twice that, and 1140 / 2^1.2 = 496.2 s.
    assert!((lasts("148.2 W") - 1140.0).abs() < 1.0, "{}", lasts("148.2 W"));
    assert!((lasts("303.2 W") - 496.2).abs() < 1.0, "{}", lasts("303.2 W"));
}

#[test]
fn the_battery_s_voltage_sags_under_load_falls_with_the_charge_and_rises_while_charging() {
    let mut bench = Bench::new("apc-back-ups-650");
    let volts = |bench: &Bench| bench.ups.readings().battery.0;
    assert_eq!(volts(&bench), 13_700, "floating");
    bench.control("mains off").pass("1 s");
    let mut before = volts(&bench);
    assert!((11_000..12_810).contains(&before), "{before}");
    for _ in 0..18 {
        bench.pass("1 m");
        let now = volts(&bench);
        assert!(now < before, "{now} mV after {before} mV");
        before = now;
    }
    bench.control("load 10 %").pass("1 s");
    let rested = volts(&bench);
    assert!(rested > before, "less load, less sag: {rested} mV after {before} mV");
    bench.control("mains on").pass("10 s");
    assert!(volts(&bench) > rested, "charging");
}

#[test]
fn the_low_battery_signal_can_be_forced_and_held_down() {
    let mut bench = Bench::new("apc-back-ups-650");
    bench.control("low-battery on").pass("1 s").control("low-battery auto").pass("1 s");
    bench.control("low-battery off").control("mains off").pass("1 h");
    insta::assert_snapshot!(bench.story());
}

#[test]
fn bypass_puts_the_load_on_the_bare_mains() {
    let mut bench = Bench::new("apc-back-ups-650");
    bench.control("bypass on").pass("1 s").control("mains off").pass("10 s").control("bypass off");
    bench.control("mains on").pass("10 s");
    insta::assert_snapshot!(bench.story());
}

#[test]
fn a_group_of_outlets_is_switched_alone() {
    let mut bench = Bench::new("eaton-3s");
    assert_eq!(bench.feature(0x02), [1, 1]);
    bench.control("outlet 1 off");
    assert_eq!(bench.feature(0x02), [1, 0]);
}
