//! The driver socket's driver side: what a driver knows about its device, told to every server that
//! connects (NUT's `sock-protocol.txt`).
//!
//! A driver engine owns one [`Publisher`]: it sets variables, and everything that must be said to
//! whom follows. It hands every event to [`Publisher::handle`] first, which keeps those of the
//! driver socket, then carries out what [`Publisher::next_asked`] gives it, and lets
//! [`Publisher::poll_effect`] be its `poll_output`: its own effects go through
//! [`Publisher::push`], so that one queue keeps the order.
//!
//! ```text
//! let rack = publisher.slot("input.voltage");   // once
//! publisher.set(rack, "230.1");                  // every poll; nothing happens while it stays 230.1
//! ```
//!
//! It knows nothing of devices, polls or time.

mod asked;
mod description;
mod dump;
mod links;
mod own;
mod reload;
mod requests;
mod variables;

pub use asked::{Asked, Ticket};
pub use links::{BACKLOG_LIMIT, LINKS_LIMIT};
pub use protocol::driver_socket::{Outcome, VarFlags};
pub use requests::ASKED_LIMIT;
pub use variables::{RW, RW_NUMBER, RW_STRING, Slot, VALUE_LIMIT};

use crate::DriverConfig;
use links::{Links, Welcome};
use own::Own;
use protocol::driver_socket::FromDriver;
use protocol::{Effect, Event, Level};
use reload::Reload;
use requests::Unread;
use std::collections::VecDeque;
use std::fmt::Write as _;
use variables::Variables;

/// The variable store and the driver side of every connection to it.
#[derive(Debug)]
pub struct Publisher {
    variables: Variables,
    /// Names of instant commands, sorted as NUT sorts.
    commands: Vec<String>,
    is_stale: bool,
    links: Links,
    unread: Option<Unread>,
    asked: VecDeque<Asked>,
    effects: VecDeque<Effect>,
    own: Own,
    reload: Reload,
    /// That a peer sent a line without an end has been said.
    is_babble_said: bool,
    /// Reused for every line and every formatted value.
    line: Vec<u8>,
    text: String,
}

impl Publisher {
    /// An empty store that calls itself stale, but for the `driver.*` variables, the defaults and
    /// the overrides of `config`. `internal_version` is the driver's own version number.
    #[must_use]
    pub fn new(config: &DriverConfig, internal_version: &str) -> Self {
        let mut variables = Variables::default();
        let own = Own::new(config, &mut variables);
        let mut publisher = Self {
            variables,
            commands: Vec::new(),
            is_stale: true,
            links: Links::default(),
            unread: None,
            asked: VecDeque::new(),
            effects: VecDeque::new(),
            own,
            reload: Reload::new(config.clone()),
            is_babble_said: false,
            line: Vec::new(),
            text: String::new(),
        };
        publisher.publish_own(config, internal_version);
        publisher
    }

    /// Takes an event of the driver socket; gives back what is not for it.
    pub fn handle<C>(&mut self, event: Event<C>) -> Option<Event<C>> {
        match event {
            Event::Accepted { link, .. } => {
                if let Welcome::Refused { is_news } = self.links.accept(link) {
                    if is_news {
                        let text = format!("{LINKS_LIMIT} servers on the driver socket: new ones are refused");
                        self.say(Level::Warning, text);
                    }
                    self.effects.push_back(Effect::Close { link });
                }
            }
            Event::Received { link, bytes } if link.is_accepted() => self.receive(link, bytes),
            Event::Closed { link, .. } if link.is_accepted() => self.links.remove(link),
            Event::Full { link } if link.is_accepted() => self.links.fill(link),
            Event::Drained { link } if link.is_accepted() => self.links.drain(link),
            Event::FileChanged { path, contents } if self.awaits(&path) => self.take_configuration(contents.as_deref()),
            other => return Some(other),
        }
        None
    }

    /// The next effect, in the order in which they must happen.
    pub fn poll_effect(&mut self) -> Option<Effect> {
        self.read_all();
        if self.effects.is_empty() {
            self.links.flush(&mut self.effects);
        }
        self.effects.pop_front()
    }

    /// Queues one of the driver's own effects. An `Exit` comes after everything said so far.
    pub fn push(&mut self, effect: Effect) {
        if matches!(effect, Effect::Exit { .. }) {
            self.links.flush(&mut self.effects);
        }
        self.effects.push_back(effect);
    }

    /// Queues a log line.
    pub fn say(&mut self, level: Level, text: impl Into<String>) {
        self.effects.push_back(Effect::Say { level, text: text.into() });
    }

