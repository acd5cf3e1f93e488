//! The servers connected to the driver socket, each with its own bounded queue.
//!
//! A server that asks faster than it reads is read no further until it has taken its answers. One that does not take
//! what changes fills its own queue and is dropped; nobody else waits for it.

use protocol::lexer::LineReader;
use protocol::{Effect, Level, LinkId};
use std::collections::VecDeque;

/// Most servers connected at a time. NUT's `upsd` needs one, `sockdebug` and friends some more.
pub const LINKS_LIMIT: usize = 32;

/// Most bytes that wait for one server, on top of what the shell holds for it. A whole dump of a
/// thousand variables is a tenth of it.
pub const BACKLOG_LIMIT: usize = 1 << 20;

/// Bytes of answers after which what a server asks further waits its turn.
const TURN: usize = 128 * 1024;

/// One connected server.
#[derive(Debug)]
pub(super) struct Link {
    pub id: LinkId,
    /// Requests, cut into lines and words.
    pub input: LineReader,
    /// Whether it wants to hear of changes (`BROADCAST`, `NOBROADCAST`).
    pub wants_broadcasts: bool,
    /// Whether it has said something that the driver does not know.
    pub has_been_odd: bool,
    /// What it has asked and waits its turn: the rest of one read, for nothing more is read meanwhile.
    waiting: Vec<u8>,
    is_paused: bool,
    out: Vec<u8>,
    is_full: bool,
    is_lost: bool,
}

impl Link {
    fn new(id: LinkId) -> Self {
        Self {
            id,
            input: LineReader::new(),
            wants_broadcasts: true,
            has_been_odd: false,
            waiting: Vec::new(),
            is_paused: false,
            out: Vec::new(),
            is_full: false,
            is_lost: false,
        }
    }

    /// Queues bytes for this server; beyond the bound the server is lost.
    pub fn queue(&mut self, bytes: &[u8]) {
        if self.is_lost {
            return;
        }
        if self.out.len() + bytes.len() > BACKLOG_LIMIT {
            self.is_lost = true;
            self.out = Vec::new();
            return;
        }
        self.out.extend_from_slice(bytes);
    }

    /// Whether what it asks has to wait for its turn.
    pub fn has_had_its_turn(&self) -> bool {
        self.out.len() >= TURN || !self.waiting.is_empty()
    }

    /// Has requests wait for the next turn.
    pub fn wait(&mut self, bytes: &[u8], effects: &mut VecDeque<Effect>) {
        self.waiting.extend_from_slice(bytes);
        if !std::mem::replace(&mut self.is_paused, true) {
            effects.push_back(Effect::Pause { link: self.id });
        }
    }

    /// Everything that it has asked is answered: it may ask more.
    pub fn go_on(&mut self, effects: &mut VecDeque<Effect>) {
        if std::mem::take(&mut self.is_paused) {
            effects.push_back(Effect::Resume { link: self.id });
        }
    }

    fn has_turn(&self) -> bool {
        !self.waiting.is_empty() && !self.is_full && !self.is_lost && self.out.is_empty()
    }

    /// Whether it has been given up.
    pub fn is_lost(&self) -> bool {
        self.is_lost
    }
}

/// All connected servers, in the order of their arrival.
#[derive(Debug, Default)]
pub(super) struct Links {
    links: Vec<Link>,
    has_news: bool,
    /// Whether the last one that came found no room.
    is_refusing: bool,
}

/// What becomes of a new server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Welcome {
    Taken,
    /// There is no room; `is_news` unless the one before it found none either.
    Refused {
        is_news: bool,
    },
}

impl Links {
    /// Takes a new server, or says that there is no room.
    pub fn accept(&mut self, id: LinkId) -> Welcome {
        if self.links.len() >= LINKS_LIMIT {
            return Welcome::Refused { is_news: !std::mem::replace(&mut self.is_refusing, true) };
        }
        self.is_refusing = false;
        self.links.push(Link::new(id));
        Welcome::Taken
    }

    pub fn remove(&mut self, id: LinkId) {
        self.links.retain(|link| link.id != id);
    }

    pub fn get(&mut self, id: LinkId) -> Option<&mut Link> {
        self.links.iter_mut().find(|link| link.id == id)
    }

    /// Queues bytes for one server.
    pub fn send(&mut self, id: LinkId, bytes: &[u8]) {
        self.has_news = true;
        if let Some(link) = self.get(id) {
            link.queue(bytes);
        }
    }

    /// Queues bytes for every server that wants to hear of changes.
    pub fn broadcast(&mut self, bytes: &[u8]) {
        for link in self.links.iter_mut().filter(|link| link.wants_broadcasts) {
            link.queue(bytes);
            self.has_news = true;
        }
    }

    /// Notes that the shell holds as much for this server as it is willing to.
    pub fn fill(&mut self, id: LinkId) {
        if let Some(link) = self.get(id) {
            link.is_full = true;
        }
    }

    /// Notes that the server has read what the shell held.
    pub fn drain(&mut self, id: LinkId) {
        if let Some(link) = self.get(id) {
            link.is_full = false;
            self.has_news = true;
        }
    }

    /// Whether a server that had to wait has its turn now.
    pub fn has_turn(&self) -> bool {
        self.links.iter().any(Link::has_turn)
    }

    /// What that server has asked; who comes after it has the next turn.
    pub fn take_turn(&mut self) -> Option<(LinkId, Vec<u8>)> {
        let at = self.links.iter().position(Link::has_turn)?;
        self.links[at..].rotate_left(1);
        let link = self.links.last_mut()?;
        Some((link.id, std::mem::take(&mut link.waiting)))
    }

    /// Whether any server hears of changes.
    pub fn has_listeners(&self) -> bool {
        self.links.iter().any(|link| link.wants_broadcasts)
    }

    /// Turns what is queued into one `Send` per server, and closes the lost ones.
    pub fn flush(&mut self, effects: &mut VecDeque<Effect>) {
        if !std::mem::take(&mut self.has_news) {
            return;
        }
        self.links.retain_mut(|link| {
            if link.is_lost {
                effects.push_back(Effect::Say {
                    level: Level::Warning,
                    text: "a server on the driver socket does not read, dropping it".to_owned(),
                });
                effects.push_back(Effect::Close { link: link.id });
                return false;
            }
            if !link.out.is_empty() && !link.is_full {
                effects.push_back(Effect::Send { link: link.id, bytes: std::mem::take(&mut link.out) });
            }
            true
        });
    }

    /// Says goodbye to one server: what is queued leaves first.
    pub fn close(&mut self, id: LinkId, effects: &mut VecDeque<Effect>) {
        self.flush(effects);
        self.remove(id);
        effects.push_back(Effect::Close { link: id });
    }
}
