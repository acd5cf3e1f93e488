//! The engine: hands every event to its driver, its session or the shared state, and lets no
//! session hold up another.
//!
//! A session is answered for [`TURN`] bytes of replies at a time; what it asked beyond that waits
//! its turn behind the other sessions, and waits altogether while its queue is full.

use std::collections::{BTreeMap, VecDeque};

use protocol::net::Reply;
use protocol::{Effect, Engine, Event, Instant, Level, LinkId, Peer, Signal};

use crate::config::Config;
use crate::requests::{self, Desk, Next};
use crate::service::Service;
use crate::session::{MAX_UNFINISHED, MAX_WAITING, Overdue, Session};
use crate::tracking::Tracking;
use crate::ups::Ups;

/// Bytes of replies after which a session's further requests wait their turn: a few of the
/// largest lists.
const TURN: usize = 128 * 1024;

/// The server.
pub struct Upsd {
    service: Service,
    sessions: BTreeMap<LinkId, Session>,
    /// Sessions with requests whose turn comes next.
    ready: VecDeque<LinkId>,
    /// No later than anything that is due for a driver, a session or a record.
    due: Option<Instant>,
    now: Instant,
}

impl Upsd {
    /// A server with a checked configuration; `bits` are random.
    #[must_use]
    pub fn new(config: Config, bits: [u64; 2]) -> Self {
        let mut service = Service::new(config, Tracking::new(bits));
        service.tend_drivers(Instant::START);
        let due = service.drivers_deadline();
        Self { service, sessions: BTreeMap::new(), ready: VecDeque::new(), due, now: Instant::START }
    }

    fn accept(&mut self, link: LinkId, peer: Peer) {
        let address = match peer {
            Peer::Tcp(address) => address.into(),
            Peer::Unix => "localhost".into(),
        };
        let session = Session::new(address, self.now);
        self.wake_at(session.deadline());
        self.sessions.insert(link, session);
    }

    fn receive(&mut self, link: LinkId, bytes: &[u8]) {
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
        if session.waiting.is_empty() && !session.is_full() {
            self.serve(link, bytes);
        } else if session.waiting.len() + bytes.len() <= MAX_WAITING {
            session.waiting.extend_from_slice(bytes);
        } else {
            self.dismiss(link, "asks more than it takes answers for");
        }
    }

    /// Answers what is in `bytes`, for one turn.
    fn serve(&mut self, link: LinkId, mut bytes: &[u8]) {
        let Some(session) = self.sessions.get_mut(&link) else { return };
        let mut reader = std::mem::take(&mut session.reader);
        let mut replies = Vec::new();
        let mut next = Next::Stay;
        let mut desk = Desk { service: &mut self.service, session, link, now: self.now, out: &mut replies };
        while next == Next::Stay && desk.out.len() < TURN {
            let before = bytes.len();
            let Some(line) = reader.next_line(&mut bytes) else {
                desk.session.unfinished += before;
                break;
            };
            desk.session.unfinished = 0;
            next = requests::answer(&mut desk, line);
        }
        session.reader = reader;
        let is_endless = session.unfinished > MAX_UNFINISHED;
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
        self.wake_at(deadline);
        if std::mem::take(&mut self.service.has_forced) {
            self.tell_all_watchers();
        }
    }

    /// Gives the sessions that wait their turn, once each.
    fn serve_ready(&mut self) {
        for _ in 0..self.ready.len() {
            let Some(link) = self.ready.pop_front() else { return };
            let Some(session) = self.sessions.get_mut(&link) else { continue };
            // A full queue drains first; then its turn comes again.
            if !session.is_full() {
                let waiting = std::mem::take(&mut session.waiting);
                self.serve(link, &waiting);
            }
        }
    }

    fn drained(&mut self, link: LinkId) {
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
    }

    fn filled(&mut self, link: LinkId) {
        if let Some(session) = self.sessions.get_mut(&link) {
            session.fill(self.now);
            let deadline = session.deadline();
            self.wake_at(deadline);
        } else if let Some(at) = self.service.position_of_driver(link)
            && let Some(open) = self.service.upses[at].link.open_mut()
        {
            open.is_full = true;
        }
    }

    fn tell_all_watchers(&mut self) {
        (0..self.service.upses.len()).for_each(|at| self.tell_watchers(at));
    }

    /// Pushes the UPS's state to those who watch it, if it has changed.
    fn tell_watchers(&mut self, at: usize) {
        let max_age = self.service.max_age;
        let ups = &mut self.service.upses[at];
        if ups.watchers.is_empty() {
            ups.announced = None;
            return;
        }
        let sight = ups.sight(self.now, max_age);
        if ups.announced.as_ref() == Some(&sight) {
            return;
        }
        let id = ups.id;
        for &link in &ups.watchers {
            let Some(session) = self.sessions.get_mut(&link) else { continue };
            if session.is_full() {
                // Only the newest state matters to one who is behind.
                session.has_missed = true;
                continue;
            }
            let mut bytes = Vec::new();
            for watch in session.watches.iter().filter(|watch| watch.ups == id) {
                requests::push(&watch.spelled, &sight, &mut bytes);
            }
            session.pushed = self.now;
            self.service.effects.push_back(Effect::Send { link, bytes });
        }
        ups.announced = Some(sight);
    }

