//! The push connection: `WATCH ups`, tried once. A server that does not know it is polled for good.
//!
//! What is pushed acts at once: a changed status, or its loss. A heartbeat says that the last word
//! still holds; when it stops, the connection is made anew, and polling goes on meanwhile.
//!
//! On line power a heartbeat also stands in for a poll: the next one is asked when a heartbeat is
//! late, and every [`CHECK`] in any case, so that the login stays alive and a push that went astray
//! is noticed. On battery both go on: what a shutdown hangs on is heard twice.

use super::Supply;
use super::login::Order;
use crate::desk::Desk;
use crate::sight::{Comm, Line};
use protocol::net::{ErrorCode, Request, WATCH_HEARTBEAT};
use protocol::session::{Answer, Incoming, Push, Session};
use protocol::{Endpoint, Instant, LinkId};
use std::time::Duration;

/// How long the connection may take to open and be answered.
const ANSWER_PATIENCE: Duration = Duration::from_secs(10);
/// Three heartbeats.
const SILENCE: Duration = Duration::from_secs(15);
/// A heartbeat that takes so much longer than it should is missed.
const LATE: Duration = Duration::from_secs(1);
/// The polling connection is used at least so often (a server drops who says nothing for a minute).
const CHECK: Duration = Duration::from_secs(30);
/// How long after a failure it is tried again.
const AGAIN: Duration = Duration::from_secs(5);

/// The push connection's state.
#[derive(Debug, Default)]
pub(super) enum Watch {
    /// None yet, or none at the moment; not opened before this instant.
    #[default]
    Idle,
    /// After a failure.
    Resting { retry_at: Instant },
    /// Being opened.
    Opening { link: LinkId, give_up_at: Instant },
    /// Open; the server has not agreed yet.
    Asked { link: LinkId, session: Session, answer_by: Instant },
    /// The server pushes; whether its heart has been heard to beat.
    Live { link: LinkId, session: Session, last_heard: Instant, beats: bool },
    /// The server does not push.
    Unsupported,
}

impl Watch {
    pub(super) fn link(&self) -> Option<LinkId> {
        match self {
            Self::Idle | Self::Resting { .. } | Self::Unsupported => None,
            Self::Opening { link, .. } | Self::Asked { link, .. } | Self::Live { link, .. } => Some(*link),
        }
    }

    pub(super) fn deadline(&self) -> Option<Instant> {
        match self {
            // A resting watch is opened by the next status, not by the clock.
            Self::Idle | Self::Resting { .. } | Self::Unsupported => None,
            Self::Opening { give_up_at, .. } => Some(*give_up_at),
            Self::Asked { answer_by, .. } => Some(*answer_by),
            Self::Live { last_heard, .. } => Some(*last_heard + SILENCE),
        }
    }

    fn session(&mut self) -> Option<&mut Session> {
        match self {
            Self::Asked { session, .. } | Self::Live { session, .. } => Some(session),
            Self::Idle | Self::Resting { .. } | Self::Opening { .. } | Self::Unsupported => None,
        }
    }

    pub(super) fn excuse_silence(&mut self, now: Instant) {
        match self {
            Self::Opening { give_up_at: until, .. } | Self::Asked { answer_by: until, .. } => {
                *until = now + ANSWER_PATIENCE;
            }
            Self::Live { last_heard, .. } => *last_heard = now,
            Self::Idle | Self::Resting { .. } | Self::Unsupported => {}
        }
    }
}

impl Supply {
    /// Opens the push connection, where that makes sense now.
    pub(super) fn open_watch(&mut self, desk: &mut Desk<'_>) {
        let ready = match self.watch {
            Watch::Idle => true,
            Watch::Resting { retry_at } => retry_at <= desk.now,
            _ => false,
        };
        if ready {
            let server = &self.monitored.address.server;
            let link = desk.out.open(Endpoint::Tcp { host: server.host.clone(), port: server.port });
            self.watch = Watch::Opening { link, give_up_at: desk.now + ANSWER_PATIENCE };
        }
    }

    pub(super) fn start_watching(&mut self, desk: &mut Desk<'_>) {
        let Watch::Opening { link, .. } = self.watch else { return };
        let mut session = Session::new();
        session.ask(&Request::Watch { ups: &self.monitored.address.ups });
        desk.out.send(link, session.take_output().unwrap_or_default());
        self.watch = Watch::Asked { link, session, answer_by: desk.now + ANSWER_PATIENCE };
    }

