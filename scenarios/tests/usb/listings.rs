//! What a client sees of each emulated device on good mains.

use super::pair::Pair;
use driver::DriverConfig;
use emulator::Setup;
use std::time::Duration;

#[test]
fn every_emulated_device_is_read_whole() {
    for device in emulator::device::names() {
        let mut pair = Pair::new(device, Setup::default(), DriverConfig::new("rack", "usbhid-ups", "auto"));
        pair.run(Duration::from_secs(40));
        let mut text = pair.listing().join("\n");
        text.push_str("\n\ncommands\n");
        for command in pair.commands() {
            text.push_str(&command);
            text.push('\n');
        }
        insta::assert_snapshot!(device, text);
    }
}

#[test]
fn a_device_at_rest_is_read_once_a_poll_and_publishes_nothing() {
    let mut pair = Pair::new("apc-back-ups-650", Setup::default(), DriverConfig::new("rack", "usbhid-ups", "auto"));
    let server = pair.connect();
    pair.run(Duration::from_secs(100));
    pair.said(server);
    let before = pair.reads;
    pair.run(Duration::from_secs(58));
    // 29 quick polls of at most seven reports and two full ones of fewer than forty.
    let reads = pair.reads - before;
    assert!((29..=29 * 7 + 2 * 40).contains(&reads), "{reads}");
    assert_eq!(pair.said(server), "");
}
