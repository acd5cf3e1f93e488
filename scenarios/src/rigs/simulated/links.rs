//! Connections: what TCP, Unix sockets and the data cable do with bytes.
//!
//! A link has two sides: 0 opened it, 1 was there. Bytes keep their order in each direction. A
//! segment that the network loses is sent again as TCP does (RFC 6298: the time-out doubles), and
//! what comes after it waits behind it.

use std::collections::VecDeque;
use std::time::Duration;

use protocol::{Event, Instant, LinkError, LinkId};

use super::due::{Due, News};
use super::network::Fate;
use super::process::index;
use super::world::World;
use crate::journal::LinkEvent;
use crate::rigs::tap::Tap;

/// On a Unix socket.
const UNIX: Duration = Duration::from_micros(15);
/// On the bus, one way.
const BUS: Duration = Duration::from_micros(125);
/// TCP's first retransmission time-out on a network like this one (Linux: 200 ms).
const RETRY: Duration = Duration::from_millis(200);
/// And its longest.
const LONGEST_RETRY: Duration = Duration::from_secs(120);
/// The payload of a segment on Ethernet, with TCP's time stamps.
const SEGMENT: usize = 1448;
/// A sender gives up after this many (Linux: tcp_retries2).
const MOST_RETRIES: u32 = 15;
/// A link is full beyond this, and has drained below a half of it.
const BOUND: usize = 64 * 1024;

/// What a link runs over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Over {
    /// The network, from one machine to another (or to itself).
    Network {
        /// The machines of side 0 and side 1.
        hosts: [usize; 2],
    },
    /// A Unix socket of one machine.
    Unix,
    /// The data cable of a UPS, which is side 1.
    Bus {
        /// The UPS.
        ups: usize,
    },
}

/// One side of a link.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// An engine, which calls the link so.
    Engine { slot: usize, generation: u32, link: LinkId },
    /// A UPS.
    Device,
    /// Nobody any more; the other side knows, or will.
    Gone,
    /// Nobody any more, and nothing told the other side.
    Vanished,
}

/// A connection.
#[derive(Debug)]
pub struct Link {
    /// What it runs over.
    pub over: Over,
    /// Both sides.
    pub ends: [End; 2],
    /// What is on its way from side 0 and from side 1.
    lanes: [Lane; 2],
    /// Who listens in.
    pub tap: Tap,
    /// Its end is in the journal.
    pub(super) is_over: bool,
}

impl Link {
    /// Its opener knows at `at` that it is there, and hears nothing from the other side before.
    pub(super) fn opens_at(&mut self, at: Instant) {
        self.lanes[1].clear_at = at;
    }
}

#[derive(Debug, Default)]
struct Lane {
    /// Nothing sent now arrives before this.
    clear_at: Instant,
    /// What waits behind a lost segment; `None` is the end of the stream.
    waiting: VecDeque<Option<Vec<u8>>>,
    retries: u32,
    /// Bytes sent that have not arrived.
    queued: usize,
    is_full: bool,
    /// Whether the other side reads nothing for now, and what has come to its machine meanwhile.
    is_paused: bool,
    unread: VecDeque<Option<Vec<u8>>>,
}

impl Lane {
    /// The next segment to send again: small ones leave as one, as the kernel collapses them.
    fn next_waiting(&mut self) -> Option<Option<Vec<u8>>> {
        let mut segment = self.waiting.pop_front()?;
        while let Some(bytes) = &mut segment
            && let Some(Some(next)) = self.waiting.front()
            && bytes.len() + next.len() <= SEGMENT
        {
            bytes.extend_from_slice(next);
            self.waiting.pop_front();
        }
        Some(segment)
    }

    /// Nobody reads any more.
    fn leave_unread(&mut self) {
        self.is_paused = false;
        self.unread.clear();
    }
}

impl World {
    /// Makes a link between two ends that are there, and says so in the journal.
    pub(super) fn join(&mut self, over: Over, ends: [End; 2], tap: Tap) -> u32 {
        let link = index(self.links.len());
        for end in ends {
            if let End::Engine { slot, link: name, .. } = end
                && let Some(process) = &mut self.slots[slot].process
            {
                process.forget_opening(name);
                process.set_link(name, Some(link));
            }
        }
        self.links.push(Link { over, ends, lanes: Default::default(), tap, is_over: false });
        self.show_link(link, LinkEvent::Opened);
        link
    }

    /// Sends bytes from one side.
    pub(super) fn send(&mut self, link: u32, side: u8, bytes: Vec<u8>) {
        match self.piece(link, side) {
            Some(piece) if bytes.len() > piece => {
                bytes.chunks(piece).for_each(|part| self.send_segment(link, side, part.to_vec()));
            }
            _ => self.send_segment(link, side, bytes),
        }
    }

