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

