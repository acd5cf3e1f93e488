//! What is still to come for a process or a link, and which of it keeps its order.

use std::convert::Infallible;

use protocol::{Endpoint, Event, LinkError, LinkId};

use super::chance::Lane;

/// What every engine can be told.
pub type News = Event<Infallible>;

/// Something that is to come, other than a deadline.
#[derive(Debug)]
pub enum Due {
    /// News for an engine.
    Tell { slot: u32, generation: u32, news: Box<News> },
    /// An attempt to connect.
    Connect(Box<Attempt>),
    /// A connection is there, as far as its opener can tell.
    Opened { slot: u32, generation: u32, link: LinkId, number: u32 },
    /// A connection could not be made.
    OpenFailed { attempt: Box<Attempt>, error: LinkError },
    /// Bytes, or the end of a link, arrive at one side of it.
    Arrive { link: u32, side: u8, segment: Option<Vec<u8>> },
    /// One side of a link takes what came while it read nothing.
    ReadOn { link: u32, side: u8 },
    /// What could not be sent from one side of a link is tried again.
    Resend { link: u32, side: u8 },
    /// A link's queue has drained below its bound.
    Drained { link: u32, side: u8 },
    /// A daemon ends a command that it started, if it still runs itself.
    EndCommand { slot: u32, generation: u32, number: u32 },
    /// A driver of a late shutdown hook has had its time.
    GiveUp { slot: u32, generation: u32 },
    /// The turn of a driver of a late shutdown hook has come.
    StartLate { host: u32, boot: u32 },
    /// A service's turn to start has come.
    Start { slot: u32, boot: u32 },
    /// A late shutdown hook ends.
    LateHookDone { host: u32 },
}

/// An engine's request for a connection.
#[derive(Debug, Clone)]
pub struct Attempt {
    /// The engine.
    pub slot: usize,
    /// Its generation.
    pub generation: u32,
    /// What it calls the link.
    pub link: LinkId,
    /// The number of the request.
    pub request: u32,
    /// Where to.
    pub to: Endpoint,
    /// How often it was tried before.
    pub tries: u32,
}

impl Due {
    /// What it keeps its order with.
    #[must_use]
    pub fn lane(&self) -> Lane {
        match self {
            Self::Tell { slot, news, .. } => lane_of(*slot, news),
            Self::Connect(attempt) | Self::OpenFailed { attempt, .. } => {
                Lane::connection(super::process::index(attempt.slot), attempt.link)
            }
            // Nothing that its peer says may overtake it.
            Self::Opened { number, .. } => Lane::toward(*number, 0),
            Self::Arrive { link, side, .. } | Self::ReadOn { link, side } => Lane::toward(*link, *side),
            Self::Resend { link, side } | Self::Drained { link, side } => Lane::again(*link, *side),
            Self::EndCommand { slot, .. } | Self::GiveUp { slot, .. } | Self::Start { slot, .. } => {
                Lane::process(*slot)
            }
            Self::StartLate { host, .. } | Self::LateHookDone { host } => Lane::hook(*host),
        }
    }
}

/// What news for the engine of a slot keeps its order with.
pub fn lane_of(slot: u32, news: &News) -> Lane {
    match (link_of(news), news) {
        (Some(link), _) => Lane::connection(slot, link),
        (None, Event::JobDone { job, .. } | Event::FileRead { job, .. }) => Lane::job(slot, job.0),
        (None, Event::FileChanged { .. }) => Lane::files(slot),
        (None, _) => Lane::process(slot),
    }
}

/// The link that news is of.
pub fn link_of(news: &News) -> Option<LinkId> {
    match news {
        Event::Accepted { link, .. }
        | Event::Opened { link }
        | Event::Attached { link, .. }
        | Event::Sighted { link, .. }
        | Event::OpenFailed { link, .. }
        | Event::Received { link, .. }
        | Event::Closed { link, .. }
        | Event::Full { link }
        | Event::Draining { link }
        | Event::Drained { link }
        | Event::TransferDone { link, .. }
        | Event::Interrupt { link, .. } => Some(*link),
        Event::JobDone { .. }
        | Event::ErrandsLost
        | Event::FileRead { .. }
        | Event::FileChanged { .. }
        | Event::Signal(_)
        | Event::Reload(_) => None,
    }
}
