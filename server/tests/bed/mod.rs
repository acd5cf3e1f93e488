//! A bed for the engine: a clock that jumps, clients and a driver that are byte strings.
#![expect(dead_code, reason = "each test uses its part of the bed")]

pub mod script;

use std::collections::BTreeMap;
use std::time::Duration;

use protocol::diagnostic::Source;
use protocol::{Effect, Endpoint, Engine, Event, Instant, LinkError, LinkId, Peer};
use server::{Config, Files, Upsd};

/// What a NUT driver answers to DUMPALL (dummy-ups of NUT 2.8.5, with names and values of its own).
pub const DUMP: &str = include_str!("dump.txt");

pub const UPS_CONF: &str = "[dummy]\ndriver = dummy-ups\nport = d.dev\ndesc = \"Crash \\\"Dummy\\\" one\"\n\
                            [nodrv]\ndriver = dummy-ups\nport = n.dev\n";
pub const UPSD_CONF: &str = "LISTEN 127.0.0.1\n";
pub const UPSD_USERS: &str = "[admin]\npassword = adm\nactions = SET FSD\ninstcmds = ALL\n\
                              [mon]\npassword = mon\nupsmon primary\n\
                              [sec]\npassword = sec\nupsmon secondary\n";

pub fn files(ups: &str, upsd: &str, users: &str) -> Files {
    Files {
        ups: Source::new("ups.conf", ups),
        upsd: Source::new("upsd.conf", upsd),
        users: Source::new("upsd.users", users),
        allow_no_device: false,
    }
}

pub fn config(ups: &str, upsd: &str, users: &str) -> Config {
    match Config::load_from(&files(ups, upsd, users)) {
        Ok((config, _)) => config,
        Err(said) => panic!("{said}"),
    }
}

/// What came out on one link.
#[derive(Debug, Default, Clone)]
pub struct Wire {
    pub bytes: Vec<u8>,
    pub writes: usize,
    pub is_closed: bool,
    /// The server reads nothing of what the client says, which waits.
    pub is_paused: bool,
    pub unread: Vec<u8>,
}

/// The most that one read hands to the engine.
const READ_AT_MOST: usize = 16 * 1024;

pub struct Bed {
    pub engine: Upsd,
    pub now: Instant,
    pub wires: BTreeMap<LinkId, Wire>,
    /// Links to drivers that the engine has opened, with the socket's path.
    pub drivers: BTreeMap<String, LinkId>,
    /// Sockets that answer.
    pub present: Vec<String>,
    pub log: Vec<String>,
    pub exit: Option<u8>,
    accepted: u32,
}

impl Bed {
    /// A server with the files above; `dummy`'s driver is connected and has dumped [`DUMP`].
    pub fn new() -> Self {
        Self::with(config(UPS_CONF, UPSD_CONF, UPSD_USERS))
    }

    pub fn with(config: Config) -> Self {
        let mut bed = Self {
            engine: Upsd::new(config, [1, 2]),
            now: Instant::START,
            wires: BTreeMap::new(),
            drivers: BTreeMap::new(),
            present: vec!["/run/nut/dummy-ups-dummy".into()],
            log: Vec::new(),
            exit: None,
            accepted: 0,
        };
        bed.settle();
        if bed.drivers.contains_key("/run/nut/dummy-ups-dummy") {
            bed.driver_says(DUMP);
        }
        bed
    }

    pub fn driver(&self) -> LinkId {
        self.drivers["/run/nut/dummy-ups-dummy"]
    }

    pub fn driver_says(&mut self, text: &str) {
        let link = self.driver();
        self.event(Event::Received { link, bytes: text.as_bytes().to_vec() });
    }

    /// What the driver has been told since the last time.
    pub fn driver_heard(&mut self) -> String {
        let link = self.driver();
        self.heard(link)
    }

    pub fn connect(&mut self) -> LinkId {
        self.connect_from("127.0.0.1")
    }

    pub fn connect_from(&mut self, address: &str) -> LinkId {
        let link = LinkId::accepted(self.accepted);
        self.accepted += 1;
        self.wires.insert(link, Wire::default());
        self.event(Event::Accepted { link, peer: Peer::Tcp(address.into()) });
        link
    }

