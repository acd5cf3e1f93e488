//! The physics of one UPS: mains, transfer, battery, load, outlets, countdowns, self-test.
//!
//! It is advanced to a time ([`Physics::advance`]), acts on whatever was due on the way, and says
//! when something will be due next ([`Physics::next`]). Between those instants every quantity is a
//! straight line, so nothing needs to be stepped: a UPS that floats on good mains costs nothing.

mod battery;
mod charge;
mod control;
mod countdown;
mod discharge;
mod mains;
mod meters;
mod selftest;
mod signals;
mod supply;
mod voltage;

use std::collections::VecDeque;

use protocol::Instant;

pub use battery::Battery;
pub use countdown::Countdowns;
pub use discharge::{drawn, energy_microwatt_hours, lasts, watts};
pub use mains::{Mains, Regulation};
pub use signals::Signals;
pub use supply::Resume;
pub use voltage::Flow;

use crate::control::{Beeper, Forced};
use crate::device::{Facts, Limits};
use crate::observation::{Cause, Observation, Sample, Supply, TestResult};
use crate::units::{Milliwatts, Permille};
use selftest::Running;

/// One UPS, without its data port.
#[derive(Debug, Clone)]
pub struct Physics {
    facts: Facts,
    /// The low-battery limits, which a host may move.
    limits: Limits,
    mains: Mains,
    battery: Battery,
    load: Milliwatts,
    supply: Supply,
    /// When the inverter takes over, and when the mains do again.
    transfer_at: Option<Instant>,
    return_at: Option<Instant>,
    /// What must happen before the outlets come back, while they are dead.
    resume: Option<Resume>,
    resume_at: Option<Instant>,
    /// When the outlets went dead last.
    off_since: Instant,
    overload_at: Option<Instant>,
    countdowns: Countdowns,
    test: Option<Running>,
    last_test: TestResult,
    /// Why it went on battery last, in APC's numbers.
    transfer_cause: u8,
    bypass: bool,
    alarm: bool,
    beeper: Beeper,
    needs_replacement: bool,
    forced_low: Forced,
    forced_replace: Forced,
    outlets: Vec<bool>,
    signals: Signals,
    seen: VecDeque<Observation>,
    sampled_at: Option<Instant>,
    now: Instant,
    /// When something is due next; follows from the rest at the end of each change.
    due: Option<Instant>,
}

/// How the battery is found at the start.
#[derive(Debug, Clone, Copy)]
pub struct Found {
    /// What it holds.
    pub charge: Permille,
    /// What it can hold, of what it was designed for.
    pub health: Permille,
}

impl Physics {
    /// A UPS as `facts` describe it, switched on, with its battery as `found`.
    pub fn new(facts: Facts, found: Found, now: Instant) -> Self {
        let inverter = &facts.inverter;
        let mut physics = Self {
            limits: facts.limits.clone(),
            mains: Mains::new(facts.inlet.clone(), now),
            battery: Battery::new(facts.battery.clone(), inverter.clone(), now),
            load: watts(inverter, inverter.load),
            supply: Supply::Off,
            transfer_at: None,
            return_at: None,
            resume: None,
            resume_at: None,
            off_since: now,
            overload_at: None,
            countdowns: Countdowns::default(),
            test: None,
            last_test: TestResult::None,
            transfer_cause: facts.transfer_cause,
            bypass: false,
            alarm: false,
            beeper: Beeper::Enabled,
            needs_replacement: false,
            forced_low: Forced::Auto,
            forced_replace: Forced::Auto,
            outlets: vec![true; usize::from(inverter.outlets)],
            signals: Signals::default(),
            seen: VecDeque::new(),
            sampled_at: None,
            now,
            due: None,
            facts,
        };
        physics.mains.judge(now);
        physics.battery.set_health(found.health);
        physics.battery.set_charge(found.charge);
        physics.switch_on(Cause::Start);
        physics.settle();
        physics
    }

    /// Lets time pass up to `now`, acting on what was due on the way. Whether anything was.
    pub fn advance(&mut self, now: Instant) -> bool {
        let mut acted = false;
        while let Some(due) = self.next().filter(|due| *due <= now) {
            self.pass_to(due.max(self.now));
            self.act();
            acted = true;
        }
        if now > self.now {
            self.pass_to(now);
        }
        acted
    }

    /// When something is due next.
    pub fn next(&self) -> Option<Instant> {
        debug_assert_eq!(self.due, self.work_out_due(), "time alone has moved what is due");
        self.due
    }

