//! What the world tells an engine.

use std::time::Duration;

use crate::effect::{JobId, LinkId, TransferId};
use crate::usb;

/// Who is at the other end of an accepted connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Peer {
    /// A TCP client, by its address without the port.
    Tcp(String),
    /// A client of a Unix socket.
    Unix,
}

/// Why a link could not be opened, or ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LinkError {
    /// The peer closed in an orderly way.
    Closed,
    /// Nobody listens there.
    Refused,
    /// The peer reset the connection.
    Reset,
    /// No answer in time.
    TimedOut,
    /// No route, no such host, no name.
    Unreachable,
    /// No such socket or device.
    NotFound,
    /// Not allowed.
    Denied,
    /// Another driver has the device.
    Busy,
    /// More than one device is meant where only one may be.
    Ambiguous,
    /// Any other failure of the operating system.
    Io,
}

impl std::fmt::Display for LinkError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Closed => "closed by the peer",
            Self::Refused => "connection refused",
            Self::Reset => "connection reset",
            Self::TimedOut => "timed out",
            Self::Unreachable => "unreachable",
            Self::NotFound => "not found",
            Self::Denied => "permission denied",
            Self::Busy => "another driver has it",
            Self::Ambiguous => "more than one is meant",
            Self::Io => "input/output error",
        })
    }
}

/// How a job ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum JobOutcome {
    /// A command ended with this exit status, or a file operation succeeded (0).
    Exited(i32),
    /// A signal ended the command.
    Killed(i32),
    /// It could not be started or carried out; the operating system's words.
    Failed(String),
    /// Whoever carried it out is gone: it may have been done, or still run.
    Lost,
}

impl JobOutcome {
    /// It ran for as long as it may, and was ended.
    #[must_use]
    pub fn outlived(longest: Duration) -> Self {
        Self::Failed(format!("it still ran after {} s and was ended", longest.as_secs()))
    }

    /// Whether it ended well.
    #[must_use]
    pub fn is_success(&self) -> bool {
        matches!(self, Self::Exited(0))
    }
}

impl std::fmt::Display for JobOutcome {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Exited(status) => write!(f, "exit status {status}"),
            Self::Killed(signal) => write!(f, "killed by signal {signal}"),
            Self::Failed(why) => f.write_str(why),
            Self::Lost => f.write_str("whoever carried it out is gone"),
        }
    }
}

/// A signal from outside, by what it means to a NUT daemon.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signal {
    /// SIGTERM, SIGINT, SIGQUIT: stop.
    Stop,
    /// SIGUSR1: `upsmon -c fsd`.
    ForcedShutdown,
}

/// One thing that happened. `C` is the engine's configuration, already checked as a whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event<C> {
    /// A listener accepted a connection.
    Accepted {
        /// Its id.
        link: LinkId,
        /// Who connected.
        peer: Peer,
    },
    /// A connection that the engine asked for is open.
    Opened {
        /// Its id.
        link: LinkId,
    },
    /// A USB device that the engine asked for is attached.
    Attached {
        /// Its link.
        link: LinkId,
        /// What the device says it is.
        identity: Box<usb::Identity>,
    },
    /// What was on the bus where no USB device could be taken; `OpenFailed` follows.
    Sighted {
        /// The link that was asked for.
        link: LinkId,
        /// The devices, [`usb::MOST_NAMED`] at most.
        devices: Vec<usb::Identity>,
    },
    /// A connection that the engine asked for could not be opened; the link is gone.
    OpenFailed {
        /// Its id.
        link: LinkId,
        /// Why.
        error: LinkError,
    },
    /// Bytes arrived.
    Received {
        /// On this link.
        link: LinkId,
        /// The bytes, cut anywhere.
        bytes: Vec<u8>,
    },
    /// Whoever kept the rights that the daemon gave up is gone: privileged commands and files fail.
    ErrandsLost,
    /// The peer or the network ended a link; it is gone.
    Closed {
        /// The link.
        link: LinkId,
        /// Why.
        error: LinkError,
    },
    /// More is queued on the link than its bound: sending more is up to the engine.
    Full {
        /// The link.
        link: LinkId,
    },
    /// The peer of a full link has taken some of what waits.
    Draining {
        /// The link.
        link: LinkId,
    },
    /// A full link has drained.
    Drained {
        /// The link.
        link: LinkId,
    },
    /// A USB transfer has ended.
    TransferDone {
        /// The USB link.
        link: LinkId,
        /// The transfer.
        transfer: TransferId,
        /// The data stage of an IN transfer (empty for OUT), or why it failed.
        result: Result<usb::Data, usb::Failure>,
    },
    /// A report arrived on the interrupt pipe, its id in the first byte where the device uses ids.
    Interrupt {
        /// The USB link.
        link: LinkId,
        /// The report.
        bytes: usb::Data,
    },
    /// A command or file operation has ended.
    JobDone {
        /// Which.
        job: JobId,
        /// How.
        outcome: JobOutcome,
    },
    /// A file has been read once.
    FileRead {
        /// Which job.
        job: JobId,
        /// Its content, `None` where there is no file; or the operating system's words.
        contents: Result<Option<Vec<u8>>, String>,
    },
    /// A watched file's content, or `None` while it cannot be read.
    FileChanged {
        /// The file.
        path: String,
        /// Its content.
        contents: Option<Vec<u8>>,
    },
    /// A signal.
    Signal(Signal),
    /// A new configuration, whole and checked.
    Reload(Box<C>),
}

// Every event is moved a few times on its way; what is large and rare stands behind a `Box`.
const _: () = assert!(size_of::<Event<()>>() <= 64);