    /// What a slow reader takes at once.
    fn piece(&self, link: u32, side: u8) -> Option<usize> {
        match self.links[link as usize].over {
            Over::Network { hosts } => self.network.piece(hosts[usize::from(side)], hosts[usize::from(1 - side)]),
            Over::Unix | Over::Bus { .. } => None,
        }
    }

    fn send_segment(&mut self, link: u32, side: u8, bytes: Vec<u8>) {
        let lane = &mut self.links[link as usize].lanes[usize::from(side)];
        lane.queued += bytes.len();
        if lane.waiting.is_empty() {
            self.transmit(link, side, Some(bytes));
        } else {
            lane.waiting.push_back(Some(bytes));
        }
        let lane = &mut self.links[link as usize].lanes[usize::from(side)];
        if lane.queued > BOUND && !lane.is_full {
            lane.is_full = true;
            self.tell_end(link, side, |link| Event::Full { link });
        }
    }

    /// Puts one segment, or the end of the stream, on its way; a lost one waits for its next try.
    /// Says whether it is on its way.
    pub(super) fn transmit(&mut self, number: u32, side: u8, segment: Option<Vec<u8>>) -> bool {
        let link = &mut self.links[number as usize];
        let fate = match link.over {
            Over::Unix => Fate::Arrives(self.now + UNIX),
            Over::Bus { .. } => Fate::Arrives(self.now + BUS),
            Over::Network { hosts } => {
                let (from, to) = (hosts[usize::from(side)], hosts[usize::from(1 - side)]);
                if self.machines[from].is_reachable && self.machines[to].is_reachable {
                    let size = segment.as_ref().map_or(0, Vec::len);
                    self.network.send(from, to, size, self.now)
                } else {
                    Fate::Lost
                }
            }
        };
        let lane = &mut link.lanes[usize::from(side)];
        match fate {
            Fate::Arrives(at) => {
                lane.clear_at = lane.clear_at.max(at + self.chance.turn());
                lane.retries = 0;
                let at = lane.clear_at;
                self.put_down(at, Due::Arrive { link: number, side: 1 - side, segment });
                true
            }
            Fate::Lost => {
                lane.waiting.push_front(segment);
                let wait = RETRY.saturating_mul(1 << lane.retries.min(12)).min(LONGEST_RETRY);
                self.put_down(self.now + wait, Due::Resend { link: number, side });
                false
            }
        }
    }

    pub(super) fn resend(&mut self, number: u32, side: u8) {
        let link = &mut self.links[number as usize];
        let lane = &mut link.lanes[usize::from(side)];
        lane.retries += 1;
        if lane.retries > MOST_RETRIES {
            lane.waiting.clear();
            return self.break_end(number, side, LinkError::TimedOut);
        }
        // Once the first one comes through, those behind it follow in the same burst.
        while let Some(segment) = self.links[number as usize].lanes[usize::from(side)].next_waiting() {
            if !self.transmit(number, side, segment) {
                return;
            }
        }
    }

    /// Bytes, or the end of the stream, arrive at a side's machine.
    pub(super) fn arrive(&mut self, number: u32, side: u8, segment: Option<Vec<u8>>) {
        let lane = &mut self.links[number as usize].lanes[usize::from(1 - side)];
        if lane.is_paused || !lane.unread.is_empty() {
            return lane.unread.push_back(segment);
        }
        match segment {
            Some(bytes) => self.read(number, side, bytes),
            None => self.break_end(number, side, LinkError::Closed),
        }
    }

    /// A side reads no more for now, or reads on.
    pub(super) fn pause(&mut self, slot: usize, link: LinkId, on: bool) {
        let Some((number, side)) = self.side_of(slot, link) else { return };
        self.links[number as usize].lanes[usize::from(1 - side)].is_paused = on;
        if !on {
            self.put_down(self.now, Due::ReadOn { link: number, side });
        }
    }

    /// A side takes what came while it was paused.
    pub(super) fn read_on(&mut self, number: u32, side: u8) {
        loop {
            let lane = &mut self.links[number as usize].lanes[usize::from(1 - side)];
            let segment = if lane.is_paused { None } else { lane.unread.pop_front() };
            match segment {
                Some(Some(bytes)) => self.read(number, side, bytes),
                Some(None) => self.break_end(number, side, LinkError::Closed),
                None => return,
            }
        }
    }

