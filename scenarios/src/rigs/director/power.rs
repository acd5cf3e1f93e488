//! Where power comes from and where it goes: feeds, outlets, and the load that hosts put on them.

use emulator::control::Control;
use emulator::observation::{Observation, Supply as Source};
use emulator::units::{Load, Milliwatts};
use protocol::Instant;

use super::{Act, Director};
use crate::host::Input;
use crate::journal::{MainsState, Name, RunFacts, Supply, What};
use crate::language::{Host, Scenario, quantity};

/// One feed of mains power.
#[derive(Debug)]
pub struct Feed {
    /// Its name.
    pub name: Name,
    /// What it is when nothing is wrong.
    pub nominal: MainsState,
    /// What it is now.
    pub is: MainsState,
}

/// One UPS, as far as power goes.
#[derive(Debug)]
pub struct UpsDesk {
    /// Its name.
    pub name: Name,
    /// The feed it hangs on.
    pub feed: usize,
    rated_milliwatts: u64,
    /// What other equipment draws, in milliwatts.
    other: u64,
    /// The load that the UPS was told last.
    told: Option<u64>,
    /// Where its output comes from.
    pub supply: Supply,
    /// A countdown runs inside it.
    pub counts_down: bool,
    outlet: bool,
}

impl Feed {
    /// Every feed of a run.
    pub fn all(facts: &RunFacts) -> Vec<Self> {
        let feed = |feed: &crate::journal::FeedFacts| {
            let nominal = MainsState { live: true, millivolts: feed.millivolts, millihertz: feed.millihertz };
            Self { name: feed.name.clone(), nominal, is: nominal }
        };
        facts.feeds.iter().map(feed).collect()
    }
}

impl UpsDesk {
    /// Every UPS of a run.
    pub fn all(scenario: &Scenario, facts: &RunFacts) -> Vec<Self> {
        let desk = |(ups, facts_of): (&crate::language::Ups, &crate::journal::UpsFacts)| {
            let total = ups.load.map(|load| watts(load, facts_of.rated_milliwatts));
            let hosts = hosts_share(scenario, &ups.name);
            Self {
                name: facts_of.name.clone(),
                feed: facts.feeds.iter().position(|feed| feed.name == facts_of.feed).unwrap_or(0),
                rated_milliwatts: facts_of.rated_milliwatts,
                other: total.map_or(0, |total| total.saturating_sub(hosts)),
                told: None,
                supply: Supply::OnLine,
                counts_down: false,
                outlet: true,
            }
        };
        scenario.ups.iter().zip(&facts.ups).map(desk).collect()
    }
}

impl Director {
    pub(super) fn show_feeds(&mut self, now: Instant) {
        for feed in 0..self.feeds.len() {
            let Feed { name, is, .. } = &self.feeds[feed];
            let what = What::Mains { feed: name.clone(), is: *is };
            self.record(what, now);
        }
    }

    /// Hands every UPS the load that hangs on it now.
    pub(super) fn share_load(&mut self) {
        for index in 0..self.ups.len() {
            let load = self.ups[index].other + self.drawn_from(index);
            let ups = &mut self.ups[index];
            if ups.told != Some(load) {
                ups.told = Some(load);
                let milliwatts = Milliwatts(u32::try_from(load).unwrap_or(u32::MAX));
                self.acts.push_back(Act::Control { ups: index, control: Control::Load(Load::Milliwatts(milliwatts)) });
            }
        }
    }

    /// Sets a UPS's total load; what the hosts do not explain is other equipment.
    pub(super) fn set_load(&mut self, ups: usize, to: quantity::Load) {
        let total = watts(to, self.ups[ups].rated_milliwatts);
        self.ups[ups].other = total.saturating_sub(self.drawn_from(ups));
        self.share_load();
    }

    /// A UPS's total load now, in milliwatts.
    #[must_use]
    pub fn load_of(&self, ups: usize) -> u64 {
        self.ups[ups].other + self.drawn_from(ups)
    }

    /// A load in milliwatts, for this UPS.
    pub(super) fn watts_of(&self, ups: usize, load: quantity::Load) -> u64 {
        watts(load, self.ups[ups].rated_milliwatts)
    }

