//! What a report field can show, and what a host can write: one row each in [`QUANTITIES`].
//!
//! These are the words of a device file's `quantities:`. Numbers of enumerations are those of
//! HID Power Devices 1.1 §4, and of the vendors where the name says so.

use crate::control::{Beeper, Test};
use crate::observation::{Countdown, Supply, TestResult};
use crate::physics::{Flow, Physics, Regulation};
use crate::units::{Micros, Millivolts, Permille};

/// How a quantity's number relates to a field's unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scale {
    /// A code, a flag: the number as it is.
    Plain,
    /// Per cent: the number as it is.
    Percent,
    /// Seconds, in whatever steps the field's physical range makes of them.
    Seconds,
    /// Thousandths of this unit: volts, hertz, watts or volt-amperes.
    Milli(&'static str),
    /// Kelvin.
    Kelvin,
}

/// A quantity: how it is read, and how a host writes it where it can.
pub struct Quantity {
    /// Its word in device files.
    pub name: &'static str,
    /// Its scale.
    pub scale: Scale,
    /// Its value; `None` where it has none now (a countdown that does not run).
    pub read: fn(&Physics) -> Option<i64>,
    /// What writing it does.
    pub write: Option<fn(&mut Physics, i64)>,
    /// What the numbers mean that a host writes, where they are codes.
    pub codes: &'static [(i64, &'static str)],
}

impl Quantity {
    /// A value of it with its unit: `98 V`.
    #[must_use]
    pub fn say(&self, value: i64) -> String {
        match self.scale {
            Scale::Plain => value.to_string(),
            Scale::Percent => format!("{value} %"),
            Scale::Seconds => format!("{value} s"),
            Scale::Kelvin => format!("{value} K"),
            Scale::Milli(symbol) => {
                let (sign, size) = (if value < 0 { "-" } else { "" }, value.unsigned_abs());
                let decimals = format!(".{:03}", size % 1000);
                format!("{sign}{}{} {symbol}", size / 1000, decimals.trim_end_matches('0').trim_end_matches('.'))
            }
        }
    }

    /// What a host means that writes this value: `quick` for a test, `cancel` for a countdown of −1 s.
    #[must_use]
    pub fn say_written(&self, value: i64) -> String {
        let code = self.codes.iter().find(|(code, _)| *code == value);
        match (code, self.scale) {
            (Some((_, word)), _) => (*word).to_owned(),
            (None, Scale::Seconds) if value < 0 => "cancel".to_owned(),
            _ => self.say(value),
        }
    }
}

impl std::fmt::Debug for Quantity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name)
    }
}

/// The quantity of this name.
#[must_use]
pub fn find(name: &str) -> Option<&'static Quantity> {
    QUANTITIES.iter().find(|quantity| quantity.name == name)
}

const fn shown(name: &'static str, scale: Scale, read: fn(&Physics) -> Option<i64>) -> Quantity {
    Quantity { name, scale, read, write: None, codes: &[] }
}

const fn flag(name: &'static str, read: fn(&Physics) -> Option<i64>) -> Quantity {
    shown(name, Scale::Plain, read)
}

const fn written(
    name: &'static str,
    scale: Scale,
    read: fn(&Physics) -> Option<i64>,
    write: fn(&mut Physics, i64),
) -> Quantity {
    Quantity { name, scale, read, write: Some(write), codes: &[] }
}

const fn coded(
    name: &'static str,
    codes: &'static [(i64, &'static str)],
    read: fn(&Physics) -> Option<i64>,
    write: fn(&mut Physics, i64),
) -> Quantity {
    Quantity { name, scale: Scale::Plain, read, write: Some(write), codes }
}

/// Test as it is written.
const TESTS: &[(i64, &str)] = &[(1, "quick"), (2, "deep"), (3, "stop")];
/// AudibleAlarmControl.
const BEEPERS: &[(i64, &str)] = &[(1, "disabled"), (2, "enabled"), (3, "muted")];

