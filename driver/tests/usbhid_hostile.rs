//! A device that lies, a cable that tears, a server that babbles: the driver neither panics nor
//! asks for more than one thing at a time.

#![expect(clippy::unwrap_used, reason = "what a test builds on either is there or fails it")]

use driver::DriverConfig;
use driver::usbhid::UsbHid;
use proptest::prelude::*;
use protocol::usb::{Data, Failure, Identity};
use protocol::{Effect, Engine, Event, Instant, LinkError, LinkId, Peer, TransferId};
use std::time::Duration;

const DESCRIPTORS: [(u16, u16, &str); 3] = [
    (0x051D, 0x0002, include_str!("descriptors/apc_backups_rs1000g_051d_0002.hex")),
    (0x0764, 0x0501, include_str!("descriptors/cyberpower_cp1500epfclcd_0764_0501.hex")),
    (0x0463, 0xFFFF, include_str!("descriptors/santak_tgbox850_0463_ffff.hex")),
];

fn bytes(hex: &str) -> Data {
    let digits: String = hex.split_whitespace().collect();
    (0..digits.len() / 2).map(|i| u8::from_str_radix(&digits[2 * i..2 * i + 2], 16).unwrap()).collect()
}

#[derive(Debug, Clone)]
enum Act {
    /// The transfer under way ends.
    Done(Result<Data, Failure>),
    /// It ends with the right report id in front.
    Report(Data),
    Interrupt(Data),
    Torn,
    Silence(u32),
    Line(String),
}

fn act() -> impl Strategy<Value = Act> {
    let data = prop::collection::vec(any::<u8>(), 0..20).prop_map(Data::from_vec);
    let failure = prop::sample::select(vec![
        Failure::Stall,
        Failure::Timeout,
        Failure::Overflow,
        Failure::Io,
        Failure::NoDevice,
        Failure::Access,
    ]);
    let lines = prop::sample::select(vec![
        "DUMPALL\n",
        "INSTCMD load.off TRACKING 1\n",
        "INSTCMD shutdown.return TRACKING 2\n",
        "INSTCMD beeper.mute 4294967296 TRACKING 3\n",
        "SET battery.charge.low 99999999999 TRACKING 4\n",
        "SET battery.mfr.date 2107/12/31 TRACKING 5\n",
        "SET ups.delay.shutdown -1 TRACKING 6\n",
        "SET input.sensitivity \"\" TRACKING 7\n",
    ]);
    prop_oneof![
        8 => data.clone().prop_map(Act::Report),
        2 => data.clone().prop_map(|data| Act::Done(Ok(data))),
        2 => failure.prop_map(|failure| Act::Done(Err(failure))),
        2 => data.prop_map(Act::Interrupt),
        1 => Just(Act::Torn),
        2 => (0_u32..20_000).prop_map(Act::Silence),
        1 => lines.prop_map(|line| Act::Line(line.to_owned())),
    ]
}

struct World {
    driver: UsbHid,
    now: Instant,
    link: Option<LinkId>,
    asked: Option<(TransferId, protocol::usb::Request)>,
    over: bool,
}

impl World {
    fn handle(&mut self, event: Event<DriverConfig>) -> Result<(), TestCaseError> {
        self.driver.handle(event, self.now);
        self.drain()
    }

    fn drain(&mut self) -> Result<(), TestCaseError> {
        let mut effects = 0;
        while let Some(effect) = self.driver.poll_output() {
            effects += 1;
            prop_assert!(effects < 1000, "the driver does not come to rest");
            prop_assert!(!self.over, "{effect:?} after it asked to exit");
            match effect {
                Effect::Open { link, .. } => self.link = Some(link),
                Effect::Close { link } if Some(link) == self.link => {
                    self.link = None;
                    self.asked = None;
                }
                Effect::Transfer { link, transfer, request } => {
                    prop_assert_eq!(Some(link), self.link);
                    self.asked = Some((transfer, request));
                }
                Effect::Exit { .. } => self.over = true,
                _ => {}
            }
        }
        let mut deadline = self.driver.poll_timeout();
        if let Some(at) = deadline.take() {
            prop_assert!(at > self.now || self.over, "a deadline in the past: {at} at {}", self.now);
        }
        Ok(())
    }

    fn end(&mut self, result: Result<Data, Failure>) -> Result<(), TestCaseError> {
        let (Some(link), Some((transfer, _))) = (self.link, self.asked.take()) else { return Ok(()) };
        self.handle(Event::TransferDone { link, transfer, result })
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn nothing_makes_the_driver_panic(
        device in 0_usize..3,
        damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..4),
        kills: bool,
        settles in 0_u8..4,
        acts in prop::collection::vec(act(), 0..300),
    ) {
        let (vendor_id, product_id, hex) = DESCRIPTORS[device];
        let mut descriptor = bytes(hex);
        for (at, byte) in damage {
            let at = at.index(descriptor.len());
            descriptor[at] = byte;
        }
        let config = DriverConfig { killpower: kills, ..DriverConfig::new("rack", "usbhid-ups", "auto") }
            .with("lbrb_log_delay_sec", settles.to_string());
        let mut world =
            World { driver: UsbHid::new(config), now: Instant::START, link: None, asked: None, over: false };
        let server = LinkId::accepted(1);
        world.drain()?;
        world.handle(Event::Accepted { link: server, peer: Peer::Unix })?;
        for act in acts {
            if world.over {
                break;
            }
            // Whoever asks for the device gets it, and its descriptors are read.
            match &world.asked {
                None if world.link.is_some() => {
                    let link = world.link.unwrap();
                    let identity = Identity { vendor_id, product_id, product: "UPS FW:1".into(), ..Identity::default() };
                    world.handle(Event::Attached { link, identity: Box::new(identity) })?;
                }
                Some((_, protocol::usb::Request::GetDescriptor { kind: 0x22, .. })) => {
                    world.end(Ok(descriptor.clone()))?;
                }
                _ => {}
            }
            match act {
                Act::Done(result) => world.end(result)?,
                Act::Report(mut data) => {
                    if let Some((_, protocol::usb::Request::GetReport { id, .. })) = &world.asked {
                        data.insert(0, *id);
                    }
                    world.end(Ok(data))?;
                }
                Act::Interrupt(bytes) => {
                    if let Some(link) = world.link {
                        world.handle(Event::Interrupt { link, bytes })?;
                    }
                }
                Act::Torn => {
                    if let Some(link) = world.link.take() {
                        world.asked = None;
                        world.handle(Event::Closed { link, error: LinkError::Closed })?;
                    }
                }
                Act::Silence(millis) => {
                    let end = world.now + Duration::from_millis(u64::from(millis));
                    while let Some(at) = world.driver.poll_timeout().filter(|at| *at <= end) {
                        world.now = at;
                        world.driver.handle_timeout(at);
                        world.drain()?;
                    }
                    world.now = end;
                }
                Act::Line(line) => world.handle(Event::Received { link: server, bytes: line.into_bytes() })?,
            }
        }
    }
}
