//! Scenario time on the wall clock.
//!
//! It stands at the start until the services of every host that is up are ready, then runs, `speed`
//! times as fast as the wall.

use std::time::{Duration, Instant as WallInstant};

use protocol::Instant;

/// The clock of one run.
#[derive(Debug, Clone, Copy)]
pub struct Clock {
    speed: u32,
    began: Option<WallInstant>,
}

impl Clock {
    /// A clock that stands at the start.
    #[must_use]
    pub fn new(speed: u32) -> Self {
        Self { speed: speed.max(1), began: None }
    }

    /// Lets it run.
    pub fn begin(&mut self) {
        if self.began.is_none() {
            self.began = Some(wall());
        }
    }

    /// Whether it runs.
    #[must_use]
    pub fn has_begun(&self) -> bool {
        self.began.is_some()
    }

    /// Scenario time now.
    #[must_use]
    pub fn now(&self) -> Instant {
        let real = self.began.map_or(Duration::ZERO, |began| began.elapsed());
        Instant::START + real.saturating_mul(self.speed)
    }

    /// How long so much scenario time takes on the wall.
    #[must_use]
    pub fn real(&self, time: Duration) -> Duration {
        time / self.speed
    }

    /// How much scenario time passes in so much time on the wall.
    #[must_use]
    pub fn scenario(&self, real: Duration) -> Duration {
        real.saturating_mul(self.speed)
    }
}

/// The wall clock.
#[must_use]
pub fn wall() -> WallInstant {
    #[expect(clippy::disallowed_methods, reason = "the processes rig runs in real time")]
    WallInstant::now()
}
