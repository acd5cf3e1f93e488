//! `dummy-ups`: a UPS that is a file (dummy-ups(8)).
//!
//! The file says `variable: value`, one a line, as `upsc` prints them; `TIMER seconds` makes it a
//! sequence in time, and `ALARM text` raises an alarm. `dummy-once` plays it once for each change
//! of the file, `dummy-loop` again and again.
//!
//! ```text
//!             FileChanged                   TIMER                deadline
//! Waiting ───────────────────▶ (play) ─────────────▶ Paused ─────────────▶ (play)
//!                                │ end of the file                            ▲
//!                                ├── dummy-once ──▶ Done ── FileChanged ──────┤
//!                                └── dummy-loop ──▶ Resting ── deadline ──────┘
//! ```
//!
//! It does not model a UPS (that is the emulator's business), and does not repeat another server's
//! UPS.

mod definition;
mod known;
mod mode;
mod requests;

pub use definition::{FILE_LIMIT, INSTRUCTIONS_LIMIT};
pub use mode::Mode;

use crate::config::KnownParam;
use crate::publisher::Slot;
use crate::{DriverConfig, Publisher, StatusComposer};
use definition::{Definition, Instruction};
use protocol::diagnostic::Diagnostics;
use protocol::{Effect, Engine, Event, Instant, Level, Signal};
use std::time::Duration;

/// This driver's own version (`driver.version.internal`).
pub const VERSION: &str = "0.1";

/// The parameters that `dummy-ups` knows besides those of every driver.
pub const PARAMS: [KnownParam; 1] = [KnownParam::value(
    "mode",
    "play the file once (dummy-once) or again and again (dummy-loop, dummy) instead of guessing it from its name",
)];

/// What a pass over the file costs at the least, besides `pollinterval`.
const REST: Duration = Duration::from_secs(1);

/// Most variables of one device: those of its file, and those that clients make up.
pub const VARIABLES_LIMIT: usize = 4096;

/// The driver engine.
#[derive(Debug)]
pub struct DummyUps {
    config: DriverConfig,
    path: String,
    mode: Mode,
    publisher: Publisher,
    composer: StatusComposer,
    status: Slot,
    definition: Definition,
    /// What the file says the status is, its `ALARM` apart.
    status_words: String,
    alarm: String,
    /// Whether `ups.alarm` is what an `ALARM` said, and not a variable like any other.
    has_raised: bool,
    state: State,
}

/// Where the file stands; the diagram is above.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// It has not been read yet.
    Waiting,
    /// A `TIMER` holds it before instruction `next`.
    Paused { next: usize, until: Instant },
    /// It has been played to its end and will be again.
    Resting { until: Instant },
    /// It has been played to its end.
    Done,
    /// The driver has asked to exit.
    Over,
}

/// One pass over the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Pass {
    /// No `TIMER` has held it so far; what the clock says does not matter, because playing takes time too.
    Instantaneous,
    /// A `TIMER` has held it.
    Paused,
}

impl DummyUps {
    /// A driver for this section.
    ///
    /// # Errors
    ///
    /// A mode that does not exist, or that this driver does not have.
    pub fn new(config: DriverConfig) -> Result<Self, Diagnostics> {
        let mode = Mode::of(&config)?;
        let mut publisher = Publisher::new(&config, VERSION);
        let composer = StatusComposer::new(&config, &mut publisher);
        let status = publisher.slot("ups.status");
        let mut driver = Self {
            path: file_of(&config),
            config,
            mode,
            publisher,
            composer,
            status,
            definition: Definition::default(),
            status_words: String::from("OL"),
            alarm: String::new(),
            has_raised: false,
            state: State::Waiting,
        };
        driver.begin();
        Ok(driver)
    }

    /// The variables published so far; for `-d`.
    #[must_use]
    pub fn publisher(&self) -> &Publisher {
        &self.publisher
    }

    fn begin(&mut self) {
        if self.config.killpower {
            self.publisher.say(Level::Error, "dummy-ups has no load to cut: shutdown not supported");
            return self.exit(1);
        }
        self.publisher.add_command("load.off");
        let mode = self.publisher.slot("driver.parameter.mode");
        self.publisher.set(mode, self.mode.word());
        self.publisher.push(Effect::WatchFile { path: self.path.clone() });
    }

    /// What every dummy has, whatever its file says; nothing of it before the file was read.
    fn publish_basics(&mut self) {
        for (variable, value) in [
            ("device.type", "ups"),
            ("ups.mfr", "Dummy Manufacturer"),
            ("ups.model", "Dummy UPS"),
            ("ups.status", "OL"),
        ] {
            let slot = self.publisher.slot(variable);
            self.publisher.set(slot, value);
            if variable.starts_with("ups.") {
                self.describe(slot);
            }
        }
    }

    /// A new text of the file: played from its top, at once.
    fn read(&mut self, contents: Option<Vec<u8>>, now: Instant) {
        let Some(contents) = contents else { return self.miss() };
        let (definition, findings) = Definition::parse(&self.path, &contents, &mut self.publisher);
        for finding in &findings {
            self.publisher.say(Level::Warning, finding.one_line());
        }
        self.definition = definition;
        if self.state == State::Waiting {
            self.publish_basics();
        }
        self.play(0, Pass::Instantaneous, now);
        self.name_device();
        self.publisher.set_state("quiet");
        self.publisher.data_ok();
    }

