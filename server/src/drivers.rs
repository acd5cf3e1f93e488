//! What happens on the links to the drivers.

use protocol::driver_socket::ToDriver;
use protocol::{Effect, Endpoint, Instant, Level, LinkError, LinkId};

use crate::driver_link::Step;
use crate::service::Service;
use crate::ups::Heard;

impl Service {
    /// Does what is due for every driver.
    pub(crate) fn tend_drivers(&mut self, now: Instant) {
        for at in 0..self.upses.len() {
            match self.upses[at].link.step(now, self.max_age) {
                Some(Step::Open) => {
                    let link = self.next_link();
                    let ups = &mut self.upses[at];
                    ups.link.opening(link);
                    let path = format!("{}/{}-{}", self.state_path, ups.config.driver, ups.config.name);
                    self.effects.push_back(Effect::Open { link, to: Endpoint::Unix { path } });
                }
                Some(Step::Ping(link)) => self.tell(link, &ToDriver::Ping),
                None => {}
            }
            self.say_staleness(at, now);
        }
    }

    /// When something is next due for a driver.
    pub(crate) fn drivers_deadline(&self) -> Option<Instant> {
        self.upses.iter().filter_map(|ups| ups.link.deadline(self.max_age)).min()
    }

    /// A driver is connected.
    pub(crate) fn driver_opened(&mut self, link: LinkId, now: Instant) {
        let Some(at) = self.position_of_driver(link) else { return };
        let ups = &mut self.upses[at];
        let level = if ups.link.news_of_presence() { Level::Notice } else { Level::Info };
        let text = format!("connected to driver {} of {}", ups.config.driver, ups.config.name);
        ups.opened(link, now);
        self.say(level, text);
        self.tell(link, &ToDriver::DumpAll);
    }

    /// A driver could not be reached, or is gone.
    pub(crate) fn driver_lost(&mut self, link: LinkId, error: LinkError, now: Instant) {
        let Some(at) = self.position_of_driver(link) else { return };
        let ups = &mut self.upses[at];
        let was_there = ups.link.open().is_some();
        ups.lost(now);
        if ups.link.news_of_absence() {
            let what = if was_there { "lost" } else { "cannot reach" };
            let text = format!("{what} driver {} of {}: {error}", ups.config.driver, ups.config.name);
            self.say(Level::Warning, text);
        }
    }

    /// Takes what a driver says; the place of its UPS.
    pub(crate) fn driver_said(&mut self, link: LinkId, mut bytes: &[u8], now: Instant) -> Option<usize> {
        let at = self.position_of_driver(link)?;
        let mut reader = std::mem::take(&mut self.upses[at].link.open_mut()?.reader);
        while let Some(line) = reader.next_line(&mut bytes) {
            let ups = &mut self.upses[at];
            match ups.hear(line, &mut self.tracking, now) {
                Heard::Taken => {}
                Heard::Nonsense => {
                    let text = format!("driver of {} says what makes no sense: {}", ups.config.name, line.rest(0));
                    self.say(Level::Debug, text);
                }
                Heard::Torn => self.tell(link, &ToDriver::DumpAll),
                Heard::LeftOut if std::mem::replace(&mut ups.is_overflow_said, true) => {}
                Heard::LeftOut => {
                    let text = format!("driver of {} publishes more than there is room for", ups.config.name);
                    self.say(Level::Warning, text);
                }
            }
        }
        if reader.is_endless() {
            self.let_go_of_a_babbler(at, link, now);
        } else if let Some(open) = self.upses[at].link.open_mut() {
            open.reader = reader;
        }
        self.say_staleness(at, now);
        Some(at)
    }

    /// A driver that sends a line without an end is no driver: it is tried again later, and later each time.
    fn let_go_of_a_babbler(&mut self, at: usize, link: LinkId, now: Instant) {
        let ups = &mut self.upses[at];
        ups.broken(now);
        let text =
            format!("driver {} of {} sends a line without an end: disconnected", ups.config.driver, ups.config.name);
        let is_news = ups.link.news_of_nonsense();
        self.effects.push_back(Effect::Close { link });
        self.say(if is_news { Level::Warning } else { Level::Debug }, text);
    }

    /// Sends a line to a driver.
    pub(crate) fn tell(&mut self, link: LinkId, line: &ToDriver<'_>) {
        let mut bytes = Vec::new();
        line.emit(&mut bytes);
        self.send(link, bytes);
    }

    fn say_staleness(&mut self, at: usize, now: Instant) {
        let ups = &mut self.upses[at];
        let name = &ups.config.name;
        match ups.link.news_of_staleness(now, self.max_age) {
            Some(true) => {
                let text = format!("data of {name} is stale: its driver is silent or has lost the UPS");
                self.say(Level::Warning, text);
            }
            Some(false) => {
                let text = format!("data of {name} is fresh again");
                self.say(Level::Notice, text);
            }
            None => {}
        }
    }
}
