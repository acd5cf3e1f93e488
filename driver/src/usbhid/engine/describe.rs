//! Reading a device's HID and report descriptors (HID 1.11 §7.1), where it keeps them.
//!
//! A device that a quirk sends elsewhere is asked where every other one has them as well, when the
//! quirk's place stalls, hangs or holds nonsense. What did not work is not tried first again.

use protocol::usb::{DESCRIPTOR_HID, DESCRIPTOR_REPORT, Data, Failure, Request};
use protocol::{Instant, Level};

use crate::hid::Descriptor;
use crate::hid::descriptor::MAX_DESCRIPTOR;
use crate::usbhid::quirk;

use super::{Task, UsbHid};

/// Bytes of the HID class descriptor up to the report descriptor's length (HID 1.11 §6.2.1).
const HID_DESCRIPTOR: u16 = 9;

impl UsbHid {
    pub(super) fn ask_for_descriptors(&mut self, now: Instant) {
        let index = self.descriptor_index();
        let request = Request::GetDescriptor { kind: DESCRIPTOR_HID, index, length: HID_DESCRIPTOR };
        self.transfer(Task::HidDescriptor, request, now);
    }

    /// The HID descriptor says how long the report descriptor is; without a usable answer the length
    /// is left to the device.
    pub(super) fn hid_descriptor(&mut self, result: &Result<Data, Failure>, now: Instant) {
        // A device that hangs may come round when it is opened again, and `-k` has no time to ask it twice.
        if self.config.killpower && matches!(result, Err(Failure::Timeout)) {
            return self.no_descriptor(&format!("reading the HID descriptor: {}", Failure::Timeout), true, now);
        }
        let most = u16::try_from(MAX_DESCRIPTOR).unwrap_or(u16::MAX);
        let length = match result.as_deref() {
            Ok([_, DESCRIPTOR_HID, _, _, _, _, DESCRIPTOR_REPORT, low, high, ..]) => u16::from_le_bytes([*low, *high]),
            _ => most,
        };
        let length = if length == 0 { most } else { length.min(most) };
        let request = Request::GetDescriptor { kind: DESCRIPTOR_REPORT, index: self.descriptor_index(), length };
        self.transfer(Task::ReportDescriptor, request, now);
    }

    pub(super) fn report_descriptor(&mut self, result: Result<Data, Failure>, now: Instant) {
        let hangs = self.config.killpower && matches!(result, Err(Failure::Timeout));
        let why = match result.map(|bytes| Descriptor::parse(&bytes)) {
            Ok(Ok(descriptor)) if !descriptor.fields.is_empty() => return self.described(descriptor, now),
            Ok(Ok(_)) => "an empty report descriptor".to_owned(),
            Ok(Err(error)) => format!("the report descriptor: {error}"),
            Err(failure) => format!("reading the report descriptor: {failure}"),
        };
        self.no_descriptor(&why, hangs, now);
    }

    /// Whether there is a place where this device has not been asked since it was attached.
    pub(super) fn has_another_place(&self) -> bool {
        self.places_failed + 1 < self.places().len()
    }

    /// There is no descriptor of use in this place: the next one is asked, at once or when the
    /// device was opened again.
    pub(super) fn no_descriptor(&mut self, why: &str, when_opened_again: bool, now: Instant) {
        let (here, has_another) = (self.descriptor_index(), self.has_another_place());
        self.place += 1;
        self.places_failed += 1;
        if self.places().len() > 1 && self.attempts == 0 {
            let text = format!("{why}, at index {here}; trying index {}", self.descriptor_index());
            self.say(Level::Warning, text);
        }
        if has_another && !when_opened_again {
            self.ask_for_descriptors(now);
        } else {
            self.drop_device(why, now);
        }
    }

    fn descriptor_index(&self) -> u8 {
        let places = self.places();
        places[self.place % places.len()]
    }

    fn places(&self) -> &'static [u8] {
        self.identity.as_ref().map_or(&[0], quirk::descriptor_indices)
    }
}
