//! The decision: whether enough supplies can be counted on.

use super::Upsmon;
use crate::criticality::Reason;
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
                let reason = self.cannot_count_on(supply, now)?;
                Some(Critical { ups: supply.name().to_owned(), reason })
            });
            self.decide(Decision::SuppliesLost { have, need, critical: critical.collect() }, now);
        }
    }

    fn power_value_left(&self, now: Instant) -> u32 {
        let counts = |supply: &&Supply| self.cannot_count_on(supply, now).is_none();
        let values = self.supplies.iter().filter(counts).map(|supply| supply.monitored.power_value);
        values.fold(0, u32::saturating_add)
    }

    /// Why a supply cannot be counted on. One that was never heard is as good as any other, until one that was is critical.
    fn cannot_count_on(&self, supply: &Supply, now: Instant) -> Option<Reason> {
        let reason = supply.outlook().and_then(|outlook| outlook.due(now));
        let is_unheard = || supply.unheard_at(self.config.dead_time).is_some_and(|at| at <= now);
        reason.or_else(|| (is_unheard() && self.is_one_critical(now)).then_some(Reason::NeverHeard))
    }

    /// One that does not feed this host says nothing about those that do.
    fn is_one_critical(&self, now: Instant) -> bool {
        let is_critical = |supply: &Supply| supply.outlook().is_some_and(|outlook| outlook.due(now).is_some());
        self.supplies.iter().any(|supply| supply.monitored.power_value > 0 && is_critical(supply))
    }

    /// When a supply that was never heard stops to count, where that may decide.
    pub(super) fn next_unheard(&self, now: Instant) -> Option<Instant> {
        let at = self.supplies.iter().filter_map(|supply| supply.unheard_at(self.config.dead_time));
        at.filter(|at| *at > now && self.is_one_critical(now)).min()
    }

    /// Begins the shutdown.
    pub(super) fn decide(&mut self, decision: Decision, now: Instant) {
        // Whoever asks for it means every host; and a list cannot be had beside a flag that says to cut all.
        let is_asked_for = decision == Decision::Operator;
        let leaves_alone = !is_asked_for && self.is_flag_lowered();
        self.turn(now, |supplies, phase, desk| phase.begin(&decision, leaves_alone, supplies, desk));
        self.decision = Some(decision);
    }
}
