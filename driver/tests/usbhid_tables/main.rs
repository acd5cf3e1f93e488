//! What the vendors' tables make of single fields, on devices that were made up for it.

#![expect(clippy::expect_used, reason = "what a test builds on is there or fails it")]

mod device;
mod several;

use std::time::Duration;

use device::{Bench, Field, KELVIN, VOLT, field};
use driver::DriverConfig;
use protocol::usb::{Data, Failure, Identity};

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

/// -1 of a runtime was less than its limit: under `ignorelb` the first flicker was a low battery, at 100 %.
#[test]
fn a_runtime_that_the_device_does_not_know_is_no_low_battery() {
    let config = || DriverConfig { ignore_low_battery: true, ..config() };
    let runtime = "UPS.PowerSummary.RunTimeToEmpty";
    let fields = |bits, raw, range| {
        [
            field(runtime, bits, raw).within(range),
            field("UPS.PowerSummary.RemainingTimeLimit", 16, 120),
            field("UPS.PowerSummary.PresentStatus.BelowRemainingCapacityLimit", 1, 0),
        ]
    };
    for (bits, raw, range) in [(16, 0xFFFF, (-1, 32767)), (16, 0xFFFF, (0, 65535)), (32, -1, (-1, i32::MAX))] {
        let mut bench = bench(config(), APC, &["APC", "Back-UPS"], fields(bits, raw, range));
        assert_eq!(bench.var("battery.runtime"), None, "{raw:#x}");
        bench.becomes(AC_PRESENT, 0);
        assert_eq!(bench.var("ups.status"), Some("OB"), "{raw:#x}");
        // Nothing can be compared: the UPS's own word counts.
        bench.becomes("UPS.PowerSummary.PresentStatus.BelowRemainingCapacityLimit", 1);
        assert_eq!(bench.var("ups.status"), Some("OB LB"), "{raw:#x}");
    }
    let mut bench = bench(config(), APC, &["APC", "Back-UPS"], fields(16, 600, (-1, 32767)));
    assert_eq!(bench.var("battery.runtime"), Some("600"));
    bench.becomes(runtime, 0xFFFF);
    assert_eq!(bench.var("battery.runtime"), None, "the old value is withdrawn");
    bench.becomes(runtime, 90);
    bench.becomes(AC_PRESENT, 0);
    assert_eq!((bench.var("battery.runtime"), bench.var("ups.status")), (Some("90"), Some("OB LB")));
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

/// `-1` cancels and means "never" (HID PDC 1.1, DelayBeforeShutdown); the smallest value of such a field is "at once".
#[test]
fn where_a_delay_has_no_sign_minus_one_is_all_ones_and_not_zero() {
    let delay = |path, bits| field(path, bits, 0xFFFF_FFFF & ((1_i64 << bits) - 1));
    for bits in [16, 32] {
        let ones = (1_i64 << bits) - 1;
        let fields = [delay(BEFORE_STARTUP, bits), delay(BEFORE_SHUTDOWN, bits)];
        let mut bench = on_line(APC, &["APC", "Back-UPS"], fields.clone());
        bench.ask("INSTCMD shutdown.stop TRACKING 1\n");
        bench.ask("INSTCMD shutdown.stayoff TRACKING 2\n");
        assert_eq!(bench.written, [(BEFORE_SHUTDOWN, ones), (BEFORE_STARTUP, ones), (BEFORE_SHUTDOWN, 20)]);
        let config = DriverConfig { killpower: true, ..config().with("ondelay", "-1") };
        let bench = crate::bench(config, APC, &["APC", "Back-UPS"], fields);
        assert_eq!(bench.exit, Some(0), "{:?}", bench.log);
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

#[test]
fn eaton_models_are_called_what_nut_calls_them() {
    let name = |ids, product, model: &'static str, rating| {
        let fields = [field("UPS.PowerSummary.iModel", 8, 3), field("UPS.Flow.[4].ConfigApparentPower", 16, rating)];
        let bench = on_line(ids, &["", product, model], fields);
        assert_eq!(bench.var("ups.mfr"), Some("Eaton"));
        bench.var("ups.model").expect("a name").to_owned()
    };
    assert_eq!(name(EATON, "Eaton 9PX", "1500irt2u", 1500), "9px1500irt2u");
    assert_eq!(name(EATON, "Eaton 9SX", "3000i", 3000), "9SX3000i");
    assert_eq!(name(EATON, "Ellipse PRO", "1600 ", 1600), "Eaton 5S1600");
    assert_eq!(name(EATON, "Ellipse PRO", "1600", 1600), "Ellipse PRO 1600");
    assert_eq!(name(EATON, "Ellipse", "", 750), "Ellipse 750");
    assert_eq!(name((0x047C, 0xFFFF), "Dell Tower 1000W", "500", 1000), "Dell Tower 1000W");
}

#[test]
fn an_eaton_of_release_2_02_is_asked_for_its_other_descriptor() {
    let fields = || vec![field(AC_PRESENT, 1, 1)];
    let identity = |release| Identity { vendor_id: EATON.0, product_id: EATON.1, release, ..Identity::default() };
    for release in [0x0100, 0x0202] {
        let bench = Bench::with(config(), identity(release), &[], fields());
        assert_eq!(bench.var("ups.status"), Some("OL"), "{release:04x}");
    }
}

#[test]
fn an_eaton_of_release_2_02_without_a_descriptor_at_index_1_is_read_at_index_0() {
    let identity = Identity { vendor_id: EATON.0, product_id: EATON.1, release: 0x0202, ..Identity::default() };
    let of_something_else = device::describe(&[field("UPS.PowerSummary.iModel", 8, 3)]);
    let nonsense = Data::from_slice(&[0xFF; 40]);
    for there in [Err(Failure::Stall), Err(Failure::Timeout), Ok(Data::new()), Ok(nonsense), Ok(of_something_else)] {
        let bench = Bench::misplaced(identity.clone(), config(), vec![field(AC_PRESENT, 1, 1)], there.clone());
        assert_eq!(bench.var("ups.status"), Some("OL"), "{there:?}: {:?}", bench.log);
        let said: Vec<_> = bench.log.iter().filter(|line| line.contains("at index 1; trying index 0")).collect();
        assert_eq!(said.len(), 1, "{there:?}: {:?}", bench.log);
    }
}

#[test]
fn an_eaton_whose_index_1_hangs_is_cut_with_k_all_the_same() {
    let identity = Identity { vendor_id: EATON.0, product_id: EATON.1, release: 0x0202, ..Identity::default() };
    let fields = vec![field(AC_PRESENT, 1, 1), field("UPS.PowerSummary.DelayBeforeShutdown", 16, 0xFFFF)];
    let config = DriverConfig { killpower: true, ..config() };
    let mut bench = Bench::misplaced(identity, config, fields, Err(Failure::Timeout));
    bench.run(Duration::from_secs(20));
    assert_eq!(bench.exit, Some(0), "{:?}", bench.log);
}

#[test]
fn an_eaton_that_tells_its_battery_voltage_publishes_it() {
    let fields = |model| {
        let voltage = field("UPS.PowerSummary.Voltage", 16, 820).in_unit(VOLT, 6);
        on_line(EATON, &["EATON", "Eaton 9SX", model], [field("UPS.PowerSummary.iModel", 8, 3), voltage])
    };
    assert_eq!(fields("2000i").var("battery.voltage"), Some("82.0"));
    assert_eq!(fields("11000i").var("battery.voltage"), None);
}

#[test]
fn a_standby_ups_is_offered_the_voltages_of_its_mains() {
    let voltages = |product, model| {
        let nominal = field("UPS.Flow.[4].ConfigVoltage", 16, 230);
        let fields = [field("UPS.PowerSummary.iModel", 8, 3), nominal];
        let said = on_line(EATON, &["EATON", product, model], fields).ask("DUMPALL\n");
        let offered = said.lines().filter_map(|line| line.strip_prefix("ADDENUM output.voltage.nominal "));
        offered.map(|voltage| voltage.trim_matches('"').to_owned()).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(voltages("Ellipse MAX", "1500"), "220 230 240");
    assert_eq!(voltages("Eaton 5P", "1550"), "200 208 220 230 240");
}

#[test]
fn a_charger_whose_management_is_switched_off_says_no_more_how_it_is() {
    const ENABLED: &str = "UPS.BatterySystem.Charger.ABMEnable";
    let fields = [field(ENABLED, 8, 1), field("UPS.BatterySystem.Charger.Mode", 8, 1)];
    let mut bench = on_line(EATON, &["EATON", "Eaton 5P"], fields);
    assert_eq!(bench.var("battery.charger.status"), Some("charging"));
    bench.becomes(ENABLED, 0);
    assert_eq!(bench.var("battery.charger.status"), None);
    bench.becomes(ENABLED, 1);
    assert_eq!(bench.var("battery.charger.status"), Some("charging"));
}

#[test]
fn a_deep_test_of_an_eaton_is_no_outage_and_takes_nobody_down() {
    const TEST: &str = "UPS.BatterySystem.Battery.Test";
    const USED: &str = "UPS.PowerConverter.Input.[3].PresentStatus.Used";
    const LOW: &str = "UPS.PowerSummary.PresentStatus.BelowRemainingCapacityLimit";
    let discharging = field("UPS.PowerSummary.PresentStatus.Discharging", 1, 0);
    let fields = [field(TEST, 8, 6), field(USED, 1, 0), field(LOW, 1, 0), discharging];
    let mut bench = on_line(EATON, &["EATON", "Eaton 5P"], fields);
    bench.becomes(TEST, 5);
    bench.becomes("UPS.PowerSummary.PresentStatus.Discharging", 1);
    bench.becomes(USED, 1);
    bench.becomes(LOW, 1);
    assert_eq!(bench.var("ups.status"), Some("OL DISCHRG LB"));
    bench.becomes(AC_PRESENT, 0);
    assert_eq!(bench.var("ups.status"), Some("OB DISCHRG LB"));
}

#[test]
fn a_threshold_that_is_none_of_the_usual_ones_is_published() {
    let fields =
        [field("UPS.PowerSummary.iModel", 8, 3), field("UPS.OutletSystem.Outlet.[1].ConfigApparentPower", 16, 100)];
    assert_eq!(on_line(EATON, &["EATON", "Ellipse ECO", "1600"], fields).var("outlet.power"), Some("100"));
}

#[test]
fn an_id_that_other_makers_use_is_taken_by_its_brand_alone() {
    let is_taken = |ids, strings| on_line(ids, strings, []).is_taken;
    assert!(is_taken((0x06DA, 0xFFFF), &["AEG", "PROTECT NAS"]));
    assert!(!is_taken((0x06DA, 0xFFFF), &["Liebert", "GXT3"]));
    assert!(is_taken((0x09D6, 0x0001), &["KSTAR", "UPS"]));
    assert!(!is_taken((0x09D6, 0x0001), &["Berkeley Varitronics", "Probe"]));
    assert!(is_taken(EATON, &["", ""]));
}

#[test]
fn a_table_is_chosen_by_a_part_of_its_name() {
    for chosen in ["mge", "MGE HID 1.59", "^mge", "MGE.*"] {
        let fields = [field("UPS.PowerSummary.RemainingCapacity", 8, 99)];
        let config = config().with("subdriver", chosen).with("vendorid", "1234");
        let bench = bench(config, (0x1234, 0x5678), &[], fields);
        assert_eq!(bench.var("driver.version.data"), Some("MGE HID 1.59"), "{chosen}");
    }
}

#[test]
fn low_and_worn_batteries_of_the_back_ups_that_flap_must_last_four_seconds() {
    const LOW: &str = "UPS.PowerSummary.PresentStatus.BelowRemainingCapacityLimit";
    const PRESENT: &str = "UPS.PowerSummary.PresentStatus.BatteryPresent";
    const IMMINENT: &str = "UPS.PowerSummary.PresentStatus.ShutdownImminent";
    let status_after = |config: DriverConfig, product, seconds| {
        let fields = [field(LOW, 1, 1), field(PRESENT, 1, 0), field(IMMINENT, 1, 1)];
        let mut bench = bench(config, APC, &["American Power Conversion", product], fields);
        bench.run(Duration::from_secs(seconds));
        bench.var("ups.status").expect("a status").to_owned()
    };
    for product in ["Back-UPS BX750MI", "Back-UPS BVK750M2", "Back-UPS BK650M2_CH"] {
        assert_eq!(status_after(config(), product, 2), "OL", "{product}");
        assert_eq!(status_after(config(), product, 4), "ALARM OL LB RB", "{product}");
        assert_eq!(status_after(config().with("lbrb_log_delay_sec", "0"), product, 0), "ALARM OL LB RB", "{product}");
    }
    assert_eq!(status_after(config(), "Back-UPS ES 850G2 FW:938.a2 .I USB FW:a2", 0), "ALARM OL LB RB");
}

#[test]
fn a_limit_that_a_device_does_not_take_is_the_drivers_under_ignorelb() {
    const LIMIT: &str = "UPS.PowerSummary.RemainingCapacityLimit";
    let limited = |ids, ignores| {
        let config = DriverConfig { ignore_low_battery: ignores, ..config().with("lowbatt", "50") };
        let fields = [field("UPS.PowerSummary.RemainingCapacity", 8, 40), field(LIMIT, 8, 20).refusing()];
        let mut bench = bench(config, ids, &[], fields);
        bench.run(Duration::from_secs(31));
        (
            bench.var("battery.charge.low").expect("a limit").to_owned(),
            bench.var("ups.status").expect("a status").to_owned(),
        )
    };
    for ids in [EATON, APC] {
        assert_eq!(limited(ids, true), ("50".into(), "OL LB".into()));
        assert_eq!(limited(ids, false), ("20".into(), "OL".into()));
    }
}

#[test]
fn a_client_learns_how_long_a_value_may_be() {
    let said = on_line(EATON, &[], [field("UPS.PowerConverter.Output.LowVoltageTransfer", 16, 160)]).ask("DUMPALL\n");
    assert!(said.contains("SETAUX input.transfer.low 5\n"), "{said}");
}

/// One reading of 0 % was an outage at its end, where nothing tells line power.
#[test]
fn without_a_word_on_line_power_a_charge_of_a_moment_takes_nobody_down() {
    const CHARGE: &str = "UPS.PowerSummary.RemainingCapacity";
    let fields = vec![field(CHARGE, 8, 100), field("UPS.PowerSummary.RemainingCapacityLimit", 8, 20)];
    let mut bench = Bench::new(config(), APC, &["APC", "Back-UPS"], fields);
    let read_once = |bench: &mut Bench, raw| {
        bench.fields[0].raw = raw;
        bench.run(Duration::from_secs(2));
    };
    read_once(&mut bench, 0);
    read_once(&mut bench, 100);
    assert_eq!(bench.var("ups.status"), None);
    for charge in [60, 20, 20] {
        read_once(&mut bench, charge);
    }
    assert_eq!(bench.var("ups.status"), Some("OB LB"));
}
