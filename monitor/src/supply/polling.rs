//! The polling connection: open it, log in, ask for the status, notice when no answer comes.

use super::login::{Count, Login, Order, Rank};
use super::talk::{Answer, Asked, Question, Talk};
use super::{Conversation, Supply};
use crate::desk::Desk;
use protocol::net::{ErrorCode, Request};
use protocol::{Endpoint, Instant, Level, LinkError, LinkId};
use std::time::Duration;

/// How long a connection may take to open (what NUT's tools wait).
const OPEN_PATIENCE: Duration = Duration::from_secs(10);
/// How long after a refused login the next is tried: an operator may have mended it.
const LOGIN_AGAIN: Duration = Duration::from_secs(60);

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
                let again = match self.login {
                    Login::Refused { retry_at, .. } => Some(retry_at),
                    Login::Pending | Login::Granted => None,
                };
                // A poll waits for the answer to the one before.
                let poll = (!talk.waits_for(Asked::Status)).then_some(self.poll_at);
                [talk.overdue_at(), again, poll].into_iter().flatten().min()
            }
        }
    }

    pub(super) fn poll_in_time(&mut self, desk: &mut Desk<'_>) {
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
                let again = matches!(self.login, Login::Refused { retry_at, .. } if retry_at <= desk.now);
                if again {
                    self.login = Login::Pending;
                }
                self.ask(desk, |supply, talk, now, bytes| {
                    if again {
                        supply.ask_login(talk, now, bytes);
                    }
                    if poll {
                        supply.ask_status(talk, now, bytes);
                    }
                });
                if poll {
                    self.poll_at = desk.now + self.pace(desk);
                }
            }
            Conversation::Resting { .. } | Conversation::Opening { .. } => {}
        }
    }

    fn open(&mut self, desk: &mut Desk<'_>) {
        let server = &self.monitored.address.server;
        let link = desk.out.open(Endpoint::Tcp { host: server.host.clone(), port: server.port });
        self.conversation = Conversation::Opening { link, give_up_at: desk.now + OPEN_PATIENCE };
    }

    pub(super) fn start_talking(&mut self, link: LinkId, desk: &mut Desk<'_>) {
        self.conversation = Conversation::Talking(Talk::new(link, desk.now));
        let again = std::mem::take(&mut self.login) == Login::Granted;
        // After a break the server may have lost its other logins as well.
        self.settled_at = if again { desk.now + desk.config.host_sync } else { self.settled_at };
        self.rank = Rank::default();
        self.poll_at = desk.now + self.pace(desk);
        self.ask(desk, |supply, talk, now, bytes| {
            let monitored = &supply.monitored;
            let user = Request::Username(&monitored.user);
            let password = Request::Password(&monitored.password.0);
            talk.ask(Asked::Username, user, now, bytes);
            talk.ask(Asked::Password, password, now, bytes);
            supply.ask_login(talk, now, bytes);
            supply.ask_status(talk, now, bytes);
        });
        if self.order == Order::Pending {
            self.send_order(desk);
        }
    }

    /// Sends what `write` asks, in one write.
    pub(super) fn ask(&mut self, desk: &mut Desk<'_>, write: impl FnOnce(&mut Self, &mut Talk, Instant, &mut Vec<u8>)) {
        let resting = Conversation::Resting { retry_at: desk.now };
        match std::mem::replace(&mut self.conversation, resting) {
            Conversation::Talking(mut talk) => {
                let mut bytes = Vec::new();
                write(self, &mut talk, desk.now, &mut bytes);
                if !bytes.is_empty() {
                    desk.out.send(talk.link, bytes);
                }
                self.conversation = Conversation::Talking(talk);
            }
            other => self.conversation = other,
        }
    }

    fn ask_login(&mut self, talk: &mut Talk, now: Instant, bytes: &mut Vec<u8>) {
        let ups = &self.monitored.address.ups;
        talk.ask(Asked::Login, Request::Login { ups }, now, bytes);
        if self.is_primary() {
            talk.ask(Asked::Primary, Request::Primary { ups }, now, bytes);
        }
    }

    fn ask_status(&mut self, talk: &mut Talk, now: Instant, bytes: &mut Vec<u8>) {
        let ups = &self.monitored.address.ups;
        talk.ask(Asked::Status, Request::GetVar { ups, var: "ups.status" }, now, bytes);
        if self.sight.has.alarm {
            talk.ask(Asked::Alarm, Request::GetVar { ups, var: "ups.alarm" }, now, bytes);
        }
    }

    /// Takes bytes from the polling connection.
    pub(super) fn hear(&mut self, mut bytes: &[u8], desk: &mut Desk<'_>) {
        let Conversation::Talking(talk) = &mut self.conversation else { return };
        let link = talk.link;
        let mut reader = std::mem::take(&mut talk.reader);
        while let Some(line) = reader.next_line(&mut bytes) {
            match &mut self.conversation {
                Conversation::Talking(talk) if talk.link == link => {
                    if let Some((question, answer)) = talk.take(line) {
                        self.answered(question, answer, desk);
                    }
                }
                // What the line before said has ended this conversation.
                _ => return,
            }
        }
        if let Conversation::Talking(talk) = &mut self.conversation {
            talk.reader = reader;
        }
    }

    fn answered(&mut self, question: Question, answer: Answer<'_>, desk: &mut Desk<'_>) {
        match (question.asked, answer) {
            (_, Answer::Odd) => {
                if let Some(link) = self.polling_link() {
                    desk.out.close(link);
                }
                self.talk_failed("Invalid response from server", desk);
            }
            (Asked::Status, answer) => self.status_answered(question.at, answer, desk),
            (Asked::Alarm, answer) => {
                let text = if let Answer::Value(text) = answer { text } else { "" };
                self.sight.hear_alarm(text, &mut self.news);
                self.tell_news(desk);
            }
            (Asked::Login, Answer::Done | Answer::Refused(ErrorCode::AlreadyLoggedIn)) => self.login_granted(desk),
            (Asked::Login, Answer::Refused(code)) => self.login_refused(code, desk),
            (Asked::Primary | Asked::Master, Answer::Done) => self.rank = Rank::Primary,
            (Asked::Primary, _) => {
                // Servers before protocol 1.3 know the old word only.
                self.ask(desk, |supply, talk, now, bytes| {
                    talk.ask(Asked::Master, Request::Master { ups: &supply.monitored.address.ups }, now, bytes);
                });
            }
            (Asked::Master, Answer::Refused(code)) => self.rank_refused(code, desk),
            (Asked::Username | Asked::Password, Answer::Refused(code)) => {
                desk.out.say(Level::Warning, format!("UPS [{}]: user name or password not taken: {code}", self.name()));
            }
            (Asked::ForcedShutdown, Answer::Refused(code)) => {
                desk.out.say(Level::Error, format!("FSD set on UPS {} failed: ERR {code}", self.name()));
            }
            (Asked::Logins | Asked::Clients, answer) => self.counted(question.asked, answer, desk),
            _ => {}
        }
    }

    fn status_answered(&mut self, asked_at: Instant, answer: Answer<'_>, desk: &mut Desk<'_>) {
        // What was pushed since the question is newer than its answer.
        if self.pushed_at.is_some_and(|pushed_at| pushed_at >= asked_at) {
            return;
        }
        match answer {
            Answer::Value(value) => {
                let had_alarm = self.sight.has.alarm;
                self.see(value, desk);
                if self.sight.has.alarm && !had_alarm {
                    self.ask_alarm(desk);
                }
            }
            Answer::Refused(code) => self.lose(client::wording(code), desk),
            Answer::Done | Answer::Count(_) | Answer::Odd => {}
        }
    }

    pub(super) fn ask_alarm(&mut self, desk: &mut Desk<'_>) {
        self.ask(desk, |supply, talk, now, bytes| {
            let ups = &supply.monitored.address.ups;
            talk.ask(Asked::Alarm, Request::GetVar { ups, var: "ups.alarm" }, now, bytes);
        });
    }

    fn login_granted(&mut self, desk: &mut Desk<'_>) {
        self.login = Login::Granted;
        self.login_told = None;
        desk.out.say(Level::Info, format!("Logged into UPS {}", self.name()));
    }

    /// The server does not count this host: loud, because a primary will not wait for it.
    fn login_refused(&mut self, code: ErrorCode, desk: &mut Desk<'_>) {
        self.login = Login::Refused { code, retry_at: desk.now + LOGIN_AGAIN };
        desk.out.say(Level::Notice, format!("Login on UPS [{}] failed - got [ERR {code}]", self.name()));
        self.raise_refusal(desk);
    }

    fn rank_refused(&mut self, code: ErrorCode, desk: &mut Desk<'_>) {
        self.rank = Rank::Refused { code };
        let name = self.name();
        desk.out.say(Level::Notice, format!("Primary managerial privileges unavailable on UPS [{name}]: ERR {code}"));
        self.raise_refusal(desk);
    }

    fn raise_refusal(&mut self, desk: &mut Desk<'_>) {
        let every = desk.config.no_comm_warn_every;
        if self.login_told.is_some_and(|told| desk.now < told + every) {
            return;
        }
        self.login_told = Some(desk.now);
        desk.notifier.notify_refusal(&self.monitored.system, desk.config, desk.out);
    }

    pub(super) fn conversation_lost(&mut self, error: LinkError, desk: &mut Desk<'_>) {
        match self.conversation {
            Conversation::Opening { .. } => self.talk_failed(&format!("connect failed: {error}"), desk),
            // A server that was only restarted may be back at once: what the next attempt finds counts.
            Conversation::Talking(ref talk)
                if error != LinkError::TimedOut && talk.since + self.pace(desk) <= desk.now =>
            {
                self.forget_conversation(desk.now, desk);
                self.open(desk);
            }
            _ if error == LinkError::TimedOut => self.talk_failed("no answer in time", desk),
            _ => self.talk_failed("Server disconnected", desk),
        }
    }

    /// The conversation is over, and the UPS with it out of sight.
    fn talk_failed(&mut self, why: &str, desk: &mut Desk<'_>) {
        self.forget_conversation(desk.now + self.pace(desk), desk);
        self.lose(why, desk);
    }

    fn forget_conversation(&mut self, retry_at: Instant, desk: &mut Desk<'_>) {
        self.conversation = Conversation::Resting { retry_at };
        self.count = Count::Unknown;
        if self.order == Order::Sent {
            self.order = Order::Pending;
        }
        self.drop_watch(desk);
    }

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

    pub(super) fn excuse_answers(&mut self, now: Instant) {
        match &mut self.conversation {
            Conversation::Talking(talk) => talk.excuse_silence(now),
            Conversation::Opening { give_up_at, .. } => *give_up_at = now + OPEN_PATIENCE,
            Conversation::Resting { retry_at } => *retry_at = now,
        }
    }
}
