//! What engines ask of the world: one vocabulary, carried out once by the `daemon` shell and once
//! by the simulated rig.
//!
//! Order holds per lane. A link is a lane; every job is a lane of its own. An effect that can
//! hang (a command, a file, a name look-up, a slow peer) completes as an [`Event`](crate::Event),
//! and the engine decides, with a deadline, what may go on without it.

use std::time::Duration;

use crate::usb;

/// Names a connection.
///
/// Ids of connections that the world opened (accepted by a listener) come from the shell; ids of
/// connections that the engine opens come from the engine. The two ranges never meet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LinkId(u32);

impl LinkId {
    const ACCEPTED: u32 = 1 << 31;

    /// The `n`th connection that the engine itself opens.
    #[must_use]
    pub const fn opened(n: u32) -> Self {
        Self(n & !Self::ACCEPTED)
    }

    /// The `n`th connection that a listener accepted; for shells and rigs.
    #[must_use]
    pub const fn accepted(n: u32) -> Self {
        Self(n | Self::ACCEPTED)
    }

    /// Whether a listener accepted it.
    #[must_use]
    pub const fn is_accepted(self) -> bool {
        self.0 & Self::ACCEPTED != 0
    }

    /// The number given to [`Self::opened`] or [`Self::accepted`].
    #[must_use]
    pub const fn number(self) -> u32 {
        self.0 & !Self::ACCEPTED
    }
}

/// Names a command or a file operation until its [`Event::JobDone`](crate::Event::JobDone).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct JobId(pub u32);

/// Names a USB transfer until its [`Event::TransferDone`](crate::Event::TransferDone).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TransferId(pub u32);

/// Where a connection leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Endpoint {
    /// A TCP server. `host` may be a name: the shell resolves it, off the engine's thread.
    Tcp {
        /// Host name or address.
        host: String,
        /// TCP port.
        port: u16,
    },
    /// A Unix stream socket.
    Unix {
        /// Path of the socket.
        path: String,
    },
    /// A USB device, found by what its owner's configuration says about it.
    Usb(Box<usb::Matcher>),
}

/// What is to be done in a daemon's place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bequest {
    /// A file to replace, and its new content.
    pub file: Option<(String, Vec<u8>)>,
    /// What to run.
    pub command: Command,
    /// Not before this time has passed.
    pub after: Duration,
    /// When this time has passed, whether or not the daemon has ended: by then it is stuck.
    pub at_the_latest: Duration,
}

/// A program to start.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Command {
    /// What to run. Comes from the configuration alone, never from a network or a device.
    pub program: Program,
    /// Arguments after the program: data, never looked at by a shell.
    pub arguments: Vec<String>,
    /// Environment on top of the daemon's own.
    pub environment: Vec<(String, String)>,
    /// Bytes for its standard input.
    pub input: Option<Vec<u8>>,
    /// How long it may take before it is ended, on the wall's clock; `None` for as long as it likes.
    pub longest: Option<Duration>,
    /// Whether it needs the rights the daemon had before it dropped them (SHUTDOWNCMD does).
    pub privileged: bool,
}

/// How a [`Command`] names its program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Program {
    /// A line of the configuration, for `/bin/sh -c`; arguments arrive as `"$@"`.
    Shell(String),
    /// A program looked up in `PATH`.
    Exec(String),
}

/// How much a log line matters (syslog's words).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Something failed that somebody must mend.
    Error,
    /// Something is odd, and work goes on.
    Warning,
    /// A change of state that an operator wants to see.
    Notice,
    /// Ordinary news.
    Info,
    /// For whoever looks for a defect.
    Debug,
}

/// One thing an engine asks of the world.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// Open a connection; answered by `Opened` (or `Attached` for USB) or `OpenFailed`.
    Open {
        /// Its id, chosen by the engine with [`LinkId::opened`].
        link: LinkId,
        /// Where to.
        to: Endpoint,
    },
    /// Send bytes on an open link, whole and in order: one `Send` is one write where the peer keeps up.
    Send {
        /// The link.
        link: LinkId,
        /// What to send.
        bytes: Vec<u8>,
    },
    /// Read nothing more from an open link for now: what its peer says waits in the network, and makes the peer wait.
    /// A connection that breaks is told all the same, the end of what the peer says only after all that came before.
    Pause {
        /// The link.
        link: LinkId,
    },
    /// Read on from a paused link.
    Resume {
        /// The link.
        link: LinkId,
    },
    /// Close a link once what was sent before has left. No event follows for it.
    Close {
        /// The link.
        link: LinkId,
    },
    /// Start a USB transfer; answered by `TransferDone`.
    Transfer {
        /// The USB link.
        link: LinkId,
        /// Its id, chosen by the engine.
        transfer: TransferId,
        /// What to ask.
        request: usb::Request,
    },
    /// Start a command; answered by `JobDone` when it has ended (or could not start).
    Run {
        /// Its id, chosen by the engine.
        job: JobId,
        /// What to run.
        command: Box<Command>,
    },
    /// What whoever keeps rights for the daemon is to do in its place, should it end or get stuck before it
    /// has run its privileged command: the file first. Without anybody who keeps rights, nothing.
    Bequeath(Box<Bequest>),
    /// Replace a file with these bytes, durably; answered by `JobDone`.
    WriteFile {
        /// Its id, chosen by the engine.
        job: JobId,
        /// The file.
        path: String,
        /// Its new content.
        contents: Vec<u8>,
        /// Whether it needs the rights the daemon had before it dropped them, and whatever is kept for an emergency.
        privileged: bool,
    },
    /// Read a regular file once, following no link; answered by `FileRead`.
    ReadFile {
        /// Its id, chosen by the engine.
        job: JobId,
        /// The file.
        path: String,
        /// The most it may hold, in bytes.
        limit: usize,
    },
    /// Remove a file, which need not exist; answered by `JobDone`.
    RemoveFile {
        /// Its id, chosen by the engine.
        job: JobId,
        /// The file.
        path: String,
    },
    /// Deliver the file's content now and after each change, as `FileChanged`. Asked again, it is
    /// delivered again.
    WatchFile {
        /// The file.
        path: String,
    },
    /// A log line: lower case where a sentence starts with a plain word, no full stop.
    Say {
        /// How much it matters.
        level: Level,
        /// The line.
        text: String,
    },
    /// Log lines of [`Level::Debug`] too from now on, or no longer.
    Debug {
        /// Whether to log them.
        on: bool,
    },
    /// Tell every logged-in user of this host (`wall`).
    Wall {
        /// The text.
        text: String,
    },
    /// End the daemon once all that was asked before is on its way.
    Exit {
        /// The process's exit code.
        code: u8,
    },
}

// Every effect is moved a few times on its way; what is large and rare stands behind a `Box`.
const _: () = assert!(size_of::<Effect>() <= 64);
