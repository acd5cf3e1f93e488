//! Eaton and MGE: what can be asked of them.

use crate::usbhid::conversion::Conversion::EatonEcoMode;
use crate::usbhid::options::Delay;
use crate::usbhid::row::{Row, command, command_after, value};

/// What they do on command.
#[rustfmt::skip]
pub const ROWS: &[Row] = &[
    command("test.battery.start.quick", "UPS.BatterySystem.Battery.Test", 1),
    command("test.battery.start.deep", "UPS.BatterySystem.Battery.Test", 2),
    command("test.battery.stop", "UPS.BatterySystem.Battery.Test", 3),
    command_after("load.off.delay", "UPS.PowerSummary.DelayBeforeShutdown", Delay::Off),
    command_after("load.on.delay", "UPS.PowerSummary.DelayBeforeStartup", Delay::On),
    command("shutdown.stop", "UPS.PowerSummary.DelayBeforeShutdown", -1),
    command("shutdown.reboot", "UPS.PowerSummary.DelayBeforeReboot", 10),
    command("beeper.off", "UPS.PowerSummary.AudibleAlarmControl", 1),
    command("beeper.on", "UPS.PowerSummary.AudibleAlarmControl", 2),
    command("beeper.mute", "UPS.BatterySystem.Battery.AudibleAlarmControl", 3),
    command("beeper.mute", "UPS.PowerSummary.AudibleAlarmControl", 3),
    command("beeper.disable", "UPS.BatterySystem.Battery.AudibleAlarmControl", 1),
    command("beeper.disable", "UPS.PowerSummary.AudibleAlarmControl", 1),
    command("beeper.enable", "UPS.BatterySystem.Battery.AudibleAlarmControl", 2),
    command("beeper.enable", "UPS.PowerSummary.AudibleAlarmControl", 2),
    command("beeper.disable", "UPS.AudibleAlarmControl", 1),
    command("beeper.enable", "UPS.AudibleAlarmControl", 2),
    command("outlet.1.load.off", "UPS.OutletSystem.Outlet.[2].DelayBeforeShutdown", 0),
    command("outlet.1.load.on", "UPS.OutletSystem.Outlet.[2].DelayBeforeStartup", 0),
    command("outlet.2.load.off", "UPS.OutletSystem.Outlet.[3].DelayBeforeShutdown", 0),
    command("outlet.2.load.on", "UPS.OutletSystem.Outlet.[3].DelayBeforeStartup", 0),
    command("outlet.3.load.off", "UPS.OutletSystem.Outlet.[4].DelayBeforeShutdown", 0),
    command("outlet.3.load.on", "UPS.OutletSystem.Outlet.[4].DelayBeforeStartup", 0),
    command("experimental.ecomode.stop", "UPS.PowerConverter.Input.[5].Switchable", 0),
    command("experimental.ecomode.start", "UPS.PowerConverter.Input.[5].Switchable", 1),
    command("experimental.essmode.start", "UPS.PowerConverter.Input.[5].Switchable", 2),
    command("experimental.essmode.stop", "UPS.PowerConverter.Input.[5].Switchable", 0),
    command("experimental.bypass.ecomode.start", "UPS.PowerConverter.Input.[5].Switchable", 1),
    command("experimental.bypass.ecomode.stop", "UPS.PowerConverter.Input.[5].Switchable", 0),
    command("bypass.start", "UPS.PowerConverter.Input.[2].SwitchOnControl", 1),
    command("bypass.stop", "UPS.PowerConverter.Input.[2].SwitchOffControl", 1),
    value("input.eco.switchable", "UPS.PowerConverter.Input.[5].Switchable", EatonEcoMode).quick().up_to(8),
];
