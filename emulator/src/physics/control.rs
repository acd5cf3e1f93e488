//! What somebody does to the UPS: [`Control`] applied.

use super::{Physics, Resume, watts};
use crate::control::{BatteryControl, Control, Quirk, Switch};
use crate::observation::{Cause, Observation, Supply};
use crate::units::Permille;

impl Physics {
    /// Applies what is the physics' business; the data port's own controls have no effect here.
    pub fn control(&mut self, control: &Control) {
        match *control {
            Control::Mains(change) => {
                self.mains.change(change, self.now);
                let (volts, hertz) = (self.mains.volts(), self.mains.hertz());
                self.seen.push_back(Observation::Mains { volts, hertz });
            }
            Control::Load(load) => {
                self.load = watts(&self.facts.inverter, load);
                self.let_flow();
                self.sample();
            }
            Control::Battery(change) => self.change_battery(change),
            Control::Panel(Switch::Off) if self.supply != Supply::Off => {
                self.switch_off(Cause::Panel, Resume::Never);
            }
            Control::Panel(Switch::On) if self.supply == Supply::Off => self.switch_on(Cause::Panel),
            Control::Test(test) => self.run_test(test),
            Control::Calibrate(switch) => self.calibrate(switch),
            Control::Bypass(switch) => self.switch_bypass(switch == Switch::On),
            Control::Alarm(switch) => self.alarm = switch == Switch::On,
            Control::LowBattery(forced) => self.forced_low = forced,
            Control::ReplaceBattery(forced) => self.forced_replace = forced,
            Control::Beeper(beeper) => self.beeper = beeper,
            Control::Outlet(number, switch) => self.switch_outlet(number, switch == Switch::On, Cause::Switch),
            Control::Quirk(Quirk::CutOnLine(rule)) => self.facts.shutdown.cut_on_line = rule,
            Control::Quirk(Quirk::MainsBack(rule)) => self.facts.shutdown.mains_back = rule,
            Control::Quirk(Quirk::Returns(rule)) => self.facts.shutdown.returns = rule,
            Control::Quirk(Quirk::Refresh(_)) | Control::Link(_) | Control::Panel(_) => {}
        }
        self.act_on_exhaustion();
        self.settle();
    }

    fn change_battery(&mut self, change: BatteryControl) {
        match change {
            BatteryControl::Charge(share) => self.battery.set_charge(share),
            BatteryControl::Health(share) => self.battery.set_health(share),
            BatteryControl::Gauge(share) => self.battery.set_belief(share),
            BatteryControl::Temperature(celsius) => self.battery.set_temperature(celsius),
            BatteryControl::Collapse(share) => self.battery.set_collapse(share),
            BatteryControl::Disconnect => self.battery.set_connected(false),
            BatteryControl::Connect => self.battery.set_connected(true),
            BatteryControl::Replace => {
                self.battery.set_health(Permille::WHOLE);
                self.battery.set_charge(Permille::WHOLE);
                self.battery.set_collapse(None);
                self.battery.set_connected(true);
                self.needs_replacement = false;
            }
        }
        self.let_flow();
        self.sample();
    }

    fn switch_bypass(&mut self, on: bool) {
        self.bypass = on;
        match (on, self.supply) {
            (_, Supply::Off) | (true, Supply::Bypass) => {}
            (true, _) if self.mains.volts().0 > 0 => {
                self.abort_test();
                self.go(Supply::Bypass, Cause::Bypass);
            }
            (false, Supply::Bypass) => self.switch_on(Cause::Bypass),
            _ => {}
        }
    }

    /// Switches one group of outlets, counted from 1.
    pub fn switch_outlet(&mut self, number: u8, on: bool, because: Cause) {
        let Some(outlet) = usize::from(number).checked_sub(1).and_then(|at| self.outlets.get_mut(at)) else { return };
        if std::mem::replace(outlet, on) != on {
            self.seen.push_back(Observation::Outlet { outlet: number, on, because });
        }
    }
}
