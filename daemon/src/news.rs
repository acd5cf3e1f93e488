//! What the shell's tasks tell the event loop.

use std::sync::Arc;

use protocol::{JobId, JobOutcome, LinkError, LinkId, Peer, Signal, TransferId, usb};
use tokio::sync::mpsc;

use crate::stream::Stream;
use crate::usb_bus::UsbPort;

/// One life of a link: engines may use an id again, and what its former life left in the queue
/// must not reach the new one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Ticket {
    pub(crate) link: LinkId,
    pub(crate) life: u64,
}

/// One thing that happened outside the event loop.
pub(crate) enum News {
    Accepted { stream: Arc<Stream>, peer: Peer },
    OfLink { ticket: Ticket, what: LinkNews },
    JobDone { job: JobId, outcome: JobOutcome },
    ErrandsLost,
    FileRead { job: JobId, contents: Result<Option<Vec<u8>>, String> },
    FileChanged { path: String, contents: Option<Vec<u8>> },
    Signal(Signal),
    ReloadAsked,
}

/// One thing that happened on a link.
pub(crate) enum LinkNews {
    Connected(Arc<Stream>),
    Attached {
        port: UsbPort,
        identity: Box<usb::Identity>,
    },
    /// What is on the bus where the device was not to be had.
    Sighted(Vec<usb::Identity>),
    OpenFailed(LinkError),
    /// Bytes; the link reads on when the event loop has dealt with them.
    Received(Vec<u8>),
    Draining,
    Drained,
    Closed(LinkError),
    TransferDone {
        transfer: TransferId,
        result: Result<usb::Data, usb::Failure>,
    },
    Interrupt(usb::Data),
    /// Frames on the emulator bus, for the wire log alone.
    Wire {
        sent: bool,
        bytes: Vec<u8>,
    },
}

/// News that may wait for the event loop: each link and each listener has at most one or two on
/// their way, then they wait for their turn.
const QUEUE: usize = 64;

/// The tasks' end of the queue.
#[derive(Clone)]
pub(crate) struct Outlet(mpsc::Sender<News>);

/// A queue of news.
pub(crate) fn queue() -> (Outlet, mpsc::Receiver<News>) {
    let (sender, receiver) = mpsc::channel(QUEUE);
    (Outlet(sender), receiver)
}

impl Outlet {
    /// Tells the event loop, when it is this task's turn.
    pub(crate) async fn tell(&self, news: News) {
        // The event loop ends before its tasks only when the process does.
        drop(self.0.send(news).await);
    }

    /// Tells the event loop about a link.
    pub(crate) async fn tell_of(&self, ticket: Ticket, what: LinkNews) {
        self.tell(News::OfLink { ticket, what }).await;
    }
}
