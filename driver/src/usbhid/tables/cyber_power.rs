//! CyberPower (USB vendor 0764) and its brand names.

use crate::usbhid::conversion::Conversion::{
    Clamped, CyberPowerBattery, CyberPowerFrequency, Date, Kelvin, Percent, StringIndex, Words,
};
use crate::usbhid::flag::Flag::{
    Boost, Charging, Discharging, FullyCharged, LowBattery, Online, Overload, ReplaceBattery, TimeLimitExpired,
};
use crate::usbhid::flag::Rule::When;
use crate::usbhid::options::Delay;
use crate::usbhid::row::{Row, command, command_after, delay, number, status, value};
use crate::usbhid::words::{BEEPER, CPS_SENSITIVITY, TEST};

/// What CyberPower reports where.
#[rustfmt::skip]
pub const ROWS: &[Row] = &[
    value("battery.type", "UPS.PowerSummary.iDeviceChemistry", StringIndex),
    value("battery.mfr.date", "UPS.Battery.ManufacturerDate", Date).semi_static().writable(),
    value("battery.mfr.date", "UPS.PowerSummary.iOEMInformation", StringIndex),
    number("battery.charge.warning", "UPS.PowerSummary.WarningCapacityLimit", 0),
    number("battery.charge.low", "UPS.PowerSummary.RemainingCapacityLimit", 0).semi_static().writable(),
    value("battery.charge", "UPS.PowerSummary.RemainingCapacity", Clamped),
    number("battery.runtime", "UPS.PowerSummary.RunTimeToEmpty", 0),
    number("battery.runtime.low", "UPS.PowerSummary.RemainingTimeLimit", 0).semi_static().writable(),
    number("battery.voltage.nominal", "UPS.PowerSummary.ConfigVoltage", 0),
    value("battery.voltage", "UPS.PowerSummary.Voltage", CyberPowerBattery),
    value("battery.status", "UPS.PowerSummary.FullChargeCapacity", Percent),
    number("ups.load", "UPS.Output.PercentLoad", 0),
    value("ups.beeper.status", "UPS.PowerSummary.AudibleAlarmControl", Words(BEEPER)),
    value("ups.test.result", "UPS.Output.Test", Words(TEST)),
    number("ups.power", "UPS.Output.ApparentPower", 0),
    number("ups.power.nominal", "UPS.Output.ConfigApparentPower", 0),
    number("ups.realpower", "UPS.Output.ActivePower", 0),
    number("ups.realpower.nominal", "UPS.Output.ConfigActivePower", 0),
    delay("ups.delay.start", "UPS.Output.DelayBeforeStartup", Delay::On),
    delay("ups.delay.shutdown", "UPS.Output.DelayBeforeShutdown", Delay::Off),
    number("ups.timer.start", "UPS.Output.DelayBeforeStartup", 0).countdown(),
    number("ups.timer.shutdown", "UPS.Output.DelayBeforeShutdown", 0).countdown(),
    number("ups.timer.reboot", "UPS.Output.DelayBeforeReboot", 0).countdown(),
    value("ups.firmware", "UPS.PowerSummary.CPSFirmwareVersion", StringIndex).fixed(),
    value("ups.temperature", "UPS.PowerSummary.Temperature", Kelvin),
    status("UPS.PowerSummary.PresentStatus.ACPresent", When(Online)).quick(),
    status("UPS.PowerSummary.PresentStatus.Charging", When(Charging)).quick(),
    status("UPS.PowerSummary.PresentStatus.Discharging", When(Discharging)).quick(),
    status("UPS.PowerSummary.PresentStatus.BelowRemainingCapacityLimit", When(LowBattery)).quick(),
    status("UPS.PowerSummary.PresentStatus.FullyCharged", When(FullyCharged)),
    status("UPS.PowerSummary.PresentStatus.RemainingTimeLimitExpired", When(TimeLimitExpired)),
    status("UPS.PowerSummary.PresentStatus.NeedReplacement", When(ReplaceBattery)),
    status("UPS.Output.Boost", When(Boost)),
    status("UPS.Output.Overload", When(Overload)),
    value("input.frequency", "UPS.Input.Frequency", CyberPowerFrequency),
    number("input.voltage.nominal", "UPS.Input.ConfigVoltage", 0),
    number("input.voltage", "UPS.Input.Voltage", 1),
    number("input.transfer.low", "UPS.Input.LowVoltageTransfer", 0).semi_static().writable(),
    number("input.transfer.high", "UPS.Input.HighVoltageTransfer", 0).semi_static().writable(),
    number("input.transfer.low", "UPS.Output.LowVoltageTransfer", 0).semi_static().writable(),
    number("input.transfer.high", "UPS.Output.HighVoltageTransfer", 0).semi_static().writable(),
    value("input.sensitivity", "UPS.Output.CPSInputSensitivity", Words(CPS_SENSITIVITY)).semi_static().choice(),
    value("output.frequency", "UPS.Output.Frequency", CyberPowerFrequency),
    number("output.voltage", "UPS.Output.Voltage", 1),
    number("output.voltage.nominal", "UPS.Output.ConfigVoltage", 0),
    command("test.battery.start.quick", "UPS.Output.Test", 1),
    command("test.battery.start.deep", "UPS.Output.Test", 2),
    command("test.battery.stop", "UPS.Output.Test", 3),
    command_after("load.off.delay", "UPS.Output.DelayBeforeShutdown", Delay::Off),
    command_after("load.on.delay", "UPS.Output.DelayBeforeStartup", Delay::On),
    command("shutdown.stop", "UPS.Output.DelayBeforeShutdown", -1),
    command("shutdown.reboot", "UPS.Output.DelayBeforeReboot", 10),
    command("beeper.on", "UPS.PowerSummary.AudibleAlarmControl", 2),
    command("beeper.off", "UPS.PowerSummary.AudibleAlarmControl", 3),
    command("beeper.enable", "UPS.PowerSummary.AudibleAlarmControl", 2),
    command("beeper.disable", "UPS.PowerSummary.AudibleAlarmControl", 1),
    command("beeper.mute", "UPS.PowerSummary.AudibleAlarmControl", 3),
];
