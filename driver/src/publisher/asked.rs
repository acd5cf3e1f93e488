//! What a server asks of the driver itself, and how the driver answers.

use protocol::LinkId;

/// Something only the driver can carry out. Each carries a [`Ticket`] to answer with.
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
    /// `INSTCMD driver.reload` and its sisters: read the configuration again.
    Reload {
        /// What to do when something changed that a running driver cannot take over.
        otherwise: Otherwise,
        /// To answer with.
        ticket: Ticket,
    },
}

/// What `driver.reload*` does about a change that needs a restart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Otherwise {
    /// `driver.reload`: keep the old value and go on.
    GoOn,
    /// `driver.reload-or-error`: keep the old value and answer that it failed.
    Fail,
    /// `driver.reload-or-exit`: exit, so that whoever supervises starts the driver anew.
    Exit,
}

/// The right to answer one request, later if need be. Dropping it unanswered leaves the client's
/// tracking pending.
#[derive(Debug, PartialEq, Eq)]
#[must_use = "a server waits for the answer"]
pub struct Ticket {
    pub(super) link: LinkId,
    pub(super) tracking: Option<String>,
}
