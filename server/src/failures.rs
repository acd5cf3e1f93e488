//! Requests without the right to them, by source: one answer a second each, and one line in the log.
//!
//! Only the answer to such a request waits, and for no longer than [`LONGEST_WAIT`], so that a monitor whose password
//! is wrong still sees its UPS. Who has used up [`MOST_AHEAD`] of such answers gets none.

use std::collections::BTreeMap;
use std::time::Duration;

use protocol::Instant;

/// The time between two answers to one source.
const BETWEEN: Duration = Duration::from_secs(1);
/// The longest that an answer waits: less than a monitor's patience (5 s).
const LONGEST_WAIT: Duration = Duration::from_secs(4);
/// How far ahead of its time a source may ask.
const MOST_AHEAD: Duration = Duration::from_secs(60);
/// The sources that are remembered; the one that has been good for longest makes room.
const MOST_SOURCES: usize = 256;

/// What becomes of the answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fate {
    /// It leaves now.
    Now,
    /// It leaves then.
    At(Instant),
    /// There is none: the connection ends.
    Never,
}

#[derive(Debug, Clone, Copy)]
struct Source {
    /// When its next answer is in time.
    next: Instant,
    /// Failures since the log last said something of it, and when that was.
    count: u32,
    said: Instant,
}

/// The sources that have failed lately.
#[derive(Debug, Default)]
pub(crate) struct Failures {
    sources: BTreeMap<Box<str>, Source>,
}

impl Failures {
    /// Takes note of a failure; what becomes of its answer, and how many failures the log is to tell of, if any.
    pub(crate) fn failed(&mut self, address: &str, now: Instant) -> (Fate, Option<u32>) {
        if !self.sources.contains_key(address) {
            self.make_room();
            self.sources.insert(address.into(), Source { next: now + BETWEEN, count: 0, said: now });
            return (Fate::Now, Some(1));
        }
        let Some(source) = self.sources.get_mut(address) else { return (Fate::Now, Some(1)) };
        source.count = source.count.saturating_add(1);
        let news = (source.said + MOST_AHEAD <= now).then(|| {
            source.said = now;
            std::mem::take(&mut source.count)
        });
        if source.next > now + MOST_AHEAD {
            return (Fate::Never, news);
        }
        let at = source.next.max(now);
        source.next = at + BETWEEN;
        (if at <= now { Fate::Now } else { Fate::At(at.min(now + LONGEST_WAIT)) }, news)
    }

    /// The source has proved that it knows a password.
    pub(crate) fn succeeded(&mut self, address: &str) {
        self.sources.remove(address);
    }

    fn make_room(&mut self) {
        if self.sources.len() >= MOST_SOURCES
            && let Some(first) = self.sources.iter().min_by_key(|(_, source)| source.next).map(|(name, _)| name.clone())
        {
            self.sources.remove(&first);
        }
    }
}
