//! What a server asks of the driver itself, and how the driver answers.

use crate::DriverConfig;
use protocol::LinkId;

/// Something only the driver can carry out. What waits for an answer carries a [`Ticket`] to give it with.
#[derive(Debug, PartialEq, Eq)]
pub enum Asked {
    /// `INSTCMD command [parameter]`.
    Instcmd {
        /// The command, as spelt by the client.
        command: String,
        /// Its parameter.
        parameter: Option<String>,
        /// To answer with.
        ticket: Ticket,
    },
    /// `SET variable "value"`.
    Set {
        /// The variable, as spelt by the client.
        variable: String,
        /// Its new value.
        value: String,
        /// To answer with.
        ticket: Ticket,
    },
    /// `INSTCMD shutdown.default`, or `driver.killpower` where the configuration allows it: cut the
    /// load as `-k` would, `sdcommands` first.
    Shutdown {
        /// To answer with.
        ticket: Ticket,
    },
    /// `INSTCMD driver.reload` and its sisters brought a new configuration, whole and checked; they
    /// have been answered. To be taken over as `Event::Reload` is.
    Reload {
        /// It.
        config: Box<DriverConfig>,
    },
}

/// The right to answer one request, later if need be. Dropping it unanswered leaves the client's
/// tracking pending.
#[derive(Debug, PartialEq, Eq)]
#[must_use = "a server waits for the answer"]
pub struct Ticket {
    pub(super) link: LinkId,
    pub(super) tracking: Option<String>,
}
