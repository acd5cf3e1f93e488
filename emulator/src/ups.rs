//! [`Ups`]: the physics and the faces of one device as one engine.

use std::collections::VecDeque;

use protocol::usb::{Data, Failure, Identity, Request};
use protocol::{Engine, Instant};

use crate::control::{Control, Link, Quirk};
use crate::device::{Device, Usb};
use crate::hid::{Act, Face, Written};
use crate::observation::{Observation, Sample};
use crate::physics::{Found, Physics};
use crate::units::{Celsius, Load, Millivolts, Permille};

/// What happens to the UPS.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Input {
    /// Somebody does something to it.
    Control(Control),
    /// The host makes a control transfer.
    Transfer {
        /// Chosen by the host, echoed in [`Output::Done`].
        transfer: u32,
        /// What it asks.
        request: Request,
    },
}

/// What the UPS does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Output {
    /// It answers a transfer.
    Done {
        /// Which.
        transfer: u32,
        /// The data stage (empty for OUT), or why it failed.
        result: Result<Data, Failure>,
    },
    /// A report on the interrupt pipe, its id first where the device uses ids.
    Interrupt(Data),
    /// The device appears on the bus (again); transfers asked for before will never be answered.
    Attached(Box<Identity>),
    /// The device is gone from the bus; transfers under way are lost.
    Detached,
    /// Something that can be seen from outside.
    Observed(Observation),
}

/// How the device is found when the emulation starts; `None` leaves what the device file says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Setup {
    /// What hangs on it.
    pub load: Option<Load>,
    /// What the battery holds.
    pub charge: Option<Permille>,
    /// What the battery can hold, of what it was designed for.
    pub health: Option<Permille>,
    /// Battery temperature.
    pub temperature: Option<Celsius>,
    /// The mains' usual voltage, which `mains on` returns to.
    pub mains: Option<Millivolts>,
    /// The serial number, for a second device of the same model.
    pub serial: Option<String>,
}

/// One emulated UPS. Its first outputs say that it is attached and what can be seen of it.
#[derive(Debug, Clone)]
pub struct Ups {
    physics: Physics,
    face: Face,
    identity: Identity,
    plugged: bool,
    attached: bool,
    attachments: u32,
    outputs: VecDeque<Output>,
    /// Reused for what the face does.
    acts: Vec<Act>,
}

impl Ups {
    /// A device as its file and `setup` describe it, on good mains, at `now`.
    #[must_use]
    pub fn new(mut device: Device, setup: Setup, now: Instant) -> Self {
        let facts = &mut device.facts;
        facts.inverter.load = setup.load.unwrap_or(facts.inverter.load);
        facts.inlet.usual = setup.mains.unwrap_or(facts.inlet.usual);
        facts.battery.temperature = setup.temperature.unwrap_or(facts.battery.temperature);
        if let Some(serial) = setup.serial {
            device.usb.strings.insert(device.usb.serial, serial);
        }
        let found =
            Found { charge: setup.charge.unwrap_or(Permille::WHOLE), health: setup.health.unwrap_or(Permille::WHOLE) };
        let physics = Physics::new(device.facts.clone(), found, now);
        let mut ups = Self {
            identity: identity(&device.usb),
            face: Face::new(device, &physics, now),
            physics,
            plugged: true,
            attached: false,
            attachments: 0,
            outputs: VecDeque::new(),
            acts: Vec::new(),
        };
        ups.follow(now);
        ups
    }

    /// What the device says it is; its `device` field changes with each attachment.
    #[must_use]
    pub fn identity(&self) -> &Identity {
        &self.identity
    }

    /// Whether a host can learn of this from a report field, or notices it otherwise.
    #[must_use]
    pub fn shows(&self, control: &Control) -> bool {
        let by = control.shown_by();
        by.is_empty() || self.face.device().binding.shows(by)
    }

    /// Its readings now.
    #[must_use]
    pub fn readings(&self) -> Sample {
        self.physics.readings()
    }

