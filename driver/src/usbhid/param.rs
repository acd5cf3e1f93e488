//! The parameters of this driver in `ups.conf` (usbhid-ups(8), nut_usb_addvars(7)).

use crate::config::KnownParam;

/// All of them, for the checks, `-L` and `-h`.
pub const PARAMS: &[KnownParam] = &[
    KnownParam::hex("vendorid", "USB vendor id of the device, hex digits"),
    KnownParam::hex("productid", "USB product id of the device, hex digits"),
    KnownParam::expression("vendor", "The device's manufacturer string, or a regular expression for it"),
    KnownParam::expression("product", "The device's product string, or a regular expression for it"),
    KnownParam::expression("serial", "The device's serial number, or a regular expression for it"),
    KnownParam::expression("bus", "The USB bus that the device is on, or a regular expression for it"),
    KnownParam::expression("device", "The device's name on its bus, or a regular expression for it"),
    KnownParam::expression("busport", "The port that the device is plugged into, or a regular expression for it"),
    KnownParam::flag(
        "allow_duplicates",
        "Take another device that is meant as well where another driver has the first",
    ),
    KnownParam::value("subdriver", "The vendor's table to use for a device with other ids: apc, cyberpower or mge"),
    KnownParam::number("pollfreq", 1, "Seconds between full polls (default 30, CyberPower 12)"),
    KnownParam::flag("pollonly", "Ignore what the device sends by itself"),
    KnownParam::number("offdelay", 0, "Seconds from the shutdown command to the load off (default 20, CyberPower 60)"),
    KnownParam::number(
        "ondelay",
        -1,
        "Seconds from the shutdown command until the load may come on again, mains permitting; more than offdelay (default 30, CyberPower 120)",
    ),
    KnownParam::number("lowbatt", 1, "Charge in percent at which the battery is to count as low"),
    KnownParam::number("waitbeforereconnect", 0, "Seconds before a lost device is opened again (default 0)"),
    KnownParam::flag("onlinedischarge", "Old name of onlinedischarge_battery"),
    KnownParam::flag("onlinedischarge_onbattery", "Older name of onlinedischarge_battery"),
    KnownParam::flag("onlinedischarge_battery", "Discharging on line power means on battery"),
    KnownParam::flag("onlinedischarge_calibration", "Discharging on line power means a calibration"),
    KnownParam::number(
        "lbrb_log_delay_sec",
        0,
        "Seconds that LB and RB must last on line power to count (default 0; 4 for APC's BX…MI, BVK…M2 and BK…M2-CH)",
    ),
    KnownParam::flag("disable_fix_report_desc", "Take the report descriptor as it is"),
    KnownParam::value("langid_fix", WITHOUT),
    KnownParam::flag("explore", WITHOUT),
    KnownParam::flag("maxreport", WITHOUT),
    KnownParam::flag("interruptonly", WITHOUT),
    KnownParam::value("interruptsize", WITHOUT),
    KnownParam::value("interrupt_pipe_no_events_tolerance", WITHOUT),
    KnownParam::value("onlinedischarge_log_throttle_sec", WITHOUT),
    KnownParam::value("onlinedischarge_log_throttle_hovercharge", WITHOUT),
    KnownParam::flag("lbrb_log_delay_without_calibrating", WITHOUT),
    KnownParam::value("usb_set_altinterface", WITHOUT),
    KnownParam::value("usb_config_index", WITHOUT),
    KnownParam::value("usb_hid_rep_index", WITHOUT),
    KnownParam::value("usb_hid_desc_index", WITHOUT),
    KnownParam::value("usb_hid_ep_in", WITHOUT),
    KnownParam::value("usb_hid_ep_out", WITHOUT),
];

const WITHOUT: &str = "Understood as NUT's, without effect here";

/// Parameters that published configurations set and that change nothing here: the driver finds out
/// by itself, or they belong to a way to the device that it does not go.
pub const WITHOUT_EFFECT: &[&str] = &[
    "langid_fix",
    "explore",
    "maxreport",
    "interruptonly",
    "interruptsize",
    "interrupt_pipe_no_events_tolerance",
    "onlinedischarge_log_throttle_sec",
    "onlinedischarge_log_throttle_hovercharge",
    "lbrb_log_delay_without_calibrating",
    "usb_set_altinterface",
    "usb_config_index",
    "usb_hid_rep_index",
    "usb_hid_desc_index",
    "usb_hid_ep_in",
    "usb_hid_ep_out",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_no_effect_says_so() {
        let silent = PARAMS.iter().filter(|param| param.about == WITHOUT).map(|param| param.name);
        assert!(silent.eq(WITHOUT_EFFECT.iter().copied()));
    }
}
