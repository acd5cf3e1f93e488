//! The cable and the controller behind it, going wrong on demand.

use emulator::Output;
use protocol::usb::{Data, Failure, ReportKind, Request};

use crate::bench::Bench;

fn voltage(bench: &mut Bench) -> Option<Result<Data, Failure>> {
    bench.transfer(Request::GetReport { kind: ReportKind::Feature, id: 0x31, length: 3 })
}

#[test]
fn each_fault_reaches_the_host_as_what_it_is() {
    let mut bench = Bench::new("apc-back-ups-650");
    let healthy = Some(Ok(Data::from_slice(&[0x31, 226, 0])));
    assert_eq!(voltage(&mut bench), healthy);
    for (fault, answer) in [
        ("stall", Some(Err(Failure::Stall))),
        ("hang", None),
        ("time-out", Some(Err(Failure::Timeout))),
        ("io", Some(Err(Failure::Io))),
        ("overflow", Some(Err(Failure::Overflow))),
        ("short", Some(Ok(Data::from_slice(&[0x31, 226])))),
        ("garble", Some(Ok(Data::from_slice(&[0x31, 226 ^ 0x5a, 0x5a])))),
    ] {
        bench.control(&format!("link {fault}"));
        assert_eq!(voltage(&mut bench), answer, "{fault}");
        bench.control("link healthy").pass("10 s");
        assert_eq!(voltage(&mut bench), healthy, "after {fault}");
    }
}

#[test]
fn a_fault_of_one_report_leaves_the_others_alone() {
    let mut bench = Bench::new("apc-back-ups-650");
    bench.control("link report 0x0c stall");
    assert_eq!(bench.feature(0x13), [1]);
    let request = Request::GetReport { kind: ReportKind::Feature, id: 0x0c, length: 8 };
    assert_eq!(bench.transfer(request), Some(Err(Failure::Stall)));
}

#[test]
fn a_frozen_controller_shows_yesterdays_mains() {
    let mut bench = Bench::new("apc-back-ups-650");
    bench.control("link freeze").control("mains off").pass("1 m");
    assert_eq!(bench.feature(0x13), [1]);
    bench.control("link healthy");
    assert_eq!(bench.feature(0x13), [0]);
}

#[test]
fn a_late_answer_is_late_by_that_much() {
    let mut bench = Bench::new("apc-back-ups-650");
    bench.control("link late 700 ms");
    let asked = bench.now;
    assert!(voltage(&mut bench).is_some());
    assert_eq!((bench.now - asked).as_millis(), 705);
}

#[test]
fn a_pulled_cable_loses_what_waits_and_a_new_plug_has_a_new_address() {
    let mut bench = Bench::new("apc-back-ups-650");
    let first = bench.ups.identity().clone();
    bench.control("link unplug");
    assert_eq!(voltage(&mut bench), Some(Err(Failure::NoDevice)));
    bench.control("mains off").pass("1 m").control("link plug");
    assert_eq!(bench.feature(0x13), [0]);
    let second = bench.ups.identity();
    assert_eq!((first.serial.as_str(), first.device.as_str()), (second.serial.as_str(), "001"));
    assert_eq!(second.device, "002");
}

#[test]
fn a_dead_device_is_off_the_bus_until_the_mains_return() {
    let mut bench = Bench::new("apc-back-ups-650");
    bench.control("mains off").pass("1 h");
    assert_eq!(voltage(&mut bench), Some(Err(Failure::NoDevice)));
    bench.control("mains on");
    assert!(bench.done.iter().any(|(at, output)| *at == bench.now && matches!(output, Output::Attached(_))));
}

#[test]
fn torn_reports_disagree_for_a_while() {
    let mut bench = Bench::new("apc-back-ups-650");
    bench.control("quirk refresh torn").control("mains off").pass("10 ms");
    // ACPresent is one of the last to follow; the status byte of report 0x06 the first.
    assert_eq!(bench.feature(0x06), [0, 0, 8]);
    bench.pass("45 ms");
    assert_eq!(bench.feature(0x06), [0, 1, 16]);
    assert_eq!(bench.feature(0x13), [1]);
    bench.pass("2 s");
    assert_eq!(bench.feature(0x13), [0]);
}
