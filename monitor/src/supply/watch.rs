//! The push connection: `WATCH ups`, tried once. A server that does not know it is polled for good.
//!
//! What is pushed acts at once: a changed status, or its loss. A heartbeat says that the last word
//! still holds; when it stops, the connection is made anew, and polling goes on meanwhile.

use super::Supply;
use crate::desk::Desk;
use crate::sight::Comm;
use protocol::lexer::LineReader;
use protocol::net::{ErrorCode, Reply, Request};
use protocol::{Endpoint, Instant, LinkId};
use std::time::Duration;

/// How long the connection may take to open and be answered.
const ANSWER_PATIENCE: Duration = Duration::from_secs(10);
/// Three heartbeats.
const SILENCE: Duration = Duration::from_secs(15);
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
    Asked { link: LinkId, reader: LineReader, answer_by: Instant },
    /// The server pushes.
    Live { link: LinkId, reader: LineReader, last_heard: Instant },
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
        let mut bytes = Vec::new();
        Request::Watch { ups: &self.monitored.address.ups }.emit(&mut bytes);
        desk.out.send(link, bytes);
        self.watch = Watch::Asked { link, reader: LineReader::new(), answer_by: desk.now + ANSWER_PATIENCE };
    }

    /// The push connection is gone; polling is not touched.
    pub(super) fn watch_lost(&mut self, desk: &mut Desk<'_>) {
        self.watch = Watch::Resting { retry_at: desk.now + AGAIN };
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
    pub(super) fn hear_push(&mut self, mut bytes: &[u8], desk: &mut Desk<'_>) {
        let (link, mut reader) = match &mut self.watch {
            Watch::Asked { link, reader, .. } | Watch::Live { link, reader, .. } => (*link, std::mem::take(reader)),
            _ => return,
        };
        while let Some(line) = reader.next_line(&mut bytes) {
            self.take_push(Reply::parse(line), desk);
            if self.watch.link() != Some(link) {
                return;
            }
        }
        if let Watch::Asked { reader: place, .. } | Watch::Live { reader: place, .. } = &mut self.watch {
            *place = reader;
        }
    }

    fn take_push(&mut self, reply: Reply<'_>, desk: &mut Desk<'_>) {
        let (Some(link), now) = (self.watch.link(), desk.now) else { return };
        let is_ours = |ups| protocol::names::same(ups, &self.monitored.address.ups);
        match reply {
            Reply::OkWatch => self.watch = Watch::Live { link, reader: LineReader::new(), last_heard: now },
            Reply::WatchVar { ups, var: "ups.status", value } if is_ours(ups) => {
                self.push_heard(now);
                self.pushed_at = Some(now);
                let had_alarm = self.sight.has.alarm;
                self.see(value, desk);
                if self.sight.has.alarm && !had_alarm {
                    self.ask_alarm(desk);
                }
            }
            Reply::WatchLost { ups, error } if is_ours(ups) => {
                self.push_heard(now);
                self.pushed_at = Some(now);
                self.lose(client::wording(error), desk);
            }
            Reply::WatchVar { .. } | Reply::WatchLost { .. } => self.push_heard(now),
            Reply::WatchAlive => self.push_heard(now),
            // It may know WATCH, only not this UPS yet.
            Reply::Err(ErrorCode::UnknownUps | ErrorCode::AccessDenied) => {
                desk.out.close(link);
                self.watch_lost(desk);
            }
            _ => {
                desk.out.close(link);
                self.watch = Watch::Unsupported;
            }
        }
    }

    fn push_heard(&mut self, now: Instant) {
        if let Watch::Live { last_heard, .. } = &mut self.watch {
            *last_heard = now;
        }
        // What was said last still holds.
        if matches!(self.sight.comm, Comm::InSight) {
            self.sight.last_heard = Some(now);
        }
    }
}
