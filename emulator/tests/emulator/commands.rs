//! What a host asks for: delayed shutdown and start, tests, limits; and how devices differ in it.

use emulator::Observation;
use emulator::observation::{Cause, Supply};
use protocol::Instant;
use protocol::usb::Failure;

use crate::bench::Bench;

/// When the outlets went off, and when they came back.
fn outlet(bench: &Bench, live: bool) -> Option<Instant> {
    let mut changes = bench.seen().filter(|(at, _)| *at > Instant::START);
    changes.find(|(_, seen)| matches!(seen, Observation::Outlet { on, .. } if *on == live)).map(|(at, _)| at)
}

fn seconds(instant: Option<Instant>) -> Option<u64> {
    instant.map(|instant| instant.as_micros() / 1_000_000)
}

#[test]
fn a_shutdown_on_battery_cuts_the_outlets_and_mains_bring_them_back() {
    let mut bench = Bench::new("apc-back-ups-650");
    bench.control("mains off").pass("60 s");
    // DelayBeforeShutdown, 20 s.
    bench.write(&[0x15, 20, 0]).unwrap();
    assert_eq!(bench.feature(0x15), [20, 0]);
    bench.pass("10 s");
    assert_eq!(bench.feature(0x15), [10, 0]);
    bench.pass("5 m").control("mains on").pass("60 s");
    assert_eq!(bench.feature(0x15), [0xff, 0xff]);
    insta::assert_snapshot!(bench.story());
}

#[test]
fn a_shutdown_that_ends_on_good_mains_cycles_the_outlets() {
    let mut bench = Bench::new("apc-back-ups-650");
    bench.control("mains off").pass("60 s").write(&[0x15, 20, 0]).unwrap();
    bench.pass("10 s").control("mains on").pass("60 s");
    assert_eq!(seconds(outlet(&bench, false)), Some(80));
    assert_eq!(seconds(outlet(&bench, true)), Some(88));
}

#[test]
fn a_device_that_ignores_a_cut_on_good_mains_leaves_its_outlets_live() {
    let mut bench = Bench::new("apc-back-ups-650");
    bench.control("quirk cut-on-line ignore").control("mains off").pass("60 s").write(&[0x15, 20, 0]).unwrap();
    bench.pass("10 s").control("mains on").pass("10 m");
    assert_eq!(outlet(&bench, false), None);
}

#[test]
fn a_device_that_stays_off_on_good_mains_stays_off() {
    let mut bench = Bench::new("apc-back-ups-650");
    bench.control("quirk cut-on-line stay-off").control("mains off").pass("60 s").write(&[0x15, 20, 0]).unwrap();
    bench.pass("10 s").control("mains on").pass("24 h");
    assert_eq!(seconds(outlet(&bench, false)), Some(80));
    assert_eq!(outlet(&bench, true), None);
    bench.control("panel on");
    assert_eq!(seconds(outlet(&bench, true)), Some(70 + 24 * 3600));
}

const CYBERPOWERS: [&str; 2] = ["cyberpower-cp1500epfclcd", "cyberpower-cst135uc2"];

/// When the outlets went off and on again after delays in minutes, written on good mains.
fn told(device: &str, start: &[[u8; 2]], shutdown: u8) -> (Option<u64>, Option<u64>) {
    let mut bench = Bench::new(device);
    for [low, high] in start {
        bench.write(&[0x16, *low, *high]).unwrap();
    }
    bench.write(&[0x15, shutdown, 0]).unwrap();
    bench.pass("1 h");
    (seconds(outlet(&bench, false)), seconds(outlet(&bench, true)))
}

