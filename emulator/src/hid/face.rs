//! [`Face`]: answers a host's transfers after the device's latency, pushes reports, and goes wrong on demand.

use std::collections::{BTreeMap, VecDeque};

use protocol::Instant;
use protocol::usb::{Data, Failure, ReportKind, Request};

use super::descriptors;
use super::faults::{Faults, failure, spoil};
use super::pushes::Pushes;
use super::reports::{Reports, Written};
use crate::control::{Fault, Link, Refresh};
use crate::device::Device;
use crate::physics::Physics;
use crate::units::Micros;

/// Transfers that may wait for their answer; of further ones the bus fails.
const MAX_PENDING: usize = 64;
/// Between two reports becoming readable after one change, where reports are torn.
const TEAR: Micros = Micros(50_000);
/// How long a host waits for a control transfer, as hosts commonly do.
const HOST_PATIENCE: Micros = Micros::seconds(5);

/// One device's HID side.
#[derive(Debug, Clone)]
pub struct Face {
    device: Device,
    reports: Reports,
    pushes: Pushes,
    pending: VecDeque<Pending>,
    busy_until: Instant,
    faults: Faults,
    /// Feature reports as a frozen controller goes on showing them.
    frozen: BTreeMap<u8, Data>,
    refresh: Refresh,
    /// Feature reports as last seen, where they are torn: what is shown, and until when.
    torn: BTreeMap<u8, (Data, Instant)>,
    before: BTreeMap<u8, Data>,
}

#[derive(Debug, Clone)]
struct Pending {
    transfer: u32,
    request: Request,
    due: Instant,
}

/// What the face does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Act {
    /// A transfer ends.
    Done(u32, Result<Data, Failure>),
    /// A report is pushed.
    Interrupt(Data),
    /// The host wrote something that the device obeys.
    Written(Written),
}

impl Face {
    /// A device just attached.
    pub fn new(device: Device, ups: &Physics, now: Instant) -> Self {
        let reports = Reports::new(&device);
        Self {
            pushes: Pushes::new(&device.usb, &reports, ups, now),
            reports,
            pending: VecDeque::new(),
            busy_until: now,
            faults: Faults::default(),
            frozen: BTreeMap::new(),
            refresh: device.usb.refresh,
            torn: BTreeMap::new(),
            before: BTreeMap::new(),
            device,
        }
    }

    /// The device's file.
    pub fn device(&self) -> &Device {
        &self.device
    }

    /// The cable was pulled and plugged in, or the device's power was gone: what waited is lost.
    pub fn attach(&mut self, ups: &Physics, now: Instant) {
        self.pending.clear();
        self.busy_until = now;
        self.pushes = Pushes::new(&self.device.usb, &self.reports, ups, now);
    }

    /// Goes wrong, or right again.
    pub fn link(&mut self, link: Link, ups: &Physics) {
        let was_frozen = self.faults.freezes();
        self.faults.link(link);
        if self.faults.freezes() && !was_frozen {
            self.frozen = self.features(ups);
        }
    }

    /// Chooses how the reports of one change become readable.
    pub fn set_refresh(&mut self, refresh: Refresh, ups: &Physics) {
        self.refresh = refresh;
        self.torn.clear();
        self.before = self.features(ups);
    }

    /// A host makes a transfer.
    pub fn request(&mut self, transfer: u32, request: Request, now: Instant) -> Option<Act> {
        if self.pending.len() >= MAX_PENDING {
            return Some(Act::Done(transfer, Err(Failure::Io)));
        }
        let latency = match self.faults.of(report_of(&request)) {
            Some(Fault::Late(milliseconds)) => Micros(self.device.usb.latency.0 + u64::from(milliseconds) * 1000),
            Some(Fault::TimeOut) => HOST_PATIENCE,
            _ => self.device.usb.latency,
        };
        // One control pipe: a transfer waits for those before it.
        let due = self.busy_until.max(now) + latency;
        self.busy_until = due;
        self.pending.push_back(Pending { transfer, request, due });
        None
    }

    /// Something may have changed inside the device.
    pub fn notice(&mut self, ups: &Physics, now: Instant) {
        self.pushes.notice(&self.reports, ups, now);
        if self.refresh == Refresh::Torn {
            self.tear(ups, now);
        }
    }

    /// When the face has something to do next.
    pub fn next(&self) -> Option<Instant> {
        self.pending.front().map(|pending| pending.due).into_iter().chain(self.pushes.next()).min()
    }

