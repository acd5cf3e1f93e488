//! The cable is pulled, the device hangs, or it answers nonsense.

use super::pair::Pair;
use driver::DriverConfig;
use emulator::Setup;
use protocol::Engine;
use std::time::Duration;

fn start() -> (Pair, protocol::LinkId) {
    let mut pair = Pair::new("apc-back-ups-650", Setup::default(), DriverConfig::new("rack", "usbhid-ups", "auto"));
    let server = pair.connect();
    pair.run(Duration::from_secs(15));
    pair.said(server);
    (pair, server)
}

#[test]
fn nothing_is_published_before_it_was_read() {
    let mut pair = Pair::new("apc-back-ups-650", Setup::default(), DriverConfig::new("rack", "usbhid-ups", "auto"));
    pair.control("link unplug");
    let server = pair.connect();
    pair.run(Duration::from_secs(60));
    assert_eq!(pair.var("ups.status"), None);
    assert!(pair.driver.publisher().is_stale());
    let said = pair.said(server);
    assert!(!said.contains("battery.") && !said.contains("DATAOK"), "{said}");
    pair.control("link plug");
    pair.run(Duration::from_secs(10));
    assert_eq!(pair.var("ups.status"), Some("OL"));
}

#[test]
fn a_pulled_cable_makes_the_data_stale_and_a_plugged_one_fresh() {
    let (mut pair, server) = start();
    pair.control("link unplug");
    pair.run(Duration::from_secs(3));
    assert_eq!(pair.said(server), "SETINFO driver.state \"reconnect.trying\"\nDATASTALE\n");
    pair.control("link plug");
    pair.control("mains off");
    pair.run(Duration::from_secs(8));
    let said = pair.said(server);
    assert!(said.contains("SETINFO ups.status \"OB DISCHRG\"\n"), "{said}");
    let (status, fresh) = (said.find("SETINFO ups.status"), said.find("DATAOK"));
    assert!(status < fresh, "the old status is not called fresh: {said}");
}

#[test]
fn a_short_absence_is_not_told() {
    let (mut pair, server) = start();
    pair.control("link unplug");
    pair.run(Duration::from_millis(200));
    pair.control("link plug");
    pair.run(Duration::from_secs(5));
    assert!(!pair.said(server).contains("DATASTALE"));
    assert!(!pair.driver.publisher().is_stale());
}

#[test]
fn a_device_that_hangs_is_stale_in_time_and_comes_back() {
    let (mut pair, _) = start();
    pair.control("link hang");
    pair.run(Duration::from_secs(12));
    assert!(pair.driver.publisher().is_stale());
    pair.control("link healthy");
    pair.run(Duration::from_secs(30));
    assert!(!pair.driver.publisher().is_stale());
}

#[test]
fn a_device_that_stalls_everything_is_stale_and_tried_again() {
    for fault in ["stall", "io", "overflow", "time-out"] {
        let (mut pair, _) = start();
        pair.control(&format!("link {fault}"));
        pair.run(Duration::from_secs(60));
        assert!(pair.driver.publisher().is_stale(), "{fault}");
        pair.control("link healthy");
        pair.run(Duration::from_secs(60));
        assert!(!pair.driver.publisher().is_stale(), "{fault}: {:?}", pair.log());
    }
}

#[test]
fn one_report_that_fails_takes_nothing_else_with_it() {
    let (mut pair, server) = start();
    pair.control("link report 0x31 time-out");
    pair.control("mains 230 V");
    pair.run(Duration::from_secs(120));
    assert!(!pair.driver.publisher().is_stale());
    assert_eq!(pair.var("input.voltage"), Some("226.0"));
    assert!(!pair.said(server).contains("DATASTALE"));
}

#[test]
fn a_driver_that_was_held_up_calls_nothing_fresh_that_is_too_old() {
    let (mut pair, server) = start();
    // What the device answered last waits with the server's question.
    let asked = loop {
        pair.run(Duration::from_millis(1));
        if let Some(answer) = pair.take_answer() {
            break answer;
        }
    };
    pair.now += Duration::from_secs(40);
    pair.say(server, "PING\n");
    pair.driver.handle(asked, pair.now);
    assert_eq!(pair.said(server), "DATASTALE\nPONG\n");
    pair.run(Duration::from_secs(10));
    assert!(pair.said(server).contains("DATAOK"));
}

fn device(name: &str, setup: Setup) -> Pair {
    let mut pair = Pair::new(name, setup, DriverConfig::new("rack", "usbhid-ups", "auto"));
    pair.connect();
    pair.run(Duration::from_secs(40));
    pair
}