#[test]
fn a_device_that_does_as_told_comes_back_after_any_start_delay_and_else_stays_off() {
    for device in CYBERPOWERS {
        assert_eq!(told(device, &[], 2), (Some(120), None), "{device}: never told");
        assert_eq!(told(device, &[[0xff, 0xff]], 2), (Some(120), None), "{device}: told not to");
        assert_eq!(told(device, &[[3, 0], [0xff, 0xff]], 2), (Some(120), None), "{device}: told not to after all");
        // Over before the cut, at once even: it counts all the same.
        assert_eq!(told(device, &[[0, 0]], 2), (Some(120), Some(130)), "{device}");
        assert_eq!(told(device, &[[1, 0]], 2), (Some(120), Some(130)), "{device}");
        assert_eq!(told(device, &[[2, 0]], 2), (Some(120), Some(130)), "{device}");
        assert_eq!(told(device, &[[5, 0]], 2), (Some(120), Some(300)), "{device}");
    }
}

#[test]
fn mains_that_return_before_the_cut_leave_nobody_behind_where_the_start_delay_was_the_shorter_one() {
    for device in CYBERPOWERS {
        let mut bench = Bench::new(device);
        bench.control("mains off").pass("60 s");
        bench.write(&[0x16, 1, 0]).unwrap();
        bench.write(&[0x15, 2, 0]).unwrap();
        bench.pass("90 s").control("mains on").pass("10 m");
        assert_eq!((seconds(outlet(&bench, false)), seconds(outlet(&bench, true))), (Some(180), Some(190)), "{device}");
        let back =
            bench.seen().filter(|(_, seen)| matches!(seen, Observation::Supply { .. })).last().unwrap().1.clone();
        assert_eq!(back, Observation::Supply { supply: Supply::OnLine, because: Cause::Cycled }, "{device}");
    }
}

#[test]
fn any_device_can_be_made_to_do_as_told() {
    let mut bench = Bench::new("eaton-3s");
    bench.control("quirk cut-on-line as-told").write(&[0x0a, 5, 0, 0, 0]).unwrap();
    bench.write(&[0x09, 20, 0, 0, 0]).unwrap();
    bench.pass("1 h");
    assert_eq!((seconds(outlet(&bench, false)), seconds(outlet(&bench, true))), (Some(20), Some(30)));
}

#[test]
fn a_countdown_of_no_length_is_over_once() {
    let mut bench = Bench::new("eaton-3s");
    bench.write(&[0x09, 0, 0, 0, 0]).unwrap();
    assert_eq!(bench.story().matches("shutdown countdown over").count(), 1);
}

#[test]
fn a_device_that_dies_does_not_cancel_the_start_that_was_asked_for() {
    let mut bench = Bench::new("eaton-3s");
    bench.control("mains off").pass("60 s").write(&[0x0a, 120, 0, 0, 0]).unwrap();
    bench.write(&[0x09, 20, 0, 0, 0]).unwrap();
    bench.pass("60 s").control("mains on").pass("10 m");
    assert!(!bench.story().contains("cancelled"), "{}", bench.story());
    assert_eq!(seconds(outlet(&bench, true)), Some(180));
}

#[test]
fn what_no_field_shows_is_known() {
    let shows = |device: &str, line: &str| Bench::new(device).ups.shows(&line.parse().unwrap());
    assert!(!shows("cyberpower-cst135uc2", "replace-battery on"));
    assert!(shows("eaton-3s", "replace-battery on"));
    assert!(!shows("apc-back-ups-650", "alarm on"));
    assert!(shows("cyberpower-cst135uc2", "low-battery on"));
    assert!(shows("cyberpower-cst135uc2", "mains off"));
}

#[test]
fn what_a_host_wrote_is_said_with_its_unit() {
    let mut bench = Bench::new("cyberpower-cst135uc2");
    let layout = emulator::device::find("cyberpower-cst135uc2").unwrap().layout;
    let beeper = layout.fields.iter().find(|field| field.name().ends_with("AudibleAlarmControl")).unwrap().report;
    for report in [&[0x10, 98, 0][..], &[beeper, 1], &[0x14, 1], &[0x15, 2, 0], &[0x15, 0xff, 0xff]] {
        bench.write(report).unwrap();
    }
    insta::assert_snapshot!(bench.story());
}

