//! What `ups.conf` changes.

use super::pair::Pair;
use driver::DriverConfig;
use emulator::Setup;
use std::time::Duration;

fn run(device: &str, config: DriverConfig) -> Pair {
    let mut pair = Pair::new(device, Setup::default(), config);
    pair.run(Duration::from_secs(20));
    pair
}

fn plain() -> DriverConfig {
    DriverConfig::new("rack", "usbhid-ups", "auto")
}

#[test]
fn lowbatt_is_written_to_the_device() {
    let pair = run("apc-back-ups-650", plain().with("lowbatt", "35"));
    assert_eq!(pair.var("battery.charge.low"), Some("35"));
}

#[test]
fn delays_are_what_commands_use() {
    let mut pair = run("eaton-3s", plain().with("ondelay", "90").with("offdelay", "45"));
    assert_eq!((pair.var("ups.delay.start"), pair.var("ups.delay.shutdown")), (Some("90"), Some("45")));
    let server = pair.connect();
    pair.say(server, "INSTCMD shutdown.return TRACKING 1\n");
    pair.run(Duration::from_secs(3));
    assert!(pair.said(server).contains("TRACKING 1 0\n"));
    let left: i64 = pair.var("ups.timer.shutdown").expect("a countdown").parse().expect("seconds");
    assert!((40..=45).contains(&left), "{left}");
}

#[test]
fn a_delay_between_two_steps_of_the_device_is_rounded_up_and_named() {
    const CYBER_POWER: &str = "cyberpower-cp1500epfclcd";
    let warnings = |pair: &Pair| -> Vec<String> {
        let log = pair.log();
        log.into_iter().filter(|line| line.contains("of its own")).map(str::to_owned).collect()
    };
    let mut pair = run(CYBER_POWER, plain().with("offdelay", "20").with("ondelay", "150"));
    assert_eq!(
        warnings(&pair),
        [
            "offdelay: this device takes 20 s for 60 s: it counts in steps of its own",
            "ondelay: this device takes 150 s for 180 s: it counts in steps of its own",
        ]
    );
    let server = pair.connect();
    pair.say(server, "SET ups.delay.shutdown 90\n");
    pair.run(Duration::from_secs(1));
    assert_eq!(
        warnings(&pair).get(2).map(String::as_str),
        Some("offdelay: this device takes 90 s for 120 s: it counts in steps of its own")
    );
    for fine in [run(CYBER_POWER, plain()), run("apc-back-ups-650", plain().with("offdelay", "33"))] {
        assert!(warnings(&fine).is_empty(), "{:?}", warnings(&fine));
    }
}

#[test]
fn another_device_is_not_taken() {
    let pair = run("apc-back-ups-650", plain().with("serial", "OTHER"));
    assert_eq!(pair.var("ups.status"), None);
    let pair = run("apc-back-ups-650", plain().with("vendorid", "051d").with("serial", "3B1950X62634"));
    assert_eq!(pair.var("ups.status"), Some("OL"));
}

#[test]
fn a_chosen_table_is_used_instead_of_the_known_one() {
    let pair = run("apc-back-ups-bx750mi", plain().with("subdriver", "mge"));
    assert_eq!(pair.var("driver.version.data"), Some("MGE HID 1.59"));
    assert_eq!(pair.var("battery.charge"), Some("100"));
}

#[test]
fn overridden_and_default_values_stand() {
    let mut config = plain();
    config.overrides.push(("battery.charge.low".into(), "40".into()));
    config.defaults.push(("input.frequency".into(), "50.0".into()));
    config.defaults.push(("battery.charge".into(), "1".into()));
    let pair = run("apc-back-ups-650", config);
    assert_eq!(pair.var("battery.charge.low"), Some("40"));
    assert_eq!(pair.var("input.frequency"), Some("50.0"));
    assert_eq!(pair.var("battery.charge"), Some("100"));
}

