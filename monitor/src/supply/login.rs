//! How this host stands with a server: whether it is counted there, and who else is.

use protocol::Instant;

/// The login's state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Login {
    /// No answer yet.
    #[default]
    Pending,
    /// This host is counted among those that the UPS feeds.
    Granted,
    /// It is not; asked again at this instant.
    Refused { retry_at: Instant },
}

impl Login {
    pub(super) fn retry_at(self) -> Option<Instant> {
        match self {
            Self::Refused { retry_at } => Some(retry_at),
            Self::Pending | Self::Granted => None,
        }
    }
}

/// The order to shut down every host of this UPS.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Order {
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
pub(super) enum Count {
    /// Unknown. That is not "nobody".
    #[default]
    Unknown,
    /// So many before the order, this host not among them: nothing to go by, but who is not there any more has gone.
    Before(u32),
    /// So many, this host not among them.
    Others(u32),
}