#[test]
fn mains_that_come_back_cancel_the_shutdown_where_the_device_does_that() {
    let mut bench = Bench::new("apc-back-ups-650");
    bench.control("quirk mains-back cancels").control("mains off").pass("60 s").write(&[0x15, 20, 0]).unwrap();
    bench.pass("10 s").control("mains on").pass("10 m");
    assert_eq!(outlet(&bench, false), None);
    assert_eq!(bench.feature(0x15), [0xff, 0xff]);
}

#[test]
fn a_device_that_returns_without_mains_starts_the_load_from_its_battery() {
    let mut bench = Bench::new("cyberpower-cp1500epfclcd");
    bench.control("quirk returns without-mains").control("mains off").pass("60 s");
    // Startup in two minutes, shutdown in one: this device counts in minutes.
    bench.write(&[0x16, 2, 0]).unwrap();
    bench.write(&[0x15, 1, 0]).unwrap();
    bench.pass("10 m");
    assert_eq!(seconds(outlet(&bench, false)), Some(120));
    assert_eq!(seconds(outlet(&bench, true)), Some(180));
    let supply = bench.seen().filter(|(_, seen)| matches!(seen, Observation::Supply { .. })).last().unwrap().1.clone();
    assert_eq!(supply, Observation::Supply { supply: Supply::OnBattery, because: Cause::Startup });
}

#[test]
fn a_cancelled_shutdown_never_happens() {
    let mut bench = Bench::new("eaton-3s");
    bench.control("mains off").pass("60 s").write(&[0x09, 20, 0, 0, 0]).unwrap();
    bench.pass("10 s").write(&[0x09, 0xff, 0xff, 0xff, 0xff]).unwrap();
    bench.pass("60 s");
    assert_eq!(outlet(&bench, false), None);
    assert_eq!(bench.feature(0x09), [0xff; 4]);
}

#[test]
fn the_eaton_returns_after_its_start_delay_when_the_mains_came_back_meanwhile() {
    let mut bench = Bench::new("eaton-3s");
    bench.control("mains off").pass("60 s");
    bench.write(&[0x0a, 30, 0, 0, 0]).unwrap();
    bench.write(&[0x09, 20, 0, 0, 0]).unwrap();
    bench.pass("10 s").control("mains on").pass("60 s");
    assert_eq!(seconds(outlet(&bench, false)), Some(80));
    assert_eq!(seconds(outlet(&bench, true)), Some(90));
}

#[test]
fn the_eaton_stays_off_on_good_mains_without_a_start_delay() {
    let mut bench = Bench::new("eaton-3s");
    bench.write(&[0x09, 20, 0, 0, 0]).unwrap();
    bench.pass("1 h");
    assert_eq!(seconds(outlet(&bench, false)), Some(20));
    assert_eq!(outlet(&bench, true), None);
    bench.write(&[0x0a, 0, 0, 0, 0]).unwrap();
    assert!(outlet(&bench, true).is_some());
}

#[test]
fn the_bx750mi_obeys_only_the_value_one_and_takes_its_two_minutes() {
    let mut bench = Bench::new("apc-back-ups-bx750mi");
    bench.control("mains off").pass("10 s");
    bench.write(&[0x40, 10]).unwrap();
    bench.pass("10 m");
    assert_eq!(outlet(&bench, false), None);
    assert_eq!(bench.feature(0x40), [0]);
    bench.write(&[0x40, 1]).unwrap();
    assert_eq!(bench.feature(0x40), [1]);
    bench.pass("3 m");
    assert_eq!(seconds(outlet(&bench, false)), Some(610 + 120));
}

