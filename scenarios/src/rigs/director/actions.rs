//! What each action of a step means: what to ask the rig for, and what undoes it later.

use std::time::Duration;

use emulator::control::{
    BatteryControl, Control, Fault, Forced, Link, Mains as MainsControl, Quirk, Refresh, Switch, Test,
};
use emulator::units::{Celsius, Millihertz, Millivolts, Permille};
use protocol::Instant;

use super::{Act, Director};
use crate::host::Input;
use crate::journal::{CommandRole, What};
use crate::language::action::{
    BatteryAction, BatteryChange, HostAction, HostChange, LinkAction, LinkFault, LoadAction, LowBatterySignal, Mains,
    MainsChange, NetworkAction, NetworkFault, ProcessAction, ProcessDeed, ShutdownCommand, UpsAction, UpsDeed,
};
use crate::language::{Action, Host, quantity};

/// How often a ramp of load is told to the UPS.
const RAMP_STEP: Duration = Duration::from_secs(1);
/// How often a flapping low-battery signal changes.
const FLAP: Duration = Duration::from_secs(2);
/// How long a signal flaps when the scenario does not say.
const FLAPS_FOR: Duration = Duration::from_secs(60);

impl Director {
    /// Carries out one action.
    pub(super) fn act(&mut self, action: &Action, now: Instant) {
        match action {
            Action::Mains(mains) => self.change_mains(mains, now),
            Action::Battery(battery) => self.change_battery(battery),
            Action::Load(load) => self.change_load(load, now),
            Action::Ups(ups) => self.do_to_ups(ups, now),
            Action::Link(link) => self.change_link(link, now),
            Action::Network(network) => self.change_network(network, now),
            Action::Process(process) => self.do_to_process(process, now),
            Action::Host(host) => self.change_host(host, now),
            Action::Operator { host, runs } => {
                if let Some(host) = self.host_index(host) {
                    self.run_words(host, CommandRole::Operator, runs, now);
                }
            }
        }
    }

    fn change_mains(&mut self, mains: &Mains, now: Instant) {
        for feed in 0..self.feeds.len() {
            if mains.feed.as_ref().is_none_or(|name| **name == *self.feeds[feed].name) {
                self.change_feed(feed, mains, now);
            }
        }
    }

    fn change_feed(&mut self, index: usize, mains: &Mains, now: Instant) {
        let feed = &mut self.feeds[index];
        let name = Some(feed.name.to_string());
        let was = feed.is;
        let later = |change| Action::Mains(Mains { feed: name.clone(), change, lasts: None });
        let control = match mains.change {
            MainsChange::Off => {
                feed.is = crate::journal::MainsState { live: false, millivolts: 0, millihertz: 0 };
                MainsControl::Off
            }
            MainsChange::On => {
                feed.is = feed.nominal;
                MainsControl::On
            }
            MainsChange::Volts(volts) => {
                feed.is.live = volts.0 > 0;
                feed.is.millivolts = volts.0;
                feed.is.millihertz = if feed.is.live { feed.nominal.millihertz } else { 0 };
                MainsControl::Volts(Millivolts(volts.0))
            }
            MainsChange::Hertz(hertz) => {
                feed.is.millihertz = hertz.0;
                MainsControl::Hertz(Millihertz(hertz.0))
            }
            MainsChange::Flicker { period } => {
                let half = (period / 2).max(Duration::from_millis(1));
                self.undo.push(now, later(MainsChange::Off));
                self.undo.push(now + half, later(MainsChange::On));
                // A round at a time: there may be millions.
                if let Some(left) = left_after(half * 2, mains.lasts) {
                    let again = Mains { feed: name, change: mains.change, lasts: Some(left) };
                    self.undo.push(now + half * 2, Action::Mains(again));
                }
                return;
            }
        };
        if let Some(lasts) = mains.lasts {
            let back = match (was.live, was == feed.nominal) {
                (false, _) => MainsChange::Off,
                (true, true) => MainsChange::On,
                (true, false) => MainsChange::Volts(quantity::Millivolts(was.millivolts)),
            };
            self.undo.push(now + lasts, later(back));
        }
        let feed = &self.feeds[index];
        let (what, live) = (What::Mains { feed: feed.name.clone(), is: feed.is }, feed.is.live);
        let is_wall = *feed.name == *Host::MAINS;
        self.record(what, now);
        for ups in 0..self.ups.len() {
            if self.ups[ups].feed == index {
                self.acts.push_back(Act::Control { ups, control: Control::Mains(control) });
            }
        }
        if is_wall {
            self.feed_hosts_from(Host::MAINS, live, now);
        }
    }