/// Every quantity there is.
#[rustfmt::skip]
pub static QUANTITIES: &[Quantity] = &[
    // Battery
    shown("charge", Scale::Percent, |ups| Some(ups.battery().percent().into())),
    shown("runtime", Scale::Seconds, |ups| whole(ups.battery().runtime().as_seconds())),
    shown("battery-voltage", Scale::Milli("V"), |ups| Some(ups.battery().volts().0.into())),
    shown("battery-temperature", Scale::Kelvin, |ups| Some(273 + i64::from(ups.battery().temperature().0))),
    flag("battery-present", |ups| yes(ups.battery().is_connected())),
    flag("charging", |ups| yes(ups.signals().charging)),
    flag("discharging", |ups| yes(ups.supply() == Supply::OnBattery)),
    flag("fully-charged", |ups| yes(ups.battery().is_full())),
    flag("fully-discharged", |ups| yes(ups.battery().percent() == 0)),
    flag("below-charge-limit", |ups| yes(ups.signals().below_charge_limit)),
    flag("runtime-limit-expired", |ups| yes(ups.signals().runtime_limit_expired)),
    flag("low-battery", |ups| yes(ups.signals().low_battery)),
    flag("replace-battery", |ups| yes(ups.signals().replace_battery)),
    flag("eaton-charger-status", charger_status),
    // Mains and load
    shown("input-voltage", Scale::Milli("V"), |ups| Some(ups.mains().volts().0.into())),
    shown("input-frequency", Scale::Milli("Hz"), |ups| Some(ups.mains().hertz().0.into())),
    shown("output-voltage", Scale::Milli("V"), |ups| Some(ups.output_volts().0.into())),
    shown("output-frequency", Scale::Milli("Hz"), |ups| Some(ups.output_hertz().0.into())),
    shown("load", Scale::Percent, |ups| Some(i64::from((ups.load_permille() + 5) / 10))),
    shown("load-power", Scale::Milli("W"), |ups| Some(ups.delivered().0.into())),
    shown("load-apparent-power", Scale::Milli("VA"), |ups| whole(ups.apparent_power())),
    flag("ac-present", |ups| yes(ups.sees_mains())),
    flag("boost", |ups| yes(ups.supply() == Supply::Boost)),
    flag("buck", |ups| yes(ups.supply() == Supply::Trim)),
    flag("on-line", |ups| yes(matches!(ups.supply(), Supply::OnLine | Supply::Boost | Supply::Trim))),
    flag("on-bypass", |ups| yes(ups.supply() == Supply::Bypass)),
    flag("overload", |ups| yes(ups.signals().overload)),
    flag("voltage-not-regulated", |ups| {
        let unregulated = ups.mains().regulation() != Regulation::None && ups.supply() == Supply::OnLine;
        yes(ups.supply() == Supply::Bypass || unregulated)
    }),
    flag("voltage-out-of-range", |ups| yes(!ups.mains().good() && !ups.mains().frequency_is_off())),
    flag("frequency-out-of-range", |ups| yes(ups.mains().frequency_is_off())),
    flag("apc-transfer-cause", |ups| Some(ups.transfer_cause().into())),
    flag("apc-status", apc_status),
    // The device
    flag("good", |ups| yes(ups.supply() != Supply::Off)),
    flag("internal-failure", |ups| yes(ups.signals().alarm)),
    flag("shutdown-imminent", |ups| yes(ups.signals().shutdown_imminent)),
    flag("outlet-on", |ups| yes(ups.outlet_is_live(0))),
    flag("outlet-1-on", |ups| yes(ups.outlet_is_live(1))),
    flag("outlet-2-on", |ups| yes(ups.outlet_is_live(2))),
    // What a host writes
    written("charge-limit", Scale::Percent, |ups| Some((ups.limits().charge.0 / 10).into()), set_charge_limit),
    written("runtime-limit", Scale::Seconds, |ups| whole(ups.limits().runtime.as_seconds()), set_runtime_limit),
    written("transfer-low", Scale::Milli("V"), |ups| Some(ups.mains().inlet.low.0.into()), |ups, value| {
        let high = ups.mains().inlet.high;
        ups.set_transfer(Millivolts(u32::try_from(value).unwrap_or(0)), high);
    }),
    written("transfer-high", Scale::Milli("V"), |ups| Some(ups.mains().inlet.high.0.into()), |ups, value| {
        let low = ups.mains().inlet.low;
        ups.set_transfer(low, Millivolts(u32::try_from(value).unwrap_or(0)));
    }),
    written("shutdown-delay", Scale::Seconds, |ups| ups.countdown(Countdown::Shutdown).map(i64::from),
        |ups, seconds| ups.count_down(Countdown::Shutdown, seconds)),
    written("startup-delay", Scale::Seconds, |ups| ups.countdown(Countdown::Startup).map(i64::from),
        |ups, seconds| ups.count_down(Countdown::Startup, seconds)),
    written("reboot-delay", Scale::Seconds, |ups| ups.countdown(Countdown::Reboot).map(i64::from),
        |ups, seconds| ups.count_down(Countdown::Reboot, if seconds == 0 { -1 } else { seconds })),
    written("apc-force-shutdown", Scale::Plain, |ups| Some(ups.forced_shutdown()), Physics::force_shutdown),
    coded("test", TESTS, |ups| Some(test_code(ups.test_result())), run_test),
    coded("beeper", BEEPERS, |ups| Some(beeper_code(ups.beeper())), set_beeper),
];

