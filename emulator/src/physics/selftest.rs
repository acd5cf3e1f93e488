//! Self-tests and runtime calibration: the load on battery while the mains are good.

use protocol::Instant;

use super::Physics;
use crate::control::{Switch, Test};
use crate::observation::{Cause, Observation, Supply, TestResult};
use crate::units::Permille;

/// A test that runs.
#[derive(Debug, Clone)]
pub struct Running {
    /// When it ends by the clock.
    until: Option<Instant>,
    /// The charge at which it ends.
    down_to: Permille,
    /// Whether the gauge knows the battery at its end.
    teaches: bool,
}

impl Running {
    /// When it ends by the clock.
    pub fn until(&self) -> Option<Instant> {
        self.until
    }
}

impl Physics {
    /// Starts or ends a self-test.
    pub fn run_test(&mut self, test: Test) {
        let facts = &self.facts.self_test;
        match test {
            Test::Quick => {
                let until = Some(self.now + facts.quick);
                self.start_test(Running { until, down_to: Permille(0), teaches: false });
            }
            Test::Deep => {
                self.start_test(Running { until: None, down_to: facts.down_to, teaches: true });
            }
            Test::Stop => {
                if self.test.is_some() {
                    self.abort_test();
                    self.go_on_line(Cause::Test);
                }
            }
        }
        self.settle();
    }

    /// Starts or ends a runtime calibration.
    pub fn calibrate(&mut self, switch: Switch) {
        self.run_test(match switch {
            Switch::On => Test::Deep,
            Switch::Off => Test::Stop,
        });
    }

    fn start_test(&mut self, running: Running) {
        let on_line = matches!(self.supply, Supply::OnLine | Supply::Boost | Supply::Trim) && self.mains.good();
        let enough = Permille::percent(self.battery.percent()) > running.down_to;
        if self.test.is_some() || !on_line || !enough || self.battery.is_exhausted() {
            return self.say_test(if self.test.is_some() { TestResult::Running } else { TestResult::Aborted });
        }
        self.test = Some(running);
        self.say_test(TestResult::Running);
        self.go_on_battery(Cause::Test);
    }

    pub(super) fn act_on_test(&mut self) {
        let now = self.now;
        let charge = Permille::percent(self.battery.percent());
        let over = self.test.take_if(|test| test.until.is_some_and(|at| at <= now) || charge <= test.down_to);
        let Some(test) = over else { return };
        if test.teaches {
            self.battery.learn();
        }
        self.needs_replacement = self.battery.health() < self.facts.self_test.replace_below;
        self.say_test(if self.needs_replacement { TestResult::Failed } else { TestResult::Passed });
        if self.supply == Supply::OnBattery && self.mains.good() {
            self.go_on_line(Cause::Test);
        }
    }

    /// The mains failed, or somebody ended it.
    pub(super) fn abort_test(&mut self) {
        if self.test.take().is_some() {
            self.say_test(TestResult::Aborted);
        }
    }

    /// The battery could not carry the load.
    pub(super) fn fail_test(&mut self) {
        if self.test.take().is_some() {
            self.battery.learn();
            self.needs_replacement = true;
            self.say_test(TestResult::Failed);
        }
    }

    fn say_test(&mut self, result: TestResult) {
        self.last_test = result;
        self.seen.push_back(Observation::Test { result });
    }
}
