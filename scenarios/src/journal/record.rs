//! One record of a journal: when, and what.
//!
//! A rig writes a record at the instant the thing happened, in the order of happening. The first
//! is [`What::Run`], then the initial state of every feed, UPS and host; the last is [`What::End`].

use super::state::{Answer, CommandRole, Ending, HostState, Login, MainsState, ProcessEvent, Supply};
use super::topology::RunFacts;
use super::wire::{Direction, LinkEvent, WireBytes, WireProtocol};
use protocol::Instant;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// A name that many records share: cloning it copies no text.
pub type Name = Arc<str>;

/// One record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// Microseconds since the start of the run, in scenario time.
    #[serde(with = "micros")]
    pub at: Instant,
    /// What happened.
    #[serde(flatten)]
    pub what: What,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "kebab-case")]
pub enum What {
    /// The run begins; exactly once, first.
    Run(Box<RunFacts>),
    /// A step of the timeline happened.
    Step {
        /// Its place in the timeline, from 0.
        index: usize,
        /// Its id, where it has one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        id: Option<String>,
        /// What it does, in words (`mains off`, `kill upsd on nas`).
        does: String,
    },
    /// A feed changed.
    Mains {
        /// Which.
        feed: Name,
        /// What it is now.
        #[serde(flatten)]
        is: MainsState,
    },
    /// Where a UPS takes its output from, the truth inside the device.
    Supply {
        /// Which.
        ups: Name,
        /// From where.
        is: Supply,
    },
    /// A UPS's outlet opened or closed, the truth.
    Outlet {
        /// Which.
        ups: Name,
        /// Live.
        live: bool,
        /// Why (`shutdown timer`, `battery exhausted`, `mains back`).
        because: String,
    },
    /// A UPS began or ceased to say that its battery is low.
    LowBattery {
        /// Which.
        ups: Name,
        /// Low.
        low: bool,
    },
    /// A UPS's quantities, the truth: at every change of state, and at least at every percent of charge.
    Sample {
        /// Which.
        ups: Name,
        /// State of charge.
        charge_permille: u32,
        /// What the device thinks is left.
        runtime_s: u64,
        /// What it carries.
        load_mw: u64,
        /// At its battery.
        battery_mv: u32,
        /// At its input.
        input_mv: u32,
    },
    /// A UPS took a command from its data wire (`shutdown in 20 s`, `self-test`).
    Commanded {
        /// Which.
        ups: Name,
        /// What.
        command: String,
    },
    /// A host's state changed.
    Host {
        /// Which.
        host: Name,
        /// What it is now.
        is: HostState,
        /// Why (`shutdown -h +5 ran out`, `last supply gone`).
        because: String,
    },
    /// A monitor said something: through NOTIFYCMD where the configuration has one, else its log.
    Notified {
        /// On which host.
        host: Name,
        /// `ONBATT`, `LOWBATT`, …
        kind: Name,
        /// About which UPS, by its name in the scenario; `None` for notices about the host.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        ups: Option<Name>,
        /// The message.
        text: String,
    },
    /// A command was started.
    Ran {
        /// On which host.
        host: Name,
        /// What for.
        role: CommandRole,
        /// By which process (`upsmon`, `operator`, `late-shutdown`).
        by: Name,
        /// The command line, as a person would type it.
        command: String,
    },
    /// A command that was started has ended.
    Ended {
        /// On which host.
        host: Name,
        /// What for.
        role: CommandRole,
        /// The command line as in `Ran`.
        command: String,
        /// Exit status; `None` when it was killed or could not start.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        status: Option<i32>,
    },
    /// A process logged a line.
    Logged {
        /// On which host.
        host: Name,
        /// Which process.
        process: Name,
        /// The line, without a time.
        line: String,
    },
    /// A component decided something, with its reason (ours only; checks never need it).
    Decision {
        /// On which host.
        host: Name,
        /// Which process.
        process: Name,
        /// What.
        decision: String,
        /// Why.
        reason: String,
    },
    /// What a client of a server learnt of a variable, when it differs from what was learnt before.
    Var {
        /// Which UPS, by its name in the scenario.
        ups: Name,
        /// The host whose `upsd` answered.
        server: Name,
        /// The variable.
        name: Name,
        /// Its value, unescaped; or the error that came instead.
        #[serde(flatten)]
        is: Answer,
    },
    /// A link opened or ended.
    Link {
        /// Its number in this run.
        link: u32,
        /// Who opened it.
        from: Name,
        /// To whom. Parties are `host/process`; a device is `ups:NAME`.
        to: Name,
        /// What is spoken on it.
        protocol: WireProtocol,
        /// Opened, or how it ended.
        event: LinkEvent,
    },
    /// Bytes arrived on a link: one protocol line (without its newline), or one USB transfer.
    Wire {
        /// The link.
        link: u32,
        /// What is spoken on it.
        protocol: WireProtocol,
        /// Which way, as seen by who opened it.
        direction: Direction,
        /// The bytes.
        #[serde(flatten)]
        bytes: WireBytes,
    },
    /// A client logged into or out of a server, as that server counts it.
    Login {
        /// The host whose `upsd` it is.
        server: Name,
        /// Which UPS.
        ups: Name,
        /// The client's host.
        host: Name,
        /// In or out.
        event: Login,
    },
    /// A daemon started, stopped, or was told to.
    Process {
        /// On which host.
        host: Name,
        /// Its program's name.
        process: Name,
        /// Which UPS's, for a driver.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        ups: Option<Name>,
        /// What happened.
        #[serde(flatten)]
        event: ProcessEvent,
    },
    /// A POWERDOWNFLAG was written or removed.
    Flag {
        /// On which host.
        host: Name,
        /// It exists now.
        exists: bool,
    },
    /// The rig has something to say about the run (an unknown command, a fault that hit nothing).
    Warning {
        /// What.
        text: String,
    },
    /// The machine held the rig up, or kept its processes waiting for a processor: longer than ever before in
    /// this run, and so long that what was late says nothing.
    HeldUp {
        /// How long altogether, in microseconds of real time.
        real_us: u64,
        /// The same, of the run's own time.
        run_us: u64,
    },
    /// The run is over; exactly once, last.
    End {
        /// Why.
        because: Ending,
    },
}

mod micros {
    use protocol::Instant;
    use serde::{Deserialize, Deserializer, Serializer};

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's `with` hands over a reference")]
    pub fn serialize<S: Serializer>(at: &Instant, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u64(at.as_micros())
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Instant, D::Error> {
        u64::deserialize(deserializer).map(Instant::from_micros)
    }
}
