//! `-d COUNT`: runs a driver until it has updated its variables that often, prints them as `upsc`
//! would, and exits.

use crate::{DriverConfig, Publisher};
use protocol::{Effect, Engine, Event, Instant, Level};
use std::io::Write;
use std::time::Duration;

/// How long a device may take to be read for the first time.
const PATIENCE: Duration = Duration::from_secs(60);

/// A driver engine, watched until it can be printed.
pub(super) struct Dump<E> {
    engine: E,
    publisher: fn(&E) -> &Publisher,
    updates_left: u32,
    interval: Duration,
    /// When the next update counts; before the first one, when patience ends.
    due: Option<Instant>,
    is_read: bool,
    last_words: Vec<Effect>,
}

impl<E> Dump<E> {
    pub fn new(engine: E, publisher: fn(&E) -> &Publisher, updates: u32, interval: Duration) -> Self {
        Self { engine, publisher, updates_left: updates, interval, due: None, is_read: false, last_words: Vec::new() }
    }

    fn look(&mut self, now: Instant) {
        if !self.is_read && !(self.publisher)(&self.engine).is_stale() {
            self.is_read = true;
            self.count(now);
        }
        self.due.get_or_insert(now + PATIENCE);
    }

    fn expire(&mut self, now: Instant) {
        if self.due.is_none_or(|due| now < due) || !self.last_words.is_empty() {
            return;
        }
        if self.is_read {
            self.count(now);
        } else {
            // In reverse: the last one leaves first.
            self.last_words.push(Effect::Exit { code: 1 });
            let text = "nothing read from the device, giving up".to_owned();
            self.last_words.push(Effect::Say { level: Level::Error, text });
        }
    }

    fn count(&mut self, now: Instant) {
        self.updates_left = self.updates_left.saturating_sub(1);
        self.due = Some(now + self.interval);
        if self.updates_left == 0 {
            let code = u8::from(self.print().is_err());
            self.last_words.push(Effect::Exit { code });
        }
    }

    fn print(&self) -> std::io::Result<()> {
        let mut out = std::io::stdout().lock();
        for (variable, value) in (self.publisher)(&self.engine).published() {
            writeln!(out, "{variable}: {value}")?;
        }
        out.flush()
    }
}

impl<E> Engine for Dump<E>
where
    E: Engine<Input = Event<DriverConfig>, Output = Effect>,
{
    type Input = Event<DriverConfig>;
    type Output = Effect;

    fn handle(&mut self, input: Self::Input, now: Instant) {
        self.engine.handle(input, now);
        self.look(now);
    }

    fn handle_timeout(&mut self, now: Instant) {
        self.engine.handle_timeout(now);
        self.look(now);
        self.expire(now);
    }

    fn poll_output(&mut self) -> Option<Effect> {
        self.engine.poll_output().or_else(|| self.last_words.pop())
    }

    fn poll_timeout(&self) -> Option<Instant> {
        // Before the first event there is no time to count patience from: wake at once.
        let own = if self.last_words.is_empty() { Some(self.due.unwrap_or(Instant::START)) } else { None };
        self.engine.poll_timeout().into_iter().chain(own).min()
    }
}
