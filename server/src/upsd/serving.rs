//! Turns: what clients ask is answered piece by piece, so that none waits long for another.

use protocol::{Effect, LinkId};

use super::{LINE, TURN, Upsd};
use crate::failures::Fate;
use crate::requests::{self, Desk, Next};
use crate::session::Session;

impl Upsd {
    pub(super) fn receive(&mut self, link: LinkId, bytes: &[u8]) {
        if !link.is_accepted() {
            if let Some(at) = self.service.driver_said(link, bytes, self.now) {
                self.tell_watchers(at);
                let deadline = self.service.upses[at].link.deadline(self.service.max_age);
                deadline.into_iter().for_each(|at| self.wake_at(at));
            }
            return;
        }
        let Some(session) = self.sessions.get_mut(&link) else { return };
        session.heard = self.now;
        session.has_asked = true;
        if session.is_busy() {
            session.waiting.extend_from_slice(bytes);
        } else {
            self.serve(link, bytes);
        }
    }

    /// Reads nothing more of a session that is busy with what it asked: the network makes its peer wait.
    pub(super) fn pace(&mut self, link: LinkId) {
        match self.sessions.get_mut(&link).and_then(Session::turn) {
            Some(true) => self.service.effects.push_back(Effect::Pause { link }),
            Some(false) => self.service.effects.push_back(Effect::Resume { link }),
            None => {}
        }
    }

    /// Answers what is in `bytes`, for one turn.
    fn serve(&mut self, link: LinkId, mut bytes: &[u8]) {
        let Some(session) = self.sessions.get_mut(&link) else { return };
        // What is answered now was asked in time.
        session.heard = self.now;
        let mut reader = std::mem::take(&mut session.reader);
        let mut replies = Vec::with_capacity(LINE);
        let mut next = Next::Stay;
        let mut desk =
            Desk { service: &mut self.service, session, link, now: self.now, out: &mut replies, fate: Fate::Now };
        while next == Next::Stay && desk.session.held.is_none() && desk.out.len() < TURN {
            let Some(line) = reader.next_line(&mut bytes) else { break };
            next = requests::answer(&mut desk, line);
        }
        let is_endless = reader.is_endless();
        session.reader = reader;
        if !bytes.is_empty() && next == Next::Stay {
            session.waiting.extend_from_slice(bytes);
            self.ready.push_back(link);
        }
        let deadline = session.deadline();
        if !replies.is_empty() {
            self.service.send(link, replies);
        }
        if next == Next::Close {
            self.close(link);
        } else if is_endless {
            self.dismiss(link, "sends a line without an end");
        }
        self.pace(link);
        self.wake_at(deadline);
        if std::mem::take(&mut self.service.has_forced) {
            self.tell_all_watchers();
        }
    }

    /// Gives the sessions that wait their turn, once each.
    pub(super) fn serve_ready(&mut self) {
        for _ in 0..self.ready.len() {
            let Some(link) = self.ready.pop_front() else { return };
            let Some(session) = self.sessions.get_mut(&link) else { continue };
            // A full queue drains first; then its turn comes again.
            if !session.is_full() && session.held.is_none() {
                let waiting = std::mem::take(&mut session.waiting);
                self.serve(link, &waiting);
            }
        }
    }

    pub(super) fn drained(&mut self, link: LinkId) {
        if let Some(open) = self.service.position_of_driver(link).and_then(|at| self.service.upses[at].link.open_mut())
        {
            open.is_full = false;
            return self.wake_for_drivers();
        }
        let Some(session) = self.sessions.get_mut(&link) else { return };
        session.drain(self.now);
        if std::mem::take(&mut session.has_missed) {
            self.push_all(link);
        }
        if self.sessions.get(&link).is_some_and(|session| !session.waiting.is_empty()) {
            self.ready.push_back(link);
        }
        self.pace(link);
    }

    /// Some of a full queue has left.
    pub(super) fn draining(&mut self, link: LinkId) {
        self.sessions.get_mut(&link).into_iter().for_each(|session| session.take_some(self.now));
    }

    pub(super) fn filled(&mut self, link: LinkId) {
        if let Some(session) = self.sessions.get_mut(&link) {
            session.fill(self.now);
            let deadline = session.deadline();
            self.pace(link);
            self.wake_at(deadline);
        } else if let Some(at) = self.service.position_of_driver(link)
            && let Some(open) = self.service.upses[at].link.open_mut()
        {
            open.is_full = true;
        }
    }
}
