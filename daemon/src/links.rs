//! The connections that the event loop knows, and what goes out on them.
//!
//! Sends collect in a batch per link; [`Links::write`] hands a batch over in one write once the
//! engine has said all it has to say.

use std::collections::BTreeMap;
use std::sync::Arc;

use protocol::{Endpoint, Instant, LinkError, LinkId, TransferId, usb};
use tokio::task::{JoinHandle, JoinSet};

use crate::clock::Clock;
use crate::lane::{Lane, Pushed};
use crate::lookup::Names;
use crate::news::{Outlet, Ticket};
use crate::stream::{Stream, link_error};
use crate::usb_bus::UsbPort;
use crate::wire_log::WireLog;
use crate::{connect, link};

/// So many that are being closed may wait for their peers' end at a time: each has a descriptor.
const MANY_CLOSING: usize = 32;

/// One connection.
struct Link {
    life: u64,
    peer: String,
    state: State,
}

enum State {
    Opening(JoinHandle<()>),
    Open { stream: Arc<Stream>, lane: Arc<Lane>, batch: Vec<u8>, task: JoinHandle<()> },
    Usb(UsbPort),
}

/// What writing a batch has shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Written {
    /// Nothing that the engine must know.
    Well,
    /// The queue has filled.
    Full,
    /// The link is gone.
    Lost(LinkError),
}

/// All connections.
pub(crate) struct Links {
    table: BTreeMap<LinkId, Link>,
    lives: u64,
    /// Links with a batch to write.
    dirty: Vec<LinkId>,
    /// Tasks that write last words.
    closing: JoinSet<()>,
    wire_log: Option<WireLog>,
    names: Names,
    outlet: Outlet,
    clock: Clock,
}

impl Links {
    pub(crate) fn new(outlet: Outlet, clock: Clock, wire_log: Option<WireLog>) -> Self {
        let (table, dirty, closing) = (BTreeMap::new(), Vec::new(), JoinSet::new());
        Self { table, lives: 0, dirty, closing, wire_log, names: Names::default(), outlet, clock }
    }

    pub(crate) fn len(&self) -> usize {
        self.table.len()
    }

    /// Whether the ticket is of the link's present life.
    pub(crate) fn is_current(&self, ticket: Ticket) -> bool {
        self.table.get(&ticket.link).is_some_and(|known| known.life == ticket.life)
    }

    /// Starts to connect.
    pub(crate) fn connect(&mut self, link: LinkId, to: Endpoint) {
        let peer = match &to {
            Endpoint::Tcp { host, port } => format!("tcp {host} {port}"),
            Endpoint::Unix { path } => format!("unix {path}"),
            Endpoint::Usb(_) => "usb".to_owned(),
        };
        let ticket = self.new_life(link);
        let task = tokio::spawn(connect::open(ticket, to, self.names.clone(), self.outlet.clone(), self.clock));
        self.table.insert(link, Link { life: ticket.life, peer, state: State::Opening(task) });
    }

    /// Takes a connection that a listener accepted.
    pub(crate) fn accept(&mut self, link: LinkId, peer: String, stream: Arc<Stream>) {
        let ticket = self.new_life(link);
        let state = self.serve(ticket, stream);
        self.table.insert(link, Link { life: ticket.life, peer, state });
    }

    /// Takes a connection that was asked for.
    pub(crate) fn open(&mut self, link: LinkId, stream: Arc<Stream>) {
        let Some(life) = self.table.get(&link).map(|known| known.life) else { return };
        let state = self.serve(Ticket { link, life }, stream);
        if let Some(known) = self.table.get_mut(&link) {
            known.state = state;
        }
    }

    /// Takes a USB device that was asked for.
    pub(crate) fn attach(&mut self, link: LinkId, port: UsbPort) {
        if let Some(known) = self.table.get_mut(&link) {
            known.state = State::Usb(port);
        }
    }

    /// Forgets a link that never opened.
    pub(crate) fn forget(&mut self, link: LinkId) {
        self.table.remove(&link);
    }

