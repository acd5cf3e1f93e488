//! Everything that a run starts: which programs, where, and what runs there now.

use std::collections::VecDeque;

use super::child::Child;
use super::proxy::{Proxy, Reserved};
use crate::journal::Name;
use crate::language::Scenario;
use crate::rigs::configuration::Configuration;
use crate::rigs::facts::server_of;

/// What a slot is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Purpose {
    /// An emulated UPS.
    Emulator {
        /// Which.
        ups: usize,
    },
    /// A driver.
    Driver {
        /// Its section of `ups.conf`.
        ups: String,
    },
    /// `upsd`.
    Server,
    /// `upsmon`.
    Monitor,
}

/// A place where one process runs, ran, or will run.
#[derive(Debug)]
pub struct Slot {
    /// The host; meaningless for an emulator.
    pub host: usize,
    /// The program's name, as scenarios call it.
    pub program: Name,
    /// What it is for.
    pub purpose: Purpose,
    /// Counts starts.
    pub generation: u32,
    /// What runs there.
    pub child: Option<Child>,
    /// What listens for it while it is ready.
    pub proxies: Vec<Proxy>,
    /// It is to be started again once it has ended.
    pub restarts: bool,
    /// It ran when the data cable of its UPS was pulled out.
    pub misses_cable: bool,
}

impl Slot {
    /// A slot where nothing runs yet.
    #[must_use]
    pub fn new(host: usize, program: &str, purpose: Purpose) -> Self {
        Self {
            host,
            program: program.into(),
            purpose,
            generation: 0,
            child: None,
            proxies: Vec::new(),
            restarts: false,
            misses_cable: false,
        }
    }

    /// Whether it is a daemon of a host.
    #[must_use]
    pub fn is_service(&self) -> bool {
        !matches!(self.purpose, Purpose::Emulator { .. })
    }

    /// The UPS that it drives.
    #[must_use]
    pub fn ups(&self) -> Option<Name> {
        match &self.purpose {
            Purpose::Driver { ups } => Some(ups.as_str().into()),
            Purpose::Emulator { .. } | Purpose::Server | Purpose::Monitor => None,
        }
    }
}

/// The slots of a scenario: every host's daemons in the order in which an init system starts them,
/// then the emulators.
#[must_use]
pub fn all(scenario: &Scenario, configurations: &[Configuration]) -> Vec<Slot> {
    let mut slots = Vec::new();
    for (host, configuration) in configurations.iter().enumerate() {
        for (ups, program) in drivers(configuration) {
            slots.push(Slot::new(host, &program, Purpose::Driver { ups }));
        }
        if configuration.implied.server {
            slots.push(Slot::new(host, "upsd", Purpose::Server));
        }
        if configuration.implied.monitor {
            slots.push(Slot::new(host, "upsmon", Purpose::Monitor));
        }
    }
    slots.extend((0..scenario.ups.len()).map(|ups| Slot::new(0, "ups-emulator", Purpose::Emulator { ups })));
    slots
}

/// The drivers that a host runs: (section, program).
#[must_use]
pub fn drivers(configuration: &Configuration) -> Vec<(String, String)> {
    let sections = configuration.ups.iter().flat_map(|ups| &ups.sections).filter(|_| configuration.implied.drivers);
    let named = |section: &protocol::conf::ups_conf::UpsSection| {
        (section.name.as_str().to_owned(), section.settings.get("driver").unwrap_or_default().to_owned())
    };
    sections.map(named).collect()
}

/// The way from one host to the server of another: a port of this machine.
#[derive(Debug)]
pub struct Route {
    /// The client's host.
    pub client: usize,
    /// The server's host.
    pub server: usize,
    /// The port that the client's configuration names.
    pub port: u16,
    /// Held while nobody listens there.
    pub reserved: Option<Reserved>,
}

/// The way from a host to the server that it calls by this name.
#[must_use]
pub fn route<'a>(routes: &'a [Route], scenario: &Scenario, client: usize, name: &str) -> Option<&'a Route> {
    let server = server_of(scenario, &scenario.hosts[client].name, name);
    let server = scenario.hosts.iter().position(|host| host.name == server)?;
    routes.iter().find(|route| route.client == client && route.server == server)
}

/// A host's services that are still to start, and the one that is starting.
#[derive(Debug, Default)]
pub struct Startup {
    /// Still to start.
    pub queue: VecDeque<usize>,
    /// Started, and not ready.
    pub current: Option<usize>,
}

impl Startup {
    /// Whether nothing is left to start.
    #[must_use]
    pub fn is_idle(&self) -> bool {
        self.current.is_none() && self.queue.is_empty()
    }
}
