//! The whole HID driver against a device that says what it likes.
//!
//! ```text
//! input = device { length:u8 kind:u8 bytes }
//! kind  = the answer to the transfer under way (with the right report id, or as it is), a failure, an
//!         interrupt, an unplugged cable, silence, a line from a server
//! ```

#![no_main]

use std::time::Duration;

use driver::DriverConfig;
use driver::usbhid::UsbHid;
use libfuzzer_sys::fuzz_target;
use protocol::usb::{Data, Failure, Identity, Request};
use protocol::{Effect, Engine, Event, Instant, LinkError, LinkId, Peer, TransferId};

const DEVICES: [(u16, u16, &str); 3] = [
    (0x051d, 0x0002, include_str!("../../emulator/devices/descriptors/apc-back-ups-rs1000g.hex")),
    (0x0764, 0x0501, include_str!("../../emulator/devices/descriptors/cyberpower-cp1500epfclcd.hex")),
    (0x0463, 0xffff, include_str!("../../emulator/devices/descriptors/santak-tg-box-850.hex")),
];
const FAILURES: [Failure; 6] =
    [Failure::Stall, Failure::Timeout, Failure::Overflow, Failure::Io, Failure::NoDevice, Failure::Access];

struct World {
    driver: UsbHid,
    now: Instant,
    link: Option<LinkId>,
    asked: Option<(TransferId, Request)>,
    is_over: bool,
}

fuzz_target!(|data: &[u8]| {
    let Some((&which, mut rest)) = data.split_first() else { return };
    let (vendor_id, product_id, hex) = DEVICES[usize::from(which % 3)];
    let config = DriverConfig { killpower: which & 0x80 != 0, ..DriverConfig::new("rack", "usbhid-ups", "auto") };
    let mut world = World { driver: UsbHid::new(config), now: Instant::START, link: None, asked: None, is_over: false };
    world.drain();
    let server = LinkId::accepted(1);
    world.handle(Event::Accepted { link: server, peer: Peer::Unix });
    while let [length, kind, tail @ ..] = rest {
        let (bytes, tail) = tail.split_at(usize::from(*length).min(tail.len()));
        rest = tail;
        if world.is_over {
            return;
        }
        match (&world.asked, world.link) {
            (None, Some(link)) => {
                let identity = Identity { vendor_id, product_id, product: "UPS FW:1".into(), ..Identity::default() };
                world.handle(Event::Attached { link, identity: Box::new(identity) });
            }
            (Some((_, Request::GetDescriptor { kind: 0x22, .. })), _) if kind & 0x40 == 0 => world.end(Ok(unhex(hex).into())),
            _ => {}
        }
        world.act(kind % 8, bytes, server);
    }
});

fn unhex(text: &str) -> Vec<u8> {
    let digits: Vec<u32> = text.chars().filter_map(|c| c.to_digit(16)).collect();
    digits.chunks_exact(2).map(|pair| (pair[0] << 4 | pair[1]).to_le_bytes()[0]).collect()
}

impl World {
    fn act(&mut self, kind: u8, bytes: &[u8], server: LinkId) {
        match kind {
            0 | 1 => {
                let mut data = Data::from_slice(bytes);
                if let Some((_, Request::GetReport { id, .. })) = &self.asked {
                    data.insert(0, *id);
                }
                self.end(Ok(data));
            }
            2 => self.end(Ok(bytes.into())),
            3 => self.end(Err(FAILURES[usize::from(bytes.first().copied().unwrap_or_default()) % FAILURES.len()])),
            4 => {
                if let Some(link) = self.link {
                    self.handle(Event::Interrupt { link, bytes: bytes.into() });
                }
            }
            5 => {
                if let Some(link) = self.link.take() {
                    self.asked = None;
                    self.handle(Event::Closed { link, error: LinkError::Closed });
                }
            }
            6 => {
                let tenths = bytes.iter().fold(0_u64, |sum, &byte| sum + u64::from(byte));
                let end = self.now + Duration::from_millis(100 * tenths);
                while let Some(at) = self.driver.poll_timeout().filter(|at| *at <= end) {
                    self.now = at;
                    self.driver.handle_timeout(at);
                    self.drain();
                }
                self.now = end;
            }
            _ => self.handle(Event::Received { link: server, bytes: bytes.to_vec() }),
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
            assert!(effects < 2000, "the driver does not come to rest");
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
