//! What was read too long ago counts no more: a report that cannot be read must not speak for today.

use protocol::Level;
use protocol::usb::ReportKind;

use crate::hid::Field;
use crate::usbhid::binding::{Binding, CHARGE, Claim, RUNTIME, tells_line_power};
use crate::usbhid::desk::Desk;
use crate::usbhid::row::{Poll, What};

use super::Device;

/// Polls of its own that a row may miss.
const MOST_MISSED: u8 = 2;

impl Device {
    /// These bytes have come: the rows that they feed are fresh.
    pub(super) fn refresh(&mut self, source: usize, payload: &[u8]) {
        let source = &self.bindings.sources[source];
        let is_polled = source.kind == ReportKind::Feature;
        for item in source.items.iter().filter(|item| item.field.raw(payload).is_some()) {
            let row = &mut self.bindings.rows[item.binding];
            row.missed = 0;
            row.was_polled |= is_polled;
        }
    }

    /// A poll of this source has read these bytes, or nothing. Whether the status may mean something else, because
    /// rows that were not read for two polls are heard no more.
    pub fn missed(&mut self, source: usize, payload: Option<&[u8]>, desk: &mut Desk) -> bool {
        let is_unread = |field: &Field| payload.and_then(|payload| field.raw(payload)).is_none();
        let items = self.bindings.sources[source].items.iter();
        let unread: Vec<usize> = items.filter(|item| is_unread(&item.field)).map(|item| item.binding).collect();
        let mut lapsed = false;
        for binding in unread {
            let row = &mut self.bindings.rows[binding];
            row.missed = row.missed.saturating_add(1);
            if row.missed >= MOST_MISSED && row.was_polled && row.value.is_some() {
                lapsed |= self.lapse(binding, desk);
            }
        }
        if lapsed {
            let id = self.bindings.sources[source].id;
            let text = format!("report {id:#04x} could not be read for two polls: what it said counts no more");
            desk.publisher.say(Level::Warning, text);
        }
        lapsed
    }

    /// Takes back what a row said, if the status is made of it.
    fn lapse(&mut self, binding: usize, desk: &mut Desk) -> bool {
        let row = &mut self.bindings.rows[binding];
        let counts = match row.row.what {
            What::Status(_) | What::Alarm(_) => true,
            What::Variable(name, _) => matches!(name, CHARGE | RUNTIME),
            _ => false,
        };
        if !counts {
            return false;
        }
        row.value = None;
        let (what, slot, claim) = (row.row.what, row.slot, row.claim);
        for source in &mut self.bindings.sources {
            if source.items.iter().any(|item| item.binding == binding) {
                source.last.clear();
            }
        }
        match (what, slot) {
            (What::Status(rule), _) => desk.state.withdraw(rule, self.readings()),
            (What::Variable(..), Some(slot)) if claim == Claim::Won => desk.publisher.remove(slot),
            _ => {}
        }
        true
    }

    /// Whether a row that is read with each quick poll still tells line power.
    #[must_use]
    pub fn has_quick_line_power(&self) -> bool {
        let tells = |row: &Binding| row.value.is_some() && tells_line_power(row.row);
        let is_quick = |source: usize| self.bindings.sources[source].poll == Poll::Quick;
        self.bindings.rows.iter().any(|row| tells(row) && is_quick(row.source))
    }
}
