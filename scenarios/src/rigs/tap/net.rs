//! The net protocol, overheard: which reply answers which request, who is logged in, what is learnt.

use std::collections::VecDeque;

use protocol::lexer::LineReader;
use protocol::names;

use super::Ear;
use super::lane::Lane;
use crate::journal::{Answer, Direction, Login, Name, WireProtocol};

/// Requests that wait for their replies, at most: more is a client that does not listen.
const MOST_PENDING: usize = 8192;

/// One connection to a `upsd`.
#[derive(Debug)]
pub struct NetTap {
    client: Name,
    server: Name,
    requests: Lane,
    replies: Lane,
    /// Kinds of request seen on this connection; others refer to them by index.
    kinds: Vec<Request>,
    pending: VecDeque<u16>,
    /// The last reply to each kind of request, where a repeat of it says nothing new.
    last: Vec<Vec<u8>>,
    alive: bool,
    in_list: bool,
    logged_in: Vec<Name>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Request {
    Login(Name),
    Logout,
    Var(Name, Name),
    Other,
}

/// The server's heartbeat towards a client that watches.
const ALIVE: &[u8] = b"WATCH ALIVE\n";

impl NetTap {
    /// Between a client on host `client` and the server of host `server`.
    pub fn new(client: Name, server: Name) -> Self {
        Self {
            client,
            server,
            requests: Lane::default(),
            replies: Lane::default(),
            kinds: vec![Request::Other],
            pending: VecDeque::new(),
            last: vec![Vec::new()],
            alive: false,
            in_list: false,
            logged_in: Vec::new(),
        }
    }

    /// Bytes of either direction.
    pub fn hear(&mut self, direction: Direction, bytes: &[u8], ear: &mut Ear<'_>, journaled: bool) {
        match direction {
            Direction::Out => self.ask(bytes, ear, journaled),
            Direction::In => self.answer(bytes, ear, journaled),
        }
    }

    /// The connection is over: whoever was logged in through it is not any more.
    pub fn ended(&mut self, ear: &mut Ear<'_>) {
        for ups in std::mem::take(&mut self.logged_in) {
            ear.login(&self.server, &ups, &self.client, Login::Out);
        }
    }

    fn ask(&mut self, bytes: &[u8], ear: &mut Ear<'_>, journaled: bool) {
        if let Some(recent) = self.requests.recall(bytes).filter(|_| !ear.all) {
            if self.pending.len() < MOST_PENDING {
                self.pending.extend(&recent.kinds);
            }
            return;
        }
        let mut requests = std::mem::take(&mut self.requests);
        let mut kinds = Vec::new();
        let whole = requests.split(bytes, |line| {
            if journaled {
                ear.wire(WireProtocol::Net, Direction::Out, line);
            }
            kinds.push(self.kind(line));
        });
        if self.pending.len() < MOST_PENDING {
            self.pending.extend(&kinds);
        }
        if whole {
            requests.remember(bytes, kinds);
        }
        self.requests = requests;
    }

    fn answer(&mut self, bytes: &[u8], ear: &mut Ear<'_>, journaled: bool) {
        let front = self.pending.front().copied().map(usize::from);
        if !ear.all && !self.in_list && self.replies.is_whole() {
            if bytes == ALIVE && std::mem::replace(&mut self.alive, true) {
                return;
            }
            if front.is_some_and(|kind| self.last[kind] == bytes) {
                self.pending.pop_front();
                return;
            }
        }
        let mut replies = std::mem::take(&mut self.replies);
        let mut answered = 0;
        let mut repeats_say_nothing = true;
        let whole = replies.split(bytes, |line| {
            if journaled {
                ear.wire(WireProtocol::Net, Direction::In, line);
            }
            // What these mean depends on the request, so a repeat must be looked at again.
            repeats_say_nothing &= !line.starts_with(b"OK") && !line.starts_with(b"ERR");
            answered += usize::from(self.reply(line, ear));
        });
        if let Some(kind) = front {
            self.last[kind].clear();
            if whole && repeats_say_nothing && answered == 1 {
                self.last[kind].extend_from_slice(bytes);
            }
        }
        self.replies = replies;
    }

