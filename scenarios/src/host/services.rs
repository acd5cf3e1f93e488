//! The service manager's part in the stop of a host.
//!
//! It ends services against the order in which it started them, one [`Tier`] after the other: SIGTERM (and SIGCONT,
//! so that a process that was stopped takes it: systemd.kill(5)), and SIGKILL when the stop time-out is over.
//! Meanwhile the rest of the operating system stops beside it.

use std::time::Duration;

use protocol::Instant;

/// What ends together. NUT's units are ordered so: `nut-monitor.service` starts after `nut-server.service`, and
/// that after the drivers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tier {
    /// `upsmon`.
    Monitor,
    /// `upsd`.
    Server,
    /// The drivers.
    Drivers,
}

impl Tier {
    fn next(self) -> Option<Self> {
        match self {
            Self::Monitor => Some(Self::Server),
            Self::Server => Some(Self::Drivers),
            Self::Drivers => None,
        }
    }
}

/// How far the services of a host have come on their way down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stopping {
    tier: Option<Tier>,
    /// SIGKILL; `None` once it was sent.
    kill_at: Option<Instant>,
}

impl Stopping {
    /// All services run; the first tier is told to stop now.
    #[must_use]
    pub fn begin(now: Instant, timeout: Duration) -> (Self, Tier) {
        (Self { tier: Some(Tier::Monitor), kill_at: Some(now + timeout) }, Tier::Monitor)
    }

    /// A tier has ended: the next one that is to be told, if this was the one that had been.
    pub fn ended(&mut self, tier: Tier, now: Instant, timeout: Duration) -> Option<Tier> {
        if self.tier != Some(tier) {
            return None;
        }
        self.tier = self.tier.and_then(Tier::next);
        self.kill_at = self.tier.map(|_| now + timeout);
        self.tier
    }

    /// The tier that has had its time, once.
    pub fn take_overdue(&mut self, now: Instant) -> Option<Tier> {
        self.kill_at.take_if(|at| *at <= now).and(self.tier)
    }

    /// Whether none is left.
    #[must_use]
    pub fn is_over(self) -> bool {
        self.tier.is_none()
    }

    /// When what still runs is killed.
    #[must_use]
    pub fn kill_at(self) -> Option<Instant> {
        self.kill_at
    }
}
