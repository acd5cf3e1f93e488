//! One attached device: its table, its last readings, and what they publish.
//!
//! It neither asks for reports nor knows the time at which they come; [`super::engine`] does.

use std::collections::BTreeMap;

use protocol::Instant;
use protocol::usb::{ReportKind, Request};

use crate::Publisher;
use crate::hid::{Descriptor, Quantity};
use crate::publisher::{RW_STRING, Slot};

use super::binding::{Bindings, Claim, Source};
use super::conversion::{Conversion, Converted, Surroundings};
use super::desk::Desk;
use super::model::Model;
use super::options::{Delay, Options};
use super::row::{Part, What};
use super::state::Reading;
use super::subdriver::Subdriver;

/// Room for a report of a device that sends more than it declares.
const LONG_REPORT: usize = 255;

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
    pub fn new(subdriver: &'static Subdriver, model: Model, descriptor: &Descriptor, publisher: &mut Publisher) -> Self {
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
        Request::GetReport { kind: ReportKind::Feature, id: source.id, length: u16::try_from(length).unwrap_or(u16::MAX) }
    }

    /// Takes in a report, its id apart. Once the variables are claimed, what changed is published:
    /// the status first and at once where `is_urgent`, else when the caller says so.
    pub fn take(&mut self, source: usize, payload: &[u8], is_urgent: bool, desk: &mut Desk, now: Instant) -> Change {
        let mut change = Change::default();
        let report = &mut self.bindings.sources[source];
        if report.last == payload {
            return change;
        }
        report.last.clear();
        report.last.extend_from_slice(payload);
        for at in 0..self.bindings.sources[source].items.len() {
            let item = &self.bindings.sources[source].items[at];
            let Some(raw) = item.field.raw(payload) else { continue };
            let (binding, value) = (item.binding, (raw, item.field.physical(raw)));
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
        if !self.is_settled || !desk.state.is_known() {
            return;
        }
        let alarms = self.bindings.rows.iter().filter_map(|binding| match (binding.row.what, binding.value) {
            (What::Alarm(text), Some((1, _))) => Some(text),
            _ => None,
        });
        desk.state.publish(alarms, &desk.options, now, &mut desk.composer, &mut desk.publisher);
    }

    /// Everything has been read once: each variable goes to the first row that has a value for it,
    /// and the status rows speak in the table's order.
    pub fn settle(&mut self, desk: &mut Desk) {
        self.is_settled = true;
        self.complete_model();
        for at in 0..self.bindings.rows.len() {
            let binding = &self.bindings.rows[at];
            match (binding.row.what, binding.value, binding.slot) {
                (What::Status(rule), Some((value, _)), _) => {
                    desk.state.take(Reading { rule, value }, self.readings());
                }
                (What::Delay(_, delay), _, Some(slot)) if self.wins(at) => {
                    let seconds = self.delay(&desk.options, delay);
                    self.offer(at, &mut desk.publisher);
                    desk.publisher.set_fmt(slot, format_args!("{seconds}"));
                }
                (What::Label(_, text), _, Some(slot)) if self.wins(at) => {
                    self.offer(at, &mut desk.publisher);
                    desk.publisher.set(slot, text);
                }
                _ => self.evaluate(at, desk),
            }
        }
    }

    fn complete_model(&mut self) {
        let part = |part| {
            self.bindings.rows.iter().find_map(|binding| match (binding.row.what, binding.value) {
                (What::Identity(of), Some((value, _))) if of == part => Some(value),
                _ => None,
            })
        };
        let string = |part_value: Option<i64>| {
            part_value.and_then(|index| self.string(u8::try_from(index).ok()?)).map(str::to_owned)
        };
        let (product, model, country) = (string(part(Part::Product)), string(part(Part::Model)), part(Part::Country));
        self.model.country = country;
        if let Some(model) = model {
            let product = product.unwrap_or_else(|| self.model.name.clone());
            self.model.complete(&product, &model);
        }
    }

    /// A delay: the configuration's, else what the vendor's devices like.
    #[must_use]
    pub fn delay(&self, options: &Options, delay: Delay) -> i64 {
        options.delay(delay).unwrap_or_else(|| self.subdriver.delay(delay))
    }

    /// Publishes again what may have changed without its own value changing.
    pub fn look_around(&mut self, desk: &mut Desk) {
        for at in 0..self.bindings.rows.len() {
            if matches!(self.bindings.rows[at].row.what, What::Variable(_, conversion) if conversion.looks_around()) {
                self.evaluate(at, desk);
            }
        }
    }

    /// Publishes a row's variable, if the row has a value and the variable is not another row's.
    fn evaluate(&mut self, at: usize, desk: &mut Desk) {
        let binding = &self.bindings.rows[at];
        let (What::Variable(_, conversion), Some((_, value)), Some(slot)) =
            (binding.row.what, binding.value, binding.slot)
        else {
            return;
        };
        if binding.claim == Claim::Lost || (binding.claim == Claim::Open && !self.wins(at)) {
            return;
        }
        let mut text = std::mem::take(&mut self.text);
        text.clear();
        if self.write(conversion, value, desk, &mut text) {
            if self.bindings.rows[at].claim == Claim::Open {
                self.offer(at, &mut desk.publisher);
            }
            desk.publisher.set(slot, &text);
        }
        self.text = text;
    }

    fn write(&mut self, conversion: Conversion, value: Quantity, desk: &Desk, text: &mut String) -> bool {
        let around =
            Surroundings { model: &self.model, is_managed: desk.state.is_managed(), publisher: &desk.publisher };
        match conversion.write(value, &around, text) {
            Converted::Text => true,
            Converted::Nothing => false,
            Converted::String(index) => match self.strings.get(&index) {
                Some(Some(string)) => {
                    text.push_str(string);
                    true
                }
                Some(None) => false,
                None => {
                    self.want(index);
                    false
                }
            },
        }
    }

    /// Whether no other row publishes this row's variable.
    fn wins(&self, at: usize) -> bool {
        let slot = self.bindings.rows[at].slot;
        !self.bindings.rows.iter().any(|other| other.slot == slot && other.claim == Claim::Won)
    }

    /// Gives a variable to a row, and says what a client may do with it.
    fn offer(&mut self, at: usize, publisher: &mut Publisher) {
        let binding = &mut self.bindings.rows[at];
        binding.claim = Claim::Won;
        let (slot, row) = (binding.slot, binding.row);
        let value = binding.value.map_or(Quantity::ZERO, |(_, value)| value);
        for (other, binding) in self.bindings.rows.iter_mut().enumerate() {
            if other != at && binding.slot.is_some() && binding.slot == slot {
                binding.claim = Claim::Lost;
            }
        }
        let (Some(slot), Some(longest)) = (slot, row.writable) else { return };
        publisher.set_flags(slot, RW_STRING);
        let mut longest = longest;
        if let (What::Variable(_, conversion), 0) = (row.what, longest) {
            for (choice, word) in conversion.choices() {
                if conversion.is_possible(*choice, value) {
                    publisher.add_choice(slot, word);
                    longest = longest.max(i32::try_from(word.len()).unwrap_or(i32::MAX));
                }
            }
        }
        publisher.set_aux(slot, longest);
    }

    /// The variables that the device's rows publish.
    pub fn published(&self) -> impl Iterator<Item = Slot> {
        self.bindings.rows.iter().filter(|binding| binding.claim == Claim::Won).filter_map(|binding| binding.slot)
    }

    /// Asks for a string.
    pub fn want(&mut self, index: u8) {
        if index != 0 && !self.strings.contains_key(&index) && !self.wanted.contains(&index) {
            self.wanted.push(index);
        }
    }

    /// Asks for every string that a row's value names; before [`Self::settle`].
    pub fn want_strings(&mut self) {
        let named: Vec<i64> = self
            .bindings
            .rows
            .iter()
            .filter(|binding| {
                matches!(
                    binding.row.what,
                    What::Variable(_, Conversion::StringIndex) | What::Identity(Part::Product | Part::Model)
                )
            })
            .filter_map(|binding| binding.value.map(|(raw, _)| raw))
            .collect();
        for index in named {
            self.want(u8::try_from(index).unwrap_or(0));
        }
    }

    /// The next string to read.
    pub fn next_wanted(&mut self) -> Option<u8> {
        self.wanted.pop()
    }

    /// Takes in a string, or its refusal.
    pub fn take_string(&mut self, index: u8, text: Option<String>, desk: &mut Desk) {
        self.strings.insert(index, text);
        if self.is_settled {
            for at in 0..self.bindings.rows.len() {
                if matches!(self.bindings.rows[at].row.what, What::Variable(_, Conversion::StringIndex)) {
                    self.evaluate(at, desk);
                }
            }
        }
    }

    /// A string that has been read.
    #[must_use]
    pub fn string(&self, index: u8) -> Option<&str> {
        self.strings.get(&index)?.as_deref()
    }
}
