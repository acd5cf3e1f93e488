//! The driver programs there are.

use super::device::check_device;
use super::{Program, check_definition_file};
use crate::dummy::{self, DummyUps};
use crate::usbhid::{self, UsbHid};

/// `usbhid-ups`.
pub const USBHID_UPS: Program<UsbHid> = Program {
    name: "usbhid-ups",
    about: "HID power devices on USB",
    examples: "\
Examples:
  usbhid-ups -a rack                     drive what [rack] in ups.conf says, from the background
  usbhid-ups -s rack -x port=auto -d 1   without ups.conf: print all variables once
  usbhid-ups -a rack -k                  cut the load",
    version: usbhid::VERSION,
    params: usbhid::PARAMS,
    check: check_device,
    engine: |config| Ok(UsbHid::new(config)),
    publisher: UsbHid::publisher,
};

/// `dummy-ups`.
pub const DUMMY_UPS: Program<DummyUps> = Program {
    name: "dummy-ups",
    about: "a UPS that is a file",
    examples: "\
Examples:
  dummy-ups -a rack                          drive what [rack] in ups.conf says, from the background
  dummy-ups -s rack -x port=rack.dev -d 1    without ups.conf: print all variables once
  dummy-ups -a rack -c exit                  end the one that runs",
    version: dummy::VERSION,
    params: &dummy::PARAMS,
    check: check_definition_file,
    engine: DummyUps::new,
    publisher: DummyUps::publisher,
};
