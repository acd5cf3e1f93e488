//! The battery: what it holds, what the device believes it holds, and when that next matters.
//!
//! Two levels run side by side. `level` is the truth: the supply ends when it is gone. `gauge` is
//! what the device shows: it is computed from what the device believes of the battery's health, and
//! only a calibration, a deep test or a full charge brings the two together again.

use protocol::Instant;

use super::voltage::{self, Flow};
use super::{charge, discharge};
use crate::device::{Accumulator, Inverter};
use crate::units::{Celsius, Micros, Millivolts, Milliwatts, Permille};

/// The parts that a full battery holds.
pub const FULL: u64 = 1_000_000_000_000_000_000;
/// The parts of one per cent.
const PERCENT: u64 = FULL / 100;

/// One battery.
#[derive(Debug, Clone)]
pub struct Battery {
    facts: Accumulator,
    inverter: Inverter,
    health: Permille,
    believed: Permille,
    temperature: Celsius,
    connected: bool,
    collapse: Option<Permille>,
    level: u64,
    gauge: u64,
    percent: u8,
    flow: Flow,
    /// Parts a microsecond, of `level` and of `gauge`, for the present flow.
    rates: (u64, u64),
    /// What the inverter draws, or would draw on battery.
    power: Milliwatts,
    /// Parts a microsecond that `power` takes: the truth and the belief.
    drains: (u64, u64),
    at: Instant,
    drawn: u128,
    stored: u128,
    /// Parts of `level` that came in and are not in `stored` yet.
    charged: u128,
}

/// What went in and out at the battery's terminals, in milliwatt-microseconds (nanojoules).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Energy {
    /// Drawn by the inverter.
    pub drawn: u128,
    /// Stored by the charger.
    pub stored: u128,
}

impl Battery {
    /// A battery at rest.
    pub fn new(facts: Accumulator, inverter: Inverter, now: Instant) -> Self {
        let temperature = facts.temperature;
        let mut battery = Self {
            facts,
            inverter,
            health: Permille::WHOLE,
            believed: Permille::WHOLE,
            temperature,
            connected: true,
            collapse: None,
            level: FULL,
            gauge: FULL,
            percent: 100,
            flow: Flow::Rest,
            rates: (0, 0),
            power: Milliwatts(1),
            drains: (1, 1),
            at: now,
            drawn: 0,
            stored: 0,
            charged: 0,
        };
        battery.work_out_drains();
        battery
    }

    /// Brings the levels up to `now`, at the rates of the present flow.
    pub fn integrate(&mut self, now: Instant) {
        let elapsed = now.as_micros().saturating_sub(self.at.as_micros());
        self.at = now;
        let moved = |rate: u64| rate.saturating_mul(elapsed).min(FULL);
        match self.flow {
            Flow::Rest | Flow::Floating => {}
            Flow::Discharging => {
                self.level -= moved(self.rates.0).min(self.level);
                self.gauge -= moved(self.rates.1).min(self.gauge);
                self.drawn += u128::from(self.power.0) * u128::from(elapsed);
            }
            Flow::Charging => {
                let before = self.level;
                self.level = (self.level + moved(self.rates.0)).min(FULL);
                self.charged += u128::from(self.level - before);
                self.gauge = (self.gauge + moved(self.rates.1)).min(FULL);
            }
        }
    }

    /// Sets what the inverter draws, or would draw on battery (after [`Self::integrate`], before [`Self::set_flow`]).
    pub fn set_power(&mut self, power: Milliwatts) {
        if self.power != power {
            self.power = power;
            self.work_out_drains();
        }
    }

    /// Lets something else flow from now on (after [`Self::integrate`]).
    pub fn set_flow(&mut self, flow: Flow) {
        self.flow = if self.connected { flow } else { Flow::Rest };
        self.rates = match self.flow {
            Flow::Rest | Flow::Floating => (0, 0),
            Flow::Discharging => self.drains,
            Flow::Charging => {
                let rate = charge::rate(&self.facts, self.percent, self.health);
                (rate, rate)
            }
        };
    }

    /// Takes note of a per cent gained or lost; whether there was one.
    pub fn step(&mut self) -> bool {
        if self.flow == Flow::Charging && self.gauge == FULL {
            self.charged += u128::from(FULL - self.level);
            self.level = FULL;
        }
        let before = self.percent;
        let shown = |parts: u64| u8::try_from(parts).unwrap_or(100).min(100);
        match self.flow {
            Flow::Discharging => self.percent = self.percent.min(shown(self.gauge.div_ceil(PERCENT))),
            Flow::Charging => self.percent = self.percent.max(shown(self.gauge / PERCENT)),
            Flow::Rest | Flow::Floating => {}
        }
        self.percent != before
    }

