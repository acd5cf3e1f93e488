//! Whose load is to be cut next in a late shutdown, and how long its driver may try.
//!
//! One UPS alone has all the time that the hook has. Of several each has a turn of [`HURRIED`] at most, for the others wait;
//! whoever was away for all of its turn has another one, and the last one left has what time there is. Once a UPS was told,
//! its cut may land on this host, and its load may be back before a later one cuts: the others have [`HURRIED`] from then on,
//! and each that had no turn yet has [`ATTEMPT`] in any case. Every UPS of `ups.conf` counts as one that may cut this host.
//!
//! A driver that does not end, whatever its patience, is waited for no longer than its part of the time that is left.

use crate::hook::{HURRIED, time_to_cut};
use std::time::Duration;

/// The least that a driver has: to find its device, to tell it, and to look whether it obeys.
pub const ATTEMPT: Duration = Duration::from_secs(3);

/// How much later than its patience says a driver may end: it has just asked its device once more.
pub const GRACE: Duration = Duration::from_secs(3);

/// What `ups.conf` says about trying to cut one load.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Load {
    /// `maxretry`: how often a driver that failed before its turn was over is tried, at least once.
    pub attempts: u32,
    /// `retrydelay`.
    pub retry_delay: Duration,
}

/// One run of a driver.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Turn {
    /// Whose, by its place among the loads.
    pub load: usize,
    /// How long to wait before.
    pub pause: Duration,
    /// How long the driver may try a device that is away.
    pub patience: Duration,
    /// How long the driver is waited for, if it does not end by itself.
    pub limit: Duration,
    /// It is not tried again if it fails.
    pub is_last: bool,
}

/// How a run of a driver ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// The UPS was told.
    Told,
    /// The driver says that it was not.
    Failed,
    /// The driver had not ended when its time was over.
    Late,
    /// There is no such driver.
    NoProgram,
}

/// A load that is still to be cut.
#[derive(Debug, Clone, Copy)]
struct Left {
    load: usize,
    attempts: u32,
    retry_delay: Duration,
    /// Not before.
    at: Duration,
    had_a_turn: bool,
}

/// The order of a late shutdown. Times count from the hook's start.
#[derive(Debug, Clone)]
pub struct Turns {
    left: Vec<Left>,
    are_several: bool,
    end: Duration,
    told: Option<Duration>,
    under_way: Option<(Left, Turn)>,
    all_told: bool,
}

impl Turns {
    /// All loads, in the order in which they are to be cut.
    #[must_use]
    pub fn new(loads: impl IntoIterator<Item = Load>, poweroff_wait: Duration) -> Self {
        let left = loads.into_iter().enumerate().map(|(load, Load { attempts, retry_delay })| Left {
            load,
            attempts: attempts.max(1),
            retry_delay,
            at: Duration::ZERO,
            had_a_turn: false,
        });
        let left: Vec<Left> = left.collect();
        let are_several = left.len() > 1;
        Self { left, are_several, end: time_to_cut(poweroff_wait), told: None, under_way: None, all_told: true }
    }

    /// Whether every UPS was told, at the end.
    #[must_use]
    pub fn all_told(&self) -> bool {
        self.all_told
    }

    /// The next turn; `None` where nothing is left to be done.
    pub fn next(&mut self, now: Duration) -> Option<Turn> {
        loop {
            let first = self.left.iter().enumerate().min_by_key(|(_, left)| left.at).map(|(place, _)| place)?;
            let mut chosen = self.left.remove(first);
            let pause = chosen.at.saturating_sub(now);
            let until = self.told.map_or(self.end, |told| self.end.min(told + HURRIED));
            let rest = until.saturating_sub(now + pause);
            if chosen.had_a_turn && rest.is_zero() {
                self.all_told = false;
                continue;
            }
            chosen.had_a_turn = true;
            let patience = self.patience(rest);
            let limit = self.limit(now + pause).max(patience);
            let turn = Turn { load: chosen.load, pause, patience, limit, is_last: chosen.attempts == 1 };
            self.under_way = Some((chosen, turn));
            return Some(turn);
        }
    }

    fn patience(&self, rest: Duration) -> Duration {
        match self.left.len() {
            0 if !self.are_several => rest.max(HURRIED),
            0 => rest.max(ATTEMPT),
            _ => self.share(rest).min(HURRIED).max(ATTEMPT),
        }
    }

    /// Not every driver knows of patience, and a device may hang in the middle of being told.
    fn limit(&self, now: Duration) -> Duration {
        let left = self.end.saturating_sub(now);
        self.share(left).max(HURRIED.min(left))
    }

    /// The part of this time of the one whose turn it is, beside those that wait.
    fn share(&self, time: Duration) -> Duration {
        time / u32::try_from(self.left.len()).unwrap_or(u32::MAX).saturating_add(1)
    }

    /// The driver whose turn it was has ended, after so long.
    pub fn ended(&mut self, outcome: Outcome, lasted: Duration, now: Duration) {
        let Some((mut load, turn)) = self.under_way.take() else { return };
        match outcome {
            Outcome::Told => {
                self.told.get_or_insert(now);
                return;
            }
            // Only the others' wait ended it: it was no attempt of its own.
            Outcome::Failed if lasted >= turn.patience => load.at = now,
            Outcome::Failed | Outcome::Late if load.attempts > 1 => {
                load.attempts -= 1;
                load.at = now + load.retry_delay;
            }
            Outcome::Failed | Outcome::Late | Outcome::NoProgram => {
                self.all_told = false;
                return;
            }
        }
        self.left.push(load);
    }
}
