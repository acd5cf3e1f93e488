//! The emulator's clock: microseconds since its start, at a rate.

use std::time::Duration;

use protocol::Instant;

use crate::units::{NotAQuantity, Thousandths};

/// A clock that reads [`Instant::START`] when it is made.
#[derive(Debug, Clone, Copy)]
pub struct Clock {
    start: std::time::Instant,
    speed: Speed,
}

/// How much faster than the wall the clock runs, from 0.001 to 86,400 times.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Speed(u32);

impl Clock {
    /// Starts a clock.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "the port is the shell that tells the engine the time")]
    pub fn start(speed: Speed) -> Self {
        Self { start: std::time::Instant::now(), speed }
    }

    /// The time since the start.
    #[must_use]
    pub fn now(&self) -> Instant {
        let scaled = self.start.elapsed().as_micros() * u128::from(self.speed.0) / 1000;
        Instant::from_micros(u64::try_from(scaled).unwrap_or(u64::MAX))
    }

    /// How long the wall's clock takes until `due`, rounded up.
    #[must_use]
    pub fn until(&self, due: Instant) -> Duration {
        let micros = u128::from((due - self.now()).as_micros().try_into().unwrap_or(u64::MAX)) * 1000;
        Duration::from_micros(u64::try_from(micros.div_ceil(self.speed.0.into())).unwrap_or(u64::MAX))
    }
}

impl std::str::FromStr for Speed {
    type Err = NotAQuantity;
    fn from_str(text: &str) -> Result<Self, NotAQuantity> {
        let wanted = "a speed between 0.001 and 86400";
        let Thousandths(speed) = text.parse().map_err(|error| NotAQuantity { wanted, ..error })?;
        let fits = (1..=86_400_000).contains(&speed);
        fits.then_some(Self(speed)).ok_or_else(|| NotAQuantity { text: text.to_owned(), wanted })
    }
}
