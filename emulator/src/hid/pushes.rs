//! The interrupt pipe: reports pushed when they change, at the pace at which the host asks.
//!
//! The host asks every bInterval and gets one packet. A report that changes again while it waits is
//! sent once, as it is then: a slow pipe coalesces and never lags behind.

use std::collections::VecDeque;

use protocol::Instant;
use protocol::usb::{Data, ReportKind};

use super::reports::Reports;
use crate::device::Usb;
use crate::physics::Physics;
use crate::units::Micros;

/// What is to be pushed, and when.
#[derive(Debug, Clone)]
pub struct Pushes {
    /// Report ids that are pushed, and what the host last got of each.
    known: Vec<(u8, Data)>,
    waiting: VecDeque<u8>,
    slot: Option<Instant>,
    stream_at: Option<Instant>,
    streamed: Vec<u8>,
    every: Micros,
    interval: Micros,
    packet: usize,
}

impl Pushes {
    /// Nothing is pushed until it changes, but for what streams.
    pub fn new(usb: &Usb, reports: &Reports, ups: &Physics, now: Instant) -> Self {
        let state = |id: &u8| (*id, reports.read(ReportKind::Input, *id, ups).unwrap_or_default());
        let streams = usb.streams.as_ref().filter(|streams| streams.every.0 > 0);
        let mut ids = usb.pushes.clone();
        let streamed = streams.map_or(Vec::new(), |streams| streams.reports.clone());
        ids.extend(streamed.iter().filter(|id| !usb.pushes.contains(id)));
        Self {
            known: ids.iter().map(state).collect(),
            waiting: VecDeque::new(),
            slot: None,
            stream_at: streams.map(|streams| now + streams.every),
            every: streams.map_or(Micros(0), |streams| streams.every),
            streamed,
            interval: Micros(usb.interval.0.max(1)),
            packet: usize::from(usb.packet.max(1)),
        }
    }

    /// When the pipe has something to do next.
    pub fn next(&self) -> Option<Instant> {
        self.slot.into_iter().chain(self.stream_at).min()
    }

    /// Something may have changed: queues each report that is not what the host last got.
    pub fn notice(&mut self, reports: &Reports, ups: &Physics, now: Instant) {
        for (id, last) in &self.known {
            let differs = reports.read(ReportKind::Input, *id, ups).is_some_and(|bytes| bytes != *last);
            if differs && !self.waiting.contains(id) {
                self.waiting.push_back(*id);
            }
        }
        self.plan(now);
    }

    /// The report whose last packet leaves now.
    pub fn due(&mut self, reports: &Reports, ups: &Physics, now: Instant) -> Option<(u8, Data)> {
        if self.stream_at.is_some_and(|at| at <= now) {
            self.stream_at = Some(now + self.every);
            let idle = self.streamed.iter().filter(|id| !self.waiting.contains(id));
            let idle: Vec<u8> = idle.copied().collect();
            self.waiting.extend(idle);
            self.plan(now);
        }
        self.slot.take_if(|at| *at <= now)?;
        let id = self.waiting.pop_front()?;
        let bytes = reports.read(ReportKind::Input, id, ups);
        if let (Some(bytes), Some(known)) = (&bytes, self.known.iter_mut().find(|(known, _)| *known == id)) {
            known.1.clone_from(bytes);
        }
        self.plan(now);
        bytes.map(|bytes| (id, bytes))
    }

    /// The host asks at multiples of the interval; a long report takes several packets.
    fn plan(&mut self, now: Instant) {
        let Some(first) = self.waiting.front().filter(|_| self.slot.is_none()) else { return };
        let length = self.known.iter().find(|(id, _)| id == first).map_or(1, |(_, bytes)| bytes.len());
        let packets = u64::try_from(length.div_ceil(self.packet).max(1)).unwrap_or(1);
        let asked = now.as_micros() / self.interval.0 + packets;
        self.slot = Some(Instant::from_micros(asked.saturating_mul(self.interval.0)));
    }
}
