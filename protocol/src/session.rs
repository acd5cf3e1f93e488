//! The client's side of a connection to a server: asks in order, and matches what comes back.
//!
//! ```text
//! session.ask(&Request::…)  →  session.take_output()  →  (the wire)  →  session.receive(bytes)
//!                                                                    →  session.poll() …
//! ```
//!
//! A server answers in the order it was asked, one line or one list each, so requests may be sent
//! without waiting; an answer repeats what it is about, and one that is about something else ends the
//! session. Pushed lines ([`Reply::is_pushed`]) come in between. The session knows no
//! connection and no time: whoever has them decides how long to wait and when to start anew.

mod answer;
mod subject;

pub use answer::{Answer, ListKind, Push, Row};

use crate::lexer::{Line, LineReader, MAX_LINE};
use crate::net::{Reply, Request, Verb};
use std::collections::VecDeque;
use subject::Asked;

/// The most bytes of names and values in one list. A server of 10,000 UPSes stays far below.
pub const MAX_LIST: usize = 8 << 20;

/// Room for most requests.
const LINE: usize = 64;
/// How many words stand before what a list is about: `BEGIN LIST`, `END LIST`.
const LIST_WORDS: usize = 2;

/// Names a request until its answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ticket(u64);

/// What came from the server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Incoming {
    /// The answer to a request.
    Answer {
        /// The request.
        ticket: Ticket,
        /// Its answer.
        answer: Answer,
    },
    /// News that nobody asked for just now.
    Push(Push),
}

/// The server does not keep to the protocol: this connection is of no more use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SessionError {
    /// A line came that answers no request.
    #[error("answer without a request")]
    Unasked,
    /// An answer is about another UPS or variable than was asked about: it belongs to another request.
    #[error("answer to another request")]
    Stray,
    /// A list broke off, or another one came.
    #[error("list that does not end as it began")]
    BrokenList,
    /// More than [`MAX_LIST`] bytes in a list.
    #[error("list of more than {MAX_LIST} bytes")]
    LongList,
    /// More than [`MAX_LINE`] bytes without the end of a line.
    #[error("line of more than {MAX_LINE} bytes")]
    LongLine,
}

/// One connection's worth of requests and answers.
#[derive(Debug, Clone)]
pub struct Session {
    reader: LineReader,
    output: Vec<u8>,
    asked: VecDeque<Asked>,
    next: u64,
    list: Option<OpenList>,
    incoming: VecDeque<Incoming>,
    error: Option<SessionError>,
}

/// A list between its BEGIN and its END.
#[derive(Debug, Clone, Default)]
struct OpenList {
    kind: ListKind,
    rows: Vec<Row>,
    bytes: usize,
}

impl Default for Session {
    fn default() -> Self {
        Self {
            reader: LineReader::line_bound(),
            output: Vec::new(),
            asked: VecDeque::new(),
            next: 0,
            list: None,
            incoming: VecDeque::new(),
            error: None,
        }
    }
}

impl Session {
    /// A session on a connection that has just been opened.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a request to the output.
    pub fn ask(&mut self, request: &Request<'_>) -> Ticket {
        self.output.reserve(LINE);
        request.emit(&mut self.output);
        self.asked.push_back(Asked::new(request));
        self.next += 1;
        Ticket(self.next - 1)
    }

    /// The bytes to send, all requests since the last call in one piece.
    pub fn take_output(&mut self) -> Option<Vec<u8>> {
        (!self.output.is_empty()).then(|| std::mem::take(&mut self.output))
    }

    /// How many requests are without an answer.
    #[must_use]
    pub fn waiting(&self) -> usize {
        self.asked.len()
    }

    /// Whether a list has begun and not yet ended.
    #[must_use]
    pub fn is_in_list(&self) -> bool {
        self.list.is_some()
    }

    /// Takes bytes from the server, cut anywhere.
    ///
    /// # Errors
    ///
    /// [`SessionError`], now and from now on, when the server does not keep to the protocol.
    /// What was understood before it can still be polled.
    pub fn receive(&mut self, mut bytes: &[u8]) -> Result<(), SessionError> {
        let mut reader = std::mem::take(&mut self.reader);
        while self.error.is_none() {
            let Some(line) = reader.next_line(&mut bytes) else { break };
            self.error = self.take_line(line).err();
        }
        if self.error.is_none() && reader.is_endless() {
            self.error = Some(SessionError::LongLine);
        }
        self.reader = reader;
        self.error.map_or(Ok(()), Err)
    }

    /// The next thing that came, in order.
    pub fn poll(&mut self) -> Option<Incoming> {
        self.incoming.pop_front()
    }

    fn take_line(&mut self, line: &Line) -> Result<(), SessionError> {
        let reply = Reply::parse(line);
        if let Some(push) = Push::from_reply(&reply) {
            self.incoming.push_back(Incoming::Push(push));
            return Ok(());
        }
        let asked = self.asked.front().ok_or(SessionError::Unasked)?;
        if let Some(list) = &mut self.list {
            return match reply {
                Reply::End(end) if ListKind::of(&end) == list.kind && asked.is_answered_by(line, LIST_WORDS) => {
                    let rows = std::mem::take(&mut list.rows);
                    self.list = None;
                    self.answer(Answer::List(rows))
                }
                _ if asked.is_answered_by(line, 0) => list.take(&reply),
                _ => Err(SessionError::BrokenList),
            };
        }
        match (asked.verb, &reply) {
            (Verb::List, Reply::Begin(_)) if !asked.is_answered_by(line, LIST_WORDS) => Err(SessionError::Stray),
            (Verb::Get, reply) if reply.is_about_a_ups() && !asked.is_answered_by(line, 0) => Err(SessionError::Stray),
            (Verb::List, Reply::Begin(begin)) => {
                self.list = Some(OpenList { kind: ListKind::of(begin), ..OpenList::default() });
                Ok(())
            }
            // A plain text is what VER and its like answer, whatever it looks like.
            (Verb::Ver | Verb::NetVer | Verb::ProtVer | Verb::Help, reply) if !matches!(reply, Reply::Err(_)) => {
                self.answer(Answer::Text(line.rest(0).to_owned()))
            }
            (_, reply) => self.answer(Answer::from_reply(reply, line)),
        }
    }

    fn answer(&mut self, answer: Answer) -> Result<(), SessionError> {
        let ticket = Ticket(self.next - self.asked.len() as u64);
        self.asked.pop_front().ok_or(SessionError::Unasked)?;
        self.incoming.push_back(Incoming::Answer { ticket, answer });
        Ok(())
    }
}

impl OpenList {
    fn take(&mut self, reply: &Reply<'_>) -> Result<(), SessionError> {
        let row = Row::from_reply(reply).filter(|row| row.kind() == self.kind).ok_or(SessionError::BrokenList)?;
        self.bytes += row.size();
        if self.bytes > MAX_LIST {
            return Err(SessionError::LongList);
        }
        self.rows.push(row);
        Ok(())
    }
}