    fn kind(&mut self, line: &[u8]) -> u16 {
        let words = words(line);
        let word = |index: usize| words.get(index).map_or("", String::as_str);
        let request = if names::same(word(0), "LOGIN") {
            Request::Login(word(1).into())
        } else if names::same(word(0), "LOGOUT") {
            Request::Logout
        } else if names::same(word(0), "GET") && names::same(word(1), "VAR") {
            Request::Var(word(2).into(), word(3).into())
        } else {
            Request::Other
        };
        let known = self.kinds.iter().position(|kind| *kind == request);
        let place = known.unwrap_or_else(|| {
            self.kinds.push(request);
            self.last.push(Vec::new());
            self.kinds.len() - 1
        });
        u16::try_from(place).unwrap_or(0)
    }

    /// Takes in one line of a reply; says whether it completes an answer.
    fn reply(&mut self, line: &[u8], ear: &mut Ear<'_>) -> bool {
        let words = words(line);
        let word = |index: usize| words.get(index).map_or("", String::as_str);
        match word(0) {
            "BEGIN" => {
                self.in_list = true;
                return false;
            }
            "END" => self.in_list = false,
            "VAR" => {
                ear.learn(&self.server, word(1), word(2), Answer::Value(word(3).into()));
                if self.in_list {
                    return false;
                }
            }
            "WATCH" => {
                match word(1) {
                    "VAR" => ear.learn(&self.server, word(2), word(3), Answer::Value(word(4).into())),
                    "LOST" => ear.learn(&self.server, word(2), "ups.status", Answer::Error(word(3).into())),
                    _ => {}
                }
                return false;
            }
            _ if self.in_list => return false,
            _ => {}
        }
        let request = self.pending.pop_front().map(|kind| self.kinds[usize::from(kind)].clone());
        match (request, word(0)) {
            (Some(Request::Login(ups)), "OK") => {
                ear.login(&self.server, &ups, &self.client, Login::In);
                self.logged_in.push(ups);
            }
            (Some(Request::Logout), "OK") => self.ended(ear),
            (Some(Request::Var(ups, name)), "ERR") => {
                ear.learn(&self.server, &ups, &name, Answer::Error(word(1).into()));
            }
            _ => {}
        }
        true
    }
}

fn words(line: &[u8]) -> Vec<String> {
    let mut reader = LineReader::new();
    let mut input = line;
    let _ = reader.next_line(&mut input);
    reader.last_line().map(|line| line.words().map(|word| word.text.to_owned()).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::super::Learnt;
    use super::*;
    use crate::journal::What;
    use protocol::Instant;

    fn overheard(talk: &[(Direction, &str)]) -> Vec<What> {
        let mut tap = NetTap::new("box".into(), "nas".into());
        let (mut learnt, mut out) = (Learnt::default(), Vec::new());
        for (direction, bytes) in talk {
            let mut ear = Ear { link: 0, now: Instant::START, all: false, learnt: &mut learnt, out: &mut out };
            tap.hear(*direction, bytes.as_bytes(), &mut ear, false);
        }
        out
    }

    #[test]
    fn a_login_counts_once_the_server_says_ok_to_it() {
        use Direction::{In, Out};
        let out = overheard(&[
            (Out, "USERNAME a\nPASSWORD b\nLOGIN rack\n"),
            (In, "OK\nO"),
            (In, "K\n"),
            (In, "OK\n"),
            (Out, "LOGOUT\n"),
            (In, "OK Goodbye\n"),
        ]);
        let login = |event| What::Login { server: "nas".into(), ups: "rack".into(), host: "box".into(), event };
        assert_eq!(out, [login(Login::In), login(Login::Out)]);
    }

    #[test]
    fn an_error_is_learnt_of_the_variable_that_was_asked_for() {
        use Direction::{In, Out};
        let ask = (Out, "GET VAR rack ups.status\n");
        let out = overheard(&[
            ask,
            (In, "VAR rack ups.status \"OL\"\n"),
            ask,
            (In, "VAR rack ups.status \"OL\"\n"),
            ask,
            (In, "ERR DATA-STALE\n"),
        ]);
        let var = |is| What::Var { ups: "rack".into(), server: "nas".into(), name: "ups.status".into(), is };
        assert_eq!(out, [var(Answer::Value("OL".into())), var(Answer::Error("DATA-STALE".into()))]);
    }
}
