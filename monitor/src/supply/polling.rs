//! The polling connection: opened, asked in time, and given up when no answer comes.
//!
//! What the answers mean is in [`answers`](super::answers).

use super::login::{Count, Login, Order};
use super::talk::{ANSWER_PATIENCE, Asked, Talk};
use super::{Conversation, Supply};
use crate::desk::Desk;
use protocol::net::Request;
use protocol::{Endpoint, Instant, LinkError, LinkId};
use std::time::Duration;

/// How long a connection may take to open (what NUT's tools wait).
const OPEN_PATIENCE: Duration = Duration::from_secs(10);
/// How often, at most, a primary counts its secondaries while it orders nothing.
const COUNT_EVERY: Duration = Duration::from_secs(10);

impl Supply {
    pub(super) fn polling_link(&self) -> Option<LinkId> {
        match &self.conversation {
            Conversation::Resting { .. } => None,
            Conversation::Opening { link, .. } => Some(*link),
            Conversation::Talking(talk) => Some(talk.link),
        }
    }

    pub(super) fn polling_deadline(&self) -> Option<Instant> {
        match &self.conversation {
            Conversation::Resting { retry_at } => Some(*retry_at),
            Conversation::Opening { give_up_at, .. } => Some(*give_up_at),
            Conversation::Talking(talk) => {
                // A poll waits for the answer to the one before.
                let poll = (!talk.waits_for(Asked::Status)).then_some(self.poll_at);
                Instant::first_of([talk.overdue_at(), talk.late_at(), self.login.retry_at(), poll])
            }
        }
    }

    pub(super) fn poll_in_time(&mut self, desk: &mut Desk<'_>) {
        // A server that trickles is not closed, and not heard either.
        if let Conversation::Talking(talk) = &mut self.conversation
            && talk.turns_late(desk.now)
            && talk.overdue_at().is_some_and(|at| at > desk.now)
        {
            self.lose(format!("Poll UPS [{}] failed - no whole answer in time", self.name()), desk);
        }
        match &self.conversation {
            Conversation::Resting { retry_at } if *retry_at <= desk.now => self.open(desk),
            Conversation::Opening { link, give_up_at } if *give_up_at <= desk.now => {
                desk.out.close(*link);
                self.conversation_lost(LinkError::TimedOut, desk);
            }
            Conversation::Talking(talk) if talk.overdue_at().is_some_and(|at| at <= desk.now) => {
                desk.out.close(talk.link);
                self.conversation_lost(LinkError::TimedOut, desk);
            }
            Conversation::Talking(talk) => {
                let poll = self.poll_at <= desk.now && !talk.waits_for(Asked::Status);
                let again = self.login.retry_at().is_some_and(|at| at <= desk.now);
                if again {
                    self.login = Login::Pending;
                    self.ask(desk, Self::ask_login);
                }
                if poll {
                    self.poll_at = desk.now + self.pace(desk);
                    self.ask(desk, Self::ask_status);
                    self.count_now_and_then(desk);
                }
            }
            Conversation::Resting { .. } | Conversation::Opening { .. } => {}
        }
    }

    /// A primary has to know whom to wait for before it has to wait.
    fn count_now_and_then(&mut self, desk: &mut Desk<'_>) {
        if self.is_primary() && self.order == Order::None && self.count_at <= desk.now {
            self.count_at = desk.now + COUNT_EVERY;
            self.ask_logins(desk);
        }
    }

    fn open(&mut self, desk: &mut Desk<'_>) {
        let server = &self.monitored.address.server;
        let link = desk.out.open(Endpoint::Tcp { host: server.host.clone(), port: server.port });
        self.conversation = Conversation::Opening { link, give_up_at: desk.now + OPEN_PATIENCE };
    }

    /// The connection is open: logs in, and asks for the status in the same breath.
    pub(super) fn start_talking(&mut self, link: LinkId, desk: &mut Desk<'_>) {
        self.conversation = Conversation::Talking(Box::new(Talk::new(link, desk.now, self.patience)));
        self.login = Login::default();
        self.poll_at = desk.now + self.pace(desk);
        self.ask(desk, |supply, talk, now| {
            talk.ask(Asked::Username, &Request::Username(&supply.monitored.user), now);
            talk.ask(Asked::Password, &Request::Password(&supply.monitored.password.0), now);
            supply.ask_login(talk, now);
            supply.ask_status(talk, now);
        });
        if self.order == Order::Pending {
            self.send_order(desk);
        }
    }

