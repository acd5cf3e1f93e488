//! The whole server: two clients, a driver, time, full queues and reloads, as the input says.
//!
//! ```text
//! input = step { 0xff step }
//! step  = who bytes      0, 1: a client; d: the driver; c: they are cut off (0, 1, d)
//!                        t: so many tenths of a second pass; f, e: a client's queue is full, empty
//!                        r: a reload, with these bytes as ups.conf and upsd.users
//! ```

#![no_main]

use std::collections::BTreeSet;
use std::time::Duration;

use libfuzzer_sys::fuzz_target;
use protocol::diagnostic::Source;
use protocol::lexer::LineReader;
use protocol::net::Reply;
use protocol::{Effect, Endpoint, Engine, Event, Instant, LinkError, LinkId, Peer};
use server::config::Files;
use server::{Config, Upsd};

const UPS: &str = "[dummy]\ndriver = dummy-ups\nport = d.dev\ndesc = \"a #1\"\n[nodrv]\ndriver = dummy-ups\nport = n\n";
const USERS: &str = "[admin]\npassword = adm\nactions = SET FSD\ninstcmds = ALL\nupsmon primary\n";
const DUMP: &str = include_str!("../../server/tests/bed/dump.txt");
/// What may leave for one event: a turn for each client, the list that overshoots it, and pushes.
const MOST_PER_EVENT: usize = 3 << 20;

struct World {
    upsd: Upsd,
    now: Instant,
    drivers: Vec<LinkId>,
    open: BTreeSet<LinkId>,
    paused: BTreeSet<LinkId>,
    wires: [(LinkId, LineReader); 2],
    next: u32,
    heard: Vec<u8>,
}

fuzz_target!(|data: &[u8]| {
    let mut world = World::new();
    for step in data.split(|&byte| byte == 0xff) {
        let Some((&who, bytes)) = step.split_first() else { continue };
        world.step(who, bytes);
    }
    // Whatever happened: somebody new is served at once.
    let honest = world.connect();
    world.heard.clear();
    world.say(honest, b"VER\n");
    assert_eq!(world.heard, format!("{}\n", server::BANNER).into_bytes());
});

impl World {
    fn new() -> Self {
        let config = config(UPS.as_bytes(), USERS.as_bytes());
        let nobody = || (LinkId::accepted(0), LineReader::new());
        let mut world = Self {
            upsd: Upsd::new(config.unwrap_or_else(|| unreachable!("a good configuration")), [1, 2]),
            now: Instant::START,
            drivers: Vec::new(),
            open: BTreeSet::new(),
            paused: BTreeSet::new(),
            wires: [nobody(), nobody()],
            next: 1,
            heard: Vec::new(),
        };
        world.settle();
        if let Some(&driver) = world.drivers.first() {
            world.say(driver, DUMP.as_bytes());
        }
        for at in 0..2 {
            world.wires[at] = (world.connect(), LineReader::new());
        }
        world
    }

    fn step(&mut self, who: u8, bytes: &[u8]) {
        let client = |world: &Self, which: u8| world.wires[usize::from(which % 2)].0;
        match who {
            b'0' | b'1' => {
                let link = client(self, who);
                if self.paused.contains(&link) {
                    // Nobody reads it: it waits in the network.
                } else if self.open.contains(&link) {
                    self.say(link, bytes);
                } else {
                    self.wires[usize::from(who % 2)] = (self.connect(), LineReader::new());
                }
            }
            b'd' => {
                if let Some(&driver) = self.drivers.last() {
                    self.say(driver, bytes);
                }
            }
            b'c' => {
                let link = match bytes.first() {
                    Some(b'd') => self.drivers.pop(),
                    Some(&which) => {
                        let link = client(self, which);
                        self.paused.remove(&link);
                        Some(link).filter(|link| self.open.remove(link))
                    }
                    None => None,
                };
                if let Some(link) = link {
                    self.event(Event::Closed { link, error: LinkError::Reset });
                }
            }
            b't' => self.wait(bytes),
            b'f' | b'e' => {
                let link = client(self, bytes.first().copied().unwrap_or_default());
                if self.open.contains(&link) {
                    self.event(if who == b'f' { Event::Full { link } } else { Event::Drained { link } });
                }
            }
            b'r' => {
                if let Some(config) = config(bytes, USERS.as_bytes()).or_else(|| config(UPS.as_bytes(), bytes)) {
                    self.event(Event::Reload(Box::new(config)));
                }
            }
            _ => {}
        }
    }

