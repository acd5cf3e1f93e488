//! The connection to one driver: when to connect, when to ask for a sign of life, when its data
//! is too old.
//!
//! ```text
//! Absent ──retry──▶ Opening ──Opened, DUMPALL──▶ Open ──Closed──▶ Absent
//!    ▲─────OpenFailed──┘                          │ silent for MAXAGE/3: PING
//!                                                 │ silent for MAXAGE, or DATASTALE: stale
//! ```

use std::time::Duration;

use protocol::lexer::LineReader;
use protocol::net::ErrorCode;
use protocol::{Instant, LinkId};

/// How long a driver that is not there is left alone: connecting to a local socket costs nothing.
const RETRY: Duration = Duration::from_secs(1);

/// The longest that one is left alone which broke the protocol time and again: a good one that takes its place is
/// found before a monitor gives the UPS up (DEADTIME).
const LONGEST_RETRY: Duration = Duration::from_secs(8);

/// The state of the connection.
#[derive(Debug)]
enum State {
    Absent { retry: Instant },
    Opening { link: LinkId },
    Open(Box<Open>),
}

/// A connection that stands.
#[derive(Debug)]
pub(crate) struct Open {
    pub(crate) link: LinkId,
    pub(crate) reader: LineReader,
    /// The first DUMPDONE has come: what the driver says of its data counts.
    pub(crate) has_dumped: bool,
    /// DATAOK, not DATASTALE, came last.
    pub(crate) is_data_ok: bool,
    /// A dump is on its way: its lines are escaped, and taken as they are.
    pub(crate) is_dumping: bool,
    pub(crate) is_full: bool,
    heard: Instant,
    pinged: Instant,
}

/// What is to be done for a driver.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    /// Connect to it.
    Open,
    /// Ask it for a sign of life.
    Ping(LinkId),
}

/// The connection, and what has been logged about it.
#[derive(Debug)]
pub(crate) struct DriverLink {
    state: State,
    /// How long a driver that breaks the protocol is left alone next.
    rest: Duration,
    /// That it cannot be reached has been said.
    is_absence_said: bool,
    /// That it breaks the protocol has been said.
    is_nonsense_said: bool,
    /// That its data is stale has been said.
    is_staleness_said: bool,
}

impl DriverLink {
    /// Not connected; the first attempt is due.
    pub(crate) const fn new(now: Instant) -> Self {
        Self {
            state: State::Absent { retry: now },
            rest: RETRY,
            is_absence_said: false,
            is_nonsense_said: false,
            is_staleness_said: false,
        }
    }

    /// The link, opening or open.
    pub(crate) const fn link(&self) -> Option<LinkId> {
        match &self.state {
            State::Absent { .. } => None,
            State::Opening { link } => Some(*link),
            State::Open(open) => Some(open.link),
        }
    }

    /// The connection, when it stands.
    pub(crate) const fn open(&self) -> Option<&Open> {
        match &self.state {
            State::Open(open) => Some(open),
            _ => None,
        }
    }

    /// The connection, when it stands.
    pub(crate) const fn open_mut(&mut self) -> Option<&mut Open> {
        match &mut self.state {
            State::Open(open) => Some(open),
            _ => None,
        }
    }

    /// Why the data cannot be given out, if it cannot.
    pub(crate) fn trouble(&self, now: Instant, max_age: Duration) -> Option<ErrorCode> {
        let State::Open(open) = &self.state else { return Some(ErrorCode::DriverNotConnected) };
        open.is_stale(now, max_age).then_some(ErrorCode::DataStale)
    }

    /// The shell is connecting.
    pub(crate) fn opening(&mut self, link: LinkId) {
        self.state = State::Opening { link };
    }

    /// Connected: the caller sends DUMPALL.
    pub(crate) fn opened(&mut self, link: LinkId, now: Instant) {
        self.state = State::Open(Box::new(Open {
            link,
            reader: LineReader::new(),
            has_dumped: false,
            is_data_ok: false,
            is_dumping: true,
            is_full: false,
            heard: now,
            pinged: now,
        }));
    }

    /// The connection is gone or never came; tried again after a while.
    pub(crate) fn lost(&mut self, now: Instant) {
        self.rest_until(now + RETRY);
        self.rest = RETRY;
        self.is_nonsense_said = false;
    }

    /// The driver broke the protocol, and the connection was ended; each time in a row it is left alone for longer.
    pub(crate) fn broken(&mut self, now: Instant) {
        self.rest_until(now + self.rest);
        self.rest = (self.rest * 2).min(LONGEST_RETRY);
    }

    fn rest_until(&mut self, retry: Instant) {
        self.state = State::Absent { retry };
        self.is_staleness_said = false;
    }

    /// What is due now.
    pub(crate) fn step(&mut self, now: Instant, max_age: Duration) -> Option<Step> {
        match &mut self.state {
            State::Absent { retry } if *retry <= now => Some(Step::Open),
            State::Open(open) if !open.is_full && open.next_ping(max_age) <= now => {
                open.pinged = now;
                Some(Step::Ping(open.link))
            }
            _ => None,
        }
    }

    /// When something will be due.
    pub(crate) fn deadline(&self, max_age: Duration) -> Option<Instant> {
        match &self.state {
            State::Absent { retry } => Some(*retry),
            State::Opening { .. } => None,
            State::Open(open) => {
                let stale = (!self.is_staleness_said).then(|| open.heard + max_age);
                let ping = (!open.is_full).then(|| open.next_ping(max_age));
                stale.into_iter().chain(ping).min()
            }
        }
    }

    /// Whether staleness has changed since it was last said: true for stale, false for fresh again.
    pub(crate) fn news_of_staleness(&mut self, now: Instant, max_age: Duration) -> Option<bool> {
        let is_stale = self.open()?.is_stale(now, max_age);
        (std::mem::replace(&mut self.is_staleness_said, is_stale) != is_stale).then_some(is_stale)
    }

    /// Whether that the driver has broken the protocol is news: it is not, the second time in a row.
    pub(crate) fn news_of_nonsense(&mut self) -> bool {
        !std::mem::replace(&mut self.is_nonsense_said, true)
    }

    /// Whether that the driver cannot be reached is news.
    pub(crate) fn news_of_absence(&mut self) -> bool {
        !std::mem::replace(&mut self.is_absence_said, true)
    }

    /// Takes note that the driver is there; whether its absence had been said.
    pub(crate) fn news_of_presence(&mut self) -> bool {
        std::mem::replace(&mut self.is_absence_said, false)
    }
}

impl Open {
    /// Takes note of a line that made sense.
    pub(crate) fn heard(&mut self, now: Instant) {
        self.heard = now;
    }

    fn is_stale(&self, now: Instant, max_age: Duration) -> bool {
        // DATASTALE before the first DUMPDONE is part of the dump, not yet news.
        (self.has_dumped && !self.is_data_ok) || now - self.heard >= max_age
    }

    fn next_ping(&self, max_age: Duration) -> Instant {
        self.heard.max(self.pinged) + max_age / 3
    }
}
