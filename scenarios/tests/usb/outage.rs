//! Mains fail, the battery runs down, mains return: what is published, and how fast.

use super::pair::Pair;
use driver::DriverConfig;
use emulator::Setup;
use emulator::observation::{Observation, Supply};
use protocol::Effect;
use std::time::Duration;

const DEVICES: [&str; 4] = ["apc-back-ups-650", "apc-back-ups-bx750mi", "cyberpower-cp1500epfclcd", "eaton-3s"];

fn start(device: &str) -> Pair {
    let mut pair = Pair::new(device, Setup::default(), DriverConfig::new("rack", "usbhid-ups", "auto"));
    pair.run(Duration::from_secs(15));
    pair
}

#[test]
fn an_interrupt_publishes_the_outage_at_once() {
    for device in DEVICES {
        let mut pair = start(device);
        let server = pair.connect();
        pair.run(Duration::from_secs(1));
        pair.control("mains off");
        pair.run(Duration::from_secs(2));
        let on_battery = pair
            .seen
            .iter()
            .rev()
            .find(|(_, seen)| matches!(seen, Observation::Supply { supply: Supply::OnBattery, .. }))
            .map(|(at, _)| *at)
            .expect("on battery");
        let published = pair
            .effects
            .iter()
            .find_map(|(at, effect)| match effect {
                Effect::Send { link, bytes } if *link == server => {
                    String::from_utf8_lossy(bytes).contains("SETINFO ups.status \"OB").then_some(*at)
                }
                _ => None,
            })
            .expect("published");
        let took = published.saturating_since(on_battery);
        assert!(took <= Duration::from_millis(250), "{device}: {took:?}");
        assert!(pair.var("ups.status").is_some_and(|status| status.starts_with("OB")), "{device}");
    }
}

#[test]
fn polls_alone_publish_the_outage_within_one_interval() {
    for device in DEVICES {
        let config = DriverConfig::new("rack", "usbhid-ups", "auto").with("pollonly", "");
        let mut pair = Pair::new(device, Setup::default(), config);
        pair.run(Duration::from_secs(15));
        pair.control("mains off");
        pair.run(Duration::from_millis(2700));
        assert!(pair.var("ups.status").is_some_and(|status| status.starts_with("OB")), "{device}");
    }
}

#[test]
fn a_whole_outage_goes_from_line_to_battery_to_low_and_back() {
    for device in DEVICES {
        let mut pair = start(device);
        pair.control("load 80 %");
        pair.control("battery charge 50 %");
        pair.run(Duration::from_secs(40));
        pair.control("mains off");
        let mut statuses = vec![pair.var("ups.status").unwrap_or_default().to_owned()];
        for second in 0..20_000 {
            if second == 60 {
                pair.control("battery charge 22 %");
            }
            pair.run(Duration::from_secs(1));
            let status = pair.var("ups.status").unwrap_or_default().to_owned();
            let is_low = status.contains("LB");
            if statuses.last() != Some(&status) {
                statuses.push(status);
            }
            if is_low {
                break;
            }
        }
        pair.control("mains on");
        for _ in 0..30 {
            pair.run(Duration::from_secs(1));
            let status = pair.var("ups.status").unwrap_or_default().to_owned();
            if statuses.last() != Some(&status) {
                statuses.push(status);
            }
        }
        insta::assert_snapshot!(format!("outage_{device}"), statuses.join("\n"));
        assert!(!pair.driver.publisher().is_stale());
    }
}

#[test]
fn mains_that_are_too_high_when_the_driver_starts_are_no_line_power() {
    for device in DEVICES.into_iter().chain(["santak-tg-box-850"]) {
        let config = DriverConfig::new("rack", "usbhid-ups", "auto");
        for config in [config.clone(), config.with("pollonly", "")] {
            let mut pair = Pair::new(device, Setup::default(), config);
            pair.control("mains 320 V");
            let server = pair.connect();
            pair.run(Duration::from_secs(65));
            assert!(pair.var("ups.status").is_some_and(|status| status.starts_with("OB DISCHRG")), "{device}");
            assert!(!pair.said(server).contains("\"OL"), "{device}");
        }
    }
}
