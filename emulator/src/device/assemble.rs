//! A device from its file: every path and every number checked against the descriptor.

use std::collections::BTreeSet;

use protocol::diagnostic::{Diagnostic, Diagnostics, Source as Text};
use serde_saphyr::{Location, Spanned};

use super::file::{File, key_span, span};
use super::{Device, Facts, descriptor};
use crate::hid::bind::{Binding, Source};
use crate::hid::layout::Layout;
use crate::hid::quantity;
use crate::physics::{drawn, energy_microwatt_hours, watts};

/// Reads and checks a device file.
pub fn assemble(
    name: &str,
    text: &Text,
    find_descriptor: impl Fn(&str) -> Option<String>,
) -> Result<Device, Diagnostics> {
    let yaml = String::from_utf8_lossy(text.bytes());
    let file = File::read(text, &yaml)?;
    let bytes = descriptor::bytes(&file.report_descriptor, text, find_descriptor)?;
    let layout = Layout::read(&bytes)
        .map_err(|error| Diagnostic::error(text, span(&file.report_descriptor.file.referenced), error.to_string()))?;
    let mut wrong = Diagnostics::new();
    let binding = Binder::new(text, &layout, &mut wrong).bind(&file);
    check_energy(&file, text, &mut wrong);
    let device = Device {
        name: name.to_owned(),
        model: file.model,
        sources: file.sources,
        facts: Facts {
            inverter: file.inverter,
            inlet: file.mains,
            transfer_cause: file.transfer_cause,
            battery: file.battery.value,
            limits: file.low_battery,
            shutdown: file.shutdown,
            self_test: file.self_test,
        },
        usb: file.usb,
        descriptor: bytes,
        layout,
        binding,
    };
    wrong.into_result(device).map(|(device, _)| device)
}

/// A battery cannot give more than it holds.
fn check_energy(file: &File, text: &Text, wrong: &mut Diagnostics) {
    let (battery, inverter) = (&file.battery.value, &file.inverter);
    let power = drawn(inverter, watts(inverter, battery.lasts_at));
    let given = u128::from(power.0) * u128::from(battery.lasts.as_seconds()) / 3600;
    let held = u128::from(energy_microwatt_hours(battery)) / 1000;
    if given > held {
        let message = format!(
            "a battery of {} and {} holds {held} mWh, but {given} mWh are drawn from it while it lasts",
            battery.voltage, battery.capacity
        );
        wrong.push(Diagnostic::error(text, span(&file.battery.referenced), message));
    }
}

/// Brings the file's paths and the descriptor's fields together.
struct Binder<'a> {
    text: &'a Text,
    names: Vec<String>,
    binding: Binding,
    bound: BTreeSet<String>,
    wrong: &'a mut Diagnostics,
}

impl<'a> Binder<'a> {
    fn new(text: &'a Text, layout: &Layout, wrong: &'a mut Diagnostics) -> Self {
        let names: Vec<String> = layout.fields.iter().map(super::super::hid::layout::Field::name).collect();
        let binding = Binding { sources: vec![None; names.len()], settings: Vec::new() };
        Self { text, names, binding, bound: BTreeSet::new(), wrong }
    }

    fn bind(mut self, file: &File) -> Binding {
        for (path, word) in &file.quantities {
            match quantity::find(&word.value) {
                Some(quantity) => self.place(path, &word.referenced, Source::Quantity(quantity)),
                None => {
                    let message = format!("unknown quantity `{}`", word.value);
                    let known = quantity::QUANTITIES.iter().map(|quantity| quantity.name);
                    let unknown = Diagnostic::error(self.text, span(&word.referenced), message);
                    self.wrong.push(unknown.suggest(&word.value, known));
                }
            }
        }
        for (path, number) in &file.constants {
            self.place(path, &number.referenced, Source::Constant(number.value));
        }
        for (path, date) in &file.dates {
            self.bind_date(path, date);
        }
        for (path, number) in &file.settings {
            let setting = self.binding.settings.len();
            self.binding.settings.push(number.value);
            self.place(path, &number.referenced, Source::Setting(setting));
        }
        self.binding
    }

    /// A date is kept as HID power devices keep it, and the host may write another.
    fn bind_date(&mut self, path: &str, date: &Spanned<String>) {
        let Some(number) = packed_date(&date.value) else {
            let message = format!("`{}` is not a date such as `2019/12/10`", date.value);
            return self.wrong.push(Diagnostic::error(self.text, span(&date.referenced), message));
        };
        let setting = self.binding.settings.len();
        self.binding.settings.push(number);
        self.place(path, &date.referenced, Source::Setting(setting));
    }

    fn place(&mut self, path: &str, value: &Location, source: Source) {
        let key = || key_span(self.text, span(value).start);
        if !self.bound.insert(path.to_owned()) {
            let twice = Diagnostic::error(self.text, key(), format!("`{path}` has two sources"));
            return self.wrong.push(twice);
        }
        let mut found = false;
        for (name, slot) in self.names.iter().zip(&mut self.binding.sources) {
            if name == path {
                *slot = Some(source);
                found = true;
            }
        }
        if !found {
            let unknown = Diagnostic::error(self.text, key(), format!("the report descriptor has no field `{path}`"));
            self.wrong.push(unknown.suggest(path, self.names.iter().map(String::as_str)));
        }
    }
}

/// Year since 1980, month, day in 7, 4 and 5 bits (HID PDC 1.1, ManufacturerDate).
fn packed_date(date: &str) -> Option<i64> {
    let mut parts = date.split('/').map(|part| part.parse::<i64>().ok());
    let (year, month, day) = (parts.next()??, parts.next()??, parts.next()??);
    let fits = (1980..2108).contains(&year) && (1..=12).contains(&month) && (1..=31).contains(&day);
    (fits && parts.next().is_none()).then(|| (year - 1980) * 512 + month * 32 + day)
}
