//! What the vendors' tables make of single fields, on devices that were made up for it.

#![expect(clippy::expect_used, reason = "what a test builds on is there or fails it")]

mod device;

use std::time::Duration;

use device::{Bench, Field, KELVIN, VOLT, field};
use driver::DriverConfig;

const APC: (u16, u16) = (0x051D, 0x0002);
const CYBER_POWER: (u16, u16) = (0x0764, 0x0501);
const EATON: (u16, u16) = (0x0463, 0xFFFF);
const AC_PRESENT: &str = "UPS.PowerSummary.PresentStatus.ACPresent";

fn config() -> DriverConfig {
    DriverConfig::new("rack", "usbhid-ups", "auto")
}

fn on_line(ids: (u16, u16), strings: &[&'static str], fields: impl IntoIterator<Item = Field>) -> Bench {
    bench(config(), ids, strings, fields)
}

fn bench(
    config: DriverConfig,
    ids: (u16, u16),
    strings: &[&'static str],
    fields: impl IntoIterator<Item = Field>,
) -> Bench {
    let fields = std::iter::once(field(AC_PRESENT, 1, 1)).chain(fields).collect();
    Bench::new(config, ids, strings, fields)
}

#[test]
fn half_a_digit_is_rounded_as_clients_of_nut_see_it() {
    let fields = [
        field("UPS.PowerSummary.Voltage", 16, 1365).in_unit(VOLT, 5),
        field("UPS.Battery.Temperature", 16, 298).in_unit(KELVIN, 0),
    ];
    let bench = on_line(APC, &["APC", "Back-UPS"], fields);
    assert_eq!(bench.var("battery.voltage"), Some("13.7"));
    assert_eq!(bench.var("battery.temperature"), Some("24.9"));
}

#[test]
fn a_scaled_field_keeps_what_lies_behind_the_point() {
    let scaled = field("UPS.Input.Voltage", 8, 200).in_unit(VOLT, 7).meaning((0, 300));
    assert_eq!(on_line(APC, &["APC", "Back-UPS"], [scaled]).var("input.voltage"), Some("235.3"));
}

#[test]
fn bits_above_a_limit_of_sixteen_are_cut_off_where_they_fill_thirty_two() {
    let overfull = field("UPS.PowerSummary.RunTimeToEmpty", 32, 0x8008_0A00).within((0, 0xFFFF));
    assert_eq!(on_line(APC, &["APC", "Back-UPS BF500"], [overfull]).var("battery.runtime"), Some("2560"));
}

#[test]
fn the_beepers_old_names_do_what_the_new_ones_do() {
    for ids in [APC, CYBER_POWER] {
        let mut bench = on_line(ids, &[], [field("UPS.PowerSummary.AudibleAlarmControl", 8, 2)]);
        assert!(bench.ask("INSTCMD beeper.off TRACKING 1\n").contains("TRACKING 1 0"));
        assert_eq!(bench.var("ups.beeper.status"), Some("disabled"));
        assert!(bench.ask("INSTCMD beeper.on TRACKING 2\n").contains("TRACKING 2 0"));
        assert_eq!(bench.var("ups.beeper.status"), Some("enabled"));
    }
}

const AUTOMATIC_RESTART: &str = "UPS.PowerConverter.Input.[1].AutomaticRestart";
const BEFORE_STARTUP: &str = "UPS.PowerSummary.DelayBeforeStartup";
const BEFORE_SHUTDOWN: &str = "UPS.PowerSummary.DelayBeforeShutdown";

fn stays_off(restart: Field) -> Vec<Field> {
    let delay = |path| field(path, 16, -1).within((-1, 32767));
    vec![restart, delay(BEFORE_STARTUP), delay(BEFORE_SHUTDOWN)]
}

/// A `shutdown.stayoff` some day before has left AutomaticRestart at 0.
#[test]
fn an_eaton_that_is_cut_with_k_may_come_back() {
    let config = DriverConfig { killpower: true, ..config() };
    let mut bench = bench(config, EATON, &["EATON", "5P"], stays_off(field(AUTOMATIC_RESTART, 8, 0)));
    bench.run(Duration::from_secs(2));
    assert_eq!(bench.exit, Some(0), "{:?}", bench.log);
    assert_eq!(bench.written, [(AUTOMATIC_RESTART, 1), (BEFORE_STARTUP, 30), (BEFORE_SHUTDOWN, 20)]);
}

#[test]
fn a_device_that_keeps_its_automatic_restart_is_cut_all_the_same() {
    for restart in [field(AUTOMATIC_RESTART, 8, 0).refusing(), field(AUTOMATIC_RESTART, 8, 1)] {
        let config = DriverConfig { killpower: true, ..config() };
        let mut bench = bench(config, EATON, &["EATON", "5P"], stays_off(restart));
        bench.run(Duration::from_secs(2));
        assert_eq!(bench.exit, Some(0), "{:?}", bench.log);
        assert_eq!(bench.written[bench.written.len() - 2..], [(BEFORE_STARTUP, 30), (BEFORE_SHUTDOWN, 20)]);
        assert!(bench.log.iter().any(|line| line.contains("accepted shutdown.return")), "{:?}", bench.log);
    }
}

#[test]
fn a_battery_voltage_that_is_given_half_as_high_again_is_so_when_the_battery_is_empty_too() {
    const VOLTAGE: &str = "UPS.PowerSummary.Voltage";
    let nominal = field("UPS.PowerSummary.ConfigVoltage", 16, 240).in_unit(VOLT, 6);
    let raised = field(VOLTAGE, 16, 405).in_unit(VOLT, 6);
    let mut bench = on_line(CYBER_POWER, &["CPS", "CP1500"], [nominal, raised]);
    assert_eq!(bench.var("battery.voltage"), Some("27.0"));
    bench.becomes(VOLTAGE, 315);
    assert_eq!(bench.var("battery.voltage"), Some("21.0"));
}

