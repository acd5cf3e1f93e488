//! A server in a few lines: one UPS, named in whatever is asked. It answers in the order of the
//! questions, and pushes only when a script says that it can.

use protocol::LinkId;
use std::collections::{BTreeMap, BTreeSet};

pub struct Server {
    status: String,
    error: Option<String>,
    up: bool,
    mute: bool,
    silent: bool,
    /// The way to them is cut, both ways.
    cut: BTreeSet<LinkId>,
    pushes: bool,
    shows_polls: bool,
    fsd: bool,
    logins: u32,
    denied: BTreeSet<String>,
    links: BTreeMap<LinkId, String>,
    watching: BTreeSet<LinkId>,
}

#[derive(Default)]
pub struct Consequences {
    pub sent: Vec<(LinkId, Vec<u8>)>,
    pub closed: Vec<LinkId>,
    pub worth_telling: Vec<String>,
}

impl Default for Server {
    fn default() -> Self {
        Self {
            status: "OL".into(),
            error: None,
            up: true,
            mute: false,
            silent: false,
            cut: BTreeSet::new(),
            pushes: false,
            shows_polls: false,
            fsd: false,
            logins: 1,
            denied: BTreeSet::new(),
            links: BTreeMap::new(),
            watching: BTreeSet::new(),
        }
    }
}

impl Server {
    pub fn act(&mut self, what: &str) -> Consequences {
        let (verb, rest) = what.split_once(' ').unwrap_or((what, ""));
        let mut consequences = Consequences::default();
        match verb {
            "says" => {
                (self.status, self.error) = (rest.to_owned(), None);
                let push = format!("WATCH VAR rack ups.status \"{}\"\n", self.status());
                consequences.sent = self.watching.iter().map(|link| (*link, push.clone().into_bytes())).collect();
            }
            "refuses" => {
                self.error = Some(rest.to_owned());
                let push = format!("WATCH LOST rack {rest}\n");
                consequences.sent = self.watching.iter().map(|link| (*link, push.clone().into_bytes())).collect();
            }
            "orders" => {
                let push = b"WATCH VAR rack ups.status \"FSD\"\n";
                consequences.sent = self.watching.iter().map(|link| (*link, push.to_vec())).collect();
            }
            "down" => {
                self.up = false;
                self.watching.clear();
                consequences.closed = std::mem::take(&mut self.links).into_keys().collect();
            }
            "up" => self.up = true,
            "silent" => self.silent = true,
            "hangs" => {
                self.watching.clear();
                consequences.closed = std::mem::take(&mut self.links).into_keys().collect();
            }
            "mute" => self.mute = true,
            "forgets" => {
                self.watching.clear();
                self.cut.extend(self.links.keys());
            }
            "talks" => self.mute = false,
            "pushes" => self.pushes = true,
            "shows" => self.shows_polls = true,
            "lives" => {
                consequences.sent = self.watching.iter().map(|link| (*link, b"WATCH ALIVE\n".to_vec())).collect();
            }
            "logins" => self.logins = rest.parse().unwrap(),
            "denies" => drop(self.denied.insert(rest.to_owned())),
            "grants" => drop(self.denied.remove(rest)),
            "garbles" => consequences.sent = self.links.keys().map(|link| (*link, unescape(rest))).collect(),
            other => panic!("a server does not {other}"),
        }
        consequences
    }

    /// Whether a connection is taken; `None` when nothing is ever heard of it.
    pub fn open(&mut self, link: LinkId) -> Option<bool> {
        if self.mute {
            return None;
        }
        if self.up {
            self.links.insert(link, String::new());
        }
        Some(self.up)
    }

    /// An open link, by whether something is pushed on it.
    pub fn link(&self, watch: bool) -> Option<LinkId> {
        self.links.keys().copied().find(|link| self.watching.contains(link) == watch)
    }

    pub fn close(&mut self, link: LinkId) {
        self.links.remove(&link);
        self.watching.remove(&link);
    }

    pub fn receive(&mut self, link: LinkId, bytes: &[u8]) -> Consequences {
        let mut consequences = Consequences::default();
        let Some(text) = self.links.get_mut(&link) else { return consequences };
        text.push_str(std::str::from_utf8(bytes).unwrap());
        let requests: Vec<String> = std::mem::take(text).lines().map(str::to_owned).collect();
        let mut answers = String::new();
        for request in requests {
            let is_poll = ["GET", "USERNAME", "PASSWORD", "LIST"].iter().any(|verb| request.starts_with(verb));
            let answer = self.answer(link, &request);
            if !is_poll || (self.shows_polls && request.starts_with("GET VAR")) {
                consequences.worth_telling.push(request);
            }
            answers.push_str(&answer);
            answers.push('\n');
        }
        if !self.mute && !self.silent && !self.cut.contains(&link) {
            consequences.sent.push((link, answers.into_bytes()));
        }
        consequences
    }

    fn answer(&mut self, link: LinkId, request: &str) -> String {
        let words: Vec<&str> = request.split(' ').collect();
        if self.denied.contains(words[0]) {
            return "ERR ACCESS-DENIED".into();
        }
        match (words[0], words.get(1).copied().unwrap_or("")) {
            ("GET", "VAR") => match &self.error {
                Some(error) => format!("ERR {error}"),
                None if words[3] == "ups.alarm" => format!("VAR {} ups.alarm \"Replace battery!\"", words[2]),
                None => format!("VAR {} ups.status \"{}\"", words[2], self.status()),
            },
            ("GET", "NUMLOGINS") => match &self.error {
                Some(error) => format!("ERR {error}"),
                None => format!("NUMLOGINS {} {}", words[2], self.logins),
            },
            ("LIST", "CLIENT") => {
                let ups = words[2];
                let clients = format!("CLIENT {ups} 192.0.2.1\n").repeat(self.logins as usize);
                format!("BEGIN LIST CLIENT {ups}\n{clients}END LIST CLIENT {ups}")
            }
            ("USERNAME" | "PASSWORD" | "LOGIN", _) => "OK".into(),
            ("PRIMARY", _) => "OK PRIMARY-GRANTED".into(),
            ("MASTER", _) => "OK MASTER-GRANTED".into(),
            ("FSD", _) => {
                self.fsd = true;
                "OK FSD-SET".into()
            }
            ("WATCH", ups) if self.pushes => {
                self.watching.insert(link);
                format!("OK WATCH\nWATCH VAR {ups} ups.status \"{}\"", self.status())
            }
            ("LOGOUT", _) => "OK Goodbye".into(),
            _ => "ERR UNKNOWN-COMMAND".into(),
        }
    }

    fn status(&self) -> String {
        if self.fsd { format!("FSD {}", self.status) } else { self.status.clone() }
    }
}

fn unescape(text: &str) -> Vec<u8> {
    text.replace("\\n", "\n").into_bytes()
}