/// `OL` was called fresh as long as any other report of the status could be read.
#[test]
fn an_outage_is_not_hidden_by_a_report_of_line_power_that_cannot_be_read() {
    for (name, reports) in
        [("eaton-3s", &["0x01"][..]), ("santak-tg-box-850", &["0x01"]), ("apc-back-ups-650", &["0x13", "0x16"])]
    {
        for how in ["stall", "time-out", "io", "short"] {
            let mut pair = device(name, Setup::default());
            for report in reports {
                pair.control(&format!("link report {report} {how}"));
            }
            pair.run(Duration::from_secs(20));
            pair.control("mains off");
            pair.run(Duration::from_secs(60));
            let (status, is_stale) = (pair.var("ups.status").unwrap_or_default(), pair.driver.publisher().is_stale());
            assert!(is_stale || status.starts_with("OB"), "{name}, {how}: {status} is called fresh");
            pair.control("link healthy");
            pair.run(Duration::from_secs(20));
            let status = pair.var("ups.status").unwrap_or_default();
            assert!(status.starts_with("OB") && !pair.driver.publisher().is_stale(), "{name}, {how}: {status}");
        }
    }
}

#[test]
fn a_charge_that_falls_to_its_limit_is_a_low_battery_although_nothing_tells_line_power() {
    for (name, reports) in [("eaton-3s", &["0x01"][..]), ("apc-back-ups-650", &["0x13", "0x16"])] {
        let charge = Some(emulator::units::Permille(400));
        let mut pair = device(name, Setup { charge, ..Setup::default() });
        for report in reports {
            pair.control(&format!("link report {report} stall"));
        }
        pair.run(Duration::from_secs(20));
        assert!(pair.driver.publisher().is_stale(), "{name}");
        pair.control("mains off");
        let mut seen = false;
        for _ in 0..400 {
            pair.run(Duration::from_secs(5));
            seen |= pair.var("ups.status") == Some("OB LB") && !pair.driver.publisher().is_stale();
            let charge: i64 = pair.var("battery.charge").and_then(|text| text.parse().ok()).unwrap_or(100);
            let low: i64 = pair.var("battery.charge.low").and_then(|text| text.parse().ok()).unwrap_or(0);
            if seen {
                assert!(charge <= low, "{name}: {charge} %, limit {low} %");
                break;
            }
        }
        assert!(seen, "{name}: {:?} at {:?} %", pair.var("ups.status"), pair.var("battery.charge"));
    }
}

#[test]
fn what_a_report_said_before_it_failed_counts_no_more() {
    // Line power is back, and the other report says so.
    let mut pair = device("apc-back-ups-650", Setup::default());
    pair.control("mains off");
    pair.run(Duration::from_secs(10));
    pair.control("link report 0x16 stall");
    pair.control("mains on");
    pair.run(Duration::from_secs(8));
    assert_eq!(pair.var("ups.status"), Some("OL CHRG"), "{:?}", pair.log());

    // A low battery that was claimed on line power, minutes ago.
    for (name, report) in [("apc-back-ups-650", "0x16"), ("apc-back-ups-bx750mi", "0x14")] {
        let mut pair = device(name, Setup::default());
        pair.control("low-battery on");
        pair.run(Duration::from_secs(8));
        pair.control(&format!("link report {report} stall"));
        pair.control("low-battery auto");
        pair.run(Duration::from_secs(8));
        pair.control("mains off");
        pair.run(Duration::from_secs(4));
        let status = pair.var("ups.status").unwrap_or_default();
        assert!(!status.contains("LB") || pair.driver.publisher().is_stale(), "{name}: {status}");
    }
}

#[test]
fn on_battery_a_low_battery_takes_a_denial_to_end() {
    let mut pair = device("apc-back-ups-650", Setup::default());
    pair.control("mains off");
    pair.control("low-battery on");
    pair.run(Duration::from_secs(10));
    assert_eq!(pair.var("ups.status"), Some("OB DISCHRG LB"));
    pair.control("link report 0x16 stall");
    for _ in 0..20 {
        pair.run(Duration::from_secs(2));
        let status = pair.var("ups.status").unwrap_or_default();
        assert!(status.contains("LB") || pair.driver.publisher().is_stale(), "{status}");
    }
    pair.control("low-battery auto");
    pair.control("link healthy");
    pair.run(Duration::from_secs(10));
    assert_eq!(pair.var("ups.status"), Some("OB DISCHRG"));
}
