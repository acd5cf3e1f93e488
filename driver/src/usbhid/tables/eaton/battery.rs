//! Eaton and MGE: the battery and its charger.

use crate::usbhid::conversion::Conversion::{
    AmpereHours, EatonBattery, EatonManaged, EatonNominalBattery, Kelvin, StringIndex, Words,
};
use crate::usbhid::row::{Row, number, value};
use crate::usbhid::words::{EATON_CHARGER_MODE, EATON_CHARGER_STATUS, EATON_CHARGER_TYPE, YES_NO};

/// What they report of the battery.
#[rustfmt::skip]
pub const ROWS: &[Row] = &[
    number("battery.charge", "UPS.PowerSummary.RemainingCapacity", 0),
    number("battery.charge.low", "UPS.PowerSummary.RemainingCapacityLimitSetting", 0).semi_static().up_to(5),
    number("battery.charge.low", "UPS.PowerSummary.RemainingCapacityLimit", 0).fixed(),
    number("battery.charge.restart", "UPS.PowerSummary.RestartLevel", 0).semi_static().up_to(3),
    value("battery.capacity", "UPS.BatterySystem.Battery.DesignCapacity", AmpereHours).fixed(),
    number("battery.runtime", "UPS.PowerSummary.RunTimeToEmpty", 0),
    number("battery.runtime.low", "UPS.PowerSummary.RemainingTimeLimit", 0).writable(),
    number("battery.runtime.elapsed", "UPS.StatisticSystem.Input.[1].Statistic.[1].Time", 0).quick(),
    value("battery.temperature", "UPS.BatterySystem.Battery.Temperature", Kelvin),
    value("battery.type", "UPS.PowerSummary.iDeviceChemistry", StringIndex).fixed(),
    number("battery.voltage", "UPS.BatterySystem.Voltage", 1),
    value("battery.voltage", "UPS.PowerSummary.Voltage", EatonBattery),
    number("battery.voltage.nominal", "UPS.BatterySystem.ConfigVoltage", 0).fixed(),
    value("battery.voltage.nominal", "UPS.PowerSummary.ConfigVoltage", EatonNominalBattery).fixed(),
    value("battery.protection", "UPS.BatterySystem.Battery.DeepDischargeProtection", Words(YES_NO)).semi_static().up_to(5),
    value("battery.energysave", "UPS.PowerConverter.Input.[3].EnergySaving", Words(YES_NO)).semi_static().up_to(5),
    number("battery.energysave.load", "UPS.PowerConverter.Input.[3].ConfigPercentLoad", 0).semi_static().up_to(5),
    number("battery.energysave.delay", "UPS.PowerConverter.Input.[3].EnergySaving.ShutdownTimer", 0).semi_static().up_to(5),
    number("battery.energysave.delay", "UPS.PowerConverter.Input.[3].ShutdownTimer", 0).semi_static().up_to(5),
    number("battery.energysave.realpower", "UPS.PowerConverter.Input.[3].ConfigActivePower", 0).semi_static().up_to(5),
    value("battery.charger.status", "UPS.BatterySystem.Charger.Mode", EatonManaged(EATON_CHARGER_MODE)).quick(),
    value("battery.charger.status", "UPS.BatterySystem.Charger.Status", EatonManaged(EATON_CHARGER_STATUS)).quick(),
    value("battery.charger.type", "UPS.BatterySystem.Charger.ChargerType", Words(EATON_CHARGER_TYPE)).quick(),
];
