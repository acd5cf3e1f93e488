//! Reading: the first walk, the polls, and what comes by interrupt.

use protocol::usb::{Data, Failure};
use protocol::{Instant, Level, LinkError, TransferId};

use crate::usbhid::binding::{Readable, Source};
use crate::usbhid::device::Device;
use crate::usbhid::subdriver::Vendor;

use super::{Phase, Task, UsbHid};

impl UsbHid {
    /// Starts the next transfer, if none is under way and there is something to ask.
    pub(super) fn go_on(&mut self, now: Instant) {
        while self.under_way.is_none() {
            let is_busy = match self.phase {
                Phase::Walking => self.walk(now),
                Phase::Serving => self.start_script(now) || self.read_string(now) || self.poll(now),
                Phase::Killing => self.start_script(now),
                Phase::Absent { .. } | Phase::Opening | Phase::Describing | Phase::Over => false,
            };
            if !is_busy {
                return;
            }
        }
    }

    /// Takes in what came of a transfer.
    pub(super) fn done(&mut self, transfer: TransferId, result: Result<Data, Failure>, now: Instant) {
        // What answers a transfer that was given up comes too late, and so does what has waited for the driver.
        let Some(under_way) = self.under_way.take_if(|under_way| under_way.transfer == transfer) else { return };
        let result = if under_way.gives_up_at < now { Err(Failure::Timeout) } else { result };
        if let Err(failure @ (Failure::NoDevice | Failure::Access)) = result {
            // A device that another driver has shows itself, and refuses.
            let why = if failure == Failure::Access { self.why(LinkError::Busy) } else { failure.to_string() };
            return self.drop_device(&why, now);
        }
        match under_way.task {
            Task::HidDescriptor => self.hid_descriptor(&result, now),
            Task::ReportDescriptor => self.report_descriptor(result, now),
            Task::Read(source) => {
                self.show_read(source, &result);
                self.read(source, result.as_deref().map_err(|failure| *failure), under_way.asked_at, now);
            }
            Task::String(index) => {
                if let Some(device) = &mut self.device {
                    let text = result.ok().map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
                    device.take_string(index, text, &mut self.desk);
                }
            }
            Task::Script => self.answer_script(result.as_deref().map_err(|failure| *failure), now),
        }
    }

    /// For whoever wants to see every report that is read (`-DD`, or `driver.debug` 2).
    fn show_read(&mut self, source: usize, result: &Result<Data, Failure>) {
        if self.desk.publisher.debug() < 2 {
            return;
        }
        let Some(device) = &self.device else { return };
        let source = &device.bindings.sources[source];
        let came = result.as_ref().map_or_else(ToString::to_string, |bytes| format!("{:02x?}", &bytes[..]));
        self.say(Level::Debug, format!("{:?} report {:#04x}: {came}", source.kind, source.id));
    }

    fn read(&mut self, source: usize, result: Result<&[u8], Failure>, asked_at: Instant, now: Instant) {
        let Some(device) = &mut self.device else { return };
        let payload = result.ok().and_then(|bytes| device.payload(&device.bindings.sources[source], bytes));
        if let Some(payload) = payload {
            self.status_changed |= device.hear_low_battery(source, payload, &mut self.desk, asked_at, now);
            self.status_changed |= device.take(source, payload, false, &mut self.desk, now).any();
        }
        let was_known = self.desk.state.knows_line_power();
        // What is asked between the polls is none of those that a row may miss.
        if !self.schedule.is_asked() {
            self.status_changed |= device.missed(source, payload, &mut self.desk);
        }
        let read = if payload.is_some() { device.bindings.sources[source].read } else { Readable::default() };
        if read.any {
            device.bindings.sources[source].refusals = 0;
            self.schedule.succeeded += 1;
            if read.line_power && self.phase == Phase::Serving {
                self.heard_status(now);
            }
        } else {
            self.schedule.failed += 1;
            let source = &mut device.bindings.sources[source];
            // One that takes no request for more than it declares is asked for what it declares again.
            source.is_long &= result.is_ok();
            match result {
                Err(Failure::Stall) => source.refusals = source.refusals.saturating_add(1),
                Err(Failure::Overflow) => source.is_long = true,
                _ => {}
            }
        }
        if self.phase == Phase::Serving {
            self.watch_charge(source, now);
        }
        if self.phase == Phase::Serving && was_known && !self.desk.state.knows_line_power() {
            self.go_stale();
            return self.drop_device("nothing tells whether line power is there", now);
        }
        // The reports of the status come first; what they say together is published together.
        let more_status = self.upcoming_tells_status();
        if self.phase == Phase::Serving && !more_status {
            self.publish_changes(now);
        }
    }

    fn upcoming_tells_status(&self) -> bool {
        let (Some(device), Some(next)) = (&self.device, self.schedule.upcoming()) else { return false };
        device.bindings.sources[next].tells_status
    }

    fn publish_changes(&mut self, now: Instant) {
        if std::mem::take(&mut self.status_changed)
            && let Some(device) = &self.device
        {
            device.publish_status(&mut self.desk, now);
        }
    }

