//! Where the load's power comes from: transfer to battery, return to mains, off, and back again.

use protocol::Instant;

use super::{Flow, Physics, Regulation, drawn};
use crate::observation::{Cause, Observation, Supply};

/// What must happen before dead outlets come back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Resume {
    /// Somebody presses the button, or the host asks.
    Never,
    /// The mains are good, and this instant has passed.
    WithMains {
        /// Not before this.
        not_before: Instant,
    },
    /// This instant, mains or not.
    At(Instant),
}

/// Codes of the last transfer to battery, as APC's devices give it.
mod cause {
    pub const LOW_LINE: u8 = 1;
    pub const HIGH_LINE: u8 = 2;
    pub const BLACKOUT: u8 = 4;
    pub const TEST: u8 = 5;
    pub const FREQUENCY: u8 = 7;
}

impl Physics {
    /// Sets the timers that follow from the mains, and the regulator.
    pub(super) fn watch_mains(&mut self) {
        let (good, inlet) = (self.mains.good(), &self.mains.inlet);
        let (transfer, back) = (self.now + inlet.transfer, self.now + inlet.back);
        match self.supply {
            Supply::OnLine | Supply::Boost | Supply::Trim => {
                self.return_at = None;
                match good {
                    true => self.transfer_at = None,
                    false => _ = self.transfer_at.get_or_insert(transfer),
                }
                self.regulate();
            }
            Supply::OnBattery => match (good, self.test.is_some()) {
                // A test holds the load on battery; mains that fail under it end it.
                (false, true) => _ = self.transfer_at.get_or_insert(transfer),
                (true, false) => _ = self.return_at.get_or_insert(back),
                (true, true) | (false, false) => (self.transfer_at, self.return_at) = (None, None),
            },
            Supply::Bypass => {
                (self.transfer_at, self.return_at) = (None, None);
                if self.mains.volts().0 == 0 {
                    let resume = Resume::WithMains { not_before: self.now };
                    self.switch_off(Cause::MainsLost, resume);
                }
            }
            Supply::Off => (self.transfer_at, self.return_at) = (None, None),
        }
        self.resume_at = self.when_to_resume();
        self.overload_at = match self.supply {
            Supply::OnBattery if self.is_overloaded() => {
                Some(self.overload_at.unwrap_or(self.now + self.facts.inverter.overload_trip))
            }
            _ => None,
        };
    }

    fn regulate(&mut self) {
        if !self.mains.good() {
            return;
        }
        let supply = match self.mains.regulation() {
            Regulation::None => Supply::OnLine,
            Regulation::Boost => Supply::Boost,
            Regulation::Trim => Supply::Trim,
        };
        if supply != self.supply {
            self.go(supply, Cause::MainsChanged);
        }
    }

    /// When dead outlets come back, as far as is known now.
    fn when_to_resume(&self) -> Option<Instant> {
        let since = self.mains.good_since();
        match self.resume? {
            Resume::Never => None,
            Resume::WithMains { not_before } => {
                let charged = u16::from(self.battery.percent()) * 10 >= self.facts.shutdown.restart_charge.0;
                let ready = since? + self.facts.shutdown.restart_after;
                charged.then_some(ready.max(not_before).max(self.now))
            }
            Resume::At(at) => Some(at.max(self.now)),
        }
    }

    pub(super) fn act_on_transfer(&mut self) {
        if self.transfer_at.is_some_and(|at| at <= self.now) {
            self.transfer_at = None;
            self.abort_test();
            self.go_on_battery(Cause::MainsLost);
        }
        if self.return_at.is_some_and(|at| at <= self.now) {
            self.return_at = None;
            self.go_on_line(Cause::MainsBack);
        }
    }

    pub(super) fn act_on_resume(&mut self) {
        if self.resume_at.is_some_and(|at| at <= self.now) {
            self.resume_at = None;
            let came_back = self.mains.good_since().is_some_and(|since| since > self.off_since);
            self.switch_on(match came_back {
                _ if self.countdowns.starts_at(self.now) => Cause::Startup,
                true => Cause::MainsBack,
                false => Cause::Cycled,
            });
        }
    }

