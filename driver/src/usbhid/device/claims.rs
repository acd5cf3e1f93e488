//! Which row publishes which variable: the first in the table that has a value for it.

use crate::Publisher;
use crate::hid::Quantity;
use crate::publisher::{RW_STRING, Slot};
use crate::usbhid::binding::{Claim, RUNTIME};
use crate::usbhid::conversion::{Conversion, Converted, Surroundings};
use crate::usbhid::desk::Desk;
use crate::usbhid::row::{Part, What};
use crate::usbhid::state::Reading;

use super::Device;

impl Device {
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
                (What::Identity(Part::Rating), Some((_, value))) if part == Part::Rating => Some(value.truncated()),
                (What::Identity(of), Some((raw, _))) if of == part => Some(raw),
                _ => None,
            })
        };
        let string = |part_value: Option<i64>| {
            part_value.and_then(|index| self.string(u8::try_from(index).ok()?)).map(str::to_owned)
        };
        let (product, country) = (string(part(Part::Product)), part(Part::Country));
        // A device without a name for its model is told by its rating.
        let model = string(part(Part::Model)).filter(|model| !model.is_empty());
        let model = model.or_else(|| part(Part::Rating).map(|rating| rating.to_string()));
        self.model.country = country;
        if let Some(model) = model {
            let product = product.filter(|_| self.model.name.is_empty());
            let product = product.unwrap_or_else(|| self.model.name.clone());
            self.model.complete(&product, &model);
        }
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
    pub(super) fn evaluate(&mut self, at: usize, desk: &mut Desk) {
        let binding = &self.bindings.rows[at];
        let (What::Variable(name, conversion), Some((raw, value)), Some(slot)) =
            (binding.row.what, binding.value, binding.slot)
        else {
            return;
        };
        if binding.claim == Claim::Lost || (binding.claim == Claim::Open && !self.wins(at)) {
            return;
        }
        if is_unknown(name, raw, value, binding.field.size) {
            if binding.claim == Claim::Won {
                desk.publisher.remove(slot);
            }
            return;
        }
        if matches!(conversion, Conversion::CyberPowerBattery) {
            let nominal = desk.publisher.value("battery.voltage.nominal").and_then(Quantity::parse);
            self.model.judge_battery_voltage(value, nominal.unwrap_or_default());
        }
        let mut text = std::mem::take(&mut self.text);
        text.clear();
        if self.write(conversion, value, desk, &mut text) {
            if self.bindings.rows[at].claim == Claim::Open {
                self.offer(at, &mut desk.publisher);
            }
            desk.publisher.set(slot, &text);
        } else if conversion.takes_back() && self.bindings.rows[at].claim == Claim::Won {
            desk.publisher.remove(slot);
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
                if conversion.is_possible(*choice, value, &self.model) {
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
}

/// Whether a value only says that the device does not know it: less than nothing of what cannot be less, or every
/// bit of a runtime. `-1` of a countdown means that none runs, and currents and temperatures have a sign.
fn is_unknown(name: &str, raw: i64, value: Quantity, bits: u32) -> bool {
    const NEVER_NEGATIVE: [&str; 9] = [
        "battery.capacity",
        "battery.charge",
        "battery.runtime",
        "battery.voltage",
        "input.frequency",
        "input.voltage",
        "output.frequency",
        "output.voltage",
        "ups.load",
    ];
    let is_about = |what: &str| name.strip_prefix(what).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'));
    let all_ones = (16..63).contains(&bits) && raw == (1 << bits) - 1;
    (value < Quantity::ZERO && NEVER_NEGATIVE.into_iter().any(is_about)) || (name == RUNTIME && all_ones)
}