    fn change_battery(&mut self, action: &BatteryAction) {
        let permille = |share: quantity::Permille| Permille(u16::try_from(share.0).unwrap_or(u16::MAX));
        let change = match action.change {
            BatteryChange::Charge(charge) => BatteryControl::Charge(permille(charge)),
            BatteryChange::Health(health) => BatteryControl::Health(permille(health)),
            BatteryChange::Temperature(celsius) => {
                BatteryControl::Temperature(Celsius(i16::try_from(celsius.0 / 1000).unwrap_or(i16::MAX)))
            }
            BatteryChange::CollapsesAt(charge) => BatteryControl::Collapse(Some(permille(charge))),
            BatteryChange::Replaced => BatteryControl::Replace,
            BatteryChange::Disconnected => BatteryControl::Disconnect,
            BatteryChange::Connected => BatteryControl::Connect,
            BatteryChange::Worn => return self.control(&action.ups, &Control::ReplaceBattery(Forced::On)),
            // Refused before the run (`rigs::refusal`): the emulator has no such control.
            BatteryChange::Capacity(_) => return,
        };
        self.control(&action.ups, &Control::Battery(change));
    }

    fn change_load(&mut self, action: &LoadAction, now: Instant) {
        let Some(ups) = self.ups_index(&action.ups) else { return };
        let (from, power) = (self.load_of(ups), |milliwatts| quantity::Load::Power(quantity::Milliwatts(milliwatts)));
        let step = |to| Action::Load(LoadAction { to, ramp: Duration::ZERO, lasts: None, ..action.clone() });
        if let Some(lasts) = action.lasts {
            self.undo.push(now + action.ramp + lasts, step(power(from)));
        }
        if action.ramp.is_zero() {
            return self.set_load(ups, action.to);
        }
        let to = match action.to {
            quantity::Load::Power(power) => power.0,
            quantity::Load::Share(_) => self.watts_of(ups, action.to),
        };
        let steps = u64::try_from(action.ramp.as_millis() / RAMP_STEP.as_millis()).unwrap_or(u64::MAX).clamp(1, 3600);
        for number in 1..=steps {
            let so_far =
                if to >= from { from + (to - from) * number / steps } else { from - (from - to) * number / steps };
            let at = now + action.ramp * u32::try_from(number).unwrap_or(1) / u32::try_from(steps).unwrap_or(1);
            self.undo.push(at, step(power(so_far)));
        }
    }

    fn do_to_ups(&mut self, action: &UpsAction, now: Instant) {
        let (control, undone) = match action.does {
            UpsDeed::Bypass => (Control::Bypass(Switch::On), Some(UpsDeed::EndBypass)),
            UpsDeed::EndBypass => (Control::Bypass(Switch::Off), Some(UpsDeed::Bypass)),
            UpsDeed::Calibrate => (Control::Calibrate(Switch::On), None),
            UpsDeed::SelfTest => (Control::Test(Test::Quick), None),
            UpsDeed::Alarm => (Control::Alarm(Switch::On), Some(UpsDeed::ClearAlarm)),
            UpsDeed::ClearAlarm => (Control::Alarm(Switch::Off), Some(UpsDeed::Alarm)),
            UpsDeed::PanelOff => (Control::Panel(Switch::Off), Some(UpsDeed::PanelOn)),
            UpsDeed::PanelOn => (Control::Panel(Switch::On), Some(UpsDeed::PanelOff)),
            UpsDeed::LowBattery(signal) => {
                let as_built = Some(UpsDeed::LowBattery(LowBatterySignal::AsBuilt));
                match signal {
                    LowBatterySignal::AsBuilt => (Control::LowBattery(Forced::Auto), None),
                    LowBatterySignal::Early => (Control::LowBattery(Forced::On), as_built),
                    // Held down: the device has no later limit than the one it was built with.
                    LowBatterySignal::Never | LowBatterySignal::Late => (Control::LowBattery(Forced::Off), as_built),
                    LowBatterySignal::Flapping => return self.flap(action, now),
                }
            }
        };
        if let (Some(lasts), Some(does)) = (action.lasts, undone) {
            self.undo.push(now + lasts, Action::Ups(UpsAction { does, lasts: None, ..action.clone() }));
        }
        self.control(&action.ups, &control);
    }

    /// Up and down once, then again with what is left of its time; at the end of that as it was built.
    fn flap(&mut self, action: &UpsAction, now: Instant) {
        let lasts = action.lasts.unwrap_or(FLAPS_FOR);
        let later =
            |signal, lasts| Action::Ups(UpsAction { does: UpsDeed::LowBattery(signal), lasts, ..action.clone() });
        self.undo.push(now, later(LowBatterySignal::Early, None));
        if lasts > FLAP {
            self.undo.push(now + FLAP, later(LowBatterySignal::Never, None));
        }
        match left_after(FLAP * 2, Some(lasts)) {
            Some(left) => self.undo.push(now + FLAP * 2, later(LowBatterySignal::Flapping, Some(left))),
            None => self.undo.push(now + lasts, later(LowBatterySignal::AsBuilt, None)),
        }
    }

