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