    /// Pushes the present state of everything a session watches.
    fn push_all(&mut self, link: LinkId) {
        let Some(session) = self.sessions.get_mut(&link) else { return };
        session.pushed = self.now;
        let mut bytes = Vec::new();
        for watch in &session.watches {
            if let Some(ups) = self.service.upses.iter().find(|ups| ups.id == watch.ups) {
                requests::push(&watch.spelled, &ups.sight(self.now, self.service.max_age), &mut bytes);
            }
        }
        self.service.send(link, bytes);
    }

    /// Ends a session with a reason for the log.
    fn dismiss(&mut self, link: LinkId, reason: &str) {
        if let Some(session) = self.sessions.get(&link) {
            let text = format!("{} {reason}: disconnected", session.address);
            self.service.say(Level::Notice, text);
            self.close(link);
        }
    }

    fn close(&mut self, link: LinkId) {
        self.forget(link);
        self.service.effects.push_back(Effect::Close { link });
    }

    /// Takes a session that has ended out of everything that knows it.
    fn forget(&mut self, link: LinkId) {
        let Some(session) = self.sessions.remove(&link) else { return };
        for id in session.watches.iter().map(|watch| watch.ups).chain(session.login) {
            let Some(ups) = self.service.ups_mut(id) else { continue };
            ups.watchers.retain(|&watcher| watcher != link);
            ups.logins.retain(|login| login.session != link);
        }
        if session.login.is_some() {
            let name = session.credentials.name.as_deref().unwrap_or_default();
            let text = format!("{name} at {} logged out", session.address);
            self.service.say(Level::Info, text);
        }
    }

    fn reload(&mut self, config: Config) {
        let gone = self.service.configure(config, self.now);
        for ups in gone {
            self.remove(&ups);
        }
        self.service.tend_drivers(self.now);
        self.wake_for_drivers();
    }

    /// A UPS that the configuration no longer has: whoever hangs on it must not think it is watched.
    fn remove(&mut self, ups: &Ups) {
        if let Some(link) = ups.link.link() {
            self.service.effects.push_back(Effect::Close { link });
        }
        let sessions = ups.logins.iter().map(|login| login.session).chain(ups.watchers.iter().copied());
        for link in sessions.collect::<Vec<_>>() {
            self.dismiss(link, &format!("hangs on {}, which is no longer configured", ups.config.name));
        }
    }

    /// Does everything that is due, and finds out when the next thing will be.
    fn tick(&mut self) {
        self.service.tend_drivers(self.now);
        self.tell_all_watchers();
        self.tend_sessions();
        let delay = self.service.tracking_delay;
        self.service.tracking.expire(self.now, delay);
        self.due = [self.service.drivers_deadline(), self.service.tracking.deadline(delay)]
            .into_iter()
            .flatten()
            .chain(self.sessions.values().map(Session::deadline))
            .min();
    }

    fn tend_sessions(&mut self) {
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
            if session.wants_heartbeat(self.now) {
                session.pushed = self.now;
                let mut bytes = Vec::new();
                Reply::WatchAlive.emit(&mut bytes);
                self.service.effects.push_back(Effect::Send { link, bytes });
            }
        }
    }

    fn wake_at(&mut self, at: Instant) {
        self.due = Some(self.due.map_or(at, |due| due.min(at)));
    }

    fn wake_for_drivers(&mut self) {
        if let Some(deadline) = self.service.drivers_deadline() {
            self.wake_at(deadline);
        }
    }
}

impl Engine for Upsd {
    type Input = Event<Config>;
    type Output = Effect;

    fn handle(&mut self, input: Event<Config>, now: Instant) {
        self.now = now;
        match input {
            Event::Accepted { link, peer } => self.accept(link, peer),
            Event::Received { link, bytes } => self.receive(link, &bytes),
            Event::Opened { link } => {
                self.service.driver_opened(link, now);
                self.wake_for_drivers();
            }
            Event::OpenFailed { link, error } => {
                self.service.driver_lost(link, error, now);
                self.wake_for_drivers();
            }
            Event::Closed { link, error } => match self.sessions.contains_key(&link) {
                true => self.forget(link),
                false => {
                    let at = self.service.position_of_driver(link);
                    self.service.driver_lost(link, error, now);
                    at.into_iter().for_each(|at| self.tell_watchers(at));
                    self.wake_for_drivers();
                }
            },
            Event::Full { link } => self.filled(link),
            Event::Drained { link } => self.drained(link),
            Event::Signal(Signal::Stop) => self.service.effects.push_back(Effect::Exit { code: 0 }),
            Event::Reload(config) => self.reload(config),
            Event::Signal(Signal::ForcedShutdown)
            | Event::Attached { .. }
            | Event::TransferDone { .. }
            | Event::Interrupt { .. }
            | Event::JobDone { .. }
            | Event::FileChanged { .. } => {}
        }
    }

    fn handle_timeout(&mut self, now: Instant) {
        self.now = now;
        self.serve_ready();
        if self.due.is_some_and(|due| due <= now) {
            self.tick();
        }
    }

    fn poll_output(&mut self) -> Option<Effect> {
        self.service.effects.pop_front()
    }

    fn poll_timeout(&self) -> Option<Instant> {
        if self.ready.is_empty() { self.due } else { Some(self.now) }
    }
}