    fn miss(&mut self) {
        if self.state == State::Waiting {
            self.publisher.say(Level::Error, format!("cannot read the definition file {}", self.path));
            self.exit(1);
        } else {
            self.publisher.say(Level::Warning, format!("cannot read {}, keeping what it said", self.path));
        }
    }

    /// Carries out instructions from `next` on, up to a `TIMER` or the end.
    fn play(&mut self, next: usize, pass: Pass, now: Instant) {
        for at in next..self.definition.instructions.len() {
            match &self.definition.instructions[at] {
                Instruction::Set { slot, value } if *slot == self.status => {
                    self.status_words.clone_from(value);
                    self.commit_status();
                }
                Instruction::Set { slot, value } if value.is_empty() => self.publisher.remove(*slot),
                Instruction::Set { slot, value } => {
                    self.publisher.set(*slot, value);
                }
                Instruction::Alarm(text) => {
                    self.alarm.clone_from(text);
                    self.commit_status();
                }
                Instruction::Timer(pause) if pause.is_zero() => {}
                Instruction::Timer(pause) => {
                    self.state = State::Paused { next: at + 1, until: now + *pause };
                    return self.reconsider_status();
                }
            }
        }
        self.state = match self.mode {
            Mode::Once => State::Done,
            Mode::Loop | Mode::LoopByDefault => State::Resting { until: now + self.rest(pass) },
        };
        self.reconsider_status();
    }

    /// A sequence that took time goes round at once; one that did not must not spin.
    fn rest(&self, pass: Pass) -> Duration {
        match pass {
            Pass::Paused => Duration::ZERO,
            Pass::Instantaneous => REST + self.config.poll_interval,
        }
    }

    /// Under `ignorelb`, what has been published since the status decides whether the battery is low.
    fn reconsider_status(&mut self) {
        if self.config.ignore_low_battery && self.state != State::Waiting {
            self.commit_status();
        }
    }

    fn commit_status(&mut self) {
        self.composer.begin();
        self.composer.add(&self.status_words);
        if !self.alarm.is_empty() {
            self.composer.alarm(&self.alarm);
        } else if !self.has_raised {
            self.composer.keep_alarm();
        }
        self.composer.commit(&mut self.publisher);
        self.has_raised = !self.alarm.is_empty();
    }

    /// `device.*` repeats `ups.*`, as every NUT driver has it, where the file does not say it itself.
    fn name_device(&mut self) {
        for (device, ups) in [("device.mfr", "ups.mfr"), ("device.model", "ups.model"), ("device.serial", "ups.serial")]
        {
            let slot = self.publisher.slot(device);
            if self.definition.sets(slot) {
                continue;
            }
            if let Some(value) = self.publisher.value(ups).map(str::to_owned) {
                self.publisher.set(slot, &value);
            }
        }
    }

    fn describe(&mut self, slot: Slot) {
        let (flags, longest) = known::describe(self.publisher.name(slot));
        self.publisher.set_flags(slot, flags);
        self.publisher.set_aux(slot, longest);
    }

    fn reconfigure(&mut self, config: DriverConfig) {
        self.publisher.reconfigure(&config);
        self.composer.reconfigure(&config);
        self.config = config;
        if self.state != State::Waiting {
            self.commit_status();
        }
    }

    fn exit(&mut self, code: u8) {
        self.state = State::Over;
        self.publisher.push(Effect::Exit { code });
    }
}

impl Engine for DummyUps {
    type Input = Event<DriverConfig>;
    type Output = Effect;

    fn handle(&mut self, input: Self::Input, now: Instant) {
        let Some(event) = self.publisher.handle(input) else { return self.serve() };
        match event {
            Event::FileChanged { path, contents } if path == self.path && self.state != State::Over => {
                self.read(contents, now);
            }
            Event::Reload(config) => self.reconfigure(*config),
            Event::Signal(Signal::Stop) => self.exit(0),
            _ => {}
        }
    }

    fn handle_timeout(&mut self, now: Instant) {
        if self.publisher.has_turn() {
            self.publisher.take_turn();
            self.serve();
        }
        match self.state {
            State::Paused { next, until } if now >= until => self.play(next, Pass::Paused, now),
            State::Resting { until } if now >= until => self.play(0, Pass::Instantaneous, now),
            _ => {}
        }
    }

    fn poll_output(&mut self) -> Option<Effect> {
        self.publisher.poll_effect()
    }

    fn poll_timeout(&self) -> Option<Instant> {
        if self.publisher.has_turn() && self.state != State::Over {
            return Some(Instant::START);
        }
        match self.state {
            State::Paused { until, .. } | State::Resting { until } => Some(until),
            State::Waiting | State::Done | State::Over => None,
        }
    }
}

/// The file a dummy plays: `port`, seen from the configuration's folder.
#[must_use]
pub fn file_of(config: &DriverConfig) -> String {
    if config.port.starts_with('/') || config.configuration_directory.is_empty() {
        return config.port.clone();
    }
    format!("{}/{}", config.configuration_directory.trim_end_matches('/'), config.port)
}

/// What is wrong with a file's content; its good lines count all the same.
#[must_use]
pub fn check(config: &DriverConfig, contents: &[u8]) -> Diagnostics {
    Definition::parse(&file_of(config), contents, &mut Publisher::new(config, VERSION)).1
}
