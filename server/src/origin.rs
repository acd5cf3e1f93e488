//! Whose connections count as one peer's: those of an IPv4 address, or of an IPv6 network (/64), for whoever has one
//! address there has them all.

use std::net::IpAddr;

/// Who counts as one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Origin {
    /// An IPv4 address.
    Address([u8; 4]),
    /// The /64 of an IPv6 address.
    Network([u8; 8]),
    /// A Unix socket of this machine.
    Here,
    /// Anywhere that is not told apart.
    Elsewhere,
}

impl Origin {
    /// Where a peer's address belongs.
    pub(crate) fn of(address: &str) -> Self {
        match address.parse::<IpAddr>().map(|address| address.to_canonical()) {
            Ok(IpAddr::V4(address)) => Self::Address(address.octets()),
            Ok(IpAddr::V6(address)) => {
                address.octets().first_chunk().map_or(Self::Elsewhere, |net| Self::Network(*net))
            }
            Err(_) => Self::Here,
        }
    }
}