#[expect(clippy::unnecessary_wraps, reason = "it is the shape of a row's reader")]
fn yes(flag: bool) -> Option<i64> {
    Some(flag.into())
}

fn whole(number: u64) -> Option<i64> {
    Some(i64::try_from(number).unwrap_or(i64::MAX))
}

/// Eaton's Charger.Status: 1 charging, 2 floating, 3 resting, 4 discharging.
fn charger_status(ups: &Physics) -> Option<i64> {
    Some(match ups.battery().flow() {
        Flow::Charging => 1,
        Flow::Floating => 2,
        Flow::Rest => 3,
        Flow::Discharging => 4,
    })
}

/// APC's status flag: 8 on line, 16 discharging, 0 off.
fn apc_status(ups: &Physics) -> Option<i64> {
    Some(match ups.supply() {
        Supply::Off => 0,
        Supply::OnBattery => 16,
        Supply::OnLine | Supply::Boost | Supply::Trim | Supply::Bypass => 8,
    })
}

fn set_charge_limit(ups: &mut Physics, percent: i64) {
    let mut limits = ups.limits().clone();
    limits.charge = Permille::percent(u8::try_from(percent.clamp(0, 100)).unwrap_or(100));
    ups.set_limits(limits);
}

fn set_runtime_limit(ups: &mut Physics, seconds: i64) {
    let mut limits = ups.limits().clone();
    limits.runtime = Micros::seconds(u64::try_from(seconds).unwrap_or(0));
    ups.set_limits(limits);
}

/// Test as it is read: 1 passed, 2 warning, 3 error, 4 aborted, 5 in progress, 6 not initiated.
fn test_code(result: TestResult) -> i64 {
    match result {
        TestResult::Passed => 1,
        TestResult::Warning => 2,
        TestResult::Failed => 3,
        TestResult::Aborted => 4,
        TestResult::Running => 5,
        TestResult::None => 6,
    }
}

/// Test as it is written: 1 quick, 2 deep, 3 abort.
fn run_test(ups: &mut Physics, code: i64) {
    match code {
        1 => ups.run_test(Test::Quick),
        2 => ups.run_test(Test::Deep),
        3 => ups.run_test(Test::Stop),
        _ => {}
    }
}

fn beeper_code(beeper: Beeper) -> i64 {
    match beeper {
        Beeper::Disabled => 1,
        Beeper::Enabled => 2,
        Beeper::Muted => 3,
    }
}

fn set_beeper(ups: &mut Physics, code: i64) {
    match code {
        1 => ups.set_beeper(Beeper::Disabled),
        2 => ups.set_beeper(Beeper::Enabled),
        3 => ups.set_beeper(Beeper::Muted),
        _ => {}
    }
}
