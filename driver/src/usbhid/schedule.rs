//! What is read when: a queue of reports, and the times of the next polls.

use std::time::Duration;

use protocol::Instant;
use protocol::usb::ReportKind;

use super::binding::Source;
use super::row::Poll;

/// Refusals in a row after which a report that says nothing about the status is left alone until
/// the next attachment.
pub const REFUSALS: u8 = 3;

/// The polls of one attachment.
#[derive(Debug, Default)]
pub struct Schedule {
    /// Sources still to read in the poll under way, the next one last.
    queue: Vec<usize>,
    /// Sources that are asked before those, because something is in doubt.
    asked: Vec<usize>,
    /// Whether the last one that was read is one of these.
    is_asked: bool,
    /// When each source last came by interrupt.
    covered: Vec<Option<Instant>>,
    /// Whether the poll under way reads everything.
    is_full: bool,
    is_under_way: bool,
    /// Whether it is none of its own time, but asks for a few reports between the polls.
    is_between: bool,
    next_quick: Instant,
    next_full: Instant,
    /// Reads of the poll under way that succeeded, and that failed.
    pub succeeded: u32,
    /// See [`Self::succeeded`].
    pub failed: u32,
}

impl Schedule {
    /// Reads everything once.
    pub fn begin(&mut self, sources: &[Source]) {
        self.is_between = false;
        self.covered.clear();
        self.covered.resize(sources.len(), None);
        self.fill(sources, |_, _| true);
        self.is_full = true;
    }

    /// Starts the poll that is due. A report that came by interrupt within `interval` is not read.
    ///
    /// What `is_urgent` is read with each quick poll, whatever its rows ask for.
    pub fn start_due(
        &mut self,
        sources: &[Source],
        is_urgent: impl Fn(&Source) -> bool,
        interval: Duration,
        full_interval: Duration,
        now: Instant,
    ) -> bool {
        if self.is_under_way || now < self.next_quick {
            return false;
        }
        self.is_between = false;
        self.is_full = now >= self.next_full;
        self.next_quick = now + interval;
        if self.is_full {
            self.next_full = now + full_interval;
        }
        let (is_full, covered) = (self.is_full, std::mem::take(&mut self.covered));
        self.fill(sources, |at, source| {
            let is_wanted = match source.poll {
                Poll::Quick => true,
                Poll::Countdown => is_full || source.is_counting,
                Poll::Full => is_full || is_urgent(source),
                // What could not be read at first is tried again.
                Poll::SemiStatic | Poll::Static => is_full && source.last.is_empty(),
            };
            let is_given_up = || source.refusals >= REFUSALS && !source.tells_status;
            let is_fresh = || covered[at].is_some_and(|came| now.saturating_since(came) < interval);
            is_wanted && !is_given_up() && !is_fresh()
        });
        self.covered = covered;
        true
    }

    /// Reads these sources at once, between the polls or before what is left of the one under way: on a slow
    /// device that may take longer than the answer is of use.
    pub fn ask(&mut self, sources: &[Source], wanted: impl Fn(&Source) -> bool) {
        if !self.is_under_way {
            self.is_full = false;
            self.is_between = true;
            self.fill(sources, |_, _| false);
        }
        self.asked = chosen(sources, |_, source| wanted(source)).collect();
    }

    /// Whether the last one that was read is none of a poll's own.
    #[must_use]
    pub const fn is_asked(&self) -> bool {
        self.is_asked
    }

    /// Whether nothing at all could be read in a whole poll.
    #[must_use]
    pub const fn is_in_vain(&self) -> bool {
        self.succeeded == 0 && self.failed > 0 && !self.is_between
    }

    fn fill(&mut self, sources: &[Source], wanted: impl Fn(usize, &Source) -> bool) {
        self.asked.clear();
        self.queue.clear();
        self.queue.extend(chosen(sources, wanted));
        self.is_under_way = true;
        self.succeeded = 0;
        self.failed = 0;
    }

    /// The next source to read.
    pub fn pop(&mut self) -> Option<usize> {
        let asked = self.asked.pop();
        self.is_asked = asked.is_some();
        asked.or_else(|| self.queue.pop())
    }

    /// The source after the one that [`Self::pop`] gave.
    #[must_use]
    pub fn upcoming(&self) -> Option<usize> {
        self.asked.last().or_else(|| self.queue.last()).copied()
    }

    /// A source's report came by interrupt.
    pub fn cover(&mut self, source: usize, now: Instant) {
        if let Some(covered) = self.covered.get_mut(source) {
            *covered = Some(now);
        }
    }

    /// Whether a poll is under way.
    #[must_use]
    pub const fn is_under_way(&self) -> bool {
        self.is_under_way
    }

    /// Ends the poll; whether it read everything.
    pub const fn end(&mut self) -> bool {
        self.is_under_way = false;
        self.is_full
    }

    /// The polls after the first reading.
    pub fn settle(&mut self, interval: Duration, full_interval: Duration, now: Instant) {
        self.is_under_way = false;
        self.next_quick = now + interval;
        self.next_full = now + full_interval;
    }

    /// When the next poll is due.
    #[must_use]
    pub const fn next_poll(&self) -> Instant {
        self.next_quick
    }
}

/// Those that can be read, the first one last.
fn chosen(sources: &[Source], wanted: impl Fn(usize, &Source) -> bool) -> impl Iterator<Item = usize> {
    let is_read = |source: &Source| source.kind == ReportKind::Feature && !source.items.is_empty();
    sources
        .iter()
        .enumerate()
        .rev()
        .filter(move |&(at, source)| wanted(at, source) && is_read(source))
        .map(|(at, _)| at)
}
