//! Device files of the emulator, and the UPSes that they make.

#![no_main]

use emulator::Device;
use libfuzzer_sys::fuzz_target;
use protocol::diagnostic::Source;

const DESCRIPTOR: &str = include_str!("../../emulator/devices/descriptors/apc-back-ups-rs1000g.hex");

fuzz_target!(|data: &[u8]| {
    let source = Source::new("fuzz.yaml", data);
    if let Err(said) = Device::read("fuzz", &source, |_| Some(DESCRIPTOR.to_owned())) {
        assert!(said.has_errors() && !said.render(false).is_empty());
    }
});
