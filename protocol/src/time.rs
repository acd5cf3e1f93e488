//! Engine time: microseconds since the component's start.
//!
//! It is monotonic and counts suspend (`CLOCK_BOOTTIME` in the shells), so a clock step or a
//! time zone never reaches a decision, and it prints the same in every trace.

use std::fmt;
use std::ops::{Add, AddAssign, Sub};
use std::time::Duration;

/// A point in time, in microseconds since the component started (0 … 584,000 years).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Instant(u64);

impl Instant {
    /// The component's start.
    pub const START: Self = Self(0);

    /// `micros` microseconds after the start.
    #[must_use]
    pub const fn from_micros(micros: u64) -> Self {
        Self(micros)
    }

    /// Microseconds since the start.
    #[must_use]
    pub const fn as_micros(self) -> u64 {
        self.0
    }

    /// The first of several deadlines, of which any may not be set.
    #[must_use]
    pub fn first_of<const N: usize>(deadlines: [Option<Self>; N]) -> Option<Self> {
        // A loop: of a chain of iterators the compiler makes hundreds of instructions here, in what every
        // engine is asked after every event.
        let mut first = None;
        for deadline in deadlines {
            if first.is_none() || deadline.is_some_and(|deadline| first.is_some_and(|first| deadline < first)) {
                first = deadline;
            }
        }
        first
    }

    /// How long ago `earlier` was; zero when it lies ahead.
    #[must_use]
    pub const fn saturating_since(self, earlier: Self) -> Duration {
        Duration::from_micros(self.0.saturating_sub(earlier.0))
    }
}

impl Add<Duration> for Instant {
    type Output = Self;
    fn add(self, rhs: Duration) -> Self {
        let micros = rhs.as_secs().saturating_mul(1_000_000).saturating_add(rhs.subsec_micros().into());
        Self(self.0.saturating_add(micros))
    }
}

impl AddAssign<Duration> for Instant {
    fn add_assign(&mut self, rhs: Duration) {
        *self = *self + rhs;
    }
}

impl Sub for Instant {
    type Output = Duration;
    fn sub(self, earlier: Self) -> Duration {
        self.saturating_since(earlier)
    }
}

/// Seconds with six decimals: `12.345678`.
impl fmt::Display for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{:06}", self.0 / 1_000_000, self.0 % 1_000_000)
    }
}
