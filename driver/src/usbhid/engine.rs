//! The driver engine: one device from its discovery to its loss, and again.
//!
//! ```text
//!             Attached            descriptor            all reports once
//! Opening ───────────────▶ Describing ────────▶ Walking ────────────────▶ Serving
//!    ▲ │ OpenFailed             │                  │                        │
//!    │ ▼                        ▼                  ▼                        ▼
//!   Absent ◀──────────────── gone, refused, or silent: back-off ───────────┘
//! ```
//!
//! With `-k` the load is cut instead of serving, and the driver exits with what came of it.
//! One transfer is under way at a time; whatever the device says by itself is taken in between.

mod ask;
mod attach;
mod charge;
mod describe;
mod others;
mod serve;

use std::collections::VecDeque;
use std::time::Duration;

use protocol::usb::{Identity, Matcher, Request};
use protocol::{Effect, Engine, Event, Instant, Level, LinkId, Signal, TransferId};

use crate::{DriverConfig, Publisher};

use super::desk::Desk;
use super::device::Device;
use super::matcher;
use super::memory::Served;
use super::options::Options;
use super::schedule::Schedule;
use super::script::Script;

/// This driver's own version (`driver.version.internal`).
pub const VERSION: &str = "0.1";

/// How long one transfer may take (libusb's and NUT's usual control time-out).
pub const TRANSFER_LIMIT: Duration = Duration::from_secs(5);
/// The pauses between attempts to open a device grow from this …
pub const FIRST_RETRY: Duration = Duration::from_millis(250);
/// … to this.
pub const LAST_RETRY: Duration = Duration::from_secs(4);
/// Attempts of `-k` to reach one of several devices before it gives up.
pub const KILL_ATTEMPTS: u32 = 6;
/// A host that still runs so long after a cut at once was not cut.
pub const NEXT_CUT: Duration = Duration::from_secs(10);

/// The `usbhid-ups` driver.
#[derive(Debug)]
pub struct UsbHid {
    config: DriverConfig,
    desk: Desk,
    /// Which devices the configuration allows.
    matcher: Matcher,
    /// The one that is attached, or was last.
    identity: Option<Identity>,
    /// The one that has worked: only that one comes back, and `-k` cuts no other.
    remembered: Option<Served>,
    /// It is the one that is attached.
    is_in_mind: bool,
    /// Several have its serial number: of those, the one in its port.
    in_its_port: bool,
    /// What was on the bus at the last attempt in vain.
    sighted: Vec<Identity>,
    /// What has been said of it.
    said: Vec<String>,
    /// Why there was no device at the last attempt.
    last_why: String,
    jobs: u32,
    /// What the battery held last, in thousandths of a percent, and whether it falls, while nothing tells line power.
    charge: Option<(i64, bool)>,
    /// Which of the places where it may keep its descriptors is asked; what failed last is not asked first.
    place: usize,
    /// In how many of them it had none since it was attached.
    places_failed: usize,
    phase: Phase,
    link: LinkId,
    links: u32,
    transfers: u32,
    under_way: Option<UnderWay>,
    device: Option<Device>,
    schedule: Schedule,
    scripts: VecDeque<Script>,
    /// Attempts to open since the device was last there.
    attempts: u32,
    /// When the first attempt came to something.
    tried_since: Option<Instant>,
    /// When what is published counts as stale, unless the device speaks before.
    stale_at: Option<Instant>,
    /// Until when the script in front waits.
    script_waits: Option<Instant>,
    /// Whether a claim about the state has changed since the status was published.
    status_changed: bool,
    /// Variables of the last attachment that the present one has not published.
    left_over: Vec<crate::publisher::Slot>,
}

/// Where the device stands; the diagram is above.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    /// Nobody there.
    Absent { retry_at: Instant },
    /// A link has been asked for.
    Opening,
    /// Its descriptors are being read.
    Describing,
    /// Everything is read once.
    Walking,
    /// Polls, interrupts and commands.
    Serving,
    /// Cutting the load.
    Killing,
    /// The driver has asked to exit.
    Over,
}

/// The transfer under way.
#[derive(Debug, Clone, Copy)]
struct UnderWay {
    transfer: TransferId,
    task: Task,
    asked_at: Instant,
    gives_up_at: Instant,
}

/// What a transfer is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Task {
    /// The HID descriptor, which says how long the report descriptor is.
    HidDescriptor,
    /// The report descriptor.
    ReportDescriptor,
    /// A poll's report.
    Read(usize),
    /// A string.
    String(u8),
    /// The script in front.
    Script,
}

impl UsbHid {
    /// A driver for this section; it looks for its device at once.
    #[must_use]
    pub fn new(config: DriverConfig) -> Self {
        let (desk, in_vain) = Desk::new(&config, VERSION);
        let matcher = matcher::configured(&config);
        let mut driver = Self {
            config,
            desk,
            matcher,
            identity: None,
            remembered: None,
            is_in_mind: false,
            in_its_port: false,
            sighted: Vec::new(),
            said: Vec::new(),
            last_why: String::new(),
            jobs: 0,
            charge: None,
            place: 0,
            places_failed: 0,
            phase: Phase::Opening,
            link: LinkId::opened(0),
            links: 0,
            transfers: 0,
            under_way: None,
            device: None,
            schedule: Schedule::default(),
            scripts: VecDeque::new(),
            attempts: 0,
            tried_since: None,
            stale_at: None,
            script_waits: None,
            status_changed: false,
            left_over: Vec::new(),
        };
        for sentence in in_vain {
            driver.desk.publisher.say(Level::Warning, sentence);
        }
        driver.publish_options();
        driver.remember();
        driver.open();
        driver
    }

