//! Whether the rig itself was held up: by a machine that is too busy, or asleep.
//!
//! It stamps what it sees, lets steps happen and carries every byte between the daemons. What it does
//! late looks as if a daemon had done it late, so that such a run says nothing about the daemons.

use std::time::{Duration, Instant as WallInstant};

/// How long the rig sleeps at most, so that it can tell by how much it was woken late.
pub const LOOK: Duration = Duration::from_millis(20);

/// How late a run may be by its own clock: as long as the shortest patience that a daemon has by default
/// (POLLINTERVAL). On a machine with four runs for two cores and a compiler beside them, half of that is
/// nothing unusual, and no verdict depends on it.
const SCENARIO_LIMIT: Duration = Duration::from_secs(2);

/// How late on the wall is ordinary, however fast the clocks run ([`super::rig::RESOLUTION`] counts on it).
const ORDINARY: Duration = Duration::from_millis(50);

/// Somebody who looks at the clock at least every [`LOOK`].
#[derive(Debug, Clone, Copy)]
pub struct Watchman {
    limit: Duration,
    looked: WallInstant,
}

impl Watchman {
    /// Looks at `now` for the first time, in a run that goes `speed` times as fast as the wall.
    #[must_use]
    pub fn new(speed: u32, now: WallInstant) -> Self {
        Self { limit: (SCENARIO_LIMIT / speed.max(1)).max(ORDINARY), looked: now }
    }

    /// Looks again: by how much this is too late on the wall, where it is.
    pub fn look(&mut self, now: WallInstant) -> Option<Duration> {
        let late = now.saturating_duration_since(self.looked).saturating_sub(LOOK);
        self.looked = now;
        (late > self.limit).then_some(late)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rigs::processes::clock::wall;

    #[test]
    fn the_faster_the_clocks_the_shorter_the_hold_up_that_counts() {
        let start = wall();
        for (speed, ordinary, held_up) in [(1, 2000, 2001), (10, 200, 201), (20, 100, 101), (1000, 50, 51)] {
            let after = |late: u64| Watchman::new(speed, start).look(start + LOOK + Duration::from_millis(late));
            assert_eq!(after(ordinary), None, "speed {speed}");
            assert_eq!(after(held_up), Some(Duration::from_millis(held_up)), "speed {speed}");
        }
    }
}