    /// Starts a transfer; false when there is no such device.
    pub(crate) fn transfer(&mut self, link: LinkId, transfer: TransferId, request: usb::Request) -> bool {
        match self.table.get(&link) {
            Some(Link { state: State::Usb(port), .. }) => port.start(transfer, request),
            _ => false,
        }
    }

    /// Adds bytes to the link's batch.
    pub(crate) fn send(&mut self, link: LinkId, bytes: Vec<u8>, now: Instant) {
        self.record(link, now, true, &bytes);
        let Some(Link { state: State::Open { batch, .. }, .. }) = self.table.get_mut(&link) else { return };
        if batch.is_empty() {
            *batch = bytes;
            self.dirty.push(link);
        } else {
            batch.extend_from_slice(&bytes);
        }
    }

    /// The next link with a batch to write.
    pub(crate) fn next_dirty(&mut self) -> Option<LinkId> {
        self.dirty.pop()
    }

    /// Writes a link's batch.
    pub(crate) fn write(&mut self, link: LinkId) -> Written {
        let Some(Link { state: State::Open { stream, lane, batch, .. }, .. }) = self.table.get_mut(&link) else {
            return Written::Well;
        };
        let batch = std::mem::take(batch);
        if batch.is_empty() {
            return Written::Well;
        }
        let error = match lane.push(stream, &batch) {
            Ok(Pushed::Taken) => return Written::Well,
            Ok(Pushed::Full) => return Written::Full,
            Ok(Pushed::TooMuch) => LinkError::TimedOut,
            Err(error) => link_error(&error),
        };
        if let Some(Link { state: State::Open { task, .. }, .. }) = self.table.remove(&link) {
            task.abort();
        }
        Written::Lost(error)
    }

    /// Lets a link read on: what it read last has been dealt with.
    pub(crate) fn delivered(&self, link: LinkId) {
        self.lane(link).into_iter().for_each(Lane::delivered);
    }

    /// Has a link read nothing more for now, or read on.
    pub(crate) fn pause(&self, link: LinkId, on: bool) {
        self.lane(link).into_iter().for_each(|lane| lane.pause(on));
    }

    /// Ends a link from our side: what was sent before still leaves.
    pub(crate) fn let_go(&mut self, link: LinkId) {
        self.close(link, false);
    }

    fn close(&mut self, link: LinkId, in_haste: bool) {
        while self.closing.try_join_next().is_some() {}
        // An error is the peer's, who is being left.
        let _ = self.write(link);
        match self.table.remove(&link).map(|known| known.state) {
            Some(State::Open { lane, task, .. }) => {
                lane.close(in_haste || self.closing.len() >= MANY_CLOSING);
                self.closing.spawn(async move { drop(task.await) });
            }
            Some(State::Opening(task)) => task.abort(),
            Some(State::Usb(_)) | None => {}
        }
    }

    /// Ends all links, and waits until their last words have left.
    pub(crate) async fn end(&mut self) {
        for link in self.table.keys().copied().collect::<Vec<_>>() {
            self.close(link, true);
        }
        while self.closing.join_next().await.is_some() {}
    }

    /// Writes bytes to the wire log, where there is one.
    pub(crate) fn record(&mut self, link: LinkId, at: Instant, sent: bool, bytes: &[u8]) {
        let Some(wire_log) = &mut self.wire_log else { return };
        let peer = self.table.get(&link).map_or("", |known| &known.peer);
        match sent {
            true => wire_log.sent(at, link, peer, bytes),
            false => wire_log.received(at, link, peer, bytes),
        }
    }

    fn lane(&self, link: LinkId) -> Option<&Lane> {
        match &self.table.get(&link)?.state {
            State::Open { lane, .. } => Some(lane),
            State::Opening(_) | State::Usb(_) => None,
        }
    }

    fn new_life(&mut self, link: LinkId) -> Ticket {
        self.let_go(link);
        self.lives += 1;
        Ticket { link, life: self.lives }
    }

    fn serve(&self, ticket: Ticket, stream: Arc<Stream>) -> State {
        let lane = Arc::new(Lane::new());
        let serve = link::serve(ticket, Arc::clone(&stream), Arc::clone(&lane), self.outlet.clone(), self.clock);
        State::Open { stream, lane, batch: Vec::new(), task: tokio::spawn(serve) }
    }
}
