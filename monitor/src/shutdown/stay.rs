//! Whether a host that was asked to stop stays logged in for a while.
//!
//! SHUTDOWNCMD has the service manager end every service, this one among the first. A primary takes the logout for
//! a host that is down, and goes on to the cut. SHUTDOWNEXIT tells how long a secondary needs beyond that.

use crate::config::{Config, ShutdownExit};
use crate::desk::Desk;
use crate::supply::Supply;
use protocol::{Instant, Level};
use std::time::Duration;

/// How long this host stays, from SHUTDOWNCMD on.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Stay {
    /// When SHUTDOWNCMD was started last.
    ran_at: Option<Instant>,
    /// It was asked to stop, and does so then.
    ends_at: Option<Instant>,
}

impl Stay {
    /// SHUTDOWNCMD is started.
    pub(super) fn begin(&mut self, now: Instant) {
        self.ran_at = Some(now);
    }

    /// Takes the wish that the daemon ends; false where it ends at once.
    pub(super) fn takes_its_time(&mut self, supplies: &[Supply], desk: &mut Desk<'_>) -> bool {
        let ends_at = self.ran_at.zip(length(supplies, desk.config)).map(|(ran_at, length)| ran_at + length);
        let Some(ends_at) = ends_at.filter(|at| *at > desk.now && is_counted(supplies)) else { return false };
        if self.ends_at.replace(ends_at).is_none() {
            let left = (ends_at - desk.now).as_secs_f64();
            desk.out.say(Level::Notice, format!("asked to stop: stays logged in for {left:.0} s more (SHUTDOWNEXIT)"));
        }
        true
    }

    /// Whether the end that was asked for is due: the time is over, or no server counts this host any more.
    pub(super) fn is_over(&self, supplies: &[Supply], now: Instant) -> bool {
        self.ends_at.is_some_and(|at| at <= now || !is_counted(supplies))
    }

    /// When it is over at the latest.
    pub(super) fn ends_at(&self) -> Option<Instant> {
        self.ends_at
    }
}

/// How long after SHUTDOWNCMD a secondary stays logged in although it is asked to stop. A host that has ordered others
/// down has nobody to stay for, and no primary waits for longer than HOSTSYNC. One that has left alone whatever it is
/// primary of goes down as a secondary.
fn length(supplies: &[Supply], config: &Config) -> Option<Duration> {
    match config.shutdown_exit {
        _ if supplies.iter().any(Supply::is_ordered) => None,
        ShutdownExit::Never => Some(config.host_sync),
        ShutdownExit::After(wait) => Some(wait).filter(|wait| !wait.is_zero()),
    }
}

/// Whether a primary elsewhere may wait for this host.
fn is_counted(supplies: &[Supply]) -> bool {
    supplies.iter().filter(|supply| !supply.is_primary()).any(Supply::may_be_counted)
}
