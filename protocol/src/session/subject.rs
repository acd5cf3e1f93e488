//! What a request is about: the words that its answer repeats, so that no answer is taken for
//! another's.

use crate::lexer::Line;
use crate::names::same;
use crate::net::{List, Request, Verb};

/// A request under way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Asked {
    pub(super) verb: Verb,
    /// Such as `VAR rack ups.status`; empty where an answer repeats nothing.
    subject: String,
}

impl Asked {
    pub(super) fn new(request: &Request<'_>) -> Self {
        Self { verb: request.verb(), subject: subject(request) }
    }

    /// Whether the words of `line` from `at` on begin with what was asked about.
    pub(super) fn is_answered_by(&self, line: &Line, at: usize) -> bool {
        let words = line.rest(at);
        let end = self.subject.len();
        let is_whole = matches!(words.as_bytes().get(end), None | Some(b' '));
        is_whole && words.get(..end).is_some_and(|head| same(head, &self.subject))
    }
}

fn subject(request: &Request<'_>) -> String {
    let words: [&str; 3] = match *request {
        Request::GetNumLogins { ups } => ["NUMLOGINS", ups, ""],
        Request::GetNumAttach { ups } => ["NUMATTACH", ups, ""],
        Request::GetUpsDesc { ups } => ["UPSDESC", ups, ""],
        Request::GetVar { ups, var } => ["VAR", ups, var],
        Request::GetType { ups, var } => ["TYPE", ups, var],
        Request::GetDesc { ups, var } => ["DESC", ups, var],
        Request::GetCmdDesc { ups, cmd } => ["CMDDESC", ups, cmd],
        Request::List(List::Ups) => ["UPS", "", ""],
        Request::List(List::Var { ups }) => ["VAR", ups, ""],
        Request::List(List::Rw { ups }) => ["RW", ups, ""],
        Request::List(List::Cmd { ups }) => ["CMD", ups, ""],
        Request::List(List::Client { ups }) => ["CLIENT", ups, ""],
        Request::List(List::Enum { ups, var }) => ["ENUM", ups, var],
        Request::List(List::Range { ups, var }) => ["RANGE", ups, var],
        _ => return String::new(),
    };
    let mut subject = String::with_capacity(words.iter().map(|word| word.len() + 1).sum());
    for word in words.into_iter().filter(|word| !word.is_empty()) {
        if !subject.is_empty() {
            subject.push(' ');
        }
        subject.push_str(word);
    }
    subject
}
