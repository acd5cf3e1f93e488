//! The HID driver alone with a device, a cable and a server that do as they like. The property test
//! beside this file makes up what they do; `fuzz/targets/usbhid.rs` learns it from coverage.

use std::time::Duration;

use driver::DriverConfig;
use driver::usbhid::UsbHid;
use protocol::usb::{Data, Failure, Identity, Request};
use protocol::{Effect, Engine, Event, Instant, LinkError, LinkId, Peer, TransferId};

/// Real devices: vendor, product, report descriptor in hexadecimal.
pub const DEVICES: [(u16, u16, &str); 3] = [
    (0x051D, 0x0002, include_str!("../descriptors/apc_backups_rs1000g_051d_0002.hex")),
    (0x0764, 0x0501, include_str!("../descriptors/cyberpower_cp1500epfclcd_0764_0501.hex")),
    (0x0463, 0xFFFF, include_str!("../descriptors/santak_tgbox850_0463_ffff.hex")),
];
/// Every way in which a transfer may fail.
pub const FAILURES: [Failure; 6] =
    [Failure::Stall, Failure::Timeout, Failure::Overflow, Failure::Io, Failure::NoDevice, Failure::Access];
/// A driver that has nothing to wait for asks for less than this in one go.
const MOST_EFFECTS: usize = 2000;
const SERVER: LinkId = LinkId::accepted(1);

/// What happens next.
#[derive(Debug, Clone)]
pub enum Act {
    /// The transfer under way ends.
    Done(Result<Data, Failure>),
    /// It ends with the right report id in front.
    Report(Data),
    /// Something comes on the interrupt pipe.
    Interrupt(Data),
    /// The cable is pulled.
    Torn,
    /// Time passes.
    Silence(Duration),
    /// A server sends bytes.
    Said(Vec<u8>),
}

/// The driver and what it waits for.
pub struct World {
    driver: UsbHid,
    identity: Identity,
    descriptor: Data,
    now: Instant,
    link: Option<LinkId>,
    asked: Option<(TransferId, Request)>,
    is_over: bool,
}

impl World {
    /// A driver that looks for the device, with a server connected to it.
    pub fn new(config: DriverConfig, (vendor_id, product_id): (u16, u16), descriptor: Data) -> Self {
        let mut world = Self {
            driver: UsbHid::new(config),
            identity: Identity { vendor_id, product_id, product: "UPS FW:1".into(), ..Identity::default() },
            descriptor,
            now: Instant::START,
            link: None,
            asked: None,
            is_over: false,
        };
        world.drain();
        world.handle(Event::Accepted { link: SERVER, peer: Peer::Unix });
        world
    }

    /// Whether the driver asked to exit.
    pub fn is_over(&self) -> bool {
        self.is_over
    }

    /// Gives whoever asks for the device the device; the report descriptor only where it is `readable`.
    pub fn oblige(&mut self, readable: bool) {
        match (&self.asked, self.link) {
            (None, Some(link)) => {
                self.handle(Event::Attached { link, identity: Box::new(self.identity.clone()) });
            }
            (Some((_, Request::GetDescriptor { kind: 0x22, .. })), _) if readable => {
                self.end(Ok(self.descriptor.clone()));
            }
            _ => {}
        }
    }

    /// Lets something happen.
    pub fn act(&mut self, act: Act) {
        match act {
            Act::Done(result) => self.end(result),
            Act::Report(mut data) => {
                if let Some((_, Request::GetReport { id, .. })) = &self.asked {
                    data.insert(0, *id);
                }
                self.end(Ok(data));
            }
            Act::Interrupt(bytes) => {
                if let Some(link) = self.link {
                    self.handle(Event::Interrupt { link, bytes });
                }
            }
            Act::Torn => {
                if let Some(link) = self.link.take() {
                    self.asked = None;
                    self.handle(Event::Closed { link, error: LinkError::Closed });
                }
            }
            Act::Silence(time) => {
                let end = self.now + time;
                while let Some(at) = self.driver.poll_timeout().filter(|at| *at <= end) {
                    self.now = at;
                    self.driver.handle_timeout(at);
                    self.drain();
                }
                self.now = end;
            }
            Act::Said(bytes) => self.handle(Event::Received { link: SERVER, bytes }),
        }
    }

    fn end(&mut self, result: Result<Data, Failure>) {
        if let (Some(link), Some((transfer, _))) = (self.link, self.asked.take()) {
            self.handle(Event::TransferDone { link, transfer, result });
        }
    }

    fn handle(&mut self, event: Event<DriverConfig>) {
        self.driver.handle(event, self.now);
        self.drain();
    }

    fn drain(&mut self) {
        let mut effects = 0;
        while let Some(effect) = self.driver.poll_output() {
            effects += 1;
            assert!(effects < MOST_EFFECTS, "the driver does not come to rest");
            assert!(!self.is_over, "{effect:?} after it asked to exit");
            match effect {
                Effect::Open { link, .. } => self.link = Some(link),
                Effect::Close { link } if Some(link) == self.link => {
                    self.link = None;
                    self.asked = None;
                }
                Effect::Transfer { link, transfer, request } => {
                    assert_eq!(Some(link), self.link);
                    self.asked = Some((transfer, request));
                }
                Effect::Exit { .. } => self.is_over = true,
                _ => {}
            }
        }
        let due = self.driver.poll_timeout();
        assert!(self.is_over || due.is_none_or(|at| at > self.now), "a deadline in the past: {due:?} at {}", self.now);
    }
}

/// Bytes written in hexadecimal, blanks apart.
pub fn unhex(text: &str) -> Data {
    let digits: Vec<u32> = text.chars().filter_map(|digit| digit.to_digit(16)).collect();
    digits.chunks_exact(2).map(|pair| (pair[0] << 4 | pair[1]).to_le_bytes()[0]).collect()
}
