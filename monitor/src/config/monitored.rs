//! One `MONITOR` line.

use client::UpsAddress;
use std::fmt;

/// One UPS that feeds this host, and how to log in to its server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Monitored {
    /// `upsname[@host[:port]]` as the line writes it: what notices and scripts call this UPS.
    pub system: String,
    /// The same, taken apart.
    pub address: UpsAddress,
    /// How many of this host's power supplies it feeds; 0 to watch it only.
    pub power_value: u32,
    /// The user of `upsd.users`.
    pub user: String,
    /// Its password.
    pub password: Secret,
    /// Who gives the orders.
    pub role: Role,
}

impl Monitored {
    /// Whether both are about one UPS, whoever logs in and as what.
    #[must_use]
    pub fn is_same_ups(&self, other: &Self) -> bool {
        (&self.system, &self.address) == (&other.system, &other.address)
    }

    /// Whether the connections of one line serve the other.
    #[must_use]
    pub fn is_same_login(&self, other: &Self) -> bool {
        (&self.system, &self.address, &self.user, &self.password, self.role)
            == (&other.system, &other.address, &other.user, &other.password, other.role)
    }
}

/// This host's part in a forced shutdown (RFC 9271's words; `master` and `slave` are read too).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Goes down last, and has the load cut.
    Primary,
    /// Goes down when its primary says so.
    Secondary,
}

impl Role {
    /// Reads the last word of a `MONITOR` line, in any case.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        match word.to_ascii_lowercase().as_str() {
            "primary" | "master" => Some(Self::Primary),
            "secondary" | "slave" => Some(Self::Secondary),
            _ => None,
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Primary => "primary",
            Self::Secondary => "secondary",
        })
    }
}

/// A password: compared and sent, never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(pub String);

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}
