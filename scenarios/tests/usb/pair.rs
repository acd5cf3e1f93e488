//! The HID driver and an emulated UPS, joined as on the simulated rig: every transfer and every
//! report crosses as bytes, on a clock that jumps.

use driver::DriverConfig;
use driver::usbhid::UsbHid;
use emulator::{Input, Observation, Output, Setup, Ups};
use protocol::{Effect, Endpoint, Engine, Event, Instant, LinkError, LinkId, Peer};
use std::time::Duration;

/// What crossing the cable takes.
const LATENCY: Duration = Duration::from_micros(100);

/// Both ends of one cable.
pub struct Pair {
    pub driver: UsbHid,
    pub ups: Ups,
    pub now: Instant,
    /// The driver's effects that are not about USB, with their times.
    pub effects: Vec<(Instant, Effect)>,
    /// What could be seen of the UPS.
    pub seen: Vec<(Instant, Observation)>,
    /// GET_REPORTs so far.
    pub reads: usize,
    plugged: bool,
    link: Option<LinkId>,
    cable: Vec<(Instant, Crossing)>,
}

enum Crossing {
    ToUps(Input),
    ToDriver(Event<DriverConfig>),
}

impl Pair {
    /// A driver that looks for the device at the very start.
    pub fn new(device: &str, setup: Setup, config: DriverConfig) -> Self {
        let device = emulator::device::find(device).expect("a device of the emulator's own");
        Self {
            driver: UsbHid::new(config),
            ups: Ups::new(device, setup, Instant::START),
            now: Instant::START,
            effects: Vec::new(),
            seen: Vec::new(),
            reads: 0,
            plugged: false,
            link: None,
            cable: Vec::new(),
        }
    }

    /// Lets time pass.
    pub fn run(&mut self, duration: Duration) {
        let end = self.now + duration;
        loop {
            self.exchange();
            let crossing = self.cable.iter().map(|(at, _)| *at).min();
            let next = Instant::first_of([self.driver.poll_timeout(), self.ups.poll_timeout(), crossing]);
            let Some(next) = next.filter(|next| *next <= end) else { break };
            self.now = self.now.max(next);
            let due = self.cable.iter().position(|(at, _)| *at <= self.now && Some(*at) == crossing);
            if let Some(due) = due {
                match self.cable.remove(due).1 {
                    Crossing::ToUps(input) => self.ups.handle(input, self.now),
                    Crossing::ToDriver(event) => self.driver.handle(event, self.now),
                }
            }
            self.ups.handle_timeout(self.now);
            self.driver.handle_timeout(self.now);
        }
        self.now = end;
    }

    /// Takes an answer of the device off the cable, if one is under way.
    pub fn take_answer(&mut self) -> Option<Event<DriverConfig>> {
        self.exchange();
        let is_answer = |crossing: &Crossing| matches!(crossing, Crossing::ToDriver(Event::TransferDone { .. }));
        let at = self.cable.iter().position(|(_, crossing)| is_answer(crossing))?;
        match self.cable.remove(at).1 {
            Crossing::ToDriver(event) => Some(event),
            Crossing::ToUps(_) => None,
        }
    }

    /// Somebody does something to the UPS.
    pub fn control(&mut self, words: &str) {
        self.ups.handle(Input::Control(words.parse().expect("control words")), self.now);
    }

    /// A server connects to the driver socket.
    pub fn connect(&mut self) -> LinkId {
        let link = LinkId::accepted(1);
        self.driver.handle(Event::Accepted { link, peer: Peer::Unix }, self.now);
        link
    }

    /// What a server has been told since it was last asked.
    pub fn said(&mut self, server: LinkId) -> String {
        self.exchange();
        let mut text = Vec::new();
        self.effects.retain(|(_, effect)| match effect {
            Effect::Send { link, bytes } if *link == server => {
                text.extend_from_slice(bytes);
                false
            }
            _ => true,
        });
        String::from_utf8(text).expect("text on the driver socket")
    }

    /// The driver's log.
    pub fn log(&self) -> Vec<&str> {
        self.effects
            .iter()
            .filter_map(|entry| match &entry.1 {
                Effect::Say { text, .. } => Some(text.as_str()),
                _ => None,
            })
            .collect()
    }

    /// The instant commands that the driver offers.
    pub fn commands(&mut self) -> Vec<String> {
        let server = self.connect();
        self.say(server, "DUMPALL\n");
        let said = self.said(server);
        said.lines().filter_map(|line| line.strip_prefix("ADDCMD ")).map(str::to_owned).collect()
    }

    /// A server says something on the driver socket.
    pub fn say(&mut self, server: LinkId, line: &str) {
        self.driver.handle(Event::Received { link: server, bytes: line.into() }, self.now);
    }

    /// What a client would see, sorted.
    pub fn listing(&self) -> Vec<String> {
        self.driver.publisher().published().map(|(name, value)| format!("{name}: {value}")).collect()
    }

    /// A variable's value.
    pub fn var(&self, name: &str) -> Option<&str> {
        self.driver.publisher().value(name)
    }

    /// The code with which the driver asked to exit.
    pub fn exit_code(&self) -> Option<u8> {
        self.effects.iter().find_map(|(_, effect)| match effect {
            Effect::Exit { code } => Some(*code),
            _ => None,
        })
    }

    fn exchange(&mut self) {
        let (now, arrives) = (self.now, self.now + LATENCY);
        while let Some(output) = self.ups.poll_output() {
            let event = match output {
                Output::Done { transfer, result } => {
                    self.link.map(|link| Event::TransferDone { link, transfer: protocol::TransferId(transfer), result })
                }
                Output::Interrupt(bytes) => self.link.map(|link| Event::Interrupt { link, bytes }),
                Output::Attached(_) => {
                    self.plugged = true;
                    None
                }
                Output::Detached => {
                    self.plugged = false;
                    self.link.take().map(|link| Event::Closed { link, error: LinkError::Closed })
                }
                Output::Observed(observation) => {
                    self.seen.push((now, observation));
                    None
                }
            };
            self.cable.extend(event.map(|event| (arrives, Crossing::ToDriver(event))));
        }
        while let Some(effect) = self.driver.poll_output() {
            match effect {
                Effect::Open { link, to: Endpoint::Usb(matcher) } => {
                    let identity = self.ups.identity();
                    let event = if self.plugged && matcher.matches(identity) {
                        self.link = Some(link);
                        Event::Attached { link, identity: Box::new(identity.clone()) }
                    } else {
                        Event::OpenFailed { link, error: LinkError::NotFound }
                    };
                    self.cable.push((arrives, Crossing::ToDriver(event)));
                }
                Effect::Transfer { transfer, request, .. } => {
                    self.reads += usize::from(matches!(request, protocol::usb::Request::GetReport { .. }));
                    let input = Input::Transfer { transfer: transfer.0, request };
                    self.cable.push((arrives, Crossing::ToUps(input)));
                }
                Effect::Close { link } if self.link == Some(link) => self.link = None,
                other => self.effects.push((now, other)),
            }
        }
    }
}
