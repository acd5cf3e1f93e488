//! One open connection to a server: what was asked, and the answers in the order of the questions.
//!
//! Requests are pipelined: the whole login leaves in one write, and a poll never waits for the
//! answer to something else.

use protocol::net::Request;
use protocol::session::{Answer, Incoming, Session, SessionError};
use protocol::{Instant, LinkId};
use std::collections::VecDeque;
use std::time::Duration;

/// How long an answer may take (NUT's network time-out): as long without a byte of it, and the connection counts as
/// broken; as long without the whole of it, and the server as not heard.
pub(super) const ANSWER_PATIENCE: Duration = Duration::from_secs(5);
/// What the patience with a slow server grows to.
const MOST_PATIENCE: Duration = Duration::from_secs(20);

/// What was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Asked {
    Username,
    Password,
    Login,
    Primary,
    Master,
    Status,
    Alarm,
    ForcedShutdown,
    Logins,
    Clients,
}

/// A question under way, and when it was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Question {
    pub(super) asked: Asked,
    pub(super) at: Instant,
}

/// An open connection.
#[derive(Debug)]
pub(super) struct Talk {
    pub(super) link: LinkId,
    pub(super) since: Instant,
    session: Session,
    questions: VecDeque<Question>,
    /// How long it waits for the next byte of an answer.
    patience: Duration,
    /// Since when the answer in front is waited for: it is the only one that can come.
    front_since: Instant,
    /// When the last byte of it came, or else the same.
    last_byte: Instant,
    /// Whether any byte has come.
    is_heard: bool,
    /// That the answer in front is late was told.
    is_late_told: bool,
}

impl Talk {
    pub(super) fn new(link: LinkId, since: Instant, patience: Duration) -> Self {
        Self {
            link,
            since,
            session: Session::new(),
            questions: VecDeque::new(),
            patience,
            front_since: since,
            last_byte: since,
            is_heard: false,
            is_late_told: false,
        }
    }

    /// Asks; the request leaves with the next [`Self::take_output`].
    pub(super) fn ask(&mut self, asked: Asked, request: &Request<'_>, now: Instant) {
        self.session.ask(request);
        if self.questions.is_empty() {
            self.wait_anew(now);
        }
        self.questions.push_back(Question { asked, at: now });
    }

    /// What has been asked since the last call, in one piece.
    pub(super) fn take_output(&mut self) -> Option<Vec<u8>> {
        self.session.take_output()
    }

    /// Whether such a question is under way.
    pub(super) fn waits_for(&self, asked: Asked) -> bool {
        self.questions.iter().any(|question| question.asked == asked)
    }

    /// When the connection has been silent for too long.
    pub(super) fn overdue_at(&self) -> Option<Instant> {
        self.questions.front().map(|_| self.last_byte + self.patience)
    }

    /// When the answer in front is late, whatever has come of it; once.
    pub(super) fn late_at(&self) -> Option<Instant> {
        let late = self.questions.front().map(|_| self.front_since + ANSWER_PATIENCE);
        late.filter(|_| !self.is_late_told)
    }

    /// Whether the answer in front is late now, for the first time.
    pub(super) fn turns_late(&mut self, now: Instant) -> bool {
        let turns = self.late_at().is_some_and(|at| at <= now);
        self.is_late_told |= turns;
        turns
    }

    /// What the next connection's patience is after a time-out of this one: a server that is slow, and not silent,
    /// gets twice as much.
    pub(super) fn patience_after(&self) -> Duration {
        if self.is_heard { (self.patience * 2).min(MOST_PATIENCE) } else { ANSWER_PATIENCE }
    }

    /// The monitor was held up: the server has not been silent.
    pub(super) fn excuse_silence(&mut self, now: Instant) {
        self.wait_anew(now);
    }

    fn wait_anew(&mut self, now: Instant) {
        self.front_since = now;
        self.last_byte = now;
        self.is_late_told = false;
    }

    /// Takes bytes from the server.
    pub(super) fn receive(&mut self, bytes: &[u8], now: Instant) -> Result<(), SessionError> {
        self.last_byte = now;
        self.is_heard = true;
        self.session.receive(bytes)
    }

    /// The next question that has been answered. Nothing is pushed on this connection.
    pub(super) fn next_answer(&mut self, now: Instant) -> Option<(Question, Answer)> {
        loop {
            if let Incoming::Answer { answer, .. } = self.session.poll()? {
                self.wait_anew(now);
                let question = self.questions.pop_front()?;
                self.calm_down(question, now);
                return Some((question, answer));
            }
        }
    }

    /// A server that is slow no more gets no more than any other: what silences it now is not slowness, and another
    /// connection must be tried before DEADTIME is over.
    fn calm_down(&mut self, question: Question, now: Instant) {
        if question.asked == Asked::Status && now < question.at + ANSWER_PATIENCE {
            self.patience = ANSWER_PATIENCE;
        }
    }
}