    pub(super) fn act_on_exhaustion(&mut self) {
        if self.supply == Supply::OnBattery && self.battery.is_exhausted() {
            self.exhaust();
        }
    }

    /// The battery can carry the load no longer.
    fn exhaust(&mut self) {
        let because = if !self.battery.is_connected() {
            Cause::NoBattery
        } else if self.battery.has_collapsed() {
            Cause::CellCollapse
        } else {
            Cause::BatteryEmpty
        };
        self.battery.end();
        if self.mains.good() {
            // It gave up under a test, which the device knows now, or just before the return: the mains take over.
            let because = if self.test.is_some() { Cause::Test } else { Cause::MainsBack };
            self.fail_test();
            self.go_on_line(because);
        } else {
            self.switch_off(because, Resume::WithMains { not_before: self.now });
        }
    }

    pub(super) fn act_on_overload(&mut self) {
        if self.overload_at.is_some_and(|at| at <= self.now) {
            self.overload_at = None;
            if self.test.is_some() && self.mains.good() {
                self.abort_test();
                self.go_on_line(Cause::Test);
            } else {
                self.switch_off(Cause::Overload, Resume::Never);
            }
        }
    }

    /// Brings dead outlets back from whatever there is.
    pub(super) fn switch_on(&mut self, because: Cause) {
        if self.bypass && self.mains.volts().0 > 0 {
            self.go(Supply::Bypass, because);
        } else if self.mains.good() {
            self.go_on_line(because);
        } else if !self.battery.is_exhausted() {
            self.go(Supply::OnBattery, because);
        } else {
            self.resume = Some(Resume::WithMains { not_before: self.now });
        }
    }

    pub(super) fn switch_off(&mut self, because: Cause, resume: Resume) {
        self.abort_test();
        self.resume = Some(resume);
        self.off_since = self.now;
        self.go(Supply::Off, because);
    }

    pub(super) fn go_on_battery(&mut self, because: Cause) {
        self.transfer_cause = match because {
            Cause::Test => cause::TEST,
            _ if self.mains.volts().0 == 0 => cause::BLACKOUT,
            _ if self.mains.frequency_is_off() => cause::FREQUENCY,
            _ if self.mains.volts() < self.mains.inlet.low => cause::LOW_LINE,
            _ => cause::HIGH_LINE,
        };
        if self.battery.is_exhausted() {
            self.exhaust();
        } else {
            self.go(Supply::OnBattery, because);
        }
    }

    pub(super) fn go_on_line(&mut self, because: Cause) {
        self.go(Supply::OnLine, because);
        self.regulate();
        self.countdowns_on_mains_back();
        self.unmute();
    }

    /// Changes the supply, and says so, and says so of the outlets where they go live or dead.
    pub(super) fn go(&mut self, supply: Supply, because: Cause) {
        let (was_on, is_on) = (self.supply != Supply::Off, supply != Supply::Off);
        self.supply = supply;
        self.seen.push_back(Observation::Supply { supply, because });
        if was_on != is_on {
            if is_on {
                self.resume = None;
            }
            self.seen.push_back(Observation::Outlet { outlet: 0, on: is_on, because });
        }
        self.let_flow();
        self.sample();
    }

    /// Lets flow through the battery what the supply implies.
    pub(super) fn let_flow(&mut self) {
        let flow = match self.supply {
            Supply::OnBattery => Flow::Discharging,
            _ if !self.mains.good() => Flow::Rest,
            _ if self.battery.is_full() => Flow::Floating,
            _ => Flow::Charging,
        };
        self.battery.set_power(drawn(&self.facts.inverter, self.load));
        self.battery.set_flow(flow);
    }

    /// Whether its electronics have power: without it the data port is dead too.
    pub fn is_alive(&self) -> bool {
        self.supply != Supply::Off || self.mains.good() || matches!(self.resume, Some(Resume::At(_)))
    }
}