    fn drawn_from(&self, ups: usize) -> u64 {
        let name = &self.scenario.ups[ups].name;
        let share = |(desk, host): (&super::HostDesk, &Host)| {
            if !desk.host.draws() {
                return 0;
            }
            let live = (0..host.fed_by.len()).filter(|supply| desk.host.is_live(*supply));
            let here = live.clone().filter(|supply| host.fed_by[*supply] == *name).count();
            share_of(host.draws.0, here, live.count())
        };
        self.hosts.iter().zip(&self.scenario.hosts).map(share).sum()
    }

    /// Takes in what was seen of a UPS.
    pub(super) fn observed(&mut self, index: usize, observation: &Observation, now: Instant) {
        let ups = self.ups[index].name.clone();
        match *observation {
            Observation::Supply { supply, .. } => {
                let is = match supply {
                    Source::OnLine | Source::Boost | Source::Trim | Source::Bypass => Supply::OnLine,
                    Source::OnBattery => Supply::OnBattery,
                    Source::Off => Supply::Off,
                };
                self.ups[index].supply = is;
                self.record(What::Supply { ups, is }, now);
            }
            Observation::Outlet { outlet: 0, on, because } => {
                self.ups[index].outlet = on;
                self.record(What::Outlet { ups, live: on, because: because.words().to_owned() }, now);
                self.feed_hosts(index, on, now);
            }
            Observation::LowBattery { low } => self.record(What::LowBattery { ups, low }, now),
            Observation::Sample(sample) => {
                let what = What::Sample {
                    ups,
                    charge_permille: sample.charge.0.into(),
                    runtime_s: sample.runtime_seconds.into(),
                    load_mw: sample.load.0.into(),
                    battery_mv: sample.battery.0,
                    input_mv: sample.input.0,
                };
                self.record(what, now);
            }
            Observation::Countdown { seconds, .. } => {
                self.ups[index].counts_down = seconds.is_some_and(|seconds| seconds > 0);
                self.record(What::Commanded { ups, command: observation.to_string() }, now);
            }
            Observation::Command { .. } | Observation::Test { .. } => {
                self.record(What::Commanded { ups, command: observation.to_string() }, now);
            }
            Observation::Mains { .. }
            | Observation::Outlet { .. }
            | Observation::Signal { .. }
            | Observation::Port { .. } => {}
        }
    }

    fn feed_hosts(&mut self, ups: usize, live: bool, now: Instant) {
        let name = self.scenario.ups[ups].name.clone();
        self.feed_hosts_from(&name, live, now);
    }

    /// An outlet, or a plain wall socket ([`Host::MAINS`]), changed under the hosts.
    pub(super) fn feed_hosts_from(&mut self, name: &str, live: bool, now: Instant) {
        let because = format!("{name} {}", if live { "delivers power" } else { "went dead" });
        for host in 0..self.hosts.len() {
            for supply in 0..self.scenario.hosts[host].fed_by.len() {
                if self.scenario.hosts[host].fed_by[supply] == name && self.hosts[host].host.is_live(supply) != live {
                    self.tell_host(host, Input::Supply { supply, live }, because.clone(), now);
                }
            }
        }
        self.share_load();
    }
}

fn watts(load: quantity::Load, rated_milliwatts: u64) -> u64 {
    match load {
        quantity::Load::Power(power) => power.0,
        quantity::Load::Share(share) => rated_milliwatts * u64::from(share.0) / 1000,
    }
}

/// What the hosts that are up at the start draw from one UPS.
fn hosts_share(scenario: &Scenario, ups: &str) -> u64 {
    let share = |host: &Host| {
        let here = host.fed_by.iter().filter(|supply| *supply == ups).count();
        share_of(host.draws.0, here, host.fed_by.len())
    };
    scenario.hosts.iter().filter(|host| host.starts_up).map(share).sum()
}

/// What `here` of `live` supplies carry of a host that draws so much: each carries its part.
fn share_of(draws: u64, here: usize, live: usize) -> u64 {
    if live == 0 { 0 } else { draws * here as u64 / live as u64 }
}