    /// The slot of a variable, for use in every later call; the variable is not published by this.
    pub fn slot(&mut self, variable: &str) -> Slot {
        self.variables.slot(variable)
    }

    /// The slot of a variable that somebody has already named.
    #[must_use]
    pub fn find(&self, variable: &str) -> Option<Slot> {
        self.variables.find(variable)
    }

    /// How many variables have been named so far, published or not.
    #[must_use]
    pub fn known(&self) -> usize {
        self.variables.len()
    }

    /// Whether `override.` fixed the variable's value.
    #[must_use]
    pub fn is_overridden(&self, slot: Slot) -> bool {
        self.variables.get(slot).overridden
    }

    /// A variable's name.
    #[must_use]
    pub fn name(&self, slot: Slot) -> &str {
        &self.variables.get(slot).name
    }

    /// A published variable's value.
    #[must_use]
    pub fn get(&self, slot: Slot) -> Option<&str> {
        let variable = self.variables.get(slot);
        variable.published.then_some(variable.value.as_str())
    }

    /// A published variable's value, by name.
    #[must_use]
    pub fn value(&self, variable: &str) -> Option<&str> {
        self.get(self.find(variable)?)
    }

    /// Publishes a value; tells every server when it changed. Bytes that the wire cannot carry are
    /// left out, and so is what exceeds [`VALUE_LIMIT`]. An overridden variable keeps its value.
    pub fn set(&mut self, slot: Slot, value: &str) {
        let variable = self.variables.get_mut(slot);
        if variable.overridden || (variable.published && variable.value == value) {
            return;
        }
        if variables::is_clean(value) {
            variable.value.clear();
            variable.value.push_str(value);
        } else {
            let value = variables::cleaned(value);
            if variable.published && variable.value == value {
                return;
            }
            variable.value = value;
        }
        let is_new = !std::mem::replace(&mut variable.published, true);
        if !self.links.has_listeners() {
            return;
        }
        if is_new {
            self.broadcast_whole(slot);
        } else {
            self.broadcast(|line, variables| dump::setinfo(variables.get(slot)).emit(line));
        }
    }

    /// As [`Self::set`], for anything that prints: `publisher.set_fmt(slot, format_args!("{volts}"))`.
    pub fn set_fmt(&mut self, slot: Slot, value: std::fmt::Arguments<'_>) {
        let mut text = std::mem::take(&mut self.text);
        text.clear();
        // Writing to a String cannot fail.
        let _ = text.write_fmt(value);
        self.set(slot, &text);
        self.text = text;
    }

    /// Takes a variable back (`DELINFO`); its flags, choices and ranges stay for when it returns. A
    /// variable with a `default.` falls back to it, an overridden one stays.
    pub fn remove(&mut self, slot: Slot) {
        let variable = self.variables.get_mut(slot);
        if variable.overridden || !variable.published {
            return;
        }
        if let Some(default) = self.own.default_for(slot) {
            let default = default.to_owned();
            self.set(slot, &default);
            return;
        }
        variable.published = false;
        self.broadcast(|line, variables| FromDriver::DelInfo { var: &variables.get(slot).name }.emit(line));
    }

    /// The device answers: what is published is fresh (`DATAOK`).
    pub fn data_ok(&mut self) {
        if std::mem::replace(&mut self.is_stale, false) {
            self.broadcast(|line, _| FromDriver::DataOk.emit(line));
        }
    }

    /// The device does not answer: what is published is old (`DATASTALE`).
    pub fn data_stale(&mut self) {
        if !std::mem::replace(&mut self.is_stale, true) {
            self.broadcast(|line, _| FromDriver::DataStale.emit(line));
        }
    }

    /// Whether what is published is old, or nothing has been read yet.
    #[must_use]
    pub fn is_stale(&self) -> bool {
        self.is_stale
    }

    /// The published variables and their values, sorted; for `-d`.
    pub fn published(&self) -> impl Iterator<Item = (&str, &str)> {
        self.variables.published().map(|variable| (variable.name.as_str(), variable.value.as_str()))
    }

    /// Writes one or more lines once and queues them for every server that listens.
    fn broadcast(&mut self, write: impl FnOnce(&mut Vec<u8>, &Variables)) {
        if self.links.has_listeners() {
            self.line.clear();
            write(&mut self.line, &self.variables);
            self.links.broadcast(&self.line);
        }
    }

    fn broadcast_whole(&mut self, slot: Slot) {
        self.broadcast(|line, variables| dump::variable(line, variables.get(slot)));
    }
}
