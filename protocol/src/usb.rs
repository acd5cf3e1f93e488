//! What travels between a USB host and a HID device: requests, failures, identities.
//!
//! Follows USB 2.0 §9.3–9.4 (control requests) and HID 1.11 §7.1–7.2 (descriptors, reports).
//! The driver side turns these into real transfers; the emulator side answers them. [`frame`] is
//! how they look on the emulator bus, where each device is a Unix socket. A [`Matcher`] says which device
//! is meant, and a [`Search`] takes it from among those of a bus.

pub mod frame;
mod matcher;
mod search;

pub use matcher::{BadPattern, Matcher, Pattern};
pub use search::{InVain, MOST_NAMED, Search};

use smallvec::SmallVec;

/// What a data stage or the interrupt pipe carries. Reports are mostly a few bytes (the packet of a
/// low-speed interrupt pipe has eight, USB 2.0 §5.7.3), and a UPS sends several each second: they stay
/// out of the heap. Longer ones, and descriptors, do not.
pub type Data = SmallVec<[u8; 16]>;

/// The device descriptor (USB 2.0 table 9-5).
pub const DESCRIPTOR_DEVICE: u8 = 0x01;
/// The configuration descriptor (USB 2.0 table 9-5).
pub const DESCRIPTOR_CONFIGURATION: u8 = 0x02;
/// The HID class descriptor (HID 1.11 §7.1).
pub const DESCRIPTOR_HID: u8 = 0x21;
/// The report descriptor (HID 1.11 §7.1).
pub const DESCRIPTOR_REPORT: u8 = 0x22;

/// A report's kind (HID 1.11 §7.2.1, high byte of wValue).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum ReportKind {
    /// Device to host, also on the interrupt pipe.
    Input = 1,
    /// Host to device.
    Output = 2,
    /// Both ways, on request.
    Feature = 3,
}

/// A control transfer that a HID host makes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Request {
    /// GET_DESCRIPTOR; at most `length` bytes come back.
    GetDescriptor {
        /// Descriptor type, e.g. [`DESCRIPTOR_REPORT`].
        kind: u8,
        /// Descriptor index.
        index: u8,
        /// wLength.
        length: u16,
    },
    /// GET_DESCRIPTOR(STRING) in the device's first language; the text as UTF-8 comes back.
    GetString {
        /// String index, 1–255.
        index: u8,
    },
    /// GET_REPORT; at most `length` bytes come back, the report id first where the device uses ids.
    GetReport {
        /// Which kind.
        kind: ReportKind,
        /// Report id, 0 where the device has none.
        id: u8,
        /// wLength.
        length: u16,
    },
    /// SET_REPORT.
    SetReport {
        /// Which kind.
        kind: ReportKind,
        /// Report id, 0 where the device has none.
        id: u8,
        /// The report, its id first where the device uses ids.
        data: Data,
    },
}

/// Why a transfer failed, in libusb's distinctions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Failure {
    /// The device refused (STALL; `LIBUSB_ERROR_PIPE`).
    Stall = 1,
    /// No answer in time.
    Timeout = 2,
    /// The device sent more than was asked for (babble).
    Overflow = 3,
    /// Bus error.
    Io = 4,
    /// The device is gone.
    NoDevice = 5,
    /// The operating system does not let us.
    Access = 6,
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Stall => "request refused by the device",
            Self::Timeout => "no answer in time",
            Self::Overflow => "more data than asked for",
            Self::Io => "bus error",
            Self::NoDevice => "device gone",
            Self::Access => "permission denied",
        })
    }
}

/// What a device says it is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Identity {
    /// idVendor.
    pub vendor_id: u16,
    /// idProduct.
    pub product_id: u16,
    /// bcdDevice.
    pub release: u16,
    /// The iManufacturer string, empty where there is none.
    pub vendor: String,
    /// The iProduct string.
    pub product: String,
    /// The iSerialNumber string.
    pub serial: String,
    /// Bus name, e.g. `001`; the emulator bus calls itself `emu`.
    pub bus: String,
    /// Device name on the bus, which changes with each attachment; whoever looks at the emulator bus takes the
    /// socket's name for it.
    pub device: String,
    /// The port that it is plugged into, which no device knows of itself: whoever looks at the bus fills it in.
    /// On the emulator bus it is the socket's name.
    pub port: String,
}
