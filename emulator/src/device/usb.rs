//! What a device file says about the USB side: descriptors, strings, timing.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::written::written;
use crate::control::Refresh;
use crate::units::Micros;

/// Identity, descriptors and timing.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Usb {
    /// idVendor.
    pub vendor: u16,
    /// idProduct.
    pub product: u16,
    /// bcdDevice.
    pub release: u16,
    /// bcdUSB.
    pub usb_release: u16,
    /// bMaxPacketSize0.
    pub control_packet: u8,
    /// Whether it feeds itself (bmAttributes).
    #[serde(default)]
    pub self_powered: bool,
    /// Whether it can wake the host (bmAttributes).
    #[serde(default)]
    pub remote_wakeup: bool,
    /// What it draws from the bus.
    pub milliamps: u16,
    /// bcdHID.
    pub hid_release: u16,
    /// bCountryCode.
    pub country: u8,
    /// The interrupt IN endpoint's address.
    pub endpoint: u8,
    /// wMaxPacketSize of that endpoint.
    pub packet: u16,
    /// How often the host asks that endpoint (bInterval).
    #[serde(deserialize_with = "written")]
    pub interval: Micros,
    /// What one control transfer takes.
    #[serde(deserialize_with = "written")]
    pub latency: Micros,
    /// Index of the manufacturer's string; 0 where there is none.
    pub manufacturer: u8,
    /// Index of the product's string.
    pub name: u8,
    /// Index of the serial number's string.
    pub serial: u8,
    /// The strings, by index.
    pub strings: BTreeMap<u8, String>,
    /// Input reports that are pushed when they change, the most urgent first.
    pub pushes: Vec<u8>,
    /// Reports that are pushed all the time, and how often.
    #[serde(default)]
    pub streams: Option<Streams>,
    /// How the reports of one change become readable.
    #[serde(default = "atomic")]
    pub refresh: Refresh,
    /// Reports of which fewer bytes are sent than declared (the id included).
    #[serde(default)]
    pub sends: BTreeMap<u8, u16>,
}

/// Reports pushed without a change.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Streams {
    /// How often.
    #[serde(deserialize_with = "written")]
    pub every: Micros,
    /// Which.
    pub reports: Vec<u8>,
}

impl Usb {
    /// The string of this index.
    #[must_use]
    pub fn string(&self, index: u8) -> Option<&str> {
        self.strings.get(&index).map(String::as_str)
    }
}

fn atomic() -> Refresh {
    Refresh::Atomic
}
