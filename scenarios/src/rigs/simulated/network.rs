//! The paths between hosts: how long a segment takes, and whether it arrives.
//!
//! A path leads one way; each host pair has two. Nothing here knows of connections: `links` asks
//! for each segment and does TCP's part (retransmission, order).

use std::time::Duration;

use protocol::Instant;

use crate::rigs::READS_A_SECOND;
use crate::rigs::dice::Dice;

/// Latency between two hosts of one switch.
const BETWEEN_HOSTS: Duration = Duration::from_micros(200);
/// Latency on the loopback interface.
const LOOPBACK: Duration = Duration::from_micros(30);

/// One way between two hosts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Path {
    /// Chance that a segment is lost, in millionths.
    drop_ppm: u32,
    /// On top of the latency of the wire.
    delay: Duration,
    /// Bytes a second that the reader takes; 0: as many as come.
    rate: u32,
    /// When the reader has taken all that was sent.
    busy_until: Instant,
}

/// What happens to one segment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// It arrives then.
    Arrives(Instant),
    /// It is lost.
    Lost,
}

/// All paths, and the dice.
#[derive(Debug)]
pub struct Network {
    hosts: usize,
    paths: Vec<Path>,
    dice: Dice,
}

impl Network {
    /// A network without faults between that many hosts.
    #[must_use]
    pub fn new(hosts: usize, seed: u64) -> Self {
        Self { hosts, paths: vec![Path::default(); hosts * hosts], dice: Dice::new(seed) }
    }

    /// Sets the chance, in millionths, that a segment from one host to another is lost.
    pub fn set_drop(&mut self, from: usize, to: usize, ppm: u32) {
        if let Some(path) = self.path_mut(from, to) {
            path.drop_ppm = ppm;
        }
    }

    /// Sets the delay on top of the latency from one host to another.
    pub fn set_delay(&mut self, from: usize, to: usize, delay: Duration) {
        if let Some(path) = self.path_mut(from, to) {
            path.delay = delay;
        }
    }

    /// Sets how many bytes a second a reader takes; 0: as many as come.
    pub fn set_rate(&mut self, from: usize, to: usize, rate: u32) {
        if let Some(path) = self.path_mut(from, to) {
            path.rate = rate;
        }
    }

    /// Ends every fault of a path.
    pub fn heal(&mut self, from: usize, to: usize) {
        if let Some(path) = self.path_mut(from, to) {
            *path = Path::default();
        }
    }

    /// Sends one segment of `size` bytes at `now`.
    pub fn send(&mut self, from: usize, to: usize, size: usize, now: Instant) -> Fate {
        if from == to {
            return Fate::Arrives(now + LOOPBACK);
        }
        let path = &mut self.paths[from * self.hosts + to];
        if path.drop_ppm > 0 && self.dice.hits(path.drop_ppm) {
            return Fate::Lost;
        }
        let arrives = now + BETWEEN_HOSTS + path.delay;
        if path.rate == 0 {
            return Fate::Arrives(arrives);
        }
        let reading = Duration::from_micros(size as u64 * 1_000_000 / u64::from(path.rate));
        path.busy_until = arrives.max(path.busy_until) + reading;
        Fate::Arrives(path.busy_until)
    }

    /// How many bytes a slow reader takes at once; `None` for one that takes all.
    pub fn piece(&self, from: usize, to: usize) -> Option<usize> {
        let rate = (from != to).then(|| self.paths[from * self.hosts + to].rate).filter(|rate| *rate > 0)?;
        Some(usize::try_from(rate / READS_A_SECOND).unwrap_or(usize::MAX).max(1))
    }

    fn path_mut(&mut self, from: usize, to: usize) -> Option<&mut Path> {
        (from != to).then(|| &mut self.paths[from * self.hosts + to])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_one_way_partition_leaves_the_way_back_open() {
        let mut network = Network::new(2, 0);
        network.set_drop(0, 1, 1_000_000);
        assert_eq!(network.send(0, 1, 8, Instant::START), Fate::Lost);
        assert_eq!(network.send(1, 0, 8, Instant::START), Fate::Arrives(Instant::START + BETWEEN_HOSTS));
        network.set_drop(0, 1, 0);
        network.set_delay(0, 1, Duration::from_secs(1));
        assert_eq!(
            network.send(0, 1, 8, Instant::START),
            Fate::Arrives(Instant::START + BETWEEN_HOSTS + Duration::from_secs(1))
        );
    }
}
