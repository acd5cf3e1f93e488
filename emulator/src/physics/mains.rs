//! The mains as the inlet sees them: voltage, frequency, and whether they are good enough.

use protocol::Instant;

use crate::control;
use crate::device::Inlet;
use crate::units::{Millihertz, Millivolts};

/// What the regulator does to mains that are good.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Regulation {
    /// Nothing.
    None,
    /// It raises the voltage.
    Boost,
    /// It lowers the voltage.
    Trim,
}

/// The inlet.
#[derive(Debug, Clone)]
pub struct Mains {
    /// What it is built for and where its limits are; a host may move some of them.
    pub inlet: Inlet,
    volts: Millivolts,
    hertz: Millihertz,
    good_since: Option<Instant>,
}

impl Mains {
    /// Mains at their usual voltage and frequency.
    pub fn new(inlet: Inlet, now: Instant) -> Self {
        let (volts, hertz) = (inlet.usual, inlet.frequency);
        Self { inlet, volts, hertz, good_since: Some(now) }
    }

    /// The voltage now.
    pub fn volts(&self) -> Millivolts {
        self.volts
    }

    /// The frequency now; 0 without a voltage.
    pub fn hertz(&self) -> Millihertz {
        if self.volts.0 == 0 { Millihertz(0) } else { self.hertz }
    }

    /// Whether the load may run on them.
    pub fn good(&self) -> bool {
        self.good_since.is_some()
    }

    /// Since when they have been good.
    pub fn good_since(&self) -> Option<Instant> {
        self.good_since
    }

    /// Somebody does something to them.
    pub fn change(&mut self, change: control::Mains, now: Instant) {
        match change {
            control::Mains::Off => self.volts = Millivolts(0),
            control::Mains::On => (self.volts, self.hertz) = (self.inlet.usual, self.inlet.frequency),
            control::Mains::Volts(volts) => self.volts = volts,
            control::Mains::Hertz(hertz) => self.hertz = hertz,
        }
        self.judge(now);
    }

    /// Measures them against the limits: wider ones to stay good than to become good.
    pub fn judge(&mut self, now: Instant) {
        let margin = if self.good() { 0 } else { self.inlet.hysteresis.0 };
        let low = self.inlet.low.0.saturating_add(margin);
        let high = self.inlet.high.0.saturating_sub(margin);
        let frequencies = self.inlet.low_frequency..=self.inlet.high_frequency;
        if self.volts.0 >= low && self.volts.0 <= high && frequencies.contains(&self.hertz()) {
            self.good_since.get_or_insert(now);
        } else {
            self.good_since = None;
        }
    }

    /// Whether the frequency is what is wrong with them.
    pub fn frequency_is_off(&self) -> bool {
        self.volts.0 > 0 && !(self.inlet.low_frequency..=self.inlet.high_frequency).contains(&self.hertz)
    }

    /// What the regulator does at this voltage.
    pub fn regulation(&self) -> Regulation {
        if self.inlet.boost_below.is_some_and(|limit| self.volts < limit) {
            Regulation::Boost
        } else if self.inlet.trim_above.is_some_and(|limit| self.volts > limit) {
            Regulation::Trim
        } else {
            Regulation::None
        }
    }

    /// The voltage behind the regulator: 12 % more or less.
    pub fn regulated(&self) -> Millivolts {
        let thousandths = match self.regulation() {
            Regulation::None => 1000,
            Regulation::Boost => 1120,
            Regulation::Trim => 880,
        };
        Millivolts(u32::try_from(u64::from(self.volts.0) * thousandths / 1000).unwrap_or(u32::MAX))
    }
}