#[test]
fn the_cyberpower_rounds_its_delays_down_to_minutes() {
    let mut bench = Bench::new("cyberpower-cp1500epfclcd");
    bench.control("mains off").pass("60 s").write(&[0x15, 0, 0]).unwrap();
    assert_eq!(seconds(outlet(&bench, false)), Some(60));
    // Nothing runs: −1, which its descriptor makes −60 s.
    let mut other = Bench::new("cyberpower-cp1500epfclcd");
    assert_eq!(other.feature(0x15), [0xff, 0xff]);
}

#[test]
fn a_reboot_cycles_the_outlets_whatever_the_mains_do() {
    for mains in ["mains on", "mains off"] {
        let mut device = emulator::device::find("apc-back-ups-650").unwrap();
        let reboot = emulator::hid::quantity::find("reboot-delay").unwrap();
        for (field, source) in device.layout.fields.iter().zip(&mut device.binding.sources) {
            if field.report == 0x41 {
                *source = Some(emulator::hid::bind::Source::Quantity(reboot));
            }
        }
        let mut bench = Bench::of(device, emulator::Setup::default());
        bench.pass("10 s").control(mains).pass("20 s").write(&[0x41, 10, 0]).unwrap();
        bench.pass("30 s").control("mains on").pass("30 s");
        assert_eq!(seconds(outlet(&bench, false)), Some(40), "{mains}");
        assert!(outlet(&bench, true) > outlet(&bench, false), "{mains}");
    }
}

#[test]
fn outlets_wait_for_the_charge_that_the_device_wants_before_they_return() {
    let mut device = emulator::device::find("apc-back-ups-650").unwrap();
    device.facts.shutdown.restart_charge = emulator::units::Permille::percent(15);
    let mut bench = Bench::of(device, emulator::Setup::default());
    bench.control("mains off").pass("1 h").control("mains on").pass("10 m");
    assert_eq!(outlet(&bench, true), None);
    bench.pass("4 h");
    assert!(outlet(&bench, true).is_some());
    let charge = bench.seen().find_map(|(at, seen)| match seen {
        Observation::Sample(sample) if Some(at) == outlet(&bench, true) => Some(sample.charge),
        _ => None,
    });
    assert_eq!(charge, Some(emulator::units::Permille::percent(15)));
}

#[test]
fn a_device_without_any_power_forgets_its_countdown() {
    let mut bench = Bench::new("apc-back-ups-650");
    bench.control("mains off").pass("18 m");
    // Ten minutes, of which the battery has one left.
    bench.write(&[0x15, 88, 2]).unwrap();
    bench.pass("5 m").control("mains on").pass("1 h");
    let cuts = bench.seen().filter(|(_, seen)| matches!(seen, Observation::Outlet { on: false, .. })).count();
    assert_eq!(cuts, 1);
    assert_eq!(bench.feature(0x15), [0xff, 0xff]);
}

#[test]
fn a_self_test_runs_on_battery_and_passes() {
    let mut bench = Bench::new("cyberpower-cp1500epfclcd");
    bench.write(&[0x14, 1]).unwrap();
    assert_eq!(bench.feature(0x14), [5]);
    bench.pass("30 s");
    assert_eq!(bench.feature(0x14), [1]);
    insta::assert_snapshot!(bench.story());
}

#[test]
fn a_worn_battery_fails_its_test_and_wants_replacement() {
    let mut bench = Bench::new("cyberpower-cp1500epfclcd");
    bench.control("battery health 30 %").write(&[0x14, 1]).unwrap();
    bench.pass("30 s");
    assert_eq!(bench.feature(0x14), [3]);
    bench.control("battery replace");
    insta::assert_snapshot!(bench.story());
}

#[test]
fn mains_that_fail_under_a_test_end_it_and_the_load_never_notices() {
    let mut bench = Bench::new("cyberpower-cp1500epfclcd");
    bench.write(&[0x14, 2]).unwrap();
    bench.pass("5 m").control("mains off").pass("1 m");
    assert_eq!(bench.feature(0x14), [4]);
    assert_eq!(outlet(&bench, false), None);
}