    fn change_link(&mut self, action: &LinkAction, now: Instant) {
        let of = |fault| match action.report {
            Some(id) => Control::Link(Link::ReportFault(id, fault)),
            None => Control::Link(Link::Fault(fault)),
        };
        let late = |delay: Duration| Fault::Late(u32::try_from(delay.as_millis()).unwrap_or(u32::MAX));
        let controls: &[Control] = match action.fault {
            LinkFault::Plugged => &[
                Control::Link(Link::Healthy),
                Control::Quirk(Quirk::Refresh(Refresh::Atomic)),
                Control::Link(Link::Plug),
            ],
            LinkFault::Unplugged => &[Control::Link(Link::Unplug)],
            LinkFault::Stalled => &[of(Fault::Stall)],
            LinkFault::TimingOut => &[of(Fault::TimeOut)],
            LinkFault::Short => &[of(Fault::Short)],
            LinkFault::Long => &[of(Fault::Overflow)],
            LinkFault::Late(delay) => &[of(late(delay))],
            LinkFault::Garbled => &[of(Fault::Garble)],
            LinkFault::Torn => &[Control::Quirk(Quirk::Refresh(Refresh::Torn))],
            LinkFault::Frozen => &[of(Fault::Freeze)],
            LinkFault::Hung => &[of(Fault::Hang)],
        };
        for control in controls {
            self.control(&action.ups, control);
        }
        if let Some(lasts) = action.lasts {
            let plugged = LinkAction { fault: LinkFault::Plugged, report: None, lasts: None, ..action.clone() };
            self.undo.push(now + lasts, Action::Link(plugged));
        }
    }

    fn change_network(&mut self, action: &NetworkAction, now: Instant) {
        for from in action.from.iter().filter_map(|host| self.host_index(host)).collect::<Vec<_>>() {
            for to in action.to.iter().filter_map(|host| self.host_index(host)).collect::<Vec<_>>() {
                self.acts.push_back(Act::Network { from, to, fault: action.fault });
                if !action.one_way {
                    self.acts.push_back(Act::Network { from: to, to: from, fault: action.fault });
                }
            }
        }
        if let Some(lasts) = action.lasts {
            let healthy = NetworkAction { fault: NetworkFault::Healthy, lasts: None, ..action.clone() };
            self.undo.push(now + lasts, Action::Network(healthy));
        }
    }

    fn do_to_process(&mut self, action: &ProcessAction, now: Instant) {
        let Some(host) = self.host_index(&action.host) else { return };
        let undone = match action.deed {
            ProcessDeed::Kill => Some(ProcessDeed::Start),
            ProcessDeed::Stop => Some(ProcessDeed::Continue),
            ProcessDeed::Continue => Some(ProcessDeed::Stop),
            ProcessDeed::Start => Some(ProcessDeed::Kill),
            ProcessDeed::Restart | ProcessDeed::Reload => None,
        };
        if let (Some(lasts), Some(deed)) = (action.lasts, undone) {
            self.undo.push(now + lasts, Action::Process(ProcessAction { deed, lasts: None, ..action.clone() }));
        }
        let (daemon, ups) = (action.daemon.clone(), action.ups.clone());
        self.acts.push_back(Act::Process { host, daemon, ups, deed: action.deed });
    }

    fn change_host(&mut self, action: &HostAction, now: Instant) {
        let Some(host) = self.host_index(&action.host) else { return };
        let undone = match action.change {
            HostChange::Disk(_) => Some(HostChange::Disk(crate::language::action::Disk::Healthy)),
            HostChange::ShutdownCommand(_) => Some(HostChange::ShutdownCommand(ShutdownCommand::Works)),
            _ => None,
        };
        if let (Some(lasts), Some(change)) = (action.lasts, undone) {
            self.undo.push(now + lasts, Action::Host(HostAction { change, lasts: None, ..action.clone() }));
        }
        match action.change {
            HostChange::ShutdownCommand(command) => self.hosts[host].shutdown_command = command,
            HostChange::StopsIn(stops_in) => self.tell_host(host, Input::StopsIn(stops_in), "", now),
            HostChange::PowerButton => self.tell_host(host, Input::PowerButton, "power button", now),
            change => self.acts.push_back(Act::Host { host, change }),
        }
    }

    fn control(&mut self, ups: &str, control: &Control) {
        if let Some(ups) = self.ups_index(ups) {
            self.acts.push_back(Act::Control { ups, control: control.clone() });
        }
    }

    pub(super) fn ups_index(&self, name: &str) -> Option<usize> {
        self.ups.iter().position(|ups| *ups.name == *name)
    }

    pub(super) fn host_index(&self, name: &str) -> Option<usize> {
        self.hosts.iter().position(|host| *host.name == *name)
    }
}

/// What is left of a time after one round, if anything is.
fn left_after(round: Duration, lasts: Option<Duration>) -> Option<Duration> {
    Some(lasts.unwrap_or(FLAPS_FOR).saturating_sub(round)).filter(|left| !left.is_zero())
}