    /// Does the next thing that is due by `now`; whether there was one.
    pub fn act(&mut self, ups: &mut Physics, now: Instant, acts: &mut Vec<Act>) -> bool {
        if let Some(pending) = self.pending.pop_front_if(|pending| pending.due <= now) {
            self.answer(&pending, ups, now, acts);
            return true;
        }
        let is_due = self.pushes.next().is_some_and(|at| at <= now);
        if is_due {
            let pushed = self.pushes.due(&self.reports, ups, now);
            acts.extend(pushed.and_then(|(id, bytes)| self.push(id, bytes)));
        }
        is_due
    }

    fn push(&self, id: u8, mut bytes: Data) -> Option<Act> {
        match self.faults.of(Some(id)) {
            None | Some(Fault::Late(_)) => {}
            Some(fault @ (Fault::Short | Fault::Garble)) => spoil(&mut bytes, fault),
            Some(_) => return None,
        }
        Some(Act::Interrupt(bytes))
    }

    fn answer(&mut self, pending: &Pending, ups: &mut Physics, now: Instant, acts: &mut Vec<Act>) {
        let Pending { transfer, request, .. } = pending;
        let fault = self.faults.of(report_of(request));
        if fault == Some(Fault::Hang) {
            return;
        }
        let result = match (fault.and_then(failure), request) {
            (Some(failure), _) => Err(failure),
            (None, Request::SetReport { .. }) if fault == Some(Fault::Freeze) => Ok(Data::new()),
            (None, Request::SetReport { kind, id, data }) => match self.reports.write(*kind, *id, data, ups) {
                Some(written) => {
                    acts.extend(written.into_iter().map(Act::Written));
                    Ok(Data::new())
                }
                None => Err(Failure::Stall),
            },
            (None, _) => {
                let mut result = self.look_up(request, ups, now).ok_or(Failure::Stall);
                if let (Ok(bytes), Some(fault)) = (&mut result, fault) {
                    spoil(bytes, fault);
                }
                result
            }
        };
        acts.push(Act::Done(*transfer, result));
    }

    /// The data stage of an IN transfer.
    fn look_up(&self, request: &Request, ups: &Physics, now: Instant) -> Option<Data> {
        let (mut bytes, length) = match *request {
            Request::GetDescriptor { kind, index, length } => {
                (descriptors::find(&self.device, kind, index)?.into(), length)
            }
            Request::GetString { index } => (Data::from_slice(self.device.usb.string(index)?.as_bytes()), u16::MAX),
            Request::GetReport { kind, id, length } => (self.report(kind, id, ups, now)?, length),
            Request::SetReport { .. } => return None,
        };
        bytes.truncate(length.into());
        Some(bytes)
    }

    fn report(&self, kind: ReportKind, id: u8, ups: &Physics, now: Instant) -> Option<Data> {
        if kind == ReportKind::Feature
            && self.faults.of(Some(id)) == Some(Fault::Freeze)
            && let Some(bytes) = self.frozen.get(&id)
        {
            return Some(bytes.clone());
        }
        match self.torn.get(&id).filter(|(_, until)| kind == ReportKind::Feature && now < *until) {
            Some((bytes, _)) => Some(bytes.clone()),
            None => self.reports.read(kind, id, ups),
        }
    }

    /// Lets each feature report that has changed show its old bytes a little longer than the one before it.
    fn tear(&mut self, ups: &Physics, now: Instant) {
        let ids: Vec<u8> = self.reports.features().collect();
        let mut until = now;
        self.torn.retain(|_, (_, until)| now < *until);
        for id in ids {
            let Some(new) = self.reports.read(ReportKind::Feature, id, ups) else { continue };
            let Some(old) = self.before.insert(id, new.clone()).filter(|old| *old != new) else { continue };
            until = until + TEAR;
            self.torn.entry(id).or_insert((old, until));
        }
    }

    /// Every feature report as it is now.
    fn features(&self, ups: &Physics) -> BTreeMap<u8, Data> {
        let ids = self.reports.features();
        ids.filter_map(|id| Some((id, self.reports.read(ReportKind::Feature, id, ups)?))).collect()
    }
}

fn report_of(request: &Request) -> Option<u8> {
    match *request {
        Request::GetReport { id, .. } | Request::SetReport { id, .. } => Some(id),
        Request::GetDescriptor { .. } | Request::GetString { .. } => None,
    }
}
