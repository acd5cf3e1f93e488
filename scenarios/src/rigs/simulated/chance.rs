//! What the world leaves open, drawn from the scenario's seed: who is first, and how long a turn takes.
//!
//! Things that are due at one instant on different lanes (two links, two timers, a timer and a link)
//! happen in an order that no real machine promises, so that no daemon may count on it. What is on
//! one lane keeps its order. The draws are of a stream of their own: nothing else that chance decides
//! falls otherwise because of them.

use std::time::Duration;

use protocol::{Instant, LinkId};

use crate::rigs::dice::Dice;

/// A process that has something to take in gets its turn within so long: a machine has other things to do, too.
const TURN: Duration = Duration::from_micros(100);

/// Spreads the lanes over all ranks (2^64 by the golden ratio, odd).
const SPREAD: u64 = 0x9e37_79b9_7f4a_7c15;

/// Things that keep their order among themselves: one way of a link, one command, one timer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lane(u64);

/// A place among the things of one instant.
pub type Rank = u64;

/// Chances that fall as the seed says.
#[derive(Debug)]
pub struct Chance {
    ranks: u64,
    dice: Dice,
}

impl Lane {
    /// What arrives at a side of a link.
    #[must_use]
    pub fn toward(link: u32, side: u8) -> Self {
        Self::of(u64::from(side), link, 0)
    }

    /// What leaves a side of a link for another time.
    #[must_use]
    pub fn again(link: u32, side: u8) -> Self {
        Self::of(2 + u64::from(side), link, 0)
    }

    /// A connection that a slot's engine asks for, or hears of otherwise than by its bytes.
    #[must_use]
    pub fn connection(slot: u32, link: LinkId) -> Self {
        Self::of(4 + u64::from(link.is_accepted()), slot, link.number())
    }

    /// A job of a slot's engine.
    #[must_use]
    pub fn job(slot: u32, job: u32) -> Self {
        Self::of(6, slot, job)
    }

    /// Files that a slot's engine watches.
    #[must_use]
    pub fn files(slot: u32) -> Self {
        Self::of(7, slot, 0)
    }

    /// What the system does to a slot's process: it starts it, ends it, sends it signals.
    #[must_use]
    pub fn process(slot: u32) -> Self {
        Self::of(8, slot, 0)
    }

    /// The late shutdown hook of a host.
    #[must_use]
    pub fn hook(host: u32) -> Self {
        Self::of(9, host, 0)
    }

    /// A deadline, by its number.
    #[must_use]
    pub fn timer(number: usize) -> Self {
        Self::of(10, super::process::index(number), 0)
    }

    fn of(kind: u64, of: u32, number: u32) -> Self {
        Self((kind << 60) ^ (u64::from(of) << 32) ^ u64::from(number))
    }
}

impl Chance {
    /// The chances of a run.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        // Not the stream that decides which segments are lost.
        let mut dice = Dice::new(!seed);
        Self { ranks: dice.bits(), dice }
    }

    /// Where what happens on a lane at an instant stands among what happens then on others.
    #[must_use]
    pub fn rank(&self, lane: Lane, at: Instant) -> Rank {
        Dice::new(self.ranks ^ lane.0.wrapping_mul(SPREAD) ^ at.as_micros()).bits()
    }

    /// How long it takes this time until a process gets its turn.
    pub fn turn(&mut self) -> Duration {
        self.within(TURN)
    }

    /// A time from zero to just below `span`.
    pub fn within(&mut self, span: Duration) -> Duration {
        let micros = u64::try_from(span.as_micros()).unwrap_or(u64::MAX).max(1);
        Duration::from_micros(self.dice.bits() % micros)
    }

    /// Heads or tails.
    pub fn coin(&mut self) -> bool {
        self.dice.bits() & 1 == 0
    }

    /// Puts things in an order of chance.
    pub fn shuffle<T>(&mut self, things: &mut [T]) {
        self.dice.shuffle(things);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn either_of_two_lanes_is_first_as_often_as_the_other() {
        let chance = Chance::new(1);
        let ranks = |at| [0, 1].map(|link| chance.rank(Lane::toward(link, 0), Instant::from_micros(at)));
        let firsts = (0..1000).filter(|at| ranks(*at)[0] < ranks(*at)[1]).count();
        assert!((400..600).contains(&firsts), "{firsts} of 1000");
    }

    #[test]
    fn lanes_are_told_apart() {
        let link = LinkId::opened(1);
        let lanes = [
            Lane::toward(1, 0),
            Lane::toward(1, 1),
            Lane::again(1, 0),
            Lane::again(1, 1),
            Lane::connection(1, link),
            Lane::connection(1, LinkId::accepted(1)),
            Lane::job(1, 1),
            Lane::files(1),
            Lane::process(1),
            Lane::hook(1),
            Lane::timer(1),
        ];
        for (place, lane) in lanes.iter().enumerate() {
            assert!(!lanes[..place].contains(lane), "{lane:?}");
        }
    }
}
