//! `upsmon.conf` as a value: everything checked, every default filled in.
//!
//! [`Config::load_from`] reads a file's text; what a directive means stands in `directives`, what
//! only makes sense between directives in `lints`. Defaults are NUT's.

mod directives;
mod lints;
mod listing;
mod load;
mod monitored;
mod numbers;
mod secrets;

use crate::notice::NoticeTable;
use std::time::Duration;

pub(crate) use listing::Exemption;
pub use listing::Listing;
pub use monitored::{Monitored, Role, Secret};

/// What `upsmon.conf` says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// The `MONITOR` lines, in their order.
    pub monitored: Vec<Monitored>,
    /// MINSUPPLIES: the power value below which this host goes down.
    pub min_supplies: u32,
    /// POLLFREQ.
    pub poll_every: Duration,
    /// POLLFREQALERT: the poll interval of a UPS on battery.
    pub poll_alert_every: Duration,
    /// DEADTIME.
    pub dead_time: Duration,
    /// HOSTSYNC.
    pub host_sync: Duration,
    /// FINALDELAY.
    pub final_delay: Duration,
    /// NOCOMMWARNTIME.
    pub no_comm_warn_every: Duration,
    /// RBWARNTIME.
    pub replace_battery_warn_every: Duration,
    /// OFFDURATION; `None` when OFF is never a reason.
    pub off_for: Option<Duration>,
    /// OVERDURATION; `None` when OVER is never a reason.
    pub overload_for: Option<Duration>,
    /// OBLBDURATION: how long OB LB must last.
    pub low_battery_for: Duration,
    /// ALARMCRITICAL.
    pub alarm_is_critical: bool,
    /// SHUTDOWNEXIT.
    pub shutdown_exit: ShutdownExit,
    /// SHUTDOWNCMD, a line for the shell.
    pub shutdown_command: Option<String>,
    /// NOTIFYCMD, a line for the shell.
    pub notify_command: Option<String>,
    /// NOTIFYCMDTIMEOUT, a word of this monitor's own: how long one NOTIFYCMD may run before it is ended; `None` for as
    /// long as it likes.
    pub notify_command_for: Option<Duration>,
    /// NOTIFYMSG and NOTIFYFLAG.
    pub notices: NoticeTable,
    /// POWERDOWNFLAG.
    pub power_down_flag: Option<String>,
    /// What can be listed beside POWERDOWNFLAG, which the shell knows; `None`: nothing, so that every UPS that this host
    /// is primary of is shut down with it.
    pub listing: Option<Listing>,
    /// RUN_AS_USER.
    pub run_as_user: Option<String>,
    /// The file of what is kept across boots, which the shell names; `None` where nothing is.
    pub kept: Option<String>,
    /// DEBUG_MIN, or the number of `-D` where that is more: lines for debugging are logged above 0.
    pub debug_min: u32,
    /// Directives that are read, checked for their shape, and have no effect here: name and arguments.
    pub inert: Vec<(String, Vec<String>)>,
}

/// SHUTDOWNEXIT: what the monitor does once SHUTDOWNCMD has been started.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ShutdownExit {
    /// Logs out and exits after this long (`yes`: at once).
    After(Duration),
    /// Stays logged in until it is stopped (`no`).
    Never,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            monitored: Vec::new(),
            min_supplies: 1,
            poll_every: Duration::from_secs(5),
            poll_alert_every: Duration::from_secs(5),
            dead_time: Duration::from_secs(15),
            host_sync: Duration::from_secs(15),
            final_delay: Duration::from_secs(5),
            no_comm_warn_every: Duration::from_secs(300),
            replace_battery_warn_every: Duration::from_secs(43_200),
            off_for: Some(Duration::from_secs(30)),
            overload_for: None,
            low_battery_for: Duration::ZERO,
            alarm_is_critical: true,
            shutdown_exit: ShutdownExit::After(Duration::ZERO),
            shutdown_command: None,
            notify_command: None,
            notify_command_for: None,
            notices: NoticeTable::default(),
            power_down_flag: None,
            listing: None,
            run_as_user: None,
            kept: None,
            debug_min: 0,
            inert: Vec::new(),
        }
    }
}

impl Config {
    /// The power value of all monitored supplies together.
    #[must_use]
    pub fn total_power_value(&self) -> u32 {
        self.monitored.iter().fold(0, |sum, ups| sum.saturating_add(ups.power_value))
    }

    /// Whether this host is the primary of any UPS.
    #[must_use]
    pub fn is_primary(&self) -> bool {
        self.monitored.iter().any(|ups| ups.role == Role::Primary)
    }
}