    /// Sends what `write` asks, in one write; nothing without an open connection.
    pub(super) fn ask(&mut self, desk: &mut Desk<'_>, write: impl FnOnce(&Self, &mut Talk, Instant)) {
        // Out of its place while the rest of the supply is read.
        let resting = Conversation::Resting { retry_at: desk.now };
        let mut conversation = std::mem::replace(&mut self.conversation, resting);
        if let Conversation::Talking(talk) = &mut conversation {
            write(self, talk, desk.now);
            if let Some(bytes) = talk.take_output() {
                desk.out.send(talk.link, bytes);
            }
        }
        self.conversation = conversation;
    }

    fn ask_login(&self, talk: &mut Talk, now: Instant) {
        let ups = &self.monitored.address.ups;
        talk.ask(Asked::Login, &Request::Login { ups }, now);
        if self.is_primary() {
            talk.ask(Asked::Primary, &Request::Primary { ups }, now);
        }
    }

    fn ask_status(&self, talk: &mut Talk, now: Instant) {
        let ups = &self.monitored.address.ups;
        talk.ask(Asked::Status, &Request::GetVar { ups, var: "ups.status" }, now);
        if self.sight.has.alarm {
            talk.ask(Asked::Alarm, &Request::GetVar { ups, var: "ups.alarm" }, now);
        }
    }

    /// The connection could not be opened, or has ended.
    pub(super) fn conversation_lost(&mut self, error: LinkError, desk: &mut Desk<'_>) {
        if let Conversation::Talking(talk) = &self.conversation {
            self.patience = if error == LinkError::TimedOut { talk.patience_after() } else { ANSWER_PATIENCE };
        }
        let name = self.name();
        match &self.conversation {
            Conversation::Opening { .. } => {
                let why = format!("UPS [{name}]: connect failed: Connection failure: {error}");
                self.talk_failed(why, desk);
                self.miss_an_answer(desk);
            }
            _ if error == LinkError::TimedOut => {
                self.talk_failed(format!("Poll UPS [{name}] failed - no answer in time"), desk);
            }
            // A server that was only restarted may be back at once: what the next attempt finds counts.
            // One that hangs up on us time and again is tried at the pace of polls, and one that never
            // answered is no server that was there.
            Conversation::Talking(talk)
                if self.doubt.is_younger_than(talk.since)
                    || talk.since + self.pace(desk) <= desk.now && self.was_told_in(talk) =>
            {
                self.forget_conversation(desk.now, desk);
                self.open(desk);
            }
            _ => self.talk_failed(format!("Poll UPS [{name}] failed - Server disconnected"), desk),
        }
    }

    /// Whether a status was heard in this conversation.
    fn was_told_in(&self, talk: &Talk) -> bool {
        self.polled_at.is_some_and(|asked_at| asked_at >= talk.since)
    }

    /// The conversation is over, and the UPS with it out of sight.
    pub(super) fn talk_failed(&mut self, why: String, desk: &mut Desk<'_>) {
        self.forget_conversation(desk.now, desk);
        self.lose(why, desk);
        self.conversation = Conversation::Resting { retry_at: desk.now + self.pace(desk) };
    }

    fn forget_conversation(&mut self, retry_at: Instant, desk: &mut Desk<'_>) {
        self.conversation = Conversation::Resting { retry_at };
        self.count = Count::Unknown;
        if self.order == Order::Sent {
            self.order = Order::Pending;
        }
        // What waits on the push connection may be the server's last word: it is read, and asked about.
        self.doubt(desk);
    }

    /// Ends the connection, politely.
    pub(super) fn log_out(&mut self, desk: &mut Desk<'_>) {
        match &self.conversation {
            Conversation::Talking(talk) => {
                let mut bytes = Vec::new();
                Request::Logout.emit(&mut bytes);
                desk.out.send(talk.link, bytes);
                desk.out.close(talk.link);
            }
            Conversation::Opening { link, .. } => desk.out.close(*link),
            Conversation::Resting { .. } => {}
        }
    }

    /// The monitor was held up: what waits for an answer waits anew.
    pub(super) fn excuse_answers(&mut self, now: Instant) {
        match &mut self.conversation {
            Conversation::Talking(talk) => talk.excuse_silence(now),
            Conversation::Opening { give_up_at, .. } => *give_up_at = now + OPEN_PATIENCE,
            Conversation::Resting { retry_at } => *retry_at = now,
        }
    }
}
