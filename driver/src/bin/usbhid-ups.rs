//! `usbhid-ups`: the driver for UPSes that are HID power devices on USB.

use driver::start::{self, Program};
use driver::usbhid::{self, UsbHid};
use std::process::ExitCode;

fn main() -> ExitCode {
    start::run(&Program {
        name: "usbhid-ups",
        about: "HID power devices on USB",
        version: usbhid::VERSION,
        params: usbhid::PARAMS,
        check: |_| Ok(()),
        engine: |config| Ok(UsbHid::new(config)),
        publisher: UsbHid::publisher,
    })
}
