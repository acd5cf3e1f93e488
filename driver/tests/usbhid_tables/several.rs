//! Several UPSes on one bus: which of them a driver takes, and which `-k` cuts.

use std::time::Duration;

use driver::DriverConfig;
use driver::config::{Beside, Memory};
use protocol::usb::Identity;

use super::device::{Bench, Field, field};
use super::{AC_PRESENT, APC, config};

fn ups(serial: &str, port: &str) -> Identity {
    let (product, serial, port) = ("Back-UPS".to_owned(), serial.to_owned(), port.to_owned());
    let device = port.clone();
    Identity { vendor_id: APC.0, product_id: APC.1, product, serial, port, device, ..Identity::default() }
}

fn fields() -> Vec<Field> {
    vec![field(AC_PRESENT, 1, 1), field("UPS.PowerSummary.DelayBeforeShutdown", 16, 0xFFFF).within((-1, 600))]
}

fn keeping(config: DriverConfig, contents: Option<Vec<u8>>) -> DriverConfig {
    DriverConfig { memory: Some(Memory { path: "usbhid-ups-rack.device".to_owned(), contents }), ..config }
}

fn serve(config: DriverConfig, bus: &[(Identity, bool)]) -> Bench {
    Bench::among(keeping(config, None), bus.to_vec(), fields())
}

/// `-k`, after a driver that has left this.
fn cut(config: DriverConfig, kept: Option<Vec<u8>>, bus: &[Identity]) -> Bench {
    let config = DriverConfig { killpower: true, ..keeping(config, kept) };
    let bus = bus.iter().map(|identity| (identity.clone(), false)).collect();
    let mut bench = Bench::among(config, bus, fields());
    bench.run(Duration::from_secs(100));
    bench
}

fn free(serial: &str, port: &str) -> (Identity, bool) {
    (ups(serial, port), false)
}

fn busy(serial: &str, port: &str) -> (Identity, bool) {
    (ups(serial, port), true)
}

#[test]
fn a_selector_that_cannot_be_checked_means_no_device_at_all() {
    for (name, value) in [("busport", "002"), ("device", "002"), ("bus", "7"), ("serial", "("), ("vendorid", "zz")] {
        let selector = || config().with(name, value);
        let bench = serve(selector(), &[free("A", "001")]);
        assert!(!bench.is_taken, "{name} = {value}");
        let bench = cut(selector(), None, &[ups("A", "001")]);
        assert_eq!((bench.exit, bench.written.len()), (Some(1), 0), "{name} = {value}");
    }
}

#[test]
fn two_upses_that_are_alike_are_told_apart_by_their_ports() {
    for name in ["busport", "device"] {
        let bench = serve(config().with(name, "002"), &[free("", "001"), free("", "002")]);
        assert_eq!(bench.identity.port, "002", "{name}");
        let bench = cut(config().with(name, "00[2-9]"), None, &[ups("", "001"), ups("", "002")]);
        assert_eq!((bench.exit, bench.identity.port.as_str()), (Some(0), "002"), "{name}");
    }
}

#[test]
fn a_ups_that_another_driver_has_is_said_to_be_busy_and_taken_when_it_is_free() {
    let mut bench = serve(config(), &[busy("A", "1"), free("B", "2")]);
    bench.run(Duration::from_secs(30));
    assert!(!bench.is_taken);
    assert_eq!(bench.said("another driver has it; tell them apart with serial, product or busport"), 1);
    bench.bus[0].1 = false;
    bench.run(Duration::from_secs(5));
    assert_eq!((bench.is_taken, bench.identity.serial.as_str()), (true, "A"));
}

#[test]
fn with_allow_duplicates_the_next_ups_is_taken_where_another_driver_has_the_first() {
    let bench = serve(config().with("allow_duplicates", ""), &[busy("A", "1"), free("B", "2")]);
    assert_eq!((bench.is_taken, bench.identity.serial.as_str()), (true, "B"));
    assert_eq!(bench.var("ups.status"), Some("OL"));
}

#[test]
fn a_ups_that_never_worked_does_not_hide_the_one_that_does() {
    let mut bench = serve(config(), &[free("A", "1")]);
    bench.replace(Some(ups("B", "2")));
    assert_eq!(bench.identity.serial, "A", "the one that worked is waited for");

    let mut bench = Bench::among(keeping(config(), None), vec![free("A", "1")], Vec::new());
    bench.fields = fields();
    bench.replace(Some(ups("B", "2")));
    assert_eq!((bench.identity.serial.as_str(), bench.var("ups.status")), ("B", Some("OL")));
}

