//! What anyone could see from outside. `when`, `see`, `never`, `always`, `order`, `finally` and
//! `count` all speak in this one type; `journal::sights` looks for it in a journal.

use crate::journal::{HostState, WireProtocol};

/// Something that can be seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Observation {
    /// Of hosts.
    Hosts {
        /// Which.
        hosts: Hosts,
        /// What.
        sight: HostSight,
    },
    /// Of a UPS.
    Ups {
        /// Which.
        ups: String,
        /// What.
        sight: UpsSight,
    },
    /// A line on a wire.
    Wire {
        /// Which kind of wire.
        protocol: WireProtocol,
        /// Words that the line begins with, compared word by word.
        says: String,
        /// A host at one end of it, where it matters.
        host: Option<String>,
    },
}

/// Which hosts an observation speaks of. `host: nas` is all of one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hosts {
    /// As the file says it: `nas`, `n100`, `all`, `any`.
    pub word: String,
    /// Whether one of them is enough.
    pub any: bool,
    /// Their names.
    pub names: Vec<String>,
}

/// What can be seen of a host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HostSight {
    /// It is in this state (a state: it holds for a while).
    Is(HostState),
    /// Its monitor said this (an event).
    Notified {
        /// The type: `ONBATT`, `LOWBATT`, …
        kind: String,
        /// About this UPS.
        ups: Option<String>,
    },
    /// It ran a command that contains this text (an event).
    Ran(String),
    /// One of its processes logged a line that contains this text (an event).
    Logged(String),
    /// Its POWERDOWNFLAG exists, or does not (a state).
    Flag(bool),
    /// The daemon of this name is running, or is not (a state).
    Process {
        /// `upsd`, `upsmon`, or a driver's name.
        name: String,
        /// Running.
        running: bool,
    },
}

/// What can be seen of a UPS.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UpsSight {
    /// Its outlet is live, or dead (a state).
    Outlet(bool),
    /// A variable's value, asked through the net protocol (a state).
    Var {
        /// Its name.
        name: String,
        /// What about its value.
        is: Comparison,
    },
}

/// What a variable's value must be like.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Comparison {
    /// Exactly this text.
    Is(String),
    /// This word is among its words (`ups.status` has `LB`).
    Has(String),
    /// A number below, in thousandths of the variable's unit.
    Below(i64),
    /// A number above, in thousandths of the variable's unit.
    Above(i64),
    /// Nothing: the server refuses with this error (`DATA-STALE`, `DRIVER-NOT-CONNECTED`, …).
    Refused(String),
}

impl Observation {
    /// Whether it is over as it happens, rather than holding for a while.
    #[must_use]
    pub fn is_event(&self) -> bool {
        match self {
            Self::Hosts { sight, .. } => {
                matches!(sight, HostSight::Notified { .. } | HostSight::Ran(_) | HostSight::Logged(_))
            }
            Self::Ups { .. } => false,
            Self::Wire { .. } => true,
        }
    }

    /// Variables that a rig has to ask for, so that this can be seen: (UPS, variable).
    #[must_use]
    pub fn variable(&self) -> Option<(&str, &str)> {
        match self {
            Self::Ups { ups, sight: UpsSight::Var { name, .. } } => Some((ups, name)),
            _ => None,
        }
    }
}
