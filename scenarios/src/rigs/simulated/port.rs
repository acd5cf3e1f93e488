//! A UPS and its data port: the emulator's engine, and frames of the bus on its cable.
//!
//! Both directions carry the bytes of `protocol::usb::frame`, emitted on one side and parsed on the
//! other, exactly as on the emulator bus of a real run.

use protocol::usb::frame::Frame;
use protocol::usb::{Identity, InVain, Matcher, Request, Search};
use protocol::{Engine, Event, LinkId, TransferId};

use super::due::Attempt;
use super::links::{End, Over};
use super::world::World;
use crate::journal::Name;
use crate::rigs::director::Happening;
use crate::rigs::tap::Tap;

/// One UPS.
#[derive(Debug)]
pub struct Port {
    /// Its name.
    pub name: Name,
    /// The engine.
    pub ups: emulator::Ups,
    /// Its cable is plugged in and its port works.
    pub identity: Option<Box<Identity>>,
    /// The link that a driver opened to it.
    pub link: Option<u32>,
}

impl Port {
    /// A UPS at the start.
    #[must_use]
    pub fn new(name: Name, ups: emulator::Ups) -> Self {
        Self { name, ups, identity: None, link: None }
    }

    /// What the bus says of the device: it is known there by its name, as by its socket's where processes run.
    fn on_the_bus(&self) -> Option<Identity> {
        let (identity, place) = (self.identity.as_deref()?.clone(), self.name.to_string());
        Some(Identity { device: place.clone(), port: place, ..identity })
    }
}

impl World {
    pub(super) fn wake_port(&mut self, ups: usize) {
        self.ports[ups].ups.handle_timeout(self.now);
        self.drain_port(ups);
    }

    /// Does something to a UPS.
    pub(super) fn control(&mut self, ups: usize, control: emulator::Control) {
        self.ports[ups].ups.handle(emulator::Input::Control(control), self.now);
        self.drain_port(ups);
    }

    /// Carries out what a UPS does, and puts its next deadline down.
    pub(super) fn drain_port(&mut self, ups: usize) {
        while let Some(output) = self.ports[ups].ups.poll_output() {
            match output {
                emulator::Output::Done { transfer, result } => self.device_says(ups, &Frame::Done { transfer, result }),
                emulator::Output::Interrupt(report) => self.device_says(ups, &Frame::Interrupt(report)),
                emulator::Output::Attached(identity) => self.ports[ups].identity = Some(identity),
                emulator::Output::Detached => self.detach(ups),
                emulator::Output::Observed(observation) => self.report(Happening::Observed { ups, observation }),
            }
        }
        let at = self.ports[ups].ups.poll_timeout().map(|at| at.max(self.now));
        self.set_port_alarm(ups, at);
    }

    /// The device on the bus of a machine that a driver means.
    pub(super) fn find_device(&self, host: usize, matcher: &Matcher) -> Result<usize, InVain> {
        let mut search = Search::new(matcher);
        let mut bus = self.machines[host].cabled_to.clone();
        bus.sort_by_key(|ups| &self.ports[*ups].name);
        for ups in bus {
            let port = &self.ports[ups];
            if let Some(identity) = port.on_the_bus()
                && !search.offer(&identity, port.link.is_some(), ups)
            {
                break;
            }
        }
        search.end()
    }

    /// Gives a driver its device.
    pub(super) fn attach(&mut self, ups: usize, attempt: &Attempt) {
        let Attempt { slot, generation, link, .. } = *attempt;
        let host = self.slots[slot].host;
        let tap = Tap::usb(&self.machines[host].name, &self.slots[slot].program, &self.ports[ups].name);
        let ends = [End::Engine { slot, generation, link }, End::Device];
        let number = self.join(Over::Bus { ups }, ends, tap);
        let port = &mut self.ports[ups];
        port.link = Some(number);
        if let Some(identity) = port.identity.clone() {
            self.device_says(ups, &Frame::Hello(identity));
        }
    }

    /// The driver has let go of the device, or the device is gone.
    pub(super) fn release(&mut self, ups: usize, link: u32) {
        if self.ports[ups].link == Some(link) {
            self.ports[ups].link = None;
        }
    }

    fn detach(&mut self, ups: usize) {
        self.ports[ups].identity = None;
        if let Some(link) = self.ports[ups].link.take() {
            self.links[link as usize].ends[1] = End::Gone;
            self.transmit(link, 1, None);
        }
    }

    fn device_says(&mut self, ups: usize, frame: &Frame) {
        if let Some(link) = self.ports[ups].link {
            self.send_frame(link, 1, frame);
        }
    }

    /// A driver's transfer goes onto the cable.
    pub(super) fn ask_device(&mut self, slot: usize, link: LinkId, transfer: TransferId, request: Request) {
        let Some(number) = self.slots[slot].process.as_ref().and_then(|process| process.link(link)) else { return };
        self.send_frame(number, 0, &Frame::Request { transfer: transfer.0, request });
    }

    fn send_frame(&mut self, link: u32, side: u8, frame: &Frame) {
        let mut bytes = self.spare.pop().unwrap_or_default();
        bytes.clear();
        frame.emit(&mut bytes);
        self.send(link, side, bytes);
    }

    /// Frames arrive at a driver.
    pub(super) fn take_frames(&mut self, link: u32, slot: usize, generation: u32, name: LinkId, bytes: &[u8]) {
        let mut rest = bytes;
        while let Ok(Some((frame, size))) = Frame::parse(rest) {
            rest = &rest[size..];
            let news = match frame {
                Frame::Hello(identity) => Event::Attached { link: name, identity: self.introduced(link, identity) },
                Frame::Done { transfer, result } => {
                    Event::TransferDone { link: name, transfer: TransferId(transfer), result }
                }
                Frame::Interrupt(bytes) => Event::Interrupt { link: name, bytes },
                Frame::Busy | Frame::Request { .. } => continue,
            };
            self.tell(slot, generation, news);
        }
        if !rest.is_empty() {
            self.warn(format!("link {link}: what the device sent is no frame"));
        }
    }

    /// What a device says it is, and its place on the bus, which it does not know.
    fn introduced(&self, link: u32, identity: Box<Identity>) -> Box<Identity> {
        match self.links[link as usize].over {
            Over::Bus { ups } => self.ports[ups].on_the_bus().map_or(identity, Box::new),
            _ => identity,
        }
    }

    /// Frames arrive at a UPS.
    pub(super) fn take_requests(&mut self, link: u32, ups: usize, bytes: &[u8]) {
        let mut rest = bytes;
        while let Ok(Some((frame, size))) = Frame::parse(rest) {
            rest = &rest[size..];
            if let Frame::Request { transfer, request } = frame {
                self.ports[ups].ups.handle(emulator::Input::Transfer { transfer, request }, self.now);
            }
        }
        if !rest.is_empty() {
            self.warn(format!("link {link}: what the driver sent is no frame"));
        }
        self.drain_port(ups);
    }
}