#[test]
fn a_ups_that_was_replaced_and_one_that_no_table_knows_are_named_once() {
    let mut bench = serve(config(), &[free("A", "1")]);
    bench.replace(Some(ups("B", "2")));
    bench.bus.push((Identity { vendor_id: 0x1234, product_id: 0x5678, ..ups("C", "3") }, false));
    bench.bus.push(busy("D", "4"));
    bench.run(Duration::from_secs(60));
    assert_eq!(bench.said("051d:0002 Back-UPS (serial B, busport 2) is here, not the device that was served"), 1);
    assert_eq!(bench.said("1234:5678 Back-UPS (serial C, busport 3) is here: no table speaks for it"), 1);
    assert_eq!(bench.said("serial D"), 0, "another driver serves it");
}

#[test]
fn of_two_upses_that_are_meant_the_one_that_was_served_is_cut() {
    for (first, second) in [("A", "B"), ("", ""), ("0", "0")] {
        let bus = [ups(first, "1"), ups(second, "2")];
        let served = serve(config().with("allow_duplicates", ""), &[busy(first, "1"), free(second, "2")]);
        let bench = cut(config(), served.kept, &bus);
        assert_eq!((bench.exit, bench.identity.port.as_str()), (Some(0), "2"), "`{first}` and `{second}`");
        assert!(!bench.written.is_empty());
    }
}

#[test]
fn without_knowing_which_was_served_none_of_two_is_cut_and_both_are_named() {
    let bus = [ups("A", "1"), ups("B", "2")];
    for kept in [None, Some(b"{\"serial\":".to_vec())] {
        let bench = cut(config(), kept, &bus);
        assert_eq!((bench.exit, bench.written.len()), (Some(1), 0));
        assert_eq!(bench.said("(serial A, busport 1)"), 2, "{:?}", bench.log);
        assert_eq!(bench.said("(serial B, busport 2)"), 2, "{:?}", bench.log);
    }
    let bench = cut(config(), None, &bus[..1]);
    assert_eq!(bench.exit, Some(0), "one alone is the one that is meant");
}

#[test]
fn no_other_ups_is_cut_in_place_of_the_one_that_was_served() {
    let served = serve(config(), &[free("A", "1")]);
    let bench = cut(config(), served.kept.clone(), &[ups("B", "1")]);
    assert_eq!((bench.exit, bench.written.len()), (Some(1), 0));
    assert!(bench.said("the device that was served is not here; the bus has 051d:0002 Back-UPS (serial B") > 0);
    // A driver started anew serves what is there now, and that is what is cut from then on.
    let served_anew = Bench::among(keeping(config(), served.kept.clone()), vec![free("B", "1")], fields());
    assert_eq!(served_anew.var("ups.status"), Some("OL"));
    assert_eq!(cut(config(), served_anew.kept, &[ups("A", "2"), ups("B", "1")]).identity.serial, "B");
    // What the configuration does not mean any more is not what it means.
    assert_eq!(cut(config().with("serial", "B"), served.kept, &[ups("A", "1"), ups("B", "2")]).identity.serial, "B");
}

/// Its first reading said nothing of line power, so `-k` knew of no device that was served, and cut none of two.
#[test]
fn a_ups_that_tells_line_power_only_later_is_kept_in_mind_as_well() {
    let mut fields = fields();
    fields[0].stalls = true;
    let mut bench = Bench::among(keeping(config(), None), vec![free("A", "1"), free("B", "2")], fields);
    assert_eq!((bench.var("ups.status"), bench.kept.clone()), (None, None));
    bench.fields[0].stalls = false;
    bench.run(Duration::from_secs(10));
    assert_eq!(bench.var("ups.status"), Some("OL"));
    let cut = cut(config(), bench.kept.clone(), &[ups("A", "1"), ups("B", "2")]);
    assert_eq!((cut.exit, cut.identity.serial.as_str()), (Some(0), "A"));
    bench.replace(Some(ups("C", "3")));
    assert_eq!(bench.identity.serial, "A", "the one that worked is waited for");
}

#[test]
fn a_delay_beyond_all_time_beside_it_keeps_no_ups_from_being_cut() {
    let beside = vec![Beside { ups: "other".to_owned(), off_delay: Some(i64::MAX) }];
    let mut fields = fields();
    fields.push(field("UPS.PowerSummary.DelayBeforeStartup", 16, 0xFFFF).within((-1, 600)));
    let config = DriverConfig { killpower: true, beside, ..keeping(config(), None) };
    assert_eq!(Bench::among(config, vec![free("A", "1")], fields).exit, Some(0));
}
