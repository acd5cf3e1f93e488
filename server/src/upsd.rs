//! The engine: hands every event to its driver, its session or the shared state, and lets no
//! session hold up another.
//!
//! A session is answered for [`TURN`] bytes of replies at a time; what it asked beyond that waits
//! its turn behind the other sessions, and waits altogether while its queue is full. Nothing more is
//! read from it meanwhile: of what a client asks, one read waits here (16 KiB), and of what it is
//! answered, a turn and the list that overshoots it.

mod crowd;
mod ending;
mod serving;

use std::collections::{BTreeMap, VecDeque};

use protocol::{Effect, Engine, Event, Instant, Level, LinkId, Peer, Signal};

use crate::config::Config;
use crate::requests;
use crate::service::Service;
use crate::session::Session;
use crate::tracking::Tracking;

/// Bytes of replies after which a session's further requests wait their turn: a few of the
/// largest lists.
const TURN: usize = 128 * 1024;
/// Room for the reply to most requests: a line.
const LINE: usize = 128;

/// The server.
pub struct Upsd {
    service: Service,
    sessions: BTreeMap<LinkId, Session>,
    /// Sessions with requests whose turn comes next.
    ready: VecDeque<LinkId>,
    /// No later than anything that is due for a driver, a session or a record.
    due: Option<Instant>,
    now: Instant,
    /// Connections at once, those to drivers included.
    most: usize,
    /// That some had to make room has been said.
    is_crowded: bool,
}

impl Upsd {
    /// A server with a checked configuration; `bits` are random.
    #[must_use]
    pub fn new(config: Config, bits: [u64; 2]) -> Self {
        let most = config.max_connections.unwrap_or(crowd::MOST);
        let mut service = Service::new(config, Tracking::new(bits));
        service.tend_drivers(Instant::START);
        let due = service.drivers_deadline();
        Self {
            service,
            sessions: BTreeMap::new(),
            ready: VecDeque::new(),
            due,
            now: Instant::START,
            most,
            is_crowded: false,
        }
    }

    fn accept(&mut self, link: LinkId, peer: Peer) {
        let address = match peer {
            Peer::Tcp(address) => address.into(),
            Peer::Unix => "localhost".into(),
        };
        let session = Session::new(address, self.now);
        self.service.detail(|| format!("{} connected", session.address));
        self.wake_at(session.deadline());
        self.sessions.insert(link, session);
        self.make_room(link);
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

    fn reload(&mut self, config: Config) {
        let gone = self.service.configure(config, self.now);
        for ups in gone {
            self.remove(&ups);
        }
        self.service.tend_drivers(self.now);
        self.wake_for_drivers();
        self.service.say(Level::Notice, "configuration read again".to_owned());
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
            Event::Draining { link } => self.draining(link),
            Event::Drained { link } => self.drained(link),
            Event::Signal(Signal::Stop) => self.service.effects.push_back(Effect::Exit { code: 0 }),
            Event::Reload(config) => self.reload(*config),
            Event::Signal(Signal::ForcedShutdown)
            | Event::Attached { .. }
            | Event::Sighted { .. }
            | Event::TransferDone { .. }
            | Event::Interrupt { .. }
            | Event::JobDone { .. }
            | Event::ErrandsLost
            | Event::FileRead { .. }
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
