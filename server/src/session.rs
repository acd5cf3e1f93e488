//! One client connection: who it is, what it has asked for, how much of it waits.

use std::time::Duration;

use protocol::Instant;
use protocol::lexer::LineReader;
use protocol::net::WATCH_HEARTBEAT;

use crate::ups::UpsId;
use crate::users::Credentials;

/// How long a client may say nothing, as in NUT. Who only watches may.
pub(crate) const IDLE: Duration = Duration::from_secs(60);
/// How long a client may take nothing of the answers that fill its queue.
const UNREAD: Duration = Duration::from_secs(60);
/// UPSes that one connection may watch.
pub(crate) const MAX_WATCHES: usize = 256;

/// A UPS that the client wants to hear of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Watch {
    pub(crate) ups: UpsId,
    /// The name, as the client spelled it.
    pub(crate) spelled: Box<str>,
}

/// An answer that leaves later; what was asked after it waits behind it.
#[derive(Debug)]
pub(crate) struct Held {
    pub(crate) bytes: Vec<u8>,
    pub(crate) until: Instant,
}

/// One client connection.
pub(crate) struct Session {
    /// The peer's address.
    pub(crate) address: Box<str>,
    pub(crate) reader: LineReader,
    /// Requests that could not be answered yet: the rest of one read, for nothing more is read meanwhile.
    pub(crate) waiting: Vec<u8>,
    pub(crate) held: Option<Held>,
    pub(crate) credentials: Credentials,
    pub(crate) login: Option<UpsId>,
    pub(crate) is_tracking: bool,
    pub(crate) watches: Vec<Watch>,
    /// A watched change could not be pushed.
    pub(crate) has_missed: bool,
    pub(crate) heard: Instant,
    /// It has said something at all.
    pub(crate) has_asked: bool,
    /// When something was last sent on a watching connection.
    pub(crate) pushed: Instant,
    /// Nothing more is read of what it asks.
    is_paused: bool,
    /// Since when its queue has been full, or when it last took some of it.
    full: Option<Instant>,
}

/// Why a session must end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Overdue {
    /// It has said nothing for too long.
    Idle,
    /// It does not take its answers.
    Unread,
}

impl Session {
    pub(crate) fn new(address: Box<str>, now: Instant) -> Self {
        Self {
            address,
            reader: LineReader::new(),
            waiting: Vec::new(),
            held: None,
            credentials: Credentials::default(),
            login: None,
            is_tracking: false,
            watches: Vec::new(),
            has_missed: false,
            heard: now,
            has_asked: false,
            pushed: now,
            is_paused: false,
            full: None,
        }
    }

    /// Whether what it asks now must wait.
    pub(crate) fn is_busy(&self) -> bool {
        self.is_full() || self.held.is_some() || !self.waiting.is_empty()
    }

    /// Whether reading from it has to stop (true) or to go on (false), if that changes.
    pub(crate) fn turn(&mut self) -> Option<bool> {
        let busy = self.is_busy();
        (std::mem::replace(&mut self.is_paused, busy) != busy).then_some(busy)
    }

    /// Whether its answers wait in a queue that is full.
    pub(crate) const fn is_full(&self) -> bool {
        self.full.is_some()
    }

    pub(crate) fn fill(&mut self, now: Instant) {
        self.full.get_or_insert(now);
    }

    /// It has taken some of what fills its queue: it is slow, not gone.
    pub(crate) fn take_some(&mut self, now: Instant) {
        self.full.iter_mut().for_each(|since| *since = now);
    }

    pub(crate) fn drain(&mut self, now: Instant) {
        self.full = None;
        // The client was reading all the while; what waits was asked in time.
        self.heard = now;
    }

    /// Why the session must end, if it must.
    pub(crate) fn overdue(&self, now: Instant) -> Option<Overdue> {
        match self.full {
            Some(since) => (since + UNREAD <= now).then_some(Overdue::Unread),
            None => (self.watches.is_empty() && self.heard + IDLE <= now).then_some(Overdue::Idle),
        }
    }

    /// Whether a sign of life is due.
    pub(crate) fn wants_heartbeat(&self, now: Instant) -> bool {
        !self.watches.is_empty() && !self.is_full() && self.pushed + WATCH_HEARTBEAT <= now
    }

    /// When one of these may be due.
    pub(crate) fn deadline(&self) -> Instant {
        let held = self.held.as_ref().map(|held| held.until);
        held.into_iter().fold(self.usual_deadline(), Instant::min)
    }

    fn usual_deadline(&self) -> Instant {
        match self.full {
            Some(since) => since + UNREAD,
            None if self.watches.is_empty() => self.heard + IDLE,
            None => self.pushed + WATCH_HEARTBEAT,
        }
    }
}