    /// Sends bytes and takes what came back.
    pub fn say(&mut self, link: LinkId, bytes: &[u8]) -> String {
        self.wires.entry(link).or_default().unread.extend(bytes);
        self.settle_turns();
        self.heard(link)
    }

    /// Reads of what a client has said, unless the server has it wait; whether there was something.
    fn read(&mut self) -> bool {
        let waits = |wire: &Wire| !wire.is_paused && !wire.is_closed && !wire.unread.is_empty();
        let Some((&link, wire)) = self.wires.iter_mut().find(|(_, wire)| waits(wire)) else { return false };
        let rest = wire.unread.split_off(wire.unread.len().min(READ_AT_MOST));
        let bytes = std::mem::replace(&mut wire.unread, rest);
        self.event(Event::Received { link, bytes });
        true
    }

    /// As [`Self::say`], where the server may have closed already.
    pub fn say_if_open(&mut self, link: LinkId, bytes: &[u8]) -> String {
        if bytes.is_empty() || self.wires.get(&link).is_some_and(|wire| wire.is_closed) {
            return self.heard(link);
        }
        self.say(link, bytes)
    }

    pub fn ask(&mut self, link: LinkId, line: &str) -> String {
        self.say(link, format!("{line}\n").as_bytes())
    }

    pub fn log_in(&mut self, name: &str, password: &str) -> LinkId {
        let link = self.connect();
        assert_eq!(self.ask(link, &format!("USERNAME {name}\nPASSWORD {password}")), "OK\nOK\n");
        link
    }

    pub fn heard(&mut self, link: LinkId) -> String {
        let wire = self.wires.entry(link).or_default();
        let mut text = String::from_utf8_lossy(&std::mem::take(&mut wire.bytes)).into_owned();
        if wire.is_closed {
            text.push_str("<EOF>");
        }
        text
    }

    pub fn event(&mut self, event: Event<Config>) {
        self.engine.handle(event, self.now);
        self.settle();
    }

    /// Lets sessions that wait for their turn have it.
    pub fn settle_turns(&mut self) {
        while self.read() || self.has_turn() {}
    }

    fn has_turn(&mut self) -> bool {
        let is_due = self.engine.poll_timeout().is_some_and(|due| due <= self.now);
        if is_due {
            self.engine.handle_timeout(self.now);
            self.settle();
        }
        is_due
    }

    /// Lets time pass, deadline by deadline.
    pub fn wait(&mut self, duration: Duration) {
        let end = self.now + duration;
        while let Some(due) = self.engine.poll_timeout().filter(|due| *due <= end) {
            self.now = self.now.max(due);
            self.engine.handle_timeout(self.now);
            self.settle();
            while self.read() {}
        }
        self.now = end;
    }

    pub fn settle(&mut self) {
        while let Some(effect) = self.engine.poll_output() {
            match effect {
                Effect::Open { link, to: Endpoint::Unix { path } } => {
                    if self.present.contains(&path) {
                        self.drivers.insert(path, link);
                        self.engine.handle(Event::Opened { link }, self.now);
                    } else {
                        self.engine.handle(Event::OpenFailed { link, error: LinkError::NotFound }, self.now);
                    }
                }
                Effect::Send { link, bytes } => {
                    let wire = self.wires.entry(link).or_default();
                    assert!(!wire.is_closed, "nothing is sent on a link after it was closed");
                    wire.bytes.extend(bytes);
                    wire.writes += 1;
                }
                Effect::Pause { link } => self.wires.entry(link).or_default().is_paused = true,
                Effect::Resume { link } => self.wires.entry(link).or_default().is_paused = false,
                Effect::Close { link } => self.wires.entry(link).or_default().is_closed = true,
                Effect::Say { level, text } => self.log.push(format!("{level:?}: {text}")),
                Effect::Exit { code } => self.exit = Some(code),
                other => panic!("upsd asks for {other:?}"),
            }
        }
    }
}
