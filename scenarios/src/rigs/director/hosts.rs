//! The hosts of a run: their models, and what follows when one of them changes.

use protocol::{Engine, Instant};

use super::{Act, Director};
use crate::host::services::Tier;
use crate::host::{Host, Input, Output, Setup};
use crate::journal::{HostState, Name, RunFacts, What};
use crate::language::Scenario;
use crate::language::action::ShutdownCommand;
use crate::language::wording::time;
use std::time::Duration;

/// One host.
#[derive(Debug)]
pub struct HostDesk {
    /// Its name.
    pub name: Name,
    /// Its model.
    pub host: Host,
    /// What becomes of its SHUTDOWNCMD.
    pub shutdown_command: ShutdownCommand,
    /// Why it will change its state next, where something was said about it.
    pub because: Option<String>,
    /// Whether the load that it draws has been counted.
    pub draws: bool,
}

impl HostDesk {
    /// Every host of a scenario.
    pub fn all(scenario: &Scenario, facts: &RunFacts) -> Vec<Self> {
        scenario
            .hosts
            .iter()
            .map(|host| {
                let seconds = facts.host(&host.name).and_then(|facts| facts.poweroff_wait_s);
                let setup = Setup {
                    boots_in: host.boots_in,
                    stops_in: host.stops_in,
                    stop_timeout: host.stop_timeout,
                    supplies: host.fed_by.len(),
                    needs: host.needs,
                    restores: host.restores,
                    poweroff_wait: seconds.map(Duration::from_secs),
                };
                Self {
                    name: host.name.as_str().into(),
                    host: Host::new(setup, host.starts_up),
                    shutdown_command: ShutdownCommand::Works,
                    because: Some("at the start".into()),
                    draws: host.starts_up,
                }
            })
            .collect()
    }
}

impl Director {
    /// Tells a host something, and carries out what it does.
    pub(super) fn tell_host(&mut self, host: usize, input: Input, because: impl Into<String>, now: Instant) {
        let desk = &mut self.hosts[host];
        let planned = desk.because.replace(because.into());
        desk.host.handle(input, now);
        self.settle_host(host, now);
        // A supply that changes nothing does not change why a planned shutdown will begin.
        let desk = &mut self.hosts[host];
        if matches!(input, Input::Supply { .. }) && desk.because.is_some() {
            desk.because = planned;
        }
    }

    pub(super) fn services_ended(&mut self, host: usize, tier: Tier, now: Instant) {
        self.tell_host(host, Input::ServicesEnded(tier), "stopped", now);
    }

    pub(super) fn late_hook_done(&mut self, host: usize, expects_cut: bool, now: Instant) {
        let wait = self.hosts[host].host.poweroff_wait().filter(|_| expects_cut);
        let because = wait.map_or_else(
            || "stopped".to_owned(),
            |wait| format!("stopped; if the cut does not come it boots again after {} (POWEROFF_WAIT)", time(wait)),
        );
        self.tell_host(host, Input::LateHookDone { expects_cut }, because, now);
    }

    pub(super) fn pass_time_of_hosts(&mut self, now: Instant) {
        for host in 0..self.hosts.len() {
            let desk = &mut self.hosts[host];
            if desk.host.poll_timeout().is_some_and(|at| at <= now) {
                desk.because = desk.host.reason().or(desk.because.take());
                desk.host.handle_timeout(now);
                self.settle_host(host, now);
            }
        }
    }

    pub(super) fn settle_hosts(&mut self, now: Instant) {
        for host in 0..self.hosts.len() {
            self.settle_host(host, now);
        }
    }

    fn settle_host(&mut self, host: usize, now: Instant) {
        while let Some(output) = self.hosts[host].host.poll_output() {
            match output {
                Output::Became(state) => self.became(host, state, now),
                Output::StartServices => self.acts.push_back(Act::StartServices { host }),
                Output::StopServices(tier) => self.acts.push_back(Act::StopServices { host, tier }),
                Output::KillServices(tier) => self.acts.push_back(Act::KillServices { host, tier }),
                Output::CutProcesses => {
                    let crashed = self.hosts[host].host.state() == HostState::Crashed;
                    self.acts.push_back(Act::CutProcesses { host, crashed });
                }
                Output::LateHook => self.acts.push_back(Act::LateHook { host }),
                Output::Scheduled(_) | Output::Cancelled => {}
            }
        }
        let desk = &mut self.hosts[host];
        if desk.draws != desk.host.draws() {
            desk.draws = desk.host.draws();
            self.share_load();
        }
    }

    fn became(&mut self, host: usize, is: HostState, now: Instant) {
        let desk = &mut self.hosts[host];
        let said = desk.because.take();
        let because = match is {
            HostState::Crashed => "its last supply went".to_owned(),
            HostState::Off => said.unwrap_or_else(|| "its outlet went dead".to_owned()),
            HostState::Stopping | HostState::Up | HostState::Booting | HostState::Halted => said.unwrap_or_default(),
        };
        let name = desk.name.clone();
        if is != HostState::Up {
            self.running.clear(host);
        }
        self.record(What::Host { host: name, is, because }, now);
    }
}
