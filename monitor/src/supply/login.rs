//! How this host stands with a server: whether it is counted there, and in which role.

use protocol::Instant;
use protocol::net::ErrorCode;

/// The login's state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Login {
    /// No answer yet.
    #[default]
    Pending,
    /// This host is counted among those that the UPS feeds.
    Granted,
    /// It is not; asked again at this instant.
    Refused { code: ErrorCode, retry_at: Instant },
}

/// The primary's rights.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Rank {
    /// No answer yet, or not asked for.
    #[default]
    Pending,
    /// This host may order a forced shutdown.
    Primary,
    /// It may not.
    Refused { code: ErrorCode },
}

/// The order to shut down every host of this UPS.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Order {
    /// Not given.
    #[default]
    None,
    /// Given; it has not reached the server yet.
    Pending,
    /// On its way, or set.
    Sent,
}

/// Who else is logged in to this UPS.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Count {
    /// Unknown. That is not "nobody".
    #[default]
    Unknown,
    /// So many, this host not among them.
    Others(u32),
}
