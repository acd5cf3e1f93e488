//! The whole HID driver against a device that says what it likes.
//!
//! ```text
//! input = device { length:u8 kind:u8 bytes }
//! kind  = the answer to the transfer under way (with the right report id, or as it is), a failure, an
//!         interrupt, an unplugged cable, silence, a line from a server
//! ```

#![no_main]

#[path = "../../driver/tests/usbhid_hostile/world.rs"]
mod world;

use std::time::Duration;

use driver::DriverConfig;
use libfuzzer_sys::fuzz_target;

use world::{Act, DEVICES, FAILURES, World, unhex};

fuzz_target!(|data: &[u8]| {
    let Some((&which, mut rest)) = data.split_first() else { return };
    let (vendor_id, product_id, hex) = DEVICES[usize::from(which % 3)];
    let config = DriverConfig { killpower: which & 0x80 != 0, ..DriverConfig::new("rack", "usbhid-ups", "auto") };
    let mut world = World::new(config, (vendor_id, product_id), unhex(hex));
    while let [length, kind, tail @ ..] = rest {
        let (bytes, tail) = tail.split_at(usize::from(*length).min(tail.len()));
        rest = tail;
        if world.is_over() {
            return;
        }
        world.oblige(kind & 0x40 == 0);
        world.act(act(kind % 8, bytes));
    }
});

fn act(kind: u8, bytes: &[u8]) -> Act {
    match kind {
        0 | 1 => Act::Report(bytes.into()),
        2 => Act::Done(Ok(bytes.into())),
        3 => Act::Done(Err(FAILURES[usize::from(bytes.first().copied().unwrap_or_default()) % FAILURES.len()])),
        4 => Act::Interrupt(bytes.into()),
        5 => Act::Torn,
        6 => {
            let tenths = bytes.iter().fold(0_u64, |sum, &byte| sum + u64::from(byte));
            Act::Silence(Duration::from_millis(100 * tenths))
        }
        _ => Act::Said(bytes.to_vec()),
    }
}
