//! Eaton and MGE: the device as a whole.

use crate::usbhid::conversion::Conversion::{EatonRealPower, Kelvin, StringIndex, UnixDate, UnixTime, Words};
use crate::usbhid::options::Delay;
use crate::usbhid::row::{Row, delay, number, value};
use crate::usbhid::words::{BEEPER, EATON_CONVERTER, ENABLED, TEST, YES_NO};

/// What they report of the device.
#[rustfmt::skip]
pub const ROWS: &[Row] = &[
    value("device.usb.version", "UPS.System.USB.iVersion", StringIndex).fixed(),
    number("ups.efficiency", "UPS.PowerConverter.Output.Efficiency", 0),
    value("ups.firmware", "UPS.PowerSummary.iVersion", StringIndex).fixed(),
    number("ups.load", "UPS.PowerSummary.PercentLoad", 0),
    number("ups.load.high", "UPS.Flow.[4].ConfigPercentLoad", 0).semi_static().up_to(5),
    delay("ups.delay.start", "UPS.PowerSummary.DelayBeforeStartup", Delay::On),
    delay("ups.delay.shutdown", "UPS.PowerSummary.DelayBeforeShutdown", Delay::Off),
    number("ups.timer.start", "UPS.PowerSummary.DelayBeforeStartup", 0).countdown(),
    number("ups.timer.shutdown", "UPS.PowerSummary.DelayBeforeShutdown", 0).countdown(),
    number("ups.timer.reboot", "UPS.PowerSummary.DelayBeforeReboot", 0).countdown(),
    value("ups.test.result", "UPS.BatterySystem.Battery.Test", Words(TEST)),
    number("ups.test.interval", "UPS.BatterySystem.Battery.TestPeriod", 0).semi_static().up_to(8),
    value("ups.beeper.status", "UPS.BatterySystem.Battery.AudibleAlarmControl", Words(BEEPER)).semi_static(),
    value("ups.beeper.status", "UPS.PowerSummary.AudibleAlarmControl", Words(BEEPER)).semi_static(),
    value("ups.beeper.status", "UPS.AudibleAlarmControl", Words(BEEPER)).semi_static(),
    value("ups.temperature", "UPS.PowerSummary.Temperature", Kelvin),
    number("ups.power", "UPS.PowerConverter.Output.ApparentPower", 0),
    number("ups.L1.power", "UPS.PowerConverter.Output.Phase.[1].ApparentPower", 0),
    number("ups.L2.power", "UPS.PowerConverter.Output.Phase.[2].ApparentPower", 0),
    number("ups.L3.power", "UPS.PowerConverter.Output.Phase.[3].ApparentPower", 0),
    number("ups.power.nominal", "UPS.Flow.[4].ConfigApparentPower", 0).fixed(),
    number("ups.realpower", "UPS.PowerConverter.Output.ActivePower", 0),
    value("ups.realpower", "UPS.Flow.[4].ConfigApparentPower", EatonRealPower),
    number("ups.L1.realpower", "UPS.PowerConverter.Output.Phase.[1].ActivePower", 0),
    number("ups.L2.realpower", "UPS.PowerConverter.Output.Phase.[2].ActivePower", 0),
    number("ups.L3.realpower", "UPS.PowerConverter.Output.Phase.[3].ActivePower", 0),
    number("ups.realpower.nominal", "UPS.Flow.[4].ConfigActivePower", 0).fixed(),
    value("ups.start.auto", "UPS.PowerConverter.Input.[1].AutomaticRestart", Words(YES_NO)).semi_static().up_to(5),
    value("ups.start.battery", "UPS.PowerConverter.Input.[3].StartOnBattery", Words(YES_NO)).semi_static().up_to(5),
    value("ups.start.reboot", "UPS.PowerConverter.Output.ForcedReboot", Words(YES_NO)).semi_static().up_to(5),
    value("ups.shutdown", "UPS.PowerSummary.PresentStatus.Switchable", Words(ENABLED)).semi_static().choice(),
    value("ups.date", "UPS.PowerSummary.Time", UnixDate).writable(),
    value("ups.time", "UPS.PowerSummary.Time", UnixTime).writable(),
    value("ups.date", "UPS.PowerSummary.Time", UnixDate),
    value("ups.time", "UPS.PowerSummary.Time", UnixTime),
    value("ups.type", "UPS.PowerConverter.ConverterType", Words(EATON_CONVERTER)).fixed(),
];
