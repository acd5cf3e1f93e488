//! The descriptors that a host asks for (USB 2.0 §9.6, HID 1.11 §6.2.1).

use protocol::usb;

use crate::device::{Device, Usb};

/// The descriptor of this kind and index, whole; `None` for those the device does not have.
pub fn find(device: &Device, kind: u8, index: u8) -> Option<Vec<u8>> {
    match (kind, index) {
        (usb::DESCRIPTOR_DEVICE, 0) => Some(device_descriptor(&device.usb)),
        (usb::DESCRIPTOR_CONFIGURATION, 0) => Some(configuration(device)),
        (usb::DESCRIPTOR_HID, 0) => Some(hid(device)),
        (usb::DESCRIPTOR_REPORT, 0) => Some(device.descriptor.clone()),
        _ => None,
    }
}

/// USB 2.0 table 9-8.
fn device_descriptor(usb: &Usb) -> Vec<u8> {
    let mut bytes = vec![18, usb::DESCRIPTOR_DEVICE];
    bytes.extend(usb.usb_release.to_le_bytes());
    // The class is the interface's.
    bytes.extend([0, 0, 0, usb.control_packet]);
    for number in [usb.vendor, usb.product, usb.release] {
        bytes.extend(number.to_le_bytes());
    }
    bytes.extend([usb.manufacturer, usb.name, usb.serial, 1]);
    bytes
}

/// USB 2.0 tables 9-10, 9-12 and 9-13: one interface, one interrupt endpoint.
fn configuration(device: &Device) -> Vec<u8> {
    let usb = &device.usb;
    let attributes = 0x80 | u8::from(usb.self_powered) << 6 | u8::from(usb.remote_wakeup) << 5;
    let power = u8::try_from(usb.milliamps / 2).unwrap_or(u8::MAX);
    let mut bytes = vec![9, usb::DESCRIPTOR_CONFIGURATION, 34, 0, 1, 1, 0, attributes, power];
    bytes.extend([9, 4, 0, 0, 1, 3, 0, 0, 0]);
    bytes.extend(hid(device));
    bytes.extend([7, 5, usb.endpoint, 3]);
    bytes.extend(usb.packet.to_le_bytes());
    bytes.push(u8::try_from(usb.interval.0 / 1000).unwrap_or(u8::MAX));
    bytes
}

/// HID 1.11 §6.2.1.
fn hid(device: &Device) -> Vec<u8> {
    let mut bytes = vec![9, usb::DESCRIPTOR_HID];
    bytes.extend(device.usb.hid_release.to_le_bytes());
    bytes.extend([device.usb.country, 1, usb::DESCRIPTOR_REPORT]);
    bytes.extend(u16::try_from(device.descriptor.len()).unwrap_or(u16::MAX).to_le_bytes());
    bytes
}
