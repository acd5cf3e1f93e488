//! Instant commands and `SET VAR` over the driver socket.

use super::pair::Pair;
use driver::DriverConfig;
use emulator::Setup;
use std::time::Duration;

fn start(device: &str) -> (Pair, protocol::LinkId) {
    let mut pair = Pair::new(device, Setup::default(), DriverConfig::new("rack", "usbhid-ups", "auto"));
    pair.run(Duration::from_secs(15));
    let server = pair.connect();
    pair.run(Duration::from_secs(1));
    pair.said(server);
    (pair, server)
}

fn answer(pair: &mut Pair, server: protocol::LinkId, line: &str) -> String {
    pair.say(server, line);
    pair.run(Duration::from_secs(1));
    let said = pair.said(server);
    said.lines().filter(|line| line.starts_with("TRACKING")).collect()
}

#[test]
fn a_variable_is_set_read_back_and_published() {
    let (mut pair, server) = start("apc-back-ups-650");
    assert_eq!(answer(&mut pair, server, "SET input.transfer.low 170 TRACKING 1\n"), "TRACKING 1 0");
    assert_eq!(pair.var("input.transfer.low"), Some("170"));
    assert_eq!(answer(&mut pair, server, "SET input.sensitivity high TRACKING 2\n"), "TRACKING 2 0");
    assert_eq!(pair.var("input.sensitivity"), Some("high"));
    assert_eq!(answer(&mut pair, server, "SET ups.delay.shutdown 45 TRACKING 3\n"), "TRACKING 3 0");
    assert_eq!(pair.var("ups.delay.shutdown"), Some("45"));
}

#[test]
fn what_cannot_be_set_is_refused() {
    let (mut pair, server) = start("apc-back-ups-650");
    assert_eq!(answer(&mut pair, server, "SET input.sensitivity extreme TRACKING 1\n"), "TRACKING 1 4");
    assert_eq!(answer(&mut pair, server, "SET battery.charge 7 TRACKING 2\n"), "TRACKING 2 2");
    assert_eq!(answer(&mut pair, server, "SET no.such 7 TRACKING 3\n"), "TRACKING 3 1");
    assert_eq!(answer(&mut pair, server, "INSTCMD no.such TRACKING 4\n"), "TRACKING 4 1");
    assert_eq!(answer(&mut pair, server, "INSTCMD load.off.delay soon TRACKING 5\n"), "TRACKING 5 2");
    pair.control("link report 0x11 stall");
    assert_eq!(answer(&mut pair, server, "SET battery.charge.low 20 TRACKING 6\n"), "TRACKING 6 3");
}

#[test]
fn the_beeper_and_a_test_obey() {
    let (mut pair, server) = start("cyberpower-cp1500epfclcd");
    assert_eq!(answer(&mut pair, server, "INSTCMD beeper.disable TRACKING 1\n"), "TRACKING 1 0");
    assert_eq!(pair.var("ups.beeper.status"), Some("disabled"));
    assert_eq!(answer(&mut pair, server, "INSTCMD test.battery.start.quick TRACKING 2\n"), "TRACKING 2 0");
    assert_eq!(pair.var("ups.test.result"), Some("In progress"));
    pair.run(Duration::from_secs(60));
    assert_eq!(pair.var("ups.test.result"), Some("Done and passed"));
}

#[test]
fn a_shutdown_starts_its_countdown_and_is_stopped() {
    let (mut pair, server) = start("cyberpower-cp1500epfclcd");
    pair.control("mains off");
    assert_eq!(answer(&mut pair, server, "INSTCMD shutdown.return TRACKING 1\n"), "TRACKING 1 0");
    pair.run(Duration::from_secs(3));
    // The device counts in whole minutes; -60 is no countdown.
    assert_ne!(pair.var("ups.timer.start"), Some("-60"));
    assert_ne!(pair.var("ups.timer.shutdown"), Some("-60"));
    assert_eq!(answer(&mut pair, server, "INSTCMD shutdown.stop TRACKING 2\n"), "TRACKING 2 0");
    assert_eq!(pair.var("ups.timer.shutdown"), Some("-60"));
}
