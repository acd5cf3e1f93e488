//! Eaton and MGE: the state and its alarms.

use crate::usbhid::flag::Flag::{
    BatteryVoltageHigh, BatteryVoltageLow, Boost, BypassAutomatic, BypassManual, ChargerFailure, Charging, Discharging,
    Eco, FanFailure, FrequencyOutOfRange, InternalFailure, LowBattery, NoBattery, Off, Online, Overheated, Overload,
    ReplaceBattery, ShutdownImminent, Trim, VoltageOutOfRange,
};
use crate::usbhid::flag::Rule::{ConverterOnline, ManagedBattery, Unless, UnmanagedBattery, When};
use crate::usbhid::row::{Row, alarm, status};

/// What they report of the state.
#[rustfmt::skip]
pub const ROWS: &[Row] = &[
    status("UPS.PowerSummary.PresentStatus.ACPresent", When(Online)).quick(),
    status("UPS.PowerConverter.Input.[3].PresentStatus.Used", Unless(Online)),
    status("UPS.PowerSummary.PresentStatus.Discharging", UnmanagedBattery(Discharging)).quick(),
    status("UPS.PowerSummary.PresentStatus.Charging", UnmanagedBattery(Charging)).quick(),
    status("UPS.BatterySystem.Charger.Mode", ManagedBattery { charging: &[1, 3], discharging: &[2] }).quick(),
    status("UPS.BatterySystem.Charger.Status", ManagedBattery { charging: &[1, 2], discharging: &[4] }).quick(),
    status("UPS.PowerSummary.PresentStatus.BelowRemainingCapacityLimit", When(LowBattery)).quick(),
    status("UPS.PowerConverter.Output.Overload.[1].PresentStatus.OverThreshold", When(Overload)),
    status("UPS.PowerConverter.Output.Overload.[2].PresentStatus.OverThreshold", When(Overload)),
    status("UPS.PowerSummary.PresentStatus.Overload", When(Overload)),
    status("UPS.PowerSummary.PresentStatus.NeedReplacement", When(ReplaceBattery)),
    status("UPS.LCMSystem.LCMAlarm.[2].PresentStatus.TimerExpired", When(ReplaceBattery)),
    status("UPS.PowerConverter.Input.[1].PresentStatus.Buck", When(Trim)),
    status("UPS.PowerConverter.Input.[1].PresentStatus.Boost", When(Boost)),
    status("UPS.PowerConverter.Input.[1].PresentStatus.VoltageOutOfRange", When(VoltageOutOfRange)),
    status("UPS.PowerConverter.Input.[1].PresentStatus.FrequencyOutOfRange", When(FrequencyOutOfRange)),
    status("UPS.PowerSummary.PresentStatus.Good", Unless(Off)),
    status("UPS.PowerConverter.Input.[1].PresentStatus.Used", ConverterOnline),
    status("UPS.PowerConverter.Input.[2].PresentStatus.Used", When(BypassAutomatic)),
    status("UPS.PowerConverter.Input.[4].PresentStatus.Used", When(BypassManual)),
    status("UPS.PowerConverter.Input.[5].PresentStatus.Used", When(Eco)),
    status("UPS.PowerSummary.PresentStatus.FanFailure", When(FanFailure)),
    status("UPS.BatterySystem.Battery.PresentStatus.Present", Unless(NoBattery)),
    status("UPS.BatterySystem.Charger.PresentStatus.InternalFailure", When(ChargerFailure)),
    status("UPS.BatterySystem.Charger.PresentStatus.VoltageTooHigh", When(BatteryVoltageHigh)),
    status("UPS.PowerConverter.Input.[1].PresentStatus.VoltageTooHigh", When(BatteryVoltageHigh)),
    status("UPS.BatterySystem.Battery.PresentStatus.VoltageTooHigh", When(BatteryVoltageHigh)),
    status("UPS.BatterySystem.Charger.PresentStatus.VoltageTooLow", When(BatteryVoltageLow)),
    status("UPS.PowerConverter.Input.[1].PresentStatus.VoltageTooLow", Unless(Online)),
    status("UPS.PowerSummary.PresentStatus.InternalFailure", When(InternalFailure)),
    status("UPS.PowerSummary.PresentStatus.OverTemperature", When(Overheated)),
    status("UPS.PowerSummary.PresentStatus.ShutdownImminent", When(ShutdownImminent)),
    alarm("UPS.PowerSummary.PresentStatus.EmergencyStop", "Emergency stop!"),
    alarm("UPS.PowerConverter.Input.[1].PresentStatus.WiringFault", "Wiring fault!"),
    alarm("UPS.PowerSummary.PresentStatus.ConfigurationFailure", "Fatal EEPROM fault!"),
    alarm("UPS.PowerConverter.Inverter.PresentStatus.VoltageTooHigh", "Inverter AC voltage too high!"),
    alarm("UPS.PowerConverter.Inverter.PresentStatus.VoltageTooLow", "Inverter AC voltage too low!"),
    alarm("UPS.PowerConverter.Output.PresentStatus.ShortCircuit", "Output short circuit!"),
];
