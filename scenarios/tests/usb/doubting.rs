//! A low battery that charge and runtime belie, on battery.

use super::pair::Pair;
use driver::DriverConfig;
use emulator::Setup;
use protocol::LinkId;
use std::time::Duration;

const DEVICES: [&str; 4] = ["eaton-3s", "apc-back-ups-650", "apc-back-ups-bx750mi", "cyberpower-cp1500epfclcd"];

/// On battery for a moment, with nearly all of its charge.
fn on_battery(name: &str) -> (Pair, LinkId) {
    let mut pair = Pair::new(name, Setup::default(), DriverConfig::new("rack", "usbhid-ups", "auto"));
    let server = pair.connect();
    pair.run(Duration::from_secs(30));
    pair.control("mains off");
    pair.run(Duration::from_millis(9500));
    assert!(pair.var("ups.status").is_some_and(|status| status.starts_with("OB") && !status.contains("LB")), "{name}");
    pair.said(server);
    (pair, server)
}

fn says_low(pair: &Pair) -> bool {
    pair.var("ups.status").is_some_and(|status| status.ends_with("LB"))
}

/// How long it takes until LB is published, looked at every 50 ms.
#[track_caller]
fn until_low(pair: &mut Pair, name: &str) -> Duration {
    let from = pair.now;
    while !says_low(pair) {
        assert!(pair.now < from + Duration::from_secs(20), "{name}: {:?}: {:?}", pair.var("ups.status"), pair.log());
        pair.run(Duration::from_millis(50));
    }
    pair.now.saturating_since(from)
}

#[test]
fn a_low_battery_of_half_a_second_at_a_full_charge_takes_nobody_down() {
    for name in DEVICES {
        for lasts in [200, 500, 900] {
            for phase in 0..8 {
                let (mut pair, server) = on_battery(name);
                pair.run(Duration::from_millis(250 * phase));
                pair.control("low-battery on");
                pair.run(Duration::from_millis(lasts));
                pair.control("low-battery auto");
                pair.run(Duration::from_secs(10));
                let said = pair.said(server);
                assert!(!said.contains("LB\""), "{name}, {lasts} ms: {said}");
                assert!(!pair.driver.publisher().is_stale(), "{name}");
            }
        }
    }
}

#[test]
fn a_true_low_battery_at_a_high_charge_is_published_two_seconds_later_at_most() {
    for name in DEVICES {
        let (mut pair, _) = on_battery(name);
        pair.control("low-battery on");
        // A quick poll, and the doubt.
        let took = until_low(&mut pair, name);
        assert!(took <= Duration::from_millis(4200), "{name}: {took:?}");
        pair.run(Duration::from_secs(30));
        assert!(says_low(&pair), "{name}");
        pair.control("low-battery auto");
        pair.run(Duration::from_secs(10));
        assert!(!says_low(&pair), "{name}: a denial ends it");
    }
}

#[test]
fn a_device_that_fails_while_its_low_battery_is_in_doubt_is_believed() {
    for name in DEVICES {
        for how in ["hang", "stall", "time-out", "io", "short", "late 1000 ms", "unplug"] {
            let (mut pair, _) = on_battery(name);
            pair.control("low-battery on");
            while !pair.log().iter().any(|line| line.contains("asked again")) && !says_low(&pair) {
                pair.run(Duration::from_millis(10));
            }
            pair.control(&format!("link {how}"));
            let took = until_low(&mut pair, name);
            assert!(took <= Duration::from_millis(2100), "{name}, {how}: {took:?}");
        }
    }
}

#[test]
fn a_low_battery_that_nothing_belies_is_published_at_once() {
    for (name, reports) in [("apc-back-ups-650", "battery charge 5 %"), ("eaton-3s", "battery charge 5 %")] {
        let mut pair = Pair::new(name, Setup::default(), DriverConfig::new("rack", "usbhid-ups", "auto"));
        pair.connect();
        pair.control(reports);
        pair.run(Duration::from_secs(40));
        pair.control("mains off");
        let took = until_low(&mut pair, name);
        assert!(took <= Duration::from_millis(2200), "{name}: {took:?}");
    }
}

/// A full poll was under way, and it was asked again only when that was over.
#[test]
fn a_slow_device_is_asked_again_before_its_poll_is_over() {
    for name in DEVICES {
        for late in [80, 120, 200] {
            for phase in 0..16 {
                let (mut pair, server) = on_battery(name);
                pair.control(&format!("link late {late} ms"));
                pair.run(Duration::from_secs(60 + 2 * phase));
                pair.control("low-battery on");
                pair.run(Duration::from_millis(500));
                pair.control("low-battery auto");
                pair.run(Duration::from_secs(10));
                let said = pair.said(server);
                assert!(!said.contains("LB\""), "{name}, {late} ms, {phase}: {said}");
            }
        }
    }
}
