//! The device's strings: asked for when a value names one, kept as long as the device is there.

use crate::usbhid::conversion::Conversion;
use crate::usbhid::desk::Desk;
use crate::usbhid::row::{Part, What};

use super::Device;

impl Device {
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
