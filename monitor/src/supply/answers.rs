//! What the answers on the polling connection mean.

use super::login::Login;
use super::talk::{Asked, Question};
use super::{Conversation, Supply};
use crate::desk::Desk;
use protocol::net::{ErrorCode, Request};
use protocol::session::Answer;
use protocol::{Instant, Level};
use std::time::Duration;

/// How long after a refused login the next is tried: an operator may have mended it.
const LOGIN_AGAIN: Duration = Duration::from_secs(60);

impl Supply {
    /// Takes bytes from the polling connection.
    pub(super) fn hear(&mut self, bytes: &[u8], desk: &mut Desk<'_>) {
        let link = self.polling_link();
        let Conversation::Talking(talk) = &mut self.conversation else { return };
        let is_broken = talk.receive(bytes, desk.now).is_err();
        // An answer may end the conversation that it came on.
        while self.polling_link() == link
            && let Conversation::Talking(talk) = &mut self.conversation
            && let Some((question, answer)) = talk.next_answer(desk.now)
        {
            self.answered(question, answer, desk);
        }
        if is_broken && self.polling_link() == link {
            self.lost_step(desk);
        }
    }

    fn answered(&mut self, question: Question, answer: Answer, desk: &mut Desk<'_>) {
        match (question.asked, answer) {
            (Asked::Status, Answer::Value(value)) => self.status_answered(question.at, Ok(&value), desk),
            (Asked::Status, Answer::Err(code)) => self.status_answered(question.at, Err(code), desk),
            (Asked::Alarm, Answer::Value(text)) => self.alarm_answered(&text, desk),
            // Of a driver that is away the status is refused as well, and that is no news of the alarm.
            (Asked::Alarm, Answer::Err(code)) => {
                if !matches!(code, ErrorCode::DataStale | ErrorCode::DriverNotConnected) {
                    self.alarm_answered("", desk);
                }
            }
            (Asked::Login, Answer::Ok | Answer::Err(ErrorCode::AlreadyLoggedIn)) => self.login_granted(desk),
            (Asked::Login, Answer::Err(code)) => self.login_refused(code, desk),
            // Servers before protocol 1.3 know the old word only.
            (Asked::Primary, Answer::Err(_)) => self.ask(desk, |supply, talk, now| {
                talk.ask(Asked::Master, &Request::Master { ups: &supply.monitored.address.ups }, now);
            }),
            (Asked::Master, Answer::Err(code)) => self.rank_refused(code, desk),
            (
                Asked::Username | Asked::Password | Asked::Primary | Asked::Master | Asked::ForcedShutdown,
                Answer::Ok,
            ) => {}
            (Asked::Username | Asked::Password, Answer::Err(code)) => {
                let text = format!("UPS [{}]: user name or password not taken: ERR {code}", self.name());
                desk.out.say(Level::Warning, text);
            }
            (Asked::ForcedShutdown, Answer::Err(code)) => {
                desk.out.say(Level::Error, format!("FSD set on UPS {} failed: ERR {code}", self.name()));
            }
            (Asked::Logins, Answer::Number(count)) => self.counted(question.at, count, desk),
            (Asked::Clients, Answer::List(clients)) => {
                self.counted(question.at, u32::try_from(clients.len()).unwrap_or(u32::MAX), desk);
            }
            (Asked::Logins | Asked::Clients, Answer::Err(code)) => self.not_counted(question.asked, code, desk),
            _ => self.lost_step(desk),
        }
    }

    /// What came answers nothing that was asked: the two ends have lost step.
    fn lost_step(&mut self, desk: &mut Desk<'_>) {
        if let Some(link) = self.polling_link() {
            desk.out.close(link);
        }
        let why = format!("Poll UPS [{}] failed - Invalid response from server", self.name());
        self.talk_failed(why, desk);
    }

    fn status_answered(&mut self, asked_at: Instant, status: Result<&str, ErrorCode>, desk: &mut Desk<'_>) {
        self.polled_at = status.is_ok().then_some(asked_at);
        // What was pushed since the question is newer than its answer.
        if self.pushed_at.is_some_and(|pushed_at| pushed_at >= asked_at) {
            return;
        }
        match status {
            Ok(value) if !self.settles_doubt(value, asked_at, desk) => {}
            Ok(value) => self.see(value, desk),
            Err(code) => self.poll_failed(client::wording(code), desk),
        }
    }

    fn alarm_answered(&mut self, text: &str, desk: &mut Desk<'_>) {
        self.sight.hear_alarm(text, &mut self.news);
        self.tell_news(desk);
    }

    /// Asks what the alarm is about.
    pub(super) fn ask_alarm(&mut self, desk: &mut Desk<'_>) {
        self.ask(desk, |supply, talk, now| {
            let ups = &supply.monitored.address.ups;
            talk.ask(Asked::Alarm, &Request::GetVar { ups, var: "ups.alarm" }, now);
        });
    }

    fn login_granted(&mut self, desk: &mut Desk<'_>) {
        self.login = Login::Granted;
        self.refusal_told = None;
        desk.out.say(Level::Info, format!("Logged into UPS {}", self.name()));
    }

    /// The server does not count this host: loud, because a primary will not wait for it.
    fn login_refused(&mut self, code: ErrorCode, desk: &mut Desk<'_>) {
        self.login = Login::Refused { retry_at: desk.now + LOGIN_AGAIN };
        let text = format!("Login on UPS [{}] failed - got [ERR {code}]", self.name());
        self.raise_refusal(text, desk);
    }

    fn rank_refused(&mut self, code: ErrorCode, desk: &mut Desk<'_>) {
        let text = format!("Primary managerial privileges unavailable on UPS [{}]: ERR {code}", self.name());
        self.raise_refusal(text, desk);
    }

    /// Tells the operator, but no more often than of a UPS that cannot be seen.
    fn raise_refusal(&mut self, text: String, desk: &mut Desk<'_>) {
        let every = desk.config.no_comm_warn_every;
        if self.refusal_told.is_none_or(|told| desk.now >= told + every) {
            self.refusal_told = Some(desk.now);
            desk.out.say(Level::Notice, text);
            desk.notifier.notify_refusal(&self.monitored.system, desk.now, desk.config, desk.out);
        }
    }
}
