//! What every session shares: the UPSes, the users, the requests under way, and what goes out.

use std::collections::VecDeque;
use std::time::Duration;

use protocol::names::{compare, same};
use protocol::net::ErrorCode;
use protocol::{Effect, Instant, Level, LinkId};

use crate::config::{Config, UpsConfig};
use crate::driver_link::DriverLink;
use crate::failures::Failures;
use crate::tracking::Tracking;
use crate::ups::{Ups, UpsId};
use crate::users::User;

/// The shared state.
pub(crate) struct Service {
    /// In the order of `ups.conf`, which is that of LIST UPS.
    pub(crate) upses: Vec<Ups>,
    /// Places in `upses`, in the order of the names.
    by_name: Vec<usize>,
    pub(crate) users: Vec<User>,
    pub(crate) failures: Failures,
    pub(crate) tracking: Tracking,
    pub(crate) tracking_delay: Duration,
    pub(crate) max_age: Duration,
    pub(crate) state_path: String,
    pub(crate) effects: VecDeque<Effect>,
    /// Lines of [`Level::Debug`] are logged.
    pub(crate) is_debugging: bool,
    /// A forced shutdown has begun: watchers have to hear of it.
    pub(crate) has_forced: bool,
    next_ups: u32,
    next_link: u32,
}

impl Service {
    pub(crate) fn new(config: Config, tracking: Tracking) -> Self {
        let mut service = Self {
            upses: Vec::new(),
            by_name: Vec::new(),
            users: Vec::new(),
            failures: Failures::default(),
            tracking,
            tracking_delay: Duration::ZERO,
            max_age: Duration::ZERO,
            state_path: String::new(),
            effects: VecDeque::new(),
            is_debugging: false,
            has_forced: false,
            next_ups: 0,
            next_link: 0,
        };
        service.configure(config, Instant::START);
        service
    }

    /// Takes a configuration; the UPSes that are no longer in it.
    pub(crate) fn configure(&mut self, config: Config, now: Instant) -> Vec<Ups> {
        let mut known = std::mem::take(&mut self.upses);
        for wanted in config.upses {
            let kept = known.iter().position(|ups| same(&ups.config.name, &wanted.name));
            let ups = match kept.map(|at| known.swap_remove(at)) {
                Some(mut ups) => {
                    if ups.config.driver != wanted.driver {
                        self.let_driver_go(&mut ups, now);
                    }
                    ups.config = wanted;
                    ups
                }
                None => self.add(wanted, now),
            };
            self.upses.push(ups);
        }
        self.by_name = (0..self.upses.len()).collect();
        self.by_name.sort_by(|&a, &b| compare(&self.upses[a].config.name, &self.upses[b].config.name));
        self.users = config.users;
        self.max_age = config.max_age;
        self.tracking_delay = config.tracking_delay;
        self.state_path = config.state_path;
        let on = config.debug_min > 0;
        if std::mem::replace(&mut self.is_debugging, on) != on {
            self.effects.push_back(Effect::Debug { on });
        }
        known
    }

    fn add(&mut self, config: UpsConfig, now: Instant) -> Ups {
        self.next_ups += 1;
        Ups::new(UpsId(self.next_ups), config, now)
    }

    /// The UPS stays, with who is logged in and what was decided; its driver will be another.
    fn let_driver_go(&mut self, ups: &mut Ups, now: Instant) {
        if let Some(link) = ups.link.link() {
            self.effects.push_back(Effect::Close { link });
        }
        ups.lost(now);
        ups.link = DriverLink::new(now);
    }

    /// The place of the UPS that a client names.
    pub(crate) fn find(&self, name: &str) -> Result<usize, ErrorCode> {
        let by_name = |&at: &usize| compare(&self.upses[at].config.name, name);
        let at = self.by_name.binary_search_by(by_name).map_err(|_| ErrorCode::UnknownUps)?;
        Ok(self.by_name[at])
    }

    /// The UPS that a client names, when its data can be given out.
    pub(crate) fn find_fresh(&mut self, name: &str, now: Instant) -> Result<&mut Ups, ErrorCode> {
        let at = self.find(name)?;
        let max_age = self.max_age;
        let ups = &mut self.upses[at];
        ups.check(now, max_age)?;
        Ok(ups)
    }

    /// The UPS of an id.
    pub(crate) fn ups_mut(&mut self, id: UpsId) -> Option<&mut Ups> {
        self.upses.iter_mut().find(|ups| ups.id == id)
    }

    /// The UPS whose driver is at the other end of a link.
    pub(crate) fn position_of_driver(&self, link: LinkId) -> Option<usize> {
        self.upses.iter().position(|ups| ups.link.link() == Some(link))
    }

    /// An id for a new link to a driver.
    pub(crate) fn next_link(&mut self) -> LinkId {
        self.next_link = self.next_link.wrapping_add(1);
        LinkId::opened(self.next_link)
    }

    pub(crate) fn send(&mut self, link: LinkId, bytes: Vec<u8>) {
        self.effects.push_back(Effect::Send { link, bytes });
    }

    /// A line for whoever looks for a defect, made only where somebody does.
    pub(crate) fn detail(&mut self, text: impl FnOnce() -> String) {
        if self.is_debugging {
            self.say(Level::Debug, text());
        }
    }

    pub(crate) fn say(&mut self, level: Level, text: String) {
        self.effects.push_back(Effect::Say { level, text });
    }
}
