//! What a driver makes of its section, the global settings and the command line, and what it says
//! about mistakes.

use driver::DriverConfig;
use driver::config::{CommandLine, Knowledge, KnownParam, Synchronous};
use protocol::conf::ups_conf::UpsConf;
use protocol::diagnostic::{Diagnostics, Source};
use std::time::Duration;

const KNOWN: Knowledge = Knowledge {
    driver: "usbhid-ups",
    params: &[
        KnownParam::value("vendorid", "the vendor"),
        KnownParam::value("pollfreq", "seconds between two full polls"),
        KnownParam::flag("pollonly", "do not listen to the interrupt pipe"),
    ],
};

fn read(file: &str, line: &CommandLine) -> Result<DriverConfig, Diagnostics> {
    let (conf, _) = UpsConf::read(&Source::new("ups.conf", file))?;
    DriverConfig::from_section(&conf, "rack", KNOWN, line).map(|(config, _)| config)
}

#[test]
fn a_section_stands_on_the_global_settings() {
    let file = "
pollinterval = 15
user = nut
debug_min = 2
maxretry = 3
[other]
driver = nutdrv_qx
port = auto
[rack]
driver = usbhid-ups
port = auto
desc = \"Rack\"
vendorid = 051d
pollonly
synchronous = yes
ignorelb
allow_killpower = 1
sdcommands = shutdown.return,shutdown.stayoff
default.battery.voltage = 12.3
override.battery.charge.low = 30
override.Battery.Charge.Low = 40
";
    let config = read(file, &CommandLine::default()).expect("no mistakes");
    assert_eq!((config.ups.as_str(), config.driver.as_str(), config.port.as_str()), ("rack", "usbhid-ups", "auto"));
    assert_eq!(config.poll_interval, Duration::from_secs(15));
    assert_eq!(config.synchronous, Synchronous::Yes);
    assert!(config.ignore_low_battery && config.allow_killpower && config.flag("pollonly"));
    assert_eq!(config.shutdown_commands, ["shutdown.return", "shutdown.stayoff"]);
    assert_eq!(config.defaults, [("battery.voltage".to_owned(), "12.3".to_owned())]);
    assert_eq!(config.overrides, [("battery.charge.low".to_owned(), "40".to_owned())]);
    assert_eq!(config.param("VendorID"), Some("051d"));
    assert_eq!(config.run_as.user.as_deref(), Some("nut"));
    assert_eq!(config.debug, 2);
}

#[test]
fn the_command_line_wins() {
    let line = CommandLine {
        params: vec![("pollfreq".into(), Some("5".into())), ("port".into(), Some("/dev/x".into()))],
        poll_interval: Some(1),
        user: Some("root".into()),
        killpower: true,
        ..CommandLine::default()
    };
    let file = "user = nut\n[rack]\ndriver = usbhid-ups\nport = auto\npollfreq = 30\npollinterval = 3\n";
    let config = read(file, &line).expect("no mistakes");
    assert_eq!(config.port, "/dev/x");
    assert_eq!(config.number("pollfreq").expect("a number"), Some(5));
    assert_eq!(config.params.len(), 1, "replaced, not doubled");
    assert_eq!(config.poll_interval, Duration::from_secs(1));
    assert_eq!(config.run_as.user.as_deref(), Some("root"));
    assert!(config.killpower);
}

#[test]
fn a_driver_can_do_without_a_file() {
    let mut line = CommandLine { params: vec![("pollonly".into(), None)], ..CommandLine::default() };
    let refusal = DriverConfig::from_command_line("x", KNOWN, &line).expect_err("no port");
    assert_eq!(refusal.to_string(), "error: no port: give it in ups.conf, or as `-x port=…`");
    line.params.push(("port".into(), Some("auto".into())));
    let (config, _) = DriverConfig::from_command_line("x", KNOWN, &line).expect("no mistakes");
    assert!(config.flag("pollonly") && config.port == "auto" && config.reread.is_none());
}

#[test]
fn all_mistakes_of_a_section_are_shown_at_once() {
    let file = "\
[rack]
driver = nutdrv_qx
port = auto
pollinterval = 0
polfreq = 30
pollfreq
pollonly = yes
synchronous = perhaps
ignorelb = maybe
default.battery.voltage
";
    let found = read(file, &CommandLine::default()).expect_err("mistakes");
    insta::assert_snapshot!(found.to_string());
}

#[test]
fn a_missing_section_names_its_nearest_neighbour() {
    let found = read("[rach]\ndriver = usbhid-ups\nport = auto\n", &CommandLine::default()).expect_err("no section");
    insta::assert_snapshot!(found.to_string());
}

/// Taken for none, a wrong `vendorid` would let the driver take, and `-k` cut, any UPS there is.
#[test]
fn a_parameter_of_usbhid_ups_that_makes_no_sense_is_shown_and_not_left_out() {
    let known = Knowledge { driver: "usbhid-ups", params: driver::usbhid::PARAMS };
    let file = "\
[rack]
driver = usbhid-ups
port = auto
vendorid = 05ld
productid = +002
pollfreq = 0
ondelay = -2
offdelay = soon
serial = [3B
";
    let (conf, _) = UpsConf::read(&Source::new("ups.conf", file)).expect("a file");
    let read = |line| DriverConfig::from_section(&conf, "rack", known, &line).map(|(config, _)| config);
    insta::assert_snapshot!(read(CommandLine::default()).expect_err("mistakes").to_string());
    let found = UpsConf::read(&Source::new(
        "ups.conf",
        file.replace("05ld", "0x051D").replace("+002", "2").replace("[3B", "^3B"),
    ))
    .expect("a file");
    let good = found.0;
    let line = CommandLine { params: vec![("vendorid".into(), Some("any".into()))], ..CommandLine::default() };
    let found = DriverConfig::from_section(&good, "rack", known, &line).expect_err("a mistake").to_string();
    assert!(found.contains("-x vendorid: `vendorid` needs up to four hex digits, not `any`"), "{found}");
}

#[test]
fn only_a_mistake_about_which_device_is_meant_keeps_its_load_on() {
    let known = Knowledge { driver: "usbhid-ups", params: driver::usbhid::PARAMS };
    let line = CommandLine { killpower: true, ..CommandLine::default() };
    let cut = |text: &str| DriverConfig::from_file(&Source::new("ups.conf", text), "rack", known, &line);
    let section = "[rack]\ndriver = usbhid-ups\nport = auto\n";
    let passed_over = [
        "offdelay = soon",
        "pollfreq",
        "polfreq = 30",
        "nonsense = 1",
        "ignorelb = maybe",
        "default.battery.charge",
        "lowbatt = 0",
        "offdelay =",
        "offdelay 20",
        "= 5",
    ];
    for slip in passed_over {
        let (_, found) = cut(&format!("{section}{slip}\n")).unwrap_or_else(|found| panic!("{slip}\n{found}"));
        assert!(!found.is_empty() && !found.has_errors(), "{slip}: {found}");
    }
    let (config, _) = cut("[rack]\ndriver = usbhid-ups\n").expect("a load to cut without a port");
    assert!(config.port.is_empty());
    let long = format!("serial = {}", "9".repeat(9000));
    for slip in ["serial =", "serial 5", "serail = 5", "vendorid = 05ld", "product = [3B", "busport", &long] {
        let found = cut(&format!("{section}{slip}\n")).expect_err(slip);
        assert!(found.has_errors(), "{slip}: {found}");
    }
}