#[test]
fn ignorelb_computes_a_low_battery_from_the_charge() {
    let mut config = plain();
    config.ignore_low_battery = true;
    config.overrides.push(("battery.charge.low".into(), "60".into()));
    let mut pair = run("apc-back-ups-650", config);
    pair.control("mains off");
    pair.run(Duration::from_secs(5));
    assert_eq!(pair.var("ups.status"), Some("OB DISCHRG"));
    pair.control("battery charge 55 %");
    pair.run(Duration::from_secs(40));
    assert_eq!(pair.var("ups.status"), Some("OB DISCHRG LB"));
}

#[test]
fn ignorelb_shows_no_low_battery_of_the_device_before_the_charge_is_known() {
    let mut config = plain();
    config.ignore_low_battery = true;
    config.overrides.push(("battery.charge.low".into(), "20".into()));
    let mut pair = Pair::new("apc-back-ups-650", Setup::default(), config);
    pair.control("mains off");
    pair.control("low-battery on");
    let server = pair.connect();
    pair.run(Duration::from_secs(60));
    assert_eq!(pair.var("ups.status"), Some("OB DISCHRG"));
    let heard = pair.said(server);
    assert!(heard.contains("SETINFO ups.status \"OB DISCHRG\"") && !heard.contains("LB\""), "{heard}");
}

#[test]
fn low_battery_on_line_power_counts_after_its_delay_where_one_is_set() {
    let mut pair = run("apc-back-ups-650", plain().with("lbrb_log_delay_sec", "3"));
    pair.control("low-battery on");
    pair.run(Duration::from_secs(2));
    assert_eq!(pair.var("ups.status"), Some("OL"));
    pair.run(Duration::from_secs(4));
    assert_eq!(pair.var("ups.status"), Some("OL LB"));
    // On battery nothing is held back.
    let mut pair = run("apc-back-ups-650", plain().with("lbrb_log_delay_sec", "3"));
    pair.control("mains off");
    pair.control("low-battery on");
    pair.run(Duration::from_millis(1500));
    assert_eq!(pair.var("ups.status"), Some("OB DISCHRG LB"));
}

#[test]
fn driver_debug_shows_what_the_device_says_while_it_is_set() {
    let mut pair = run("apc-back-ups-650", plain());
    let server = pair.connect();
    let shown_after = |pair: &mut Pair, order: &str| -> (bool, bool) {
        let before = pair.log().len();
        pair.say(server, order);
        for blip in ["mains off", "mains on"] {
            pair.control(blip);
            pair.run(Duration::from_secs(5));
        }
        let log = pair.log();
        let has = |start: &str| log[before..].iter().any(|line| line.starts_with(start));
        (has("interrupt report: ["), has("Feature report 0x"))
    };
    assert_eq!(shown_after(&mut pair, ""), (false, false));
    assert_eq!(shown_after(&mut pair, "SET driver.debug 1\n"), (true, false));
    assert_eq!(shown_after(&mut pair, "SET driver.debug 2\n"), (true, true));
    assert_eq!(shown_after(&mut pair, "SET driver.debug 0\n"), (false, false));
}

#[test]
fn a_value_that_the_device_changes_is_named() {
    let mut pair = run("cyberpower-cp1500epfclcd", plain());
    let server = pair.connect();
    pair.say(server, "SET battery.runtime.low 1000000\n");
    pair.run(Duration::from_secs(3));
    let said = pair.log().into_iter().filter(|line| line.contains("the device made")).count();
    assert_eq!(said, 1, "{:#?}", pair.log());
}

#[test]
fn a_start_that_may_come_before_the_cut_is_raised_and_named() {
    let named = |config| run("eaton-3s", config).log().iter().any(|line| line.contains("20 s is raised to 30 s"));
    assert!(named(plain().with("ondelay", "20").with("offdelay", "20")));
    assert!(!named(plain().with("ondelay", "21").with("offdelay", "20")));
    assert!(!named(plain()));
}