    fn connect(&mut self) -> LinkId {
        let link = LinkId::accepted(self.next);
        self.next += 1;
        self.open.insert(link);
        self.event(Event::Accepted { link, peer: Peer::Tcp("127.0.0.1".into()) });
        link
    }

    fn say(&mut self, link: LinkId, bytes: &[u8]) {
        self.event(Event::Received { link, bytes: bytes.to_vec() });
    }

    fn event(&mut self, event: Event<Config>) {
        self.upsd.handle(event, self.now);
        self.settle();
        for turn in 0.. {
            assert!(turn < 10_000, "the server does not come to rest");
            if self.upsd.poll_timeout().is_none_or(|due| due > self.now) {
                break;
            }
            self.upsd.handle_timeout(self.now);
            self.settle();
        }
    }

    fn wait(&mut self, tenths: &[u8]) {
        let tenths = str::from_utf8(tenths).ok().and_then(|text| text.parse().ok()).unwrap_or(10);
        let end = self.now + Duration::from_millis(100 * u64::from(u16::min(tenths, 1000)));
        while let Some(due) = self.upsd.poll_timeout().filter(|due| *due <= end) {
            self.now = self.now.max(due);
            self.upsd.handle_timeout(self.now);
            self.settle();
        }
        self.now = end;
    }

    fn settle(&mut self) {
        let mut sent = 0;
        let mut answers = Vec::new();
        while let Some(effect) = self.upsd.poll_output() {
            match effect {
                Effect::Open { link, to: Endpoint::Unix { path } } => answers.push((link, path)),
                Effect::Send { link, bytes } => {
                    sent += bytes.len();
                    if link.is_accepted() {
                        assert!(self.open.contains(&link), "bytes for a link that is closed");
                        self.check(link, &bytes);
                        self.heard.extend(&bytes);
                    }
                }
                Effect::Pause { link } => assert!(self.paused.insert(link), "paused twice"),
                Effect::Resume { link } => assert!(self.paused.remove(&link), "resumed without a pause"),
                Effect::Close { link } => {
                    self.open.remove(&link);
                    self.paused.remove(&link);
                    self.drivers.retain(|driver| *driver != link);
                }
                Effect::Say { text, .. } => {
                    assert!(!text.contains(|c: char| c.is_control() && c != '\u{7f}'), "{text:?}");
                }
                other => unreachable!("upsd asks for {other:?}"),
            }
        }
        assert!(sent < MOST_PER_EVENT, "{sent} bytes at once");
        for (link, path) in answers {
            if path.ends_with("/dummy-ups-dummy") {
                self.drivers.push(link);
                self.upsd.handle(Event::Opened { link }, self.now);
            } else {
                self.upsd.handle(Event::OpenFailed { link, error: LinkError::NotFound }, self.now);
            }
        }
    }

    /// Every line that leaves is one of the protocol's, and is written as we would write it.
    fn check(&mut self, link: LinkId, bytes: &[u8]) {
        let Some((_, reader)) = self.wires.iter_mut().find(|(client, _)| *client == link) else { return };
        let mut rest = bytes;
        while let Some(line) = reader.next_line(&mut rest) {
            let mut again = Vec::new();
            Reply::parse(line).emit(&mut again);
            let whole = bytes.windows(again.len()).any(|piece| piece == again);
            assert!(whole, "not as we write it: {}", again.escape_ascii());
        }
    }
}

fn config(ups: &[u8], users: &[u8]) -> Option<Config> {
    let files = Files {
        ups: Source::new("ups.conf", ups),
        upsd: Source::new("upsd.conf", ""),
        users: Source::new("upsd.users", users),
        allow_no_device: false,
    };
    Config::load_from(&files).ok().map(|(config, _)| config)
}