    /// Lets time pass: the physics and the face act in the order in which things fall due.
    fn advance(&mut self, now: Instant) {
        while let Some(due) = self.poll_timeout().filter(|due| *due <= now) {
            if self.physics.advance(due) {
                self.follow(due);
            }
            while self.attached && self.face.act(&mut self.physics, due, &mut self.acts) {
                self.carry_out(due);
            }
        }
        self.physics.advance(now);
    }

    fn carry_out(&mut self, now: Instant) {
        let mut wrote = false;
        for act in self.acts.drain(..) {
            self.outputs.push_back(match act {
                Act::Done(transfer, result) => Output::Done { transfer, result },
                Act::Interrupt(bytes) => Output::Interrupt(bytes),
                Act::Written(Written { quantity, value }) => {
                    wrote = true;
                    Output::Observed(Observation::Command { command: quantity.to_owned(), value })
                }
            });
        }
        if wrote {
            self.physics.advance(now);
            self.follow(now);
        }
    }

    /// Hands on what was seen, and lets the data port follow the power.
    fn follow(&mut self, now: Instant) {
        while let Some(seen) = self.physics.poll_seen() {
            self.outputs.push_back(Output::Observed(seen));
        }
        let attached = self.plugged && self.physics.is_alive();
        match (self.attached, attached) {
            (false, true) => self.attach(now),
            (true, false) => {
                self.outputs.push_back(Output::Detached);
                self.outputs.push_back(Output::Observed(Observation::Port { attached }));
            }
            _ => {}
        }
        self.attached = attached;
        if attached {
            self.face.notice(&self.physics, now);
        }
    }

    fn attach(&mut self, now: Instant) {
        self.attachments += 1;
        self.identity.device = format!("{:03}", self.attachments);
        self.face.attach(&self.physics, now);
        self.outputs.push_back(Output::Attached(Box::new(self.identity.clone())));
        self.outputs.push_back(Output::Observed(Observation::Port { attached: true }));
    }

    fn control(&mut self, control: &Control, now: Instant) {
        match *control {
            Control::Link(Link::Unplug) => self.plugged = false,
            Control::Link(Link::Plug) => self.plugged = true,
            Control::Link(link) => self.face.link(link, &self.physics),
            Control::Quirk(Quirk::Refresh(refresh)) => self.face.set_refresh(refresh, &self.physics),
            _ => self.physics.control(control),
        }
        self.physics.advance(now);
        self.follow(now);
    }
}

impl Engine for Ups {
    type Input = Input;
    type Output = Output;

    fn handle(&mut self, input: Input, now: Instant) {
        self.advance(now);
        match input {
            Input::Control(control) => self.control(&control, now),
            // Nobody is there to answer.
            Input::Transfer { transfer, .. } if !self.attached => {
                self.outputs.push_back(Output::Done { transfer, result: Err(Failure::NoDevice) });
            }
            Input::Transfer { transfer, request } => {
                if let Some(act) = self.face.request(transfer, request, now) {
                    self.acts.push(act);
                    self.carry_out(now);
                }
            }
        }
        // What takes no time at all is done now.
        self.advance(now);
    }

    fn handle_timeout(&mut self, now: Instant) {
        self.advance(now);
    }

    fn poll_output(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    fn poll_timeout(&self) -> Option<Instant> {
        let face = self.face.next().filter(|_| self.attached);
        earliest(self.physics.next(), face)
    }
}

fn earliest(a: Option<Instant>, b: Option<Instant>) -> Option<Instant> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    }
}

fn identity(usb: &Usb) -> Identity {
    let text = |index| usb.string(index).unwrap_or_default().to_owned();
    Identity {
        vendor_id: usb.vendor,
        product_id: usb.product,
        release: usb.release,
        vendor: text(usb.manufacturer),
        product: text(usb.name),
        serial: text(usb.serial),
        bus: "emu".to_owned(),
        ..Identity::default()
    }
}