    /// When something about it changes that matters: a per cent, the end, or `runtime` being all that is left.
    pub fn next(&self, runtime: Micros) -> Option<Instant> {
        let (rate, gauge_rate) = self.rates;
        let gone = |from: u64, to: u64, rate: u64| (from > to).then(|| (from - to).div_ceil(rate.max(1)));
        let wait = match self.flow {
            Flow::Rest | Flow::Floating => None,
            Flow::Discharging => {
                let below = u64::from(self.percent.saturating_sub(1)) * PERCENT;
                let collapse = self.collapse.map_or(0, |share| u64::from(share.0) * (PERCENT / 10));
                [
                    gone(self.gauge, below, gauge_rate),
                    gone(self.level, 0, rate),
                    gone(self.level, collapse, rate),
                    gone(self.gauge, gauge_rate.saturating_mul(runtime.0), gauge_rate),
                ]
                .into_iter()
                .flatten()
                .min()
            }
            Flow::Charging => gone(u64::from(self.percent + 1).min(100) * PERCENT, self.gauge, gauge_rate),
        };
        wait.map(|micros| self.at + Micros(micros))
    }

    /// Whether the supply from it is over.
    pub fn is_exhausted(&self) -> bool {
        !self.connected || self.level == 0 || self.has_collapsed()
    }

    /// Whether its weak cell has given up.
    pub fn has_collapsed(&self) -> bool {
        self.collapse.is_some_and(|share| self.level <= u64::from(share.0) * (PERCENT / 10))
    }

    /// What can be had from it ends now; one that is unplugged keeps what it holds.
    pub fn end(&mut self) {
        if self.connected {
            (self.level, self.gauge, self.percent) = (0, 0, 0);
        }
    }

    /// Whether the charger has nothing left to do.
    pub fn is_full(&self) -> bool {
        self.level == FULL && self.gauge == FULL
    }

    /// Whether there is one.
    pub fn is_connected(&self) -> bool {
        self.connected
    }

    /// The whole per cent that the device shows.
    pub fn percent(&self) -> u8 {
        self.percent
    }

    /// What the device believes it holds.
    pub fn charge(&self) -> Permille {
        Permille(u16::try_from(self.gauge / (PERCENT / 10)).unwrap_or(1000))
    }

    /// How long the device believes that it lasts at the present power.
    pub fn runtime(&self) -> Micros {
        Micros(if self.connected { self.gauge / self.drains.1 } else { 0 })
    }

    /// At its terminals.
    pub fn volts(&self) -> Millivolts {
        if self.connected {
            voltage::terminal(&self.facts, self.charge(), self.flow, self.power)
        } else {
            Millivolts(0)
        }
    }

    /// What flows.
    pub fn flow(&self) -> Flow {
        self.flow
    }

    /// What has gone in and out.
    pub fn energy(&self) -> Energy {
        Energy { drawn: self.drawn, stored: self.stored + self.worth(self.charged) }
    }

    /// The energy it holds, in milliwatt-microseconds.
    pub fn holds(&self) -> u128 {
        self.worth(self.level.into())
    }

    /// The energy of so many parts of what it can hold, in milliwatt-microseconds.
    fn worth(&self, parts: u128) -> u128 {
        let whole = u128::from(discharge::energy_microwatt_hours(&self.facts)) * u128::from(self.health.0) / 1000;
        // 1 µWh is 3.6 million mW·µs; divided in two steps, it stays within 128 bits.
        whole * 3_600_000 * (parts / 1_000_000) / u128::from(FULL / 1_000_000)
    }

    /// What it can hold, of what it was designed for.
    pub fn health(&self) -> Permille {
        self.health
    }

    /// How warm it is.
    pub fn temperature(&self) -> Celsius {
        self.temperature
    }

    /// Sets the charge, the truth and the belief.
    pub fn set_charge(&mut self, charge: Permille) {
        self.level = u64::from(charge.0.min(1000)) * (PERCENT / 10);
        self.gauge = self.level;
        self.percent = u8::try_from((charge.0.min(1000) + 5) / 10).unwrap_or(100);
    }

    /// Sets the health, the truth and the belief.
    pub fn set_health(&mut self, health: Permille) {
        // What came in was worth what the old health made of it.
        self.stored += self.worth(self.charged);
        self.charged = 0;
        self.health = Permille(health.0.clamp(1, 1000));
        self.believed = self.health;
        self.work_out_drains();
    }

    /// Sets what the device believes of the health.
    pub fn set_belief(&mut self, health: Permille) {
        self.believed = Permille(health.0.clamp(1, 2000));
        self.work_out_drains();
    }

    /// The device learns how the battery is: its gauge shows the truth.
    pub fn learn(&mut self) {
        (self.believed, self.gauge) = (self.health, self.level);
        self.percent = u8::try_from(self.gauge.div_ceil(PERCENT)).unwrap_or(100);
        self.work_out_drains();
    }

    /// Sets the temperature.
    pub fn set_temperature(&mut self, temperature: Celsius) {
        self.temperature = temperature;
        self.work_out_drains();
    }

    /// Lets a cell collapse when the charge falls to `share`.
    pub fn set_collapse(&mut self, share: Option<Permille>) {
        self.collapse = share;
    }

    /// Plugs it in or out.
    pub fn set_connected(&mut self, connected: bool) {
        self.connected = connected;
    }

    fn work_out_drains(&mut self) {
        let drain = |health| {
            let Micros(lasts) = discharge::lasts(&self.facts, &self.inverter, self.power, health, self.temperature);
            (FULL / lasts).max(1)
        };
        self.drains = (drain(self.health), drain(self.believed));
    }
}