    /// A side takes bytes.
    fn read(&mut self, number: u32, side: u8, bytes: Vec<u8>) {
        let link = &mut self.links[number as usize];
        let end = link.ends[usize::from(side)];
        let lane = &mut link.lanes[usize::from(1 - side)];
        lane.queued = lane.queued.saturating_sub(bytes.len());
        if lane.is_full && lane.queued < BOUND / 2 {
            lane.is_full = false;
            self.put_down(self.now, Due::Drained { link: number, side: 1 - side });
        } else if lane.is_full {
            self.tell_end(number, 1 - side, |link| Event::Draining { link });
        }
        match end {
            End::Engine { slot, generation, link: name } => {
                self.listen_in(number, side, &bytes);
                match self.links[number as usize].over {
                    Over::Bus { .. } => {
                        self.take_frames(number, slot, generation, name, &bytes);
                        self.spare.push(bytes);
                    }
                    Over::Network { .. } | Over::Unix => {
                        self.tell(slot, generation, Event::Received { link: name, bytes });
                    }
                }
            }
            End::Device => {
                self.listen_in(number, side, &bytes);
                if let Over::Bus { ups } = self.links[number as usize].over {
                    self.take_requests(number, ups, &bytes);
                    self.spare.push(bytes);
                }
            }
            // The kernel of a machine that runs answers with a reset; one that is down, with nothing.
            End::Gone | End::Vanished => self.break_end(number, 1 - side, LinkError::Reset),
        }
    }

    pub(super) fn drained(&mut self, number: u32, side: u8) {
        self.tell_end(number, side, |link| Event::Drained { link });
    }

    /// One side is over: its engine is told.
    fn break_end(&mut self, number: u32, side: u8, error: LinkError) {
        let place = usize::from(side);
        let End::Engine { slot, generation, link } = self.links[number as usize].ends[place] else { return };
        self.links[number as usize].ends[place] = End::Gone;
        self.links[number as usize].lanes[1 - place].leave_unread();
        let is_its = self.slots[slot].generation == generation;
        if let Some(process) = self.slots[slot].process.as_mut().filter(|_| is_its) {
            process.set_link(link, None);
        }
        if error != LinkError::Closed {
            self.show_link(number, LinkEvent::Broken);
        }
        if side == 1 {
            self.server_let_go(number);
        }
        self.tell(slot, generation, Event::Closed { link, error });
    }

    /// An engine closes its side, or its process ends. Silently: nothing tells the peer.
    pub(super) fn drop_end(&mut self, number: u32, slot: usize, silently: bool) {
        let link = &mut self.links[number as usize];
        let is_of = |end: &End| matches!(end, End::Engine { slot: of, .. } if *of == slot);
        let Some(side) = link.ends.iter().position(is_of) else { return };
        let stays = matches!(link.over, Over::Network { hosts } if silently && hosts[0] != hosts[1]);
        let End::Engine { generation, link: name, .. } = link.ends[side] else { return };
        link.ends[side] = if stays { End::Vanished } else { End::Gone };
        link.lanes[1 - side].leave_unread();
        let is_its = self.slots[slot].generation == generation;
        if let Some(process) = self.slots[slot].process.as_mut().filter(|_| is_its) {
            process.set_link(name, None);
        }
        let event = if side == 0 { LinkEvent::ClosedByOpener } else { LinkEvent::ClosedByPeer };
        self.show_link(number, event);
        if side == 1 {
            self.server_let_go(number);
        }
        if let Over::Bus { ups } = self.links[number as usize].over {
            self.links[number as usize].ends[1] = End::Gone;
            return self.release(ups, number);
        }
        if stays {
            return;
        }
        let side = u8::from(side == 1);
        let lane = &mut self.links[number as usize].lanes[usize::from(side)];
        if lane.waiting.is_empty() {
            self.transmit(number, side, None);
        } else {
            lane.waiting.push_back(None);
        }
    }

    fn tell_end(&mut self, number: u32, side: u8, news: impl Fn(LinkId) -> News) {
        if let End::Engine { slot, generation, link } = self.links[number as usize].ends[usize::from(side)] {
            let due = Due::Tell { slot: index(slot), generation, news: Box::new(news(link)) };
            self.put_down(self.now + Duration::from_micros(1), due);
        }
    }

    /// Forgets one end of every connection between two machines; the other end does not hear of it.
    pub(super) fn half_open(&mut self, from: usize, to: usize) {
        for number in 0..index(self.links.len()) {
            let link = &self.links[number as usize];
            let Over::Network { hosts } = link.over else { continue };
            let Some(side) = hosts.iter().position(|host| *host == from) else { continue };
            if hosts[1 - side] == to {
                self.break_end(number, u8::from(side == 1), LinkError::TimedOut);
                self.links[number as usize].ends[side] = End::Vanished;
            }
        }
    }
}
