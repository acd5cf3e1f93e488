//! What a session hands out: replies that own their words.

use crate::lexer::Line;
use crate::net::{ErrorCode, List, Reply, TypeFlags};

/// The answer to one request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// `OK`, whatever stood behind it.
    Ok,
    /// `OK TRACKING id`: done later; GET TRACKING says what became of it.
    Tracking(String),
    /// `ERR`
    Err(ErrorCode),
    /// The value or text of GET VAR, UPSDESC, DESC, CMDDESC.
    Value(String),
    /// The number of GET NUMLOGINS.
    Number(u32),
    /// The flags of GET TYPE.
    Type(TypeFlags),
    /// A whole list.
    List(Vec<Row>),
    /// Any other line, such as the answer to VER.
    Text(String),
}

/// One row of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Row {
    /// Of LIST UPS.
    Ups {
        /// Its name.
        name: String,
        /// Its description.
        description: String,
    },
    /// Of LIST VAR.
    Var {
        /// The variable.
        var: String,
        /// Its value.
        value: String,
    },
    /// Of LIST RW.
    Rw {
        /// The variable.
        var: String,
        /// Its value.
        value: String,
    },
    /// Of LIST CMD.
    Cmd(String),
    /// Of LIST ENUM.
    Enum(String),
    /// Of LIST RANGE.
    Range {
        /// Smallest value.
        min: String,
        /// Largest value.
        max: String,
    },
    /// Of LIST CLIENT.
    Client(String),
}

/// Which list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum ListKind {
    /// LIST UPS.
    #[default]
    Ups,
    /// LIST VAR.
    Var,
    /// LIST RW.
    Rw,
    /// LIST CMD.
    Cmd,
    /// LIST ENUM.
    Enum,
    /// LIST RANGE.
    Range,
    /// LIST CLIENT.
    Client,
}

/// A pushed line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Push {
    /// A variable changed.
    Var {
        /// The UPS.
        ups: String,
        /// The variable.
        var: String,
        /// Its new value.
        value: String,
    },
    /// The server lost sight of a UPS.
    Lost {
        /// The UPS.
        ups: String,
        /// What GET VAR would answer.
        error: ErrorCode,
    },
    /// Nothing changed, and the connection works.
    Alive,
}

impl Answer {
    pub(super) fn from_reply(reply: &Reply<'_>, line: &Line) -> Self {
        match *reply {
            Reply::Ok
            | Reply::OkStartTls
            | Reply::OkPrimaryGranted
            | Reply::OkMasterGranted
            | Reply::OkFsdSet
            | Reply::OkGoodbye
            | Reply::OkWatch => Self::Ok,
            Reply::OkTracking { id } => Self::Tracking(id.to_owned()),
            Reply::Err(code) => Self::Err(code),
            Reply::Var { value, .. } => Self::Value(value.to_owned()),
            Reply::UpsDesc { text, .. } | Reply::Desc { text, .. } | Reply::CmdDesc { text, .. } => {
                Self::Value(text.to_owned())
            }
            Reply::NumLogins { count, .. } | Reply::NumAttach { count, .. } => Self::Number(count),
            Reply::Type { flags, .. } => Self::Type(flags),
            _ => Self::Text(line.rest(0).to_owned()),
        }
    }
}

impl ListKind {
    pub(super) const fn of(list: &List<'_>) -> Self {
        match list {
            List::Ups => Self::Ups,
            List::Var { .. } => Self::Var,
            List::Rw { .. } => Self::Rw,
            List::Cmd { .. } => Self::Cmd,
            List::Enum { .. } => Self::Enum,
            List::Range { .. } => Self::Range,
            List::Client { .. } => Self::Client,
        }
    }
}

impl Row {
    pub(super) fn from_reply(reply: &Reply<'_>) -> Option<Self> {
        Some(match *reply {
            Reply::Ups { name, description } => Self::Ups { name: name.into(), description: description.into() },
            Reply::Var { var, value, .. } => Self::Var { var: var.into(), value: value.into() },
            Reply::Rw { var, value, .. } => Self::Rw { var: var.into(), value: value.into() },
            Reply::Cmd { cmd, .. } => Self::Cmd(cmd.into()),
            Reply::Enum { value, .. } => Self::Enum(value.into()),
            Reply::Range { min, max, .. } => Self::Range { min: min.into(), max: max.into() },
            Reply::Client { address, .. } => Self::Client(address.into()),
            _ => return None,
        })
    }

    /// Of which list it is.
    #[must_use]
    pub const fn kind(&self) -> ListKind {
        match self {
            Self::Ups { .. } => ListKind::Ups,
            Self::Var { .. } => ListKind::Var,
            Self::Rw { .. } => ListKind::Rw,
            Self::Cmd(_) => ListKind::Cmd,
            Self::Enum(_) => ListKind::Enum,
            Self::Range { .. } => ListKind::Range,
            Self::Client(_) => ListKind::Client,
        }
    }

    /// How much of [`MAX_LIST`](super::MAX_LIST) it takes.
    pub(super) fn size(&self) -> usize {
        let text = match self {
            Self::Ups { name: a, description: b }
            | Self::Var { var: a, value: b }
            | Self::Rw { var: a, value: b }
            | Self::Range { min: a, max: b } => a.len() + b.len(),
            Self::Cmd(a) | Self::Enum(a) | Self::Client(a) => a.len(),
        };
        text + size_of::<Self>()
    }
}

impl Push {
    pub(super) fn from_reply(reply: &Reply<'_>) -> Option<Self> {
        match *reply {
            Reply::WatchVar { ups, var, value } => {
                Some(Self::Var { ups: ups.into(), var: var.into(), value: value.into() })
            }
            Reply::WatchLost { ups, error } => Some(Self::Lost { ups: ups.into(), error }),
            Reply::WatchAlive => Some(Self::Alive),
            _ => None,
        }
    }
}
