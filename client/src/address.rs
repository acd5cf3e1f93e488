//! `upsname[@hostname[:port]]` and `[hostname[:port]]`, as every NUT tool and `MONITOR` write them.
//!
//! A literal IPv6 address stands in brackets: `rack@[2001:db8::7]:3493`.

use std::fmt;
use std::net::IpAddr;

/// The TCP port of `upsd`, registered with IANA.
pub const PORT: u16 = 3493;

/// The host where nothing else is said.
pub const LOCALHOST: &str = "localhost";

/// Where a server is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerAddress {
    /// Host name or address, without brackets.
    pub host: String,
    /// TCP port.
    pub port: u16,
}

/// Where a UPS is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UpsAddress {
    /// Its name on its server.
    pub ups: String,
    /// Its server.
    pub server: ServerAddress,
}

/// What is wrong with an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    /// Nothing stands where a name should.
    #[error("empty name")]
    Empty,
    /// `[` without `]`.
    #[error("missing closing bracket")]
    Bracket,
    /// What follows the colon is not a port.
    #[error("no port specified after ':' separator")]
    Port,
}

impl ServerAddress {
    /// Whether it is certain to be on this host.
    #[must_use]
    pub fn is_loopback(&self) -> bool {
        let is_address = || self.host.parse().is_ok_and(|address: IpAddr| address.is_loopback());
        self.host.eq_ignore_ascii_case(LOCALHOST) || is_address()
    }
}

impl Default for ServerAddress {
    fn default() -> Self {
        Self { host: LOCALHOST.to_owned(), port: PORT }
    }
}

impl std::str::FromStr for ServerAddress {
    type Err = AddressError;

    fn from_str(text: &str) -> Result<Self, AddressError> {
        let (host, after) = match text.strip_prefix('[') {
            Some(bracketed) => bracketed.split_once(']').ok_or(AddressError::Bracket)?,
            None => text.split_at(text.find(':').unwrap_or(text.len())),
        };
        let port = match after.strip_prefix(':') {
            Some(port) => port.parse().ok().filter(|port| *port != 0).ok_or(AddressError::Port)?,
            None if after.is_empty() => PORT,
            None => return Err(AddressError::Port),
        };
        if host.is_empty() {
            return Err(AddressError::Empty);
        }
        Ok(Self { host: host.to_owned(), port })
    }
}

impl std::str::FromStr for UpsAddress {
    type Err = AddressError;

    fn from_str(text: &str) -> Result<Self, AddressError> {
        if text.is_empty() {
            return Err(AddressError::Empty);
        }
        let (ups, server) = match text.split_once('@') {
            Some((ups, server)) => (ups, server.parse()?),
            None => (text, ServerAddress::default()),
        };
        Ok(Self { ups: ups.to_owned(), server })
    }
}

impl fmt::Display for ServerAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.host.contains(':') {
            write!(f, "[{}]:{}", self.host, self.port)
        } else {
            write!(f, "{}:{}", self.host, self.port)
        }
    }
}

impl fmt::Display for UpsAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}@{}", self.ups, self.server)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ups(text: &str) -> Result<(String, String, u16), AddressError> {
        text.parse::<UpsAddress>().map(|at| (at.ups, at.server.host, at.server.port))
    }

    #[test]
    fn an_address_is_split_as_nut_splits_it() {
        assert_eq!(ups("rack"), Ok(("rack".into(), "localhost".into(), 3493)));
        assert_eq!(ups("rack@nas"), Ok(("rack".into(), "nas".into(), 3493)));
        assert_eq!(ups("rack@nas:99"), Ok(("rack".into(), "nas".into(), 99)));
        assert_eq!(ups("rack@[2001:db8::7]"), Ok(("rack".into(), "2001:db8::7".into(), 3493)));
        assert_eq!(ups("rack@[2001:db8::7]:99"), Ok(("rack".into(), "2001:db8::7".into(), 99)));
    }

    #[test]
    fn a_malformed_address_is_refused() {
        assert_eq!(ups(""), Err(AddressError::Empty));
        assert_eq!(ups("rack@"), Err(AddressError::Empty));
        assert_eq!(ups("rack@nas:x"), Err(AddressError::Port));
        assert_eq!(ups("rack@nas:0"), Err(AddressError::Port));
        assert_eq!(ups("rack@nas:65536"), Err(AddressError::Port));
        assert_eq!(ups("rack@[::1"), Err(AddressError::Bracket));
        assert_eq!(ups("rack@[::1]9"), Err(AddressError::Port));
    }

    #[test]
    fn an_address_is_printed_as_it_is_read() {
        for text in ["rack@nas:99", "rack@[2001:db8::7]:3493"] {
            assert_eq!(text.parse::<UpsAddress>().unwrap().to_string(), text);
        }
    }
}
