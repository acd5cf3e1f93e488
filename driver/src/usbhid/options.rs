//! What `ups.conf` can say to this driver (usbhid-ups(8)); [`super::param`] says what it may say.

use std::time::Duration;

use crate::DriverConfig;

use super::param;
use super::subdriver::Subdriver;

/// A delay that the driver keeps for its commands, in seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Delay {
    /// `ondelay`: from the command until the load may come on again, mains permitting.
    On,
    /// `offdelay`: from the command to the load off.
    Off,
}

/// The options that this driver knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// `pollinterval`: between quick polls.
    pub poll_interval: Duration,
    /// `pollfreq`: between full polls.
    pub full_poll_interval: Option<Duration>,
    /// `pollonly`: ignore the interrupt pipe.
    pub polls_only: bool,
    /// `ondelay`, seconds.
    pub on_delay: Option<i64>,
    /// `offdelay`, seconds.
    pub off_delay: Option<i64>,
    /// `lowbatt`: the charge to set as limit, percent.
    pub low_battery: Option<i64>,
    /// `onlinedischarge_battery` (or `onlinedischarge`): on line power and discharging means on
    /// battery.
    pub online_discharge_is_battery: bool,
    /// `onlinedischarge_calibration`: on line power and discharging means a calibration.
    pub online_discharge_is_calibration: bool,
    /// `lbrb_log_delay_sec`: LB and RB on line power count after that long. Some APC Back-UPS raise
    /// both for a second or three while all is well.
    pub low_battery_settles: Option<Duration>,
    /// `disable_fix_report_desc`: take the report descriptor as it is.
    pub keeps_descriptor: bool,
    /// `waitbeforereconnect`: before a lost device is opened again. Some Eaton firmware drops the
    /// load when that comes too soon.
    pub reconnect_pause: Duration,
}

impl Options {
    /// Reads a configuration; what it says in vain is told in sentences.
    #[must_use]
    pub fn read(config: &DriverConfig) -> (Self, Vec<String>) {
        // What is no number, or too small a one, has been refused with its place in the file.
        let number = |name: &str| config.param(name)?.trim().parse::<i64>().ok();
        let seconds = |value: i64| Duration::from_secs(value.unsigned_abs());
        let options = Self {
            poll_interval: config.poll_interval.max(MIN_POLL_INTERVAL),
            full_poll_interval: number("pollfreq").map(seconds),
            on_delay: number("ondelay"),
            off_delay: number("offdelay"),
            low_battery: number("lowbatt"),
            low_battery_settles: number("lbrb_log_delay_sec").map(seconds),
            polls_only: config.flag("pollonly"),
            online_discharge_is_battery: ["onlinedischarge", "onlinedischarge_onbattery", "onlinedischarge_battery"]
                .into_iter()
                .any(|name| config.flag(name)),
            online_discharge_is_calibration: config.flag("onlinedischarge_calibration"),
            keeps_descriptor: config.flag("disable_fix_report_desc"),
            reconnect_pause: number("waitbeforereconnect").map_or(Duration::ZERO, seconds),
        };
        let silent = param::WITHOUT_EFFECT.iter().filter(|name| config.flag(name));
        let mut said: Vec<String> = silent.map(|name| format!("{name} has no effect here")).collect();
        if let Some(table) = config.param("subdriver").filter(|name| Subdriver::named(name).is_none()) {
            said.push(format!(
                "subdriver: no table is called \"{table}\" (apc, cyberpower or mge); the device's own serves"
            ));
        }
        (options, said)
    }

    /// One of the driver's delays, where the configuration gives it.
    #[must_use]
    pub const fn delay(&self, delay: Delay) -> Option<i64> {
        match delay {
            Delay::On => self.on_delay,
            Delay::Off => self.off_delay,
        }
    }
}

/// A zero `pollinterval` would never let go of the device.
const MIN_POLL_INTERVAL: Duration = Duration::from_millis(100);