    /// Every quantity is a straight line until then, so it stays true while time passes.
    fn work_out_due(&self) -> Option<Instant> {
        [
            self.transfer_at,
            self.return_at,
            self.resume_at,
            self.overload_at,
            self.countdowns.next(),
            self.test.as_ref().and_then(Running::until),
            self.battery.next(self.limits.runtime),
        ]
        .into_iter()
        .flatten()
        .min()
    }

    /// The next thing that was seen.
    pub fn poll_seen(&mut self) -> Option<Observation> {
        self.seen.pop_front()
    }

    fn pass_to(&mut self, now: Instant) {
        self.battery.integrate(now);
        self.now = now;
    }

    /// Acts on everything that is due at `self.now`.
    fn act(&mut self) {
        let stepped = self.battery.step();
        self.act_on_test();
        self.act_on_transfer();
        self.act_on_countdowns();
        self.act_on_overload();
        self.act_on_exhaustion();
        self.act_on_resume();
        self.expire_startup();
        self.settle();
        if stepped {
            self.sample();
        }
    }

    /// Brings everything that follows from the state into line with it.
    fn settle(&mut self) {
        self.watch_mains();
        self.forget_when_dead();
        self.let_flow();
        self.raise_signals();
        self.due = self.work_out_due();
    }

    fn sample(&mut self) {
        let sample = self.readings();
        // One change of state may come through here more than once in an instant.
        match self.seen.back_mut() {
            Some(Observation::Sample(last)) if self.sampled_at == Some(self.now) => *last = sample,
            _ => self.seen.push_back(Observation::Sample(sample)),
        }
        self.sampled_at = Some(self.now);
    }

    /// What its meters read now.
    pub fn readings(&self) -> Sample {
        Sample {
            charge: Permille::percent(self.battery.percent()),
            runtime_seconds: u32::try_from(self.battery.runtime().as_seconds()).unwrap_or(u32::MAX),
            load: self.delivered(),
            battery: self.battery.volts(),
            input: self.mains.volts(),
        }
    }

    /// What the outlets deliver now.
    pub fn delivered(&self) -> Milliwatts {
        if self.supply == Supply::Off { Milliwatts(0) } else { self.load }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::control::{self, Control};
    use crate::units::{Load, Micros};
    use proptest::prelude::*;

    fn physics(device: &str) -> Physics {
        let facts = crate::device::find(device).unwrap().facts;
        Physics::new(facts, Found { charge: Permille::WHOLE, health: Permille::WHOLE }, Instant::START)
    }

    proptest! {
        #[test]
        fn no_more_energy_comes_out_than_was_held_and_stored(
            device in prop::sample::select(crate::device::names()),
            phases in prop::collection::vec((0_u16..1000, 1_u64..7200, any::<bool>()), 1..40),
        ) {
            let mut ups = physics(device);
            let held = ups.battery().holds();
            let (mut now, mut delivered) = (Instant::START, 0_u128);
            for (load, seconds, mains) in phases {
                ups.control(&Control::Load(Load::Share(Permille(load))));
                ups.control(&Control::Mains(if mains { control::Mains::On } else { control::Mains::Off }));
                let end = now + Micros::seconds(seconds);
                while now < end {
                    let next = ups.next().unwrap_or(end).min(end);
                    if ups.supply() == Supply::OnBattery {
                        delivered += u128::from(ups.delivered().0) * (next - now).as_micros();
                    }
                    now = next;
                    ups.advance(now);
                }
            }
            let energy = ups.battery().energy();
            // What is left in the battery is worth at most what it holds; rates round by parts in 10⁹.
            let had = held + energy.stored;
            prop_assert!(energy.drawn <= had + had / 1_000_000, "{energy:?} of {had}");
            let efficiency = u128::from(ups.facts.inverter.efficiency.0);
            prop_assert!(delivered <= energy.drawn * efficiency / 1000, "{delivered} of {energy:?}");
        }
    }

    #[test]
    fn a_battery_charges_to_its_mark_in_the_time_its_file_says() {
        for device in crate::device::names() {
            let mut ups = physics(device);
            ups.control(&Control::Battery(control::BatteryControl::Charge(Permille(0))));
            let (time, mark) = (ups.facts.battery.recharge, ups.facts.battery.recharged_to);
            ups.advance(Instant::from_micros(time.0 - time.0 / 1000));
            assert!(Permille::percent(ups.battery().percent()) < mark, "{device}: {}", ups.battery().percent());
            ups.advance(Instant::from_micros(time.0 + time.0 / 1000));
            assert_eq!(Permille::percent(ups.battery().percent()), mark, "{device}");
        }
    }
}
