//! One attached device: its table, its last readings, and what they publish.
//!
//! `claims` decides which row publishes which variable, `strings` holds what the device calls things.
//! It neither asks for reports nor knows the time at which they come; [`super::engine`] does.

mod aging;
mod claims;
mod strings;

use std::collections::BTreeMap;

use protocol::usb::{ReportKind, Request};
use protocol::{Instant, Level};

use crate::Publisher;
use crate::hid::Descriptor;

use super::binding::{Binding, Bindings, Readable, Source, tells_line_power, tells_low_battery};
use super::desk::Desk;
use super::model::Model;
use super::options::{Delay, Options};
use super::row::What;
use super::state::Reading;
use super::subdriver::Subdriver;

/// Room for a report of a device that sends more than it declares.
const LONG_REPORT: usize = 255;

/// What is said when a low battery is asked about again.
const DOUBTED: &str = "low battery, but charge and runtime lie above their limits: it is asked again for 2 s";

/// One attached device.
#[derive(Debug)]
pub struct Device {
    /// The vendor's part.
    pub subdriver: &'static Subdriver,
    /// What is known of the model.
    pub model: Model,
    /// Whether each report starts with its id.
    pub has_report_ids: bool,
    /// The table over the descriptor.
    pub bindings: Bindings,
    /// Whether everything has been read once and the variables are claimed.
    is_settled: bool,
    /// Strings by index; one that the device refused is `None`.
    strings: BTreeMap<u8, Option<String>>,
    /// Strings that are needed and not read.
    wanted: Vec<u8>,
    text: String,
}

/// What a report changed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Change {
    /// A claim about the state.
    pub status: bool,
    /// Another value.
    pub values: bool,
}

impl Change {
    /// Whether anything changed.
    #[must_use]
    pub const fn any(self) -> bool {
        self.status || self.values
    }
}

impl Device {
    /// A device of which only the descriptor and the USB strings are known.
    pub fn new(
        subdriver: &'static Subdriver,
        model: Model,
        descriptor: &Descriptor,
        publisher: &mut Publisher,
    ) -> Self {
        Self {
            bindings: Bindings::new(subdriver, descriptor, publisher),
            subdriver,
            model,
            has_report_ids: descriptor.has_report_ids,
            is_settled: false,
            strings: BTreeMap::new(),
            wanted: Vec::new(),
            text: String::new(),
        }
    }

    /// Whether any of its reports says something about the status.
    #[must_use]
    pub fn tells_status(&self) -> bool {
        self.bindings.sources.iter().any(|source| source.tells_status)
    }

    /// Whether the variables are claimed.
    #[must_use]
    pub const fn is_settled(&self) -> bool {
        self.is_settled
    }

