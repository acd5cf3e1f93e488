//! What a server answers or pushes, line by line.

mod codec;
mod type_flags;

pub use type_flags::{TypeFlags, TypeKind};

use super::{ErrorCode, List};

/// One line from a server. Names and values borrow from the line it was read from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reply<'a> {
    /// `OK`
    Ok,
    /// `OK TRACKING id`
    OkTracking {
        /// To ask for with GET TRACKING.
        id: &'a str,
    },
    /// `OK STARTTLS`
    OkStartTls,
    /// `OK PRIMARY-GRANTED`
    OkPrimaryGranted,
    /// `OK MASTER-GRANTED`
    OkMasterGranted,
    /// `OK FSD-SET`
    OkFsdSet,
    /// `OK Goodbye`
    OkGoodbye,
    /// `OK WATCH`; ours.
    OkWatch,
    /// `ERR token`
    Err(ErrorCode),
    /// `BEGIN LIST …`
    Begin(List<'a>),
    /// `END LIST …`
    End(List<'a>),
    /// `UPS name "description"`
    Ups {
        /// Its name.
        name: &'a str,
        /// Its description.
        description: &'a str,
    },
    /// `VAR ups var "value"`
    Var {
        /// The UPS.
        ups: &'a str,
        /// The variable.
        var: &'a str,
        /// Its value.
        value: &'a str,
    },
    /// `RW ups var "value"`
    Rw {
        /// The UPS.
        ups: &'a str,
        /// The variable.
        var: &'a str,
        /// Its value.
        value: &'a str,
    },
    /// `CMD ups cmd`
    Cmd {
        /// The UPS.
        ups: &'a str,
        /// The command.
        cmd: &'a str,
    },
    /// `ENUM ups var "value"`
    Enum {
        /// The UPS.
        ups: &'a str,
        /// The variable.
        var: &'a str,
        /// One value that it can have.
        value: &'a str,
    },
    /// `RANGE ups var "min" "max"`
    Range {
        /// The UPS.
        ups: &'a str,
        /// The variable.
        var: &'a str,
        /// Smallest value.
        min: &'a str,
        /// Largest value.
        max: &'a str,
    },
    /// `CLIENT ups address`
    Client {
        /// The UPS.
        ups: &'a str,
        /// Who is logged in.
        address: &'a str,
    },
    /// `NUMLOGINS ups n`
    NumLogins {
        /// The UPS.
        ups: &'a str,
        /// How many are logged in.
        count: u32,
    },
    /// `NUMATTACH ups n`
    NumAttach {
        /// The UPS.
        ups: &'a str,
        /// How many are logged in.
        count: u32,
    },
    /// `UPSDESC ups "text"`
    UpsDesc {
        /// The UPS.
        ups: &'a str,
        /// Its description.
        text: &'a str,
    },
    /// `TYPE ups var …`
    Type {
        /// The UPS.
        ups: &'a str,
        /// The variable.
        var: &'a str,
        /// What it is.
        flags: TypeFlags,
    },
    /// `DESC ups var "text"`
    Desc {
        /// The UPS.
        ups: &'a str,
        /// The variable.
        var: &'a str,
        /// What it means.
        text: &'a str,
    },
    /// `CMDDESC ups cmd "text"`
    CmdDesc {
        /// The UPS.
        ups: &'a str,
        /// The command.
        cmd: &'a str,
        /// What it does.
        text: &'a str,
    },
    /// `ON` or `OFF`, to GET TRACKING.
    Tracking {
        /// ON.
        on: bool,
    },
    /// `PENDING`, to GET TRACKING id.
    Pending,
    /// `SUCCESS`, to GET TRACKING id.
    Success,
    /// `WATCH VAR ups var "value"`; ours, pushed.
    WatchVar {
        /// The UPS.
        ups: &'a str,
        /// The variable: `ups.status`.
        var: &'a str,
        /// Its new value.
        value: &'a str,
    },
    /// `WATCH LOST ups token`; ours, pushed.
    WatchLost {
        /// The UPS.
        ups: &'a str,
        /// What GET VAR would answer.
        error: ErrorCode,
    },
    /// `WATCH ALIVE`; ours, pushed.
    WatchAlive,
    /// Any other line: the answers to VER, NETVER, PROTVER and HELP. One blank between words.
    Text(&'a str),
}

impl Reply<'_> {
    /// Whether the server pushed it, in answer to nothing.
    #[must_use]
    pub const fn is_pushed(&self) -> bool {
        matches!(self, Self::WatchVar { .. } | Self::WatchLost { .. } | Self::WatchAlive)
    }

    /// Whether it is what one thing of one UPS is, and says of which: the answer to a GET.
    #[must_use]
    pub const fn is_about_a_ups(&self) -> bool {
        matches!(
            self,
            Self::Var { .. }
                | Self::NumLogins { .. }
                | Self::NumAttach { .. }
                | Self::UpsDesc { .. }
                | Self::Type { .. }
                | Self::Desc { .. }
                | Self::CmdDesc { .. }
        )
    }
}
