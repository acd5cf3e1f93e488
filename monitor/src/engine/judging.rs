//! The decision: whether enough supplies can be counted on.

use super::Upsmon;
use crate::decision::{Critical, Decision};
use crate::supply::Supply;
use protocol::Instant;

impl Upsmon {
    /// Decides once too few supplies can be counted on.
    pub(super) fn judge(&mut self, now: Instant) {
        self.turn(now, |supplies, _, desk| {
            for supply in supplies {
                supply.tell_criticality(desk);
            }
        });
        let have = self.power_value_left(now);
        let need = self.config.min_supplies;
        if have < need {
            let critical = self.supplies.iter().filter_map(|supply| {
                let reason = supply.outlook()?.due(now)?;
                Some(Critical { ups: supply.name().to_owned(), reason })
            });
            self.decide(Decision::SuppliesLost { have, need, critical: critical.collect() }, now);
        }
    }

    fn power_value_left(&self, now: Instant) -> u32 {
        let counts = |supply: &&Supply| supply.outlook().and_then(|outlook| outlook.due(now)).is_none();
        let values = self.supplies.iter().filter(counts).map(|supply| supply.monitored.power_value);
        values.fold(0, u32::saturating_add)
    }

    /// Begins the shutdown.
    pub(super) fn decide(&mut self, decision: Decision, now: Instant) {
        self.turn(now, |supplies, phase, desk| phase.begin(&decision, supplies, desk));
        self.decision = Some(decision);
    }
}