    /// The variables published so far; for `-d`.
    #[must_use]
    pub fn publisher(&self) -> &Publisher {
        &self.desk.publisher
    }

    fn publish_options(&mut self) {
        let seconds = self.full_poll_interval().as_secs();
        let slot = self.desk.publisher.slot("driver.parameter.pollfreq");
        self.desk.publisher.set_fmt(slot, format_args!("{seconds}"));
    }

    fn full_poll_interval(&self) -> Duration {
        let usual = self.device.as_ref().map_or(30, |device| device.subdriver.full_poll_seconds);
        self.desk.options.full_poll_interval.unwrap_or(Duration::from_secs(usual))
    }

    /// What is published counts as stale when the status has not been heard of for two polls and
    /// the time that a transfer may take.
    fn status_limit(&self) -> Duration {
        self.desk.options.poll_interval * 2 + TRANSFER_LIMIT
    }

    fn say(&mut self, level: Level, text: impl Into<String>) {
        self.desk.publisher.say(level, text);
    }

    fn exit(&mut self, code: u8) {
        if self.phase != Phase::Over {
            self.let_go();
            self.phase = Phase::Over;
            self.desk.publisher.push(Effect::Exit { code });
        }
    }

    fn transfer(&mut self, task: Task, request: Request, now: Instant) {
        self.transfers = self.transfers.wrapping_add(1);
        let transfer = TransferId(self.transfers);
        self.under_way = Some(UnderWay { transfer, task, asked_at: now, gives_up_at: now + TRANSFER_LIMIT });
        self.desk.publisher.push(Effect::Transfer { link: self.link, transfer, request });
    }

    fn reload(&mut self, mut config: DriverConfig) {
        config.memory = self.config.memory.take();
        let (options, in_vain) = Options::read(&config);
        let matcher = matcher::configured(&config);
        if matcher != self.matcher {
            self.say(Level::Warning, "another device in the configuration: restart the driver to look for it");
        }
        for sentence in in_vain {
            self.say(Level::Warning, sentence);
        }
        self.desk.publisher.reconfigure(&config);
        self.desk.composer.reconfigure(&config);
        self.desk.options = options;
        self.config = config;
        self.publish_options();
    }
}

impl Engine for UsbHid {
    type Input = Event<DriverConfig>;
    type Output = Effect;

    fn handle(&mut self, input: Self::Input, now: Instant) {
        if self.phase == Phase::Over {
            return;
        }
        // A driver that was held up does not answer for what is too old by now, nor believe reports that waited.
        let was_held_up = self.stale_at.is_some_and(|at| at <= now);
        if was_held_up {
            self.go_stale();
        }
        match self.desk.publisher.handle(input) {
            None => self.take_asked(),
            Some(Event::Attached { link, identity }) if self.is_awaited(link) => self.attached(*identity, now),
            Some(Event::Sighted { link, devices }) if self.is_awaited(link) => self.sighted = devices,
            Some(Event::OpenFailed { link, error }) if self.is_awaited(link) => self.open_failed(error, now),
            Some(Event::Closed { link, error }) if self.is_current(link) => self.lose(&error.to_string(), now),
            Some(Event::TransferDone { link, transfer, result }) if self.is_current(link) => {
                self.done(transfer, result, now);
            }
            Some(Event::Interrupt { link, bytes }) if self.is_current(link) && !was_held_up => {
                self.interrupted(&bytes, now);
            }
            Some(Event::JobDone { outcome, .. }) if !outcome.is_success() => {
                self.say(Level::Warning, format!("what -k must know of this device is not kept: {outcome}"));
            }
            Some(Event::Signal(Signal::Stop)) => self.exit(0),
            Some(Event::Reload(config)) => self.reload(*config),
            Some(_) => {}
        }
        self.go_on(now);
    }

    fn handle_timeout(&mut self, now: Instant) {
        if self.desk.publisher.has_turn() {
            self.desk.publisher.take_turn();
            self.take_asked();
        }
        if let Some(under_way) = self.under_way
            && under_way.gives_up_at <= now
        {
            self.done(under_way.transfer, Err(protocol::usb::Failure::Timeout), now);
        }
        if let Phase::Absent { retry_at } = self.phase
            && retry_at <= now
        {
            self.open();
        }
        if self.stale_at.is_some_and(|at| at <= now) {
            self.stale_at = None;
            self.go_stale();
            if self.phase == Phase::Serving {
                // A controller that is stuck may come round when it is opened again.
                self.drop_device("it does not say how it is", now);
            }
        }
        self.settle_status(now);
        self.go_on(now);
    }

    fn poll_output(&mut self) -> Option<Effect> {
        self.desk.publisher.poll_effect()
    }

    fn poll_timeout(&self) -> Option<Instant> {
        let retry = match self.phase {
            Phase::Absent { retry_at } => Some(retry_at),
            Phase::Over => return None,
            _ => None,
        };
        // While a transfer is under way whatever comes next waits for its end.
        let is_idle = self.under_way.is_none();
        let polls = is_idle && self.phase == Phase::Serving && !self.schedule.is_under_way();
        let poll = polls.then(|| self.schedule.next_poll());
        let asks = self.desk.state.doubt.asks_at().filter(|_| polls);
        let script = self.script_waits.filter(|_| is_idle);
        let settles = match self.phase {
            Phase::Serving => self.desk.state.next_change(),
            _ => None,
        };
        let gives_up = self.under_way.map(|under_way| under_way.gives_up_at);
        let turn = self.desk.publisher.has_turn().then_some(Instant::START);
        Instant::first_of([retry, poll, asks, settles, gives_up, self.stale_at, script, turn])
    }
}
