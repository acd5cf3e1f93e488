//! A QNAP NAS printed 42 variables of its APC Back-UPS 650 (EWhisper.cn, 2025). Our driver, on the
//! emulated one, publishes the same names and values.

use super::pair::Pair;
use driver::DriverConfig;
use driver::config::Synchronous;
use emulator::Setup;
use std::time::Duration;

/// What differs by nature: whose driver it is, and where the device is plugged in.
const EXCEPTED: [&str; 4] =
    ["driver.version", "driver.version.data", "driver.version.internal", "driver.parameter.port"];

/// What drivers say today that those of 2016 did not.
const NEWER: [&str; 3] = ["driver.debug", "driver.flag.allow_killpower", "driver.state"];

#[test]
fn the_published_listing_comes_out_of_the_emulated_device() {
    let mut config = DriverConfig::new("qnapups", "usbhid-ups", "auto");
    config.synchronous = Synchronous::No;
    let mut pair = Pair::new("apc-back-ups-650", Setup::default(), config);
    pair.run(Duration::from_secs(40));

    let name = |line: &str| line.split_once(": ").expect("a variable").0.to_owned();
    let expected: Vec<&str> =
        include_str!("apc-back-ups-650.txt").lines().filter(|line| !EXCEPTED.contains(&name(line).as_str())).collect();
    let got: Vec<String> = pair
        .listing()
        .into_iter()
        .filter(|line| !EXCEPTED.contains(&name(line).as_str()) && !NEWER.contains(&name(line).as_str()))
        .collect();
    assert_eq!(got.join("\n"), expected.join("\n"));
    assert!(expected.len() == 38);
}
