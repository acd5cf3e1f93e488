//! What `ups.conf` can say to this driver (usbhid-ups(8)); wrong values fall back with a warning.

use std::time::Duration;

use crate::DriverConfig;

use super::param;

/// A delay that the driver keeps for its commands, in seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Delay {
    /// `ondelay`: from the return of mains to the load on.
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
    pub low_battery_settles: Duration,
    /// `disable_fix_report_desc`: take the report descriptor as it is.
    pub keeps_descriptor: bool,
    /// `waitbeforereconnect`: before a lost device is opened again. Some Eaton firmware drops the
    /// load when that comes too soon.
    pub reconnect_pause: Duration,
}

impl Options {
    /// Reads a configuration; what it says wrongly is told in sentences.
    #[must_use]
    pub fn read(config: &DriverConfig) -> (Self, Vec<String>) {
        let mut wrong = Vec::new();
        let mut number = |name: &str, least: i64| {
            let text = config.param(name)?;
            let value = text.trim().parse::<i64>().ok().filter(|value| *value >= least);
            if value.is_none() {
                wrong.push(format!(
                    "{name}: expected a number of at least {least}, found \"{text}\"; using the default"
                ));
            }
            value
        };
        let seconds = |value: i64| Duration::from_secs(value.unsigned_abs());
        let options = Self {
            poll_interval: config.poll_interval.max(MIN_POLL_INTERVAL),
            full_poll_interval: number("pollfreq", 1).map(seconds),
            on_delay: number("ondelay", -1),
            off_delay: number("offdelay", 0),
            low_battery: number("lowbatt", 1),
            low_battery_settles: number("lbrb_log_delay_sec", 0).map_or(Duration::ZERO, seconds),
            polls_only: config.flag("pollonly"),
            online_discharge_is_battery: ["onlinedischarge", "onlinedischarge_onbattery", "onlinedischarge_battery"]
                .into_iter()
                .any(|name| config.flag(name)),
            online_discharge_is_calibration: config.flag("onlinedischarge_calibration"),
            keeps_descriptor: config.flag("disable_fix_report_desc"),
            reconnect_pause: number("waitbeforereconnect", 0).map_or(Duration::ZERO, seconds),
        };
        for name in param::WITHOUT_EFFECT.iter().filter(|name| config.flag(name)) {
            wrong.push(format!("{name} has no effect here"));
        }
        (options, wrong)
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