    /// The push connection is gone; polling is not touched.
    pub(super) fn watch_lost(&mut self, desk: &mut Desk<'_>) {
        self.watch = Watch::Resting { retry_at: desk.now + AGAIN };
        self.hurry(desk);
    }

    /// Makes the push connection anew, so that nothing comes from the old one any more.
    pub(super) fn renew_watch(&mut self, desk: &mut Desk<'_>) {
        if !matches!(self.watch, Watch::Unsupported) {
            self.drop_watch(desk);
            self.watch = Watch::Idle;
        }
    }

    /// Closes the push connection; it is opened again once the UPS is in sight.
    pub(super) fn drop_watch(&mut self, desk: &mut Desk<'_>) {
        if let Some(link) = self.watch.link() {
            desk.out.close(link);
            self.watch = Watch::Idle;
        }
    }

    pub(super) fn watch_in_time(&mut self, desk: &mut Desk<'_>) {
        if self.watch.deadline().is_some_and(|at| at <= desk.now) {
            self.drop_watch(desk);
            self.watch_lost(desk);
        }
    }

    /// Takes bytes from the push connection.
    pub(super) fn hear_push(&mut self, bytes: &[u8], desk: &mut Desk<'_>) {
        let link = self.watch.link();
        let is_broken = match self.watch.session() {
            Some(session) => session.receive(bytes).is_err(),
            None => return,
        };
        // What is pushed may end the connection that it came on.
        while self.watch.link() == link
            && let Some(incoming) = self.watch.session().and_then(Session::poll)
        {
            match incoming {
                Incoming::Answer { answer, .. } => self.watch_answered(answer, desk),
                Incoming::Push(push) => self.take_push(push, desk),
            }
        }
        if is_broken && self.watch.link() == link {
            self.give_up_watch(desk);
        }
    }

    fn watch_answered(&mut self, answer: Answer, desk: &mut Desk<'_>) {
        match (answer, std::mem::take(&mut self.watch)) {
            (Answer::Ok, Watch::Asked { link, session, .. }) => {
                self.watch = Watch::Live { link, session, last_heard: desk.now, beats: false };
            }
            // It may know WATCH, only not this UPS yet.
            (Answer::Err(ErrorCode::UnknownUps | ErrorCode::AccessDenied), watch) => {
                self.watch = watch;
                self.drop_watch(desk);
                self.watch_lost(desk);
            }
            (_, watch) => {
                self.watch = watch;
                self.give_up_watch(desk);
            }
        }
    }

    fn take_push(&mut self, push: Push, desk: &mut Desk<'_>) {
        let Watch::Live { last_heard, beats, .. } = &mut self.watch else { return };
        let heard_before = std::mem::replace(last_heard, desk.now);
        let beat_before = std::mem::replace(beats, *beats || push == Push::Alive);
        // After a heartbeat that was missed, what comes may have waited on its way.
        if beat_before && desk.now > heard_before + WATCH_HEARTBEAT + LATE {
            self.doubt(desk);
        }
        let is_ours = |ups: &str| protocol::names::same(ups, &self.monitored.address.ups);
        match push {
            Push::Var { ups, var, value } if is_ours(&ups) && protocol::names::same(&var, "ups.status") => {
                if self.doubt.is_on() {
                    return self.hold(&value, desk);
                }
                self.pushed_at = Some(desk.now);
                self.see(&value, desk);
            }
            Push::Lost { ups, error } if is_ours(&ups) => {
                self.pushed_at = Some(desk.now);
                self.poll_failed(client::wording(error), desk);
            }
            // What was said last still holds.
            Push::Alive if matches!(self.sight.comm, Comm::InSight) && !self.doubt.is_on() => {
                self.sight.last_heard = Some(desk.now);
                self.put_off_poll(desk);
            }
            Push::Var { .. } | Push::Lost { .. } | Push::Alive => {}
        }
    }

    /// Lets a heartbeat stand in for the next poll, where heartbeats come as often as polls would.
    fn put_off_poll(&mut self, desk: &Desk<'_>) {
        let Some(polled_at) = self.polled_at else { return };
        let is_calm = self.sight.line == Line::OnLine && self.order == Order::None;
        if is_calm && desk.config.poll_every >= WATCH_HEARTBEAT {
            let missed = desk.now + WATCH_HEARTBEAT + LATE;
            self.poll_at = self.poll_at.max(missed.min(polled_at + CHECK));
        }
    }

    /// The server does not push: it is polled for good.
    fn give_up_watch(&mut self, desk: &mut Desk<'_>) {
        self.drop_watch(desk);
        self.watch = Watch::Unsupported;
    }
}
