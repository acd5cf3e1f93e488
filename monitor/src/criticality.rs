//! When a UPS can no longer be counted on, and why: a pure function of what was last seen.
//!
//! [`outlook`] needs no clock. It says from which instant the UPS is critical if nothing changes,
//! so that the same answer is a decision (the instant has passed) and a deadline (it has not).
//!
//! The rule follows NUT's, with one difference: losing sight of a UPS is a reason only when it was
//! not on line power, and only after DEADTIME.

use crate::config::{Config, Role};
use crate::sight::{Comm, Line, Sight};
use protocol::Instant;
use std::fmt;
use std::time::Duration;

/// Why a UPS is critical.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// Its server says FSD.
    ForcedShutdown,
    /// On battery with a low battery, long enough (OBLBDURATION).
    OnLowBattery {
        /// Since when.
        since: Instant,
    },
    /// Switched off for longer than OFFDURATION.
    Off {
        /// Since when.
        since: Instant,
    },
    /// Out of sight for DEADTIME, and when last seen it was not on line power.
    Dead {
        /// When it was last heard of.
        last_heard: Instant,
        /// What it was doing then.
        was: Danger,
    },
    /// It has been asked for DEADTIME and has never given a status, while a supply that did is critical.
    NeverHeard,
    /// A secondary has waited HOSTSYNC for its primary to act, in vain.
    GivenUpOnPrimary {
        /// Since when the primary should have acted.
        since: Instant,
    },
}

/// What a UPS that went out of sight was doing, other than feeding its load from the line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Danger {
    /// On battery.
    OnBattery,
    /// Switched off.
    Off,
    /// On bypass.
    Bypass,
    /// Calibrating.
    Calibration,
    /// In alarm (with ALARMCRITICAL).
    Alarm,
    /// Overloaded (with OVERDURATION).
    Overload,
}

/// From when a UPS is critical, if nothing changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Outlook {
    /// From this instant.
    pub at: Instant,
    /// Why.
    pub reason: Reason,
}

impl Outlook {
    /// The reason, once it holds.
    #[must_use]
    pub fn due(self, now: Instant) -> Option<Reason> {
        (self.at <= now).then_some(self.reason)
    }
}

/// When this UPS turns critical if nothing changes; `None` for never.
#[must_use]
pub fn outlook(sight: &Sight, role: Role, config: &Config) -> Option<Outlook> {
    if let Some(since) = sight.forced_shutdown_since {
        return Some(Outlook { at: since, reason: Reason::ForcedShutdown });
    }
    let low = low_battery(sight, config);
    let draining = match role {
        Role::Primary => earliest(low, dead(sight, config.dead_time, config)),
        // The primary's FSD is what a secondary waits for: HOSTSYNC after a low battery, and where it
        // sees nothing any more, after the last that it saw.
        Role::Secondary => earliest(
            low.map(|low| Outlook {
                at: low.at + config.host_sync,
                reason: Reason::GivenUpOnPrimary { since: low.at },
            }),
            dead(sight, config.dead_time.max(config.host_sync), config),
        ),
    };
    earliest(draining, off(sight, config))
}

fn earliest(a: Option<Outlook>, b: Option<Outlook>) -> Option<Outlook> {
    match (a, b) {
        (Some(a), Some(b)) => Some(if b.at < a.at { b } else { a }),
        (a, b) => a.or(b),
    }
}

fn low_battery(sight: &Sight, config: &Config) -> Option<Outlook> {
    let since = sight.on_low_battery_since?;
    Some(Outlook { at: since + config.low_battery_for, reason: Reason::OnLowBattery { since } })
}

fn off(sight: &Sight, config: &Config) -> Option<Outlook> {
    let (since, patience) = (sight.off_since?, config.off_for?);
    // Out of sight, OFF is not confirmed any more: `dead` takes over.
    matches!(sight.comm, Comm::InSight).then(|| Outlook { at: since + patience, reason: Reason::Off { since } })
}

fn dead(sight: &Sight, patience: Duration, config: &Config) -> Option<Outlook> {
    let Comm::OutOfSight { since } = sight.comm else { return None };
    let (last_heard, was) = (sight.last_heard?, danger(sight, config)?);
    // POLLFREQALERT may be longer than DEADTIME: nobody is dead before a poll has failed.
    Some(Outlook { at: since.max(last_heard + patience), reason: Reason::Dead { last_heard, was } })
}

fn danger(sight: &Sight, config: &Config) -> Option<Danger> {
    if sight.line == Line::OnBattery {
        return Some(Danger::OnBattery);
    }
    if sight.says_on_line {
        return None;
    }
    [
        (sight.has.off && config.off_for.is_some(), Danger::Off),
        (sight.has.bypass, Danger::Bypass),
        (sight.has.calibration, Danger::Calibration),
        (sight.has.alarm && config.alarm_is_critical, Danger::Alarm),
        (sight.has.overload && config.overload_for.is_some(), Danger::Overload),
    ]
    .into_iter()
    .find_map(|(holds, danger)| holds.then_some(danger))
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ForcedShutdown => f.write_str("forced shutdown set on its server"),
            Self::OnLowBattery { .. } => f.write_str("on battery with a low battery"),
            Self::Off { .. } => f.write_str("switched off for longer than OFFDURATION"),
            Self::Dead { was, .. } => write!(f, "out of sight for DEADTIME, and it was {was}"),
            Self::NeverHeard => f.write_str("asked for DEADTIME, and never heard"),
            Self::GivenUpOnPrimary { .. } => f.write_str("its primary has not acted within HOSTSYNC"),
        }
    }
}

impl fmt::Display for Danger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::OnBattery => "on battery",
            Self::Off => "switched off",
            Self::Bypass => "on bypass",
            Self::Calibration => "calibrating",
            Self::Alarm => "in alarm",
            Self::Overload => "overloaded",
        })
    }
}
