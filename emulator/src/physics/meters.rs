//! What the device measures and knows about itself, for its face to show.

use super::{Battery, Countdowns, Mains, Physics, Signals};
use crate::control::Beeper;
use crate::observation::{Countdown, Supply, TestResult};
use crate::units::{Millihertz, Millivolts};

impl Physics {
    /// The mains inlet.
    pub fn mains(&self) -> &Mains {
        &self.mains
    }

    /// The battery.
    pub fn battery(&self) -> &Battery {
        &self.battery
    }

    /// Where the power comes from.
    pub fn supply(&self) -> Supply {
        self.supply
    }

    /// What it says about itself.
    pub fn signals(&self) -> &Signals {
        &self.signals
    }

    /// What counts down.
    pub fn countdowns(&self) -> &Countdowns {
        &self.countdowns
    }

    /// Seconds left of a countdown.
    pub fn countdown(&self, which: Countdown) -> Option<u32> {
        self.countdowns.left(which, self.now)
    }

    /// Whether the device sees mains: it says no from the transfer until it has returned to them.
    pub fn sees_mains(&self) -> bool {
        match self.supply {
            Supply::OnLine | Supply::Boost | Supply::Trim => true,
            Supply::OnBattery => self.test.is_some(),
            Supply::Bypass | Supply::Off => self.mains.good(),
        }
    }

    /// At the outlets.
    pub fn output_volts(&self) -> Millivolts {
        match self.supply {
            Supply::OnLine | Supply::Boost | Supply::Trim => self.mains.regulated(),
            Supply::Bypass => self.mains.volts(),
            Supply::OnBattery => self.mains.inlet.nominal,
            Supply::Off => Millivolts(0),
        }
    }

    /// At the outlets.
    pub fn output_hertz(&self) -> Millihertz {
        match self.supply {
            Supply::OnLine | Supply::Boost | Supply::Trim | Supply::Bypass => self.mains.hertz(),
            Supply::OnBattery => self.mains.inlet.frequency,
            Supply::Off => Millihertz(0),
        }
    }

    /// Apparent power at the outlets, in milli-volt-amperes, at the power factor of the ratings.
    pub fn apparent_power(&self) -> u64 {
        u64::from(self.facts.inverter.rated_va) * u64::from(self.load_permille())
    }

    /// How the last self-test ended.
    pub fn test_result(&self) -> TestResult {
        self.last_test
    }

    /// What the beeper may do.
    pub fn beeper(&self) -> Beeper {
        self.beeper
    }

    /// Sets what the beeper may do.
    pub fn set_beeper(&mut self, beeper: Beeper) {
        self.beeper = beeper;
        self.settle();
    }

    /// The low-battery limits.
    pub fn limits(&self) -> &crate::device::Limits {
        &self.limits
    }

    /// Moves the low-battery limits.
    pub fn set_limits(&mut self, limits: crate::device::Limits) {
        self.limits = limits;
        self.settle();
    }

    /// Moves the transfer limits.
    pub fn set_transfer(&mut self, low: Millivolts, high: Millivolts) {
        (self.mains.inlet.low, self.mains.inlet.high) = (low, high);
        self.mains.judge(self.now);
        self.settle();
    }

    /// Why it last went on battery, in APC's numbers.
    pub fn transfer_cause(&self) -> u8 {
        self.transfer_cause
    }

    /// Whether a group of outlets is live: 0 is the whole UPS.
    pub fn outlet_is_live(&self, outlet: u8) -> bool {
        let group = usize::from(outlet).checked_sub(1);
        self.supply != Supply::Off && group.is_none_or(|at| self.outlets.get(at).copied().unwrap_or(false))
    }
}