#[test]
fn a_deep_test_teaches_the_gauge_what_the_battery_is_worth() {
    let mut bench = Bench::new("cyberpower-cp1500epfclcd");
    bench.control("load 50 %").control("battery health 60 %").control("battery gauge 100 %");
    let believed = bench.ups.readings().runtime_seconds;
    bench.write(&[0x14, 2]).unwrap();
    bench.pass("24 h");
    let learned = bench.ups.readings().runtime_seconds;
    assert!((believed * 6 / 10).abs_diff(learned) <= 1, "{believed} {learned}");
}

#[test]
fn a_calibration_runs_down_to_its_mark_on_good_mains_and_the_gauge_knows_then() {
    let mut bench = Bench::new("cyberpower-cp1500epfclcd");
    bench.control("load 50 %").control("battery health 60 %").control("battery gauge 100 %").control("calibrate on");
    let believed = bench.ups.readings().runtime_seconds;
    bench.pass("2 h");
    // 25 % are what is left at its end; until then the outlets live on the battery.
    let charges = bench.seen().filter_map(|(_, seen)| match seen {
        Observation::Sample(sample) => Some(sample.charge.0),
        _ => None,
    });
    assert_eq!(charges.min().map(|lowest| lowest / 10 <= 25), Some(true));
    assert_eq!(outlet(&bench, false), None);
    bench.pass("24 h");
    assert!((believed * 6 / 10).abs_diff(bench.ups.readings().runtime_seconds) <= 1);
    bench.control("calibrate on").pass("10 s").control("calibrate off");
    assert_eq!(bench.feature(0x14), [4], "aborted");
}

#[test]
fn a_host_moves_the_low_battery_limits() {
    let mut bench = Bench::new("apc-back-ups-650");
    bench.write(&[0x11, 50]).unwrap();
    assert_eq!(bench.feature(0x11), [50]);
    bench.control("mains off").pass("1 h");
    let low = bench.when(|seen| *seen == Observation::LowBattery { low: true }).unwrap();
    // 49 % is shown when half of the 1140 s and 1 % more are gone.
    assert_eq!(seconds(Some(low)), Some(1140 * 51 / 100));
}

#[test]
fn what_lies_outside_of_a_field_s_range_is_taken_and_changes_nothing() {
    let mut bench = Bench::new("apc-back-ups-650");
    let limits = (bench.feature(0x32), bench.feature(0x33));
    for volts in [50, 159, 181, 300] {
        let [low, high] = u16::to_le_bytes(volts);
        bench.write(&[0x32, low, high]).unwrap();
    }
    assert_eq!((bench.feature(0x32), bench.feature(0x33)), limits);
    bench.write(&[0x32, 170, 0]).unwrap();
    assert_eq!(bench.feature(0x32), [170, 0]);
    // The beeper knows 1 to 3, the test 0 to 6.
    let mut bench = Bench::new("cyberpower-cp1500epfclcd");
    bench.write(&[0x0c, 4]).unwrap();
    assert_eq!(bench.feature(0x0c), [2]);
}

#[test]
fn a_host_cannot_write_what_is_not_writable() {
    let mut bench = Bench::new("apc-back-ups-650");
    // RemainingCapacity; a report that is not there; a foreign id in the data; no data.
    assert_eq!(bench.write(&[0x0c, 1, 1, 1]), Err(Failure::Stall));
    assert_eq!(bench.write(&[0x99, 1]), Err(Failure::Stall));
    let foreign = protocol::usb::Request::SetReport {
        kind: protocol::usb::ReportKind::Feature,
        id: 0x15,
        data: vec![0x16, 0, 0].into(),
    };
    assert_eq!(bench.transfer(foreign).unwrap(), Err(Failure::Stall));
    assert_eq!(outlet(&bench, false), None);
}
