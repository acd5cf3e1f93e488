//! Everything that can reach the rig's main loop.

use emulator::Observation;
use tokio::sync::oneshot;

use super::recorder::Report;
use crate::journal::Direction;
use crate::rigs::tap::Tap;

/// One thing that happened.
#[derive(Debug)]
pub enum Input {
    /// Something was seen of a UPS.
    Observed {
        /// Which.
        ups: usize,
        /// What.
        observation: Observation,
    },
    /// A process logged a line.
    Line {
        /// Which.
        slot: usize,
        /// Of which of its starts.
        generation: u32,
        /// The line.
        text: String,
    },
    /// A process has ended.
    Exited {
        /// Which.
        slot: usize,
        /// Of which of its starts.
        generation: u32,
        /// Its exit status; `None`: a signal ended it.
        status: Option<i32>,
    },
    /// A process that was started is ready (or never will be, as far as the rig can tell).
    Ready {
        /// Which.
        slot: usize,
        /// Of which of its starts.
        generation: u32,
        /// It answered.
        answered: bool,
    },
    /// A command of a monitor was started.
    Command {
        /// What the recorder says.
        report: Report,
        /// Its exit status goes here; dropped, it never returns.
        answer: oneshot::Sender<u8>,
    },
    /// A command of a monitor was killed before its end.
    CommandKilled {
        /// Which, as the director numbers them.
        number: u32,
    },
    /// A proxied connection is there.
    Opened {
        /// Its number.
        link: u32,
        /// Who listens in.
        tap: Box<Tap>,
    },
    /// Bytes pass on it.
    Heard {
        /// Its number.
        link: u32,
        /// Which way.
        direction: Direction,
        /// The bytes.
        bytes: Vec<u8>,
    },
    /// It is over.
    Over {
        /// Its number.
        link: u32,
        /// Who opened it ended it, rather than its peer.
        by_opener: bool,
    },
    /// Nobody answers the rig's own client on this host.
    Unanswered {
        /// The host.
        host: usize,
    },
    /// A program that the rig ran to its end has ended.
    Done {
        /// What for.
        errand: Errand,
        /// Its exit status.
        status: Option<i32>,
    },
}

/// What a program was run for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Errand {
    /// `upsmon -K` of a host's late shutdown hook.
    AskFlag {
        /// The host.
        host: usize,
    },
    /// `upsdrvctl shutdown` of it.
    CutLoad {
        /// The host.
        host: usize,
    },
    /// A tool that an operator runs.
    Tool,
}
