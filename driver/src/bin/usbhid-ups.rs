//! `usbhid-ups`: the driver for UPSes that are HID power devices on USB.

use driver::start;

fn main() -> std::process::ExitCode {
    start::run(&start::USBHID_UPS)
}
