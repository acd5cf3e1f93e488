//! What the device says about itself: low battery, overload, charging, replace battery, beeper.

use super::{Flow, Physics};
use crate::control::{Beeper, Forced};
use crate::observation::{Observation, Signal, Supply};
use crate::units::{Micros, Permille};

/// The signals as they stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Signals {
    /// Less charge than the limit is left.
    pub below_charge_limit: bool,
    /// On battery, and it lasts no longer than the limit.
    pub runtime_limit_expired: bool,
    /// Either of the two, or its end is so near that a shutdown is imminent, unless somebody forces the signal.
    pub low_battery: bool,
    /// The outlets are about to go dead.
    pub shutdown_imminent: bool,
    /// The load is more than the rating allows.
    pub overload: bool,
    /// The battery should be replaced.
    pub replace_battery: bool,
    /// The charger works, or the device says so.
    pub charging: bool,
    /// An internal fault.
    pub alarm: bool,
    /// The beeper sounds.
    pub beeper: bool,
}

impl Physics {
    /// Works the signals out again, and says which have changed.
    pub(super) fn raise_signals(&mut self) {
        let new = self.work_out_signals();
        let old = std::mem::replace(&mut self.signals, new);
        if old == new {
            return;
        }
        if old.low_battery != new.low_battery {
            self.seen.push_back(Observation::LowBattery { low: new.low_battery });
        }
        for (signal, was, is) in [
            (Signal::Overload, old.overload, new.overload),
            (Signal::ReplaceBattery, old.replace_battery, new.replace_battery),
            (Signal::Charging, old.charging, new.charging),
            (Signal::Alarm, old.alarm, new.alarm),
            (Signal::Beeper, old.beeper, new.beeper),
        ] {
            if was != is {
                self.seen.push_back(Observation::Signal { signal, on: is });
            }
        }
        self.sample();
    }

    fn work_out_signals(&self) -> Signals {
        let on_battery = self.supply == Supply::OnBattery;
        let runtime = self.battery.runtime();
        let connected = self.battery.is_connected();
        let below = connected && Permille::percent(self.battery.percent()) < self.limits.charge;
        let expired = on_battery && connected && runtime <= self.limits.runtime;
        let force = |forced, natural| match forced {
            Forced::On => true,
            Forced::Off => false,
            Forced::Auto => natural,
        };
        let nearly_over = on_battery && self.limits.imminent.is_some_and(|limit: Micros| runtime <= limit);
        Signals {
            below_charge_limit: force(self.forced_low, below),
            runtime_limit_expired: self.forced_low != Forced::Off && expired,
            low_battery: force(self.forced_low, below || expired || nearly_over),
            shutdown_imminent: self.forced_low != Forced::Off
                && (nearly_over || on_battery && self.countdowns.will_cut()),
            overload: self.is_overloaded(),
            replace_battery: force(self.forced_replace, self.needs_replacement || !connected),
            charging: match self.battery.flow() {
                Flow::Charging => true,
                Flow::Floating => self.facts.battery.float_is_charging,
                Flow::Rest | Flow::Discharging => false,
            },
            alarm: self.alarm,
            beeper: on_battery && self.test.is_none() && self.beeper == Beeper::Enabled,
        }
    }

    pub(super) fn is_overloaded(&self) -> bool {
        self.supply != Supply::Off && self.load_permille() > u32::from(self.facts.inverter.overload.0)
    }

    /// What the outlets deliver, in thousandths of the rating.
    pub fn load_permille(&self) -> u32 {
        let rated = u64::from(self.facts.inverter.rated.0.max(1));
        u32::try_from(u64::from(self.delivered().0) * 1000 / rated).unwrap_or(u32::MAX)
    }

    /// A muted beeper may sound again at the next outage.
    pub(super) fn unmute(&mut self) {
        if self.beeper == Beeper::Muted {
            self.beeper = Beeper::Enabled;
        }
    }
}
