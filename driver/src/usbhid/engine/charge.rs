//! Where nothing tells line power, the charge does in the end: one that falls to its limit is an outage of which
//! nobody was told.

use protocol::{Instant, Level};

use crate::hid::Quantity;
use crate::usbhid::binding::CHARGE;

use super::UsbHid;

impl UsbHid {
    /// A source was read.
    pub(super) fn watch_charge(&mut self, source: usize, now: Instant) {
        let told = self.device.as_ref().is_some_and(|device| {
            let source = &device.bindings.sources[source];
            source.tells_charge && !source.last.is_empty()
        });
        if told {
            self.judge_charge(now);
        }
    }

    /// The charge has just been read.
    pub(super) fn judge_charge(&mut self, now: Instant) {
        if self.desk.state.is_known() {
            return;
        }
        let value = |name| self.desk.publisher.value(name).and_then(Quantity::parse).map(Quantity::micros);
        let Some(charge) = value(CHARGE) else { return };
        let (before, falls) = match self.charge {
            Some((before, falls)) => (before, charge < before || (falls && charge == before)),
            None => (charge, false),
        };
        self.charge = Some((charge, falls));
        // Twice: one reading may be garbled.
        if falls && value("battery.charge.low").is_some_and(|low| charge.max(before) <= low) {
            self.low_without_a_word(now);
        }
    }

    /// As good as on battery and low: the hosts must go down while the battery lasts.
    fn low_without_a_word(&mut self, now: Instant) {
        if self.desk.publisher.is_stale() {
            let text = "nothing tells whether line power is there, and the charge has fallen to its limit: OB LB";
            self.say(Level::Warning, text);
        }
        self.desk.composer.begin();
        self.desk.composer.add("OB LB");
        self.desk.composer.commit(&mut self.desk.publisher);
        if self.desk.publisher.is_stale() {
            self.desk.publisher.data_ok();
        }
        self.stale_at = Some(now + self.status_limit());
    }
}
