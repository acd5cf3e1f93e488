//! Whether the rig itself was held up, or a process of it: by a machine that is too busy, or asleep.
//!
//! The rig stamps what it sees, lets steps happen and carries every byte between the daemons: a run in which it is
//! late itself says nothing. What a daemon does late because it got no processor says as little about the
//! daemon, but where all holds even so, it holds. The kernel counts how long each process waited for one (proc(5), `schedstat`);
//! a process that a scenario stops does not wait.

use std::collections::{BTreeMap, VecDeque};
use std::time::{Duration, Instant as WallInstant};

use nix::unistd::Pid;

/// How long the rig sleeps at most, so that it can tell by how much it was woken late.
pub const LOOK: Duration = Duration::from_millis(20);

/// How late a run may be by its own clock, within as long: as long as the shortest patience that a daemon has by default
/// (POLLINTERVAL). On a machine with four runs for two cores and a compiler beside them, half of that is
/// nothing unusual, and no verdict depends on it.
const SCENARIO_LIMIT: Duration = Duration::from_secs(2);

/// How late on the wall is ordinary, however fast the clocks run ([`super::rig::RESOLUTION`] counts on it).
const ORDINARY: Duration = Duration::from_millis(50);

/// Somebody who looks at the clock, and at the processes of a run, at least every [`LOOK`].
#[derive(Debug)]
pub struct Watchman {
    limit: Duration,
    looked: WallInstant,
    /// How long each process has waited for a processor so far.
    waits: BTreeMap<Pid, Duration>,
    /// What was late when: the last of it, for as long as `limit`.
    late: VecDeque<(WallInstant, Duration)>,
    /// The longest of it that was told.
    worst: Duration,
}

/// A hold-up that says so much that it is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Late {
    /// How long altogether, on the wall.
    pub by: Duration,
    /// The rig was so late by itself.
    pub rig_alone: bool,
}

impl Watchman {
    /// Looks at `now` for the first time, in a run that goes `speed` times as fast as the wall.
    #[must_use]
    pub fn new(speed: u32, now: WallInstant) -> Self {
        let limit = (SCENARIO_LIMIT / speed.max(1)).max(ORDINARY);
        Self { limit, looked: now, waits: BTreeMap::new(), late: VecDeque::new(), worst: Duration::ZERO }
    }

    /// Looks again, where the last look is a while ago: how late all together are, where that is too late, and
    /// later than ever before. Word of an outage goes from one process to the next, and each adds its wait.
    pub fn look(&mut self, now: WallInstant, processes: impl Iterator<Item = Pid>) -> Option<Late> {
        let since = now.saturating_duration_since(self.looked);
        if since < LOOK {
            return None;
        }
        self.looked = now;
        let waits: Duration = processes.map(|pid| self.wait_of(pid)).sum();
        let own = since - LOOK;
        let (by, rig_alone) = (self.together(now, own + waits), own > self.limit);
        if !rig_alone && by <= self.worst.max(self.limit) {
            return None;
        }
        self.worst = by;
        Some(Late { by, rig_alone })
    }

    /// What is late now, with what was late just before.
    fn together(&mut self, now: WallInstant, late: Duration) -> Duration {
        self.late.push_back((now, late));
        self.late.retain(|(at, _)| now.saturating_duration_since(*at) <= self.limit);
        self.late.iter().map(|(_, late)| *late).sum()
    }

    /// How long a process has waited since the last look.
    fn wait_of(&mut self, pid: Pid) -> Duration {
        let text = std::fs::read_to_string(format!("/proc/{pid}/schedstat")).unwrap_or_default();
        let now = waited(&text).unwrap_or_default();
        // Before the first look it started, for which it has all the time it takes.
        self.waits.insert(pid, now).map_or(Duration::ZERO, |before| now.saturating_sub(before))
    }
}

/// The second number, in nanoseconds.
fn waited(schedstat: &str) -> Option<Duration> {
    schedstat.split_whitespace().nth(1)?.parse().ok().map(Duration::from_nanos)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rigs::processes::clock::wall;

    #[test]
    fn the_faster_the_clocks_the_shorter_the_hold_up_that_counts() {
        let start = wall();
        for (speed, ordinary, held_up) in [(1, 2000, 2001), (10, 200, 201), (20, 100, 101), (1000, 50, 51)] {
            let after = |late: u64| {
                Watchman::new(speed, start).look(start + LOOK + Duration::from_millis(late), std::iter::empty())
            };
            assert_eq!(after(ordinary), None, "speed {speed}");
            let late = Late { by: Duration::from_millis(held_up), rig_alone: true };
            assert_eq!(after(held_up), Some(late), "speed {speed}");
        }
    }

    #[test]
    fn short_hold_ups_that_follow_one_another_count_together() {
        let start = wall();
        let mut watchman = Watchman::new(20, start);
        let mut late = |at: u64, late: u64| {
            watchman.together(start + Duration::from_millis(at), Duration::from_millis(late)).as_millis()
        };
        assert_eq!([late(0, 60), late(50, 40), late(100, 1)], [60, 100, 101]);
        assert_eq!(late(120, 50), 91, "the first is long ago");
    }

    #[test]
    fn a_process_waits_from_one_look_to_the_next() {
        assert_eq!(waited("571374 117868000 2\n"), Some(Duration::from_micros(117_868)));
        for nothing in ["", "571374", "571374 x 2"] {
            assert_eq!(waited(nothing), None);
        }
        let mut watchman = Watchman::new(1, wall());
        watchman.waits.insert(Pid::this(), Duration::from_secs(1_000_000));
        assert_eq!(watchman.wait_of(Pid::this()), Duration::ZERO, "another process had its number before");
        watchman.waits.insert(Pid::this(), Duration::ZERO);
        assert_eq!(watchman.wait_of(Pid::this()), watchman.waits[&Pid::this()]);
        assert_eq!(watchman.wait_of(Pid::from_raw(-1)), Duration::ZERO, "nobody");
    }
}
