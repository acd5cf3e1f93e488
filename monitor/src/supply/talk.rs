//! One open connection to a server: what was asked, and the answers in the order of the questions.
//!
//! Requests are pipelined: the whole login leaves in one write, and a poll never waits for the
//! answer to something else.

use protocol::net::Request;
use protocol::session::{Answer, Incoming, Session, SessionError};
use protocol::{Instant, LinkId};
use std::collections::VecDeque;
use std::time::Duration;

/// How long an answer may take before the connection counts as broken (NUT's network time-out).
const ANSWER_PATIENCE: Duration = Duration::from_secs(5);

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
}

impl Talk {
    pub(super) fn new(link: LinkId, since: Instant) -> Self {
        Self { link, since, session: Session::new(), questions: VecDeque::new() }
    }

    /// Asks; the request leaves with the next [`Self::take_output`].
    pub(super) fn ask(&mut self, asked: Asked, request: &Request<'_>, now: Instant) {
        self.session.ask(request);
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

    /// When the oldest question has waited too long.
    pub(super) fn overdue_at(&self) -> Option<Instant> {
        self.questions.front().map(|question| question.at + ANSWER_PATIENCE)
    }

    /// The monitor was held up: the server has not been silent.
    pub(super) fn excuse_silence(&mut self, now: Instant) {
        for question in &mut self.questions {
            question.at = now;
        }
    }

    /// Takes bytes from the server.
    pub(super) fn receive(&mut self, bytes: &[u8]) -> Result<(), SessionError> {
        self.session.receive(bytes)
    }

    /// The next question that has been answered. Nothing is pushed on this connection.
    pub(super) fn next_answer(&mut self) -> Option<(Question, Answer)> {
        loop {
            if let Incoming::Answer { answer, .. } = self.session.poll()? {
                return self.questions.pop_front().map(|question| (question, answer));
            }
        }
    }
}
