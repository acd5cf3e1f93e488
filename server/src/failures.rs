//! Requests without the right to them, by source: one answer a second each, and one line in the log.
//!
//! Only the answer to such a request waits, and for no longer than [`LONGEST_WAIT`], so that a monitor whose password
//! is wrong still sees its UPS. Who has used up [`MOST_AHEAD`] of such answers gets none, unless he tries again what he
//! has tried lately: that is no guess, but a password that was changed, and maybe that of many hosts behind one address.
//!
//! Where [`MOST_SOURCES`] are remembered and each of them is ahead of its time, all others count as one.

use std::collections::BTreeMap;
use std::time::Duration;

use protocol::Instant;

use crate::origin::Origin;

/// The time between two answers to one source.
const BETWEEN: Duration = Duration::from_secs(1);
/// The longest that an answer waits: less than a monitor's patience (5 s).
const LONGEST_WAIT: Duration = Duration::from_secs(4);
/// How far ahead of its time a source may ask.
const MOST_AHEAD: Duration = Duration::from_secs(60);
/// The sources that are remembered; the one that has been good for longest makes room.
const MOST_SOURCES: usize = 256;
/// What a source has tried lately, as far as it is remembered.
const MOST_TRIED: usize = 8;

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

#[derive(Debug, Clone)]
struct Source {
    /// When its next answer is in time.
    next: Instant,
    /// Failures since the log last said something of it, and when that was.
    count: u32,
    said: Instant,
    /// What was tried, the latest last.
    tried: Vec<u64>,
}

/// The sources that have failed lately.
#[derive(Debug, Default)]
pub(crate) struct Failures {
    sources: BTreeMap<Origin, Source>,
}

impl Failures {
    /// Takes note of a failure with credentials of this digest; what becomes of its answer, and how many failures the
    /// log is to tell of, if any.
    pub(crate) fn failed(&mut self, address: &str, tried: u64, now: Instant) -> (Fate, Option<u32>) {
        let mut origin = Origin::of(address);
        if !self.sources.contains_key(&origin) && !self.has_room(now) {
            origin = Origin::Elsewhere;
        }
        match self.sources.get_mut(&origin) {
            Some(source) => source.fail(tried, now),
            None => {
                let source = Source { next: now + BETWEEN, count: 0, said: now, tried: vec![tried] };
                self.sources.insert(origin, source);
                (Fate::Now, Some(1))
            }
        }
    }

    /// The source has proved that it knows a password.
    pub(crate) fn succeeded(&mut self, address: &str) {
        self.sources.remove(&Origin::of(address));
    }

    /// Whether there is room for one more, if need be that of one whose time is over.
    fn has_room(&mut self, now: Instant) -> bool {
        if self.sources.len() < MOST_SOURCES {
            return true;
        }
        let first = self.sources.iter().min_by_key(|(_, source)| source.next);
        let over = first.filter(|(_, source)| source.next <= now).map(|(origin, _)| *origin);
        over.is_some_and(|origin| self.sources.remove(&origin).is_some())
    }
}

impl Source {
    fn fail(&mut self, tried: u64, now: Instant) -> (Fate, Option<u32>) {
        self.count = self.count.saturating_add(1);
        let news = (self.said + MOST_AHEAD <= now).then(|| {
            self.said = now;
            std::mem::take(&mut self.count)
        });
        let known = self.tried.iter().position(|known| *known == tried);
        if known.is_none() && self.next > now + MOST_AHEAD {
            return (Fate::Never, news);
        }
        self.remember(tried, known);
        let (at, latest) = (self.next.max(now), now + LONGEST_WAIT);
        if known.is_none() || at < latest {
            self.next = at + BETWEEN;
        }
        (if at <= now { Fate::Now } else { Fate::At(at.min(latest)) }, news)
    }

    fn remember(&mut self, tried: u64, known: Option<usize>) {
        if let Some(at) = known.or_else(|| (self.tried.len() >= MOST_TRIED).then_some(0)) {
            self.tried.remove(at);
        }
        self.tried.push(tried);
    }
}
