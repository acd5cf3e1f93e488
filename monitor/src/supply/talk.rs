//! One open connection to a server: what was asked, and the answers in the order of the questions.
//!
//! Requests are pipelined: the whole login leaves in one write, and a poll never waits for the
//! answer to something else.

use protocol::lexer::{Line, LineReader};
use protocol::net::{ErrorCode, Reply, Request};
use protocol::{Instant, LinkId};
use std::collections::VecDeque;
use std::time::Duration;

/// How long an answer may take before the connection counts as broken (NUT's network time-out).
const ANSWER_PATIENCE: Duration = Duration::from_secs(5);

/// What was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Asked {
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

/// What the server answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Answer<'a> {
    Done,
    Value(&'a str),
    Count(u32),
    Refused(ErrorCode),
    /// Not an answer to this question: the two ends have lost step.
    Odd,
}

/// A question under way, and when it was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Question {
    pub(crate) asked: Asked,
    pub(crate) at: Instant,
}

/// An open connection.
#[derive(Debug)]
pub(crate) struct Talk {
    pub(crate) link: LinkId,
    pub(crate) since: Instant,
    /// Taken out while its lines are handled.
    pub(crate) reader: LineReader,
    questions: VecDeque<Question>,
    clients: u32,
}

impl Talk {
    pub(crate) fn new(link: LinkId, since: Instant) -> Self {
        Self { link, since, reader: LineReader::new(), questions: VecDeque::new(), clients: 0 }
    }

    /// Adds a request to `bytes`, to be sent together with what else stands there.
    pub(crate) fn ask(&mut self, asked: Asked, request: Request<'_>, now: Instant, bytes: &mut Vec<u8>) {
        request.emit(bytes);
        self.questions.push_back(Question { asked, at: now });
    }

    /// Whether such a question is under way.
    pub(crate) fn waits_for(&self, asked: Asked) -> bool {
        self.questions.iter().any(|question| question.asked == asked)
    }

    /// When the oldest question has waited too long.
    pub(crate) fn overdue_at(&self) -> Option<Instant> {
        self.questions.front().map(|question| question.at + ANSWER_PATIENCE)
    }

    /// The monitor was held up: the server has not been silent.
    pub(crate) fn excuse_silence(&mut self, now: Instant) {
        for question in &mut self.questions {
            question.at = now;
        }
    }

    /// The question that this line answers; `None` inside a list. A line that nobody asked for is
    /// an odd answer.
    pub(crate) fn take<'a>(&mut self, line: &'a Line) -> Option<(Question, Answer<'a>)> {
        let question = *self.questions.front().unwrap_or(&Question { asked: Asked::Status, at: Instant::START });
        let answer = if self.questions.is_empty() { Answer::Odd } else { self.judge(question.asked, line)? };
        self.questions.pop_front();
        Some((question, answer))
    }

    fn judge<'a>(&mut self, asked: Asked, line: &'a Line) -> Option<Answer<'a>> {
        Some(match (asked, Reply::parse(line)) {
            (_, Reply::Err(code)) => Answer::Refused(code),
            (Asked::Status | Asked::Alarm, Reply::Var { value, .. }) => Answer::Value(value),
            (Asked::Logins, Reply::NumLogins { count, .. }) => Answer::Count(count),
            (Asked::Clients, Reply::Begin(_)) => {
                self.clients = 0;
                return None;
            }
            (Asked::Clients, Reply::Client { .. }) => {
                self.clients = self.clients.saturating_add(1);
                return None;
            }
            (Asked::Clients, Reply::End(_)) => Answer::Count(self.clients),
            // Old servers differ in what follows OK.
            (
                Asked::Username
                | Asked::Password
                | Asked::Login
                | Asked::Primary
                | Asked::Master
                | Asked::ForcedShutdown,
                _,
            ) if line.get(0) == Some("OK") => Answer::Done,
            _ => Answer::Odd,
        })
    }
}
