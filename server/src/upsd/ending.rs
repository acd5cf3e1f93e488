//! Ends of sessions, whoever ends them.

use protocol::net::Reply;
use protocol::{Effect, Level, LinkId};

use super::Upsd;
use crate::session::Overdue;
use crate::ups::Ups;

impl Upsd {
    /// Ends a session with a reason for the log.
    pub(super) fn dismiss(&mut self, link: LinkId, reason: &str) {
        if let Some(session) = self.sessions.get(&link) {
            let text = format!("{} {reason}: disconnected", session.address);
            self.service.say(Level::Notice, text);
            self.close(link);
        }
    }

    pub(super) fn close(&mut self, link: LinkId) {
        self.forget(link);
        self.service.effects.push_back(Effect::Close { link });
    }

    /// Takes a session that has ended out of everything that knows it.
    pub(super) fn forget(&mut self, link: LinkId) {
        let Some(session) = self.sessions.remove(&link) else { return };
        self.service.detail(|| format!("{} is gone", session.address));
        for id in session.watches.iter().map(|watch| watch.ups).chain(session.login) {
            let Some(ups) = self.service.ups_mut(id) else { continue };
            ups.watchers.retain(|&watcher| watcher != link);
            ups.logins.retain(|login| login.session != link);
        }
        if session.login.is_some() {
            let text = format!("{} at {} logged out", session.credentials.shown_name(), session.address);
            self.service.say(Level::Info, text);
        }
    }

    /// A UPS that the configuration no longer has: whoever hangs on it must not think it is watched.
    pub(super) fn remove(&mut self, ups: &Ups) {
        if let Some(link) = ups.link.link() {
            self.service.effects.push_back(Effect::Close { link });
        }
        let sessions = ups.logins.iter().map(|login| login.session).chain(ups.watchers.iter().copied());
        for link in sessions.collect::<Vec<_>>() {
            self.dismiss(link, &format!("hangs on {}, which is no longer configured", ups.config.name));
        }
    }

    /// Ends the sessions whose time is over, and gives watchers a sign of life.
    pub(super) fn tend_sessions(&mut self) {
        let overdue: Vec<(LinkId, Overdue)> =
            self.sessions.iter().filter_map(|(&link, session)| Some((link, session.overdue(self.now)?))).collect();
        for (link, why) in overdue {
            match why {
                // Half the field's clients just fall silent: not worth an operator's attention.
                Overdue::Idle => self.close(link),
                Overdue::Unread => self.dismiss(link, "does not take its answers"),
            }
        }
        for (&link, session) in &mut self.sessions {
            if let Some(held) = session.held.take_if(|held| held.until <= self.now) {
                self.service.effects.push_back(Effect::Send { link, bytes: held.bytes });
                self.ready.push_back(link);
            }
            if session.wants_heartbeat(self.now) {
                session.pushed = self.now;
                let mut bytes = Vec::new();
                Reply::WatchAlive.emit(&mut bytes);
                self.service.effects.push_back(Effect::Send { link, bytes });
            }
        }
    }
}