    /// The report's bytes without its id; `None` when another report came.
    #[must_use]
    pub fn payload<'a>(&self, source: &Source, bytes: &'a [u8]) -> Option<&'a [u8]> {
        match (self.has_report_ids, bytes.split_first()) {
            (false, _) => Some(bytes),
            (true, Some((&id, payload))) => (id == source.id).then_some(payload),
            (true, None) => None,
        }
    }

    /// The transfer that reads a source.
    #[must_use]
    pub fn read_request(&self, source: usize) -> Request {
        let source = &self.bindings.sources[source];
        let length = source.length + usize::from(self.has_report_ids);
        // A device that sends more than it declares gets room for all it can send.
        let length = if source.is_long { length.max(LONG_REPORT) } else { length };
        Request::GetReport {
            kind: ReportKind::Feature,
            id: source.id,
            length: u16::try_from(length).unwrap_or(u16::MAX),
        }
    }

    /// Takes in a report, its id apart. Once the variables are claimed, what changed is published:
    /// the status first and at once where `is_urgent`, else when the caller says so.
    pub fn take(&mut self, source: usize, payload: &[u8], is_urgent: bool, desk: &mut Desk, now: Instant) -> Change {
        let mut change = Change::default();
        self.refresh(source, payload);
        self.bindings.mark_counting(source, payload);
        let report = &mut self.bindings.sources[source];
        if report.last == payload {
            return change;
        }
        report.last.clear();
        report.last.extend_from_slice(payload);
        report.read = Readable::default();
        for at in 0..self.bindings.sources[source].items.len() {
            let item = &self.bindings.sources[source].items[at];
            let Some(raw) = item.field.raw(payload) else { continue };
            let (binding, value) = (item.binding, (raw, item.field.physical(raw)));
            let read = &mut self.bindings.sources[source].read;
            read.any = true;
            read.line_power |= tells_line_power(self.bindings.rows[binding].row);
            let row = &mut self.bindings.rows[binding];
            if row.value.is_some_and(|(_, old)| old == value.1) {
                continue;
            }
            row.value = Some(value);
            let what = row.row.what;
            self.forget_other_sources(source, binding);
            match what {
                What::Status(rule) => {
                    if self.is_settled {
                        desk.state.take(Reading { rule, value: raw }, self.readings());
                    }
                    change.status = true;
                }
                What::Alarm(_) => change.status = true,
                _ => {
                    if is_urgent && std::mem::take(&mut change.status) {
                        self.publish_status(desk, now);
                    }
                    change.values = true;
                    if self.is_settled {
                        self.evaluate(binding, desk);
                    }
                }
            }
        }
        if is_urgent && (change.status || change.values) {
            // A charge that has reached 100 ends CHRG.
            self.publish_status(desk, now);
        }
        change
    }

    /// Whether these bytes settle what was in doubt of a low battery; they were asked for at `asked`.
    pub fn hear_low_battery(
        &self,
        source: usize,
        payload: &[u8],
        desk: &mut Desk,
        asked: Instant,
        now: Instant,
    ) -> bool {
        let mut settles = false;
        for item in &self.bindings.sources[source].items {
            if tells_low_battery(self.bindings.rows[item.binding].row)
                && let Some(raw) = item.field.raw(payload)
            {
                settles |= desk.state.doubt.hear(item.binding, raw != 0, asked, now);
            }
        }
        settles
    }

    /// The same value may come by another report as well; what that one said last is old now.
    fn forget_other_sources(&mut self, source: usize, binding: usize) {
        for (at, other) in self.bindings.sources.iter_mut().enumerate() {
            if at != source && other.items.iter().any(|item| item.binding == binding) {
                other.last.clear();
            }
        }
    }

    /// The last readings of all status rows.
    fn readings(&self) -> impl Iterator<Item = Reading> + Clone {
        self.bindings.rows.iter().filter_map(|binding| match (binding.row.what, binding.value) {
            (What::Status(rule), Some((value, _))) => Some(Reading { rule, value }),
            _ => None,
        })
    }

    /// Publishes what the state's claims mean; nothing before the device has said whether line power
    /// is there.
    pub fn publish_status(&self, desk: &mut Desk, now: Instant) {
        if !self.is_settled || !desk.state.knows_line_power() {
            return;
        }
        let tells = |binding: &Binding| binding.value.is_some() && tells_low_battery(binding.row);
        let tellers = self.bindings.rows.iter().enumerate().filter(|(_, binding)| tells(binding)).map(|(at, _)| at);
        let is_belied = desk.composer.belies_low_battery(&desk.publisher);
        let before = desk.state.doubt.verdict();
        desk.state.doubt_low_battery(tellers, is_belied, &desk.options, now);
        match (before, desk.state.doubt.verdict()) {
            (Some(false), None) => desk.publisher.say(Level::Info, "the low battery was denied: it is not published"),
            (before, Some(false)) if before != Some(false) => desk.publisher.say(Level::Info, DOUBTED),
            _ => {}
        }
        let alarms = self.bindings.rows.iter().filter_map(|binding| match (binding.row.what, binding.value) {
            (What::Alarm(text), Some((1, _))) => Some(text),
            _ => None,
        });
        desk.state.publish(alarms, &desk.options, now, &mut desk.composer, &mut desk.publisher);
    }

    /// A delay: the configuration's, else what the vendor's devices like.
    #[must_use]
    pub fn delay(&self, options: &Options, delay: Delay) -> i64 {
        options.delay(delay).unwrap_or_else(|| self.subdriver.delay(delay))
    }
}
