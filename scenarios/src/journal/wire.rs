//! What records say of wires: which protocol, which way, which bytes.

use super::record::Name;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use std::sync::Arc;

/// What is spoken on a link.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum WireProtocol {
    /// The net protocol, client ↔ `upsd`.
    Net,
    /// The driver socket, `upsd` ↔ driver.
    DriverSocket,
    /// USB transfers, driver ↔ device.
    Usb,
}

/// Which way bytes travel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Direction {
    /// From who opened the link: a client's request, `upsd` to a driver, a driver to a device.
    Out,
    /// To who opened the link.
    In,
}

/// What happens to a link.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LinkEvent {
    /// It is open.
    Opened,
    /// Who opened it closed it (or died).
    ClosedByOpener,
    /// The other end closed it (or died).
    ClosedByPeer,
    /// It broke in between.
    Broken,
}

/// Bytes of a wire: text where they are text, else hexadecimal.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum WireBytes {
    /// UTF-8 without control characters.
    Text(Name),
    /// Anything else, and every USB transfer.
    Binary(Arc<[u8]>),
}

impl WireBytes {
    /// One line of a line protocol, without its newline.
    #[must_use]
    pub fn line(bytes: &[u8]) -> Self {
        match std::str::from_utf8(bytes) {
            Ok(text) if !text.bytes().any(|b| b < 0x20 || b == 0x7f) => Self::Text(text.into()),
            _ => Self::Binary(bytes.into()),
        }
    }

    /// The bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        match self {
            Self::Text(text) => text.as_bytes(),
            Self::Binary(bytes) => bytes,
        }
    }
}

/// Text as it is, anything else in hexadecimal.
impl fmt::Display for WireBytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => f.write_str(text),
            Self::Binary(bytes) => bytes.iter().try_for_each(|byte| write!(f, "{byte:02x}")),
        }
    }
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum WrittenBytes {
    Line(Name),
    Hex(String),
}

impl Serialize for WireBytes {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Text(text) => WrittenBytes::Line(text.clone()),
            Self::Binary(_) => WrittenBytes::Hex(self.to_string()),
        }
        .serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for WireBytes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match WrittenBytes::deserialize(deserializer)? {
            WrittenBytes::Line(text) => Ok(Self::Text(text)),
            WrittenBytes::Hex(hex) => {
                let digits: Option<Vec<u8>> = (hex.len() % 2 == 0 && hex.is_ascii())
                    .then(|| (0..hex.len()).step_by(2).map(|i| u8::from_str_radix(&hex[i..i + 2], 16)).collect())
                    .and_then(Result::ok);
                digits
                    .map(|bytes| Self::Binary(bytes.into()))
                    .ok_or_else(|| serde::de::Error::custom("wire bytes are not hexadecimal"))
            }
        }
    }
}

impl fmt::Display for LinkEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Opened => "open",
            Self::ClosedByOpener => "closed by the first",
            Self::ClosedByPeer => "closed by the second",
            Self::Broken => "broken",
        })
    }
}