    /// The first reading: reports, then the strings they name.
    fn walk(&mut self, now: Instant) -> bool {
        let Some(device) = &mut self.device else { return false };
        if let Some(source) = self.schedule.pop() {
            let request = device.read_request(source);
            self.transfer(Task::Read(source), request, now);
            return true;
        }
        if self.schedule.succeeded == 0 {
            self.drop_device("no report could be read", now);
            return false;
        }
        device.want_strings();
        if !self.read_string(now) {
            self.settle(now);
        }
        true
    }

    fn read_string(&mut self, now: Instant) -> bool {
        let Some(index) = self.device.as_mut().and_then(Device::next_wanted) else { return false };
        self.transfer(Task::String(index), protocol::usb::Request::GetString { index }, now);
        true
    }

    fn poll(&mut self, now: Instant) -> bool {
        let (interval, full_interval) = (self.desk.options.poll_interval, self.full_poll_interval());
        let Some(device) = &mut self.device else { return false };
        if self.desk.state.doubt.asks(now) {
            self.schedule.ask(&device.bindings.sources, |source| source.tells_low_battery);
        }
        if let Some(source) = self.schedule.pop() {
            let request = device.read_request(source);
            self.transfer(Task::Read(source), request, now);
            return true;
        }
        if self.schedule.is_under_way() {
            self.end_poll(now);
            return true;
        }
        // Where line power is not told quickly enough, all that may tell it is asked, and the charge where nothing does.
        let (state, has_quick) = (&self.desk.state, device.has_quick_line_power());
        let asks_for_line_power = !state.is_known() || !state.is_online() || !has_quick;
        let is_urgent = |source: &Source| {
            (asks_for_line_power && source.tells_line_power) || (!state.is_known() && source.tells_charge)
        };
        self.schedule.start_due(&device.bindings.sources, is_urgent, interval, full_interval, now)
    }

    fn end_poll(&mut self, now: Instant) {
        let was_full = self.schedule.end();
        if self.schedule.is_in_vain() {
            return self.drop_device("no report of a whole poll could be read", now);
        }
        if was_full && let Some(device) = &mut self.device {
            device.look_around(&mut self.desk);
        }
        self.publish_changes(now);
    }

    /// A report that the device sent by itself.
    pub(super) fn interrupted(&mut self, bytes: &[u8], now: Instant) {
        if self.ignores_interrupts() {
            return;
        }
        if self.desk.publisher.debug() > 0 {
            self.say(Level::Debug, format!("interrupt report: {bytes:02x?}"));
        }
        let Some(device) = &mut self.device else { return };
        let id = match (device.has_report_ids, bytes.first()) {
            (true, Some(&id)) => id,
            (true, None) => return,
            (false, _) => 0,
        };
        let Some(source) = device.bindings.input(id) else { return };
        let Some(payload) = device.payload(&device.bindings.sources[source], bytes) else { return };
        let settles = device.hear_low_battery(source, payload, &mut self.desk, now, now);
        device.take(source, payload, true, &mut self.desk, now);
        if settles {
            device.publish_status(&mut self.desk, now);
        }
        let source = &device.bindings.sources[source];
        let read = source.read;
        // A report that is cut short does not stand for another one.
        if let Some(covered) = source.covers.filter(|_| source.is_whole()) {
            self.schedule.cover(covered, now);
        }
        if read.line_power && self.phase == Phase::Serving {
            self.heard_status(now);
        }
    }

    /// APC's products 0003 and 0004 speak a protocol of their own on the interrupt pipe.
    fn ignores_interrupts(&self) -> bool {
        let is_other_protocol = match (&self.device, &self.identity) {
            (Some(device), Some(identity)) => {
                device.subdriver.vendor == Vendor::Apc && matches!(identity.product_id, 0x0003 | 0x0004)
            }
            _ => false,
        };
        self.desk.options.polls_only || is_other_protocol
    }

    /// The device has said whether line power is there.
    pub(super) fn heard_status(&mut self, now: Instant) {
        if !self.desk.state.is_known() {
            self.stale_at.get_or_insert(now + self.status_limit());
            return;
        }
        self.attempts = 0;
        self.charge = None;
        self.keep_in_mind();
        if self.desk.publisher.is_stale() {
            self.desk.publisher.data_ok();
        }
        self.stale_at = Some(now + self.status_limit());
    }

    pub(super) fn go_stale(&mut self) {
        if !self.desk.publisher.is_stale() {
            self.desk.publisher.data_stale();
            self.say(Level::Warning, "data stale");
        }
    }

    /// Claims that had to last have lasted.
    pub(super) fn settle_status(&mut self, now: Instant) {
        let is_due = self.desk.state.next_change().is_some_and(|at| at <= now);
        if is_due
            && self.phase == Phase::Serving
            && let Some(device) = &self.device
        {
            device.publish_status(&mut self.desk, now);
        }
    }
}
