//! A dummy driver on a bench: its events are made by hand, its effects collected.

use driver::DriverConfig;
use driver::dummy::DummyUps;
use protocol::{Effect, Engine, Event, Instant, LinkId, Peer};

/// One engine and the time it is told.
pub struct Bench {
    pub engine: DummyUps,
    pub now: Instant,
}

impl Bench {
    /// A driver that has read nothing yet.
    pub fn new(config: DriverConfig) -> Self {
        Self { engine: DummyUps::new(config).expect("a configuration without mistakes"), now: Instant::START }
    }

    /// A driver that has just read this file.
    pub fn playing(config: DriverConfig, file: &str) -> Self {
        let mut bench = Self::new(config);
        let watched = bench.effects().into_iter().find_map(|effect| match effect {
            Effect::WatchFile { path } => Some(path),
            _ => None,
        });
        let path = watched.expect("the file is watched");
        bench.handle(Event::FileChanged { path, contents: Some(file.into()) });
        bench
    }

    pub fn handle(&mut self, event: Event<DriverConfig>) {
        self.engine.handle(event, self.now);
    }

    /// A server connects.
    pub fn connect(&mut self, number: u32) -> LinkId {
        let link = LinkId::accepted(number);
        self.handle(Event::Accepted { link, peer: Peer::Unix });
        link
    }

    /// A server says something; everything that comes of it.
    pub fn say(&mut self, link: LinkId, bytes: impl Into<Vec<u8>>) -> Vec<Effect> {
        self.handle(Event::Received { link, bytes: bytes.into() });
        self.effects()
    }

    /// Everything the engine wants done.
    pub fn effects(&mut self) -> Vec<Effect> {
        std::iter::from_fn(|| self.engine.poll_output()).collect()
    }

    /// When the engine wants to be woken.
    pub fn engine_rests_until(&self) -> Instant {
        self.engine.poll_timeout().expect("a deadline")
    }

    /// Time goes on until the engine's next deadline; what it does then.
    pub fn next_deadline(&mut self) -> Vec<Effect> {
        self.now = self.engine.poll_timeout().expect("a deadline");
        self.engine.handle_timeout(self.now);
        self.effects()
    }
}

/// What was sent on one link, as text.
pub fn sent(effects: &[Effect], to: LinkId) -> String {
    let bytes: Vec<u8> = effects
        .iter()
        .filter_map(|effect| match effect {
            Effect::Send { link, bytes } if *link == to => Some(bytes.as_slice()),
            _ => None,
        })
        .flatten()
        .copied()
        .collect();
    String::from_utf8(bytes).expect("text on the driver socket")
}

/// Log lines.
pub fn said(effects: &[Effect]) -> Vec<String> {
    let text = |effect: &Effect| match effect {
        Effect::Say { text, .. } => Some(text.clone()),
        _ => None,
    };
    effects.iter().filter_map(text).collect()
}
