//! The interrupt pipe: what is pushed, when, and how often.

use emulator::Output;
use protocol::Instant;
use protocol::usb::Data;

use crate::bench::Bench;

fn pushed(bench: &Bench) -> Vec<(Instant, Data)> {
    let reports = bench.done.iter().filter_map(|(at, output)| match output {
        Output::Interrupt(bytes) => Some((*at, bytes.clone())),
        _ => None,
    });
    reports.collect()
}

fn listing(bench: &Bench) -> String {
    let line = |(at, bytes): (Instant, Data)| {
        let bytes: Vec<String> = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        format!("{at}  {}\n", bytes.join(" "))
    };
    pushed(bench).into_iter().map(line).collect()
}

#[test]
fn a_transfer_is_pushed_within_the_interval_the_status_first() {
    let mut bench = Bench::new("cyberpower-cp1500epfclcd");
    bench.pass("3 s").control("mains off").pass("3 s").control("mains on").pass("10 s");
    insta::assert_snapshot!(listing(&bench));
}

#[test]
fn a_slow_pipe_coalesces_what_changes_while_it_waits() {
    let mut bench = Bench::new("apc-back-ups-650");
    // On battery and back within one interval of 100 ms: the host sees the end of it only.
    bench.pass("1 s").control("mains off").pass("20 ms").control("mains on").pass("20 s");
    let changes = pushed(&bench);
    assert!(changes.iter().all(|(at, _)| at.as_micros() % 100_000 == 0), "{}", listing(&bench));
    insta::assert_snapshot!(listing(&bench));
}

#[test]
fn the_bx750mi_streams_three_reports_a_second() {
    let mut bench = Bench::new("apc-back-ups-bx750mi");
    bench.pass("2500 ms");
    insta::assert_snapshot!(listing(&bench));
}

#[test]
fn a_report_longer_than_a_packet_takes_as_many_intervals() {
    let mut device = emulator::device::find("eaton-3s").unwrap();
    device.usb.packet = 2;
    let mut bench = Bench::of(device, emulator::Setup::default());
    bench.control("mains off").pass("100 ms");
    // Four bytes are two packets, at 20 ms and at 40 ms.
    assert_eq!(pushed(&bench).first(), Some(&(Instant::from_micros(40_000), Data::from_slice(&[0x01, 0x30, 0, 0]))));
}
