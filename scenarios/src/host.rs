//! A host as its power supply and its operating system see it.
//!
//! ```text
//!            outlet live        boots_in over        told to shut down       stopped, late hook done     
//!   off ───────────────▶ booting ───────────▶ up ─────────────────▶ stopping ───────────────▶ halted
//!    ▲                      ▲ │                │ ▲ cancelled before      │                        │
//!    │                      │ │                └─┘ its time came         │ (reboot: booting)      │
//!    │         outlet live  │ ▼ last supply gone ▼                       ▼                        │
//!    │                    crashed ◀──────────────────────────────────────┘                        │
//!    └───────────────────────────────────────── last supply gone ─────────────────────────────────┘
//! ```
//!
//! A late hook that found the power-down flag waits for the end where POWEROFF_WAIT says so, and boots the host again
//! when none came, as Debian's does (`/lib/systemd/system-shutdown/nutshutdown`). Nothing is left to lose meanwhile: the
//! host is halted, and still draws power. systemd ends the hook after [`KILLED_AFTER`], whatever it does, and a host
//! whose wait was ended so stays off.
//!
//! Both rigs use this one model: it decides when daemons start and stop and when the late shutdown
//! hook runs, and the rig carries that out. It knows nothing of UPSes, only of supplies that are
//! live or not.

pub mod command;
pub mod daemons;
pub mod services;

use std::collections::VecDeque;
use std::time::Duration;

use driver::hook::KILLED_AFTER;
use protocol::{Engine, Instant};

use crate::journal::HostState;
use crate::language::wording::time;
use command::{Delay, End};
use services::{Stopping, Tier};

/// What a scenario says about a host.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Setup {
    /// From a live outlet to running services.
    pub boots_in: Duration,
    /// From the operating system's first step down to halted, unless a service takes longer to end.
    pub stops_in: Duration,
    /// How long a service that was told to end may take before it is killed.
    pub stop_timeout: Duration,
    /// How many supplies feed it.
    pub supplies: usize,
    /// How many of them must be live for it to keep running.
    pub needs: usize,
    /// Whether it boots by itself when it has enough supplies again (the BIOS's "restore on AC").
    pub restores: bool,
    /// POWEROFF_WAIT: how long its late hook waits for the end before it boots the host again.
    pub poweroff_wait: Option<Duration>,
}

/// What happens to a host.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Input {
    /// An outlet that feeds it changed.
    Supply {
        /// Which of its supplies, counted from 0.
        supply: usize,
        /// Whether it delivers power now.
        live: bool,
    },
    /// Its operating system was told to shut down.
    Shutdown {
        /// When to begin.
        delay: Delay,
        /// What to do in the end.
        end: End,
    },
    /// A shutdown that has not begun was called off.
    Cancel,
    /// No service of this tier runs any more.
    ServicesEnded(Tier),
    /// The late shutdown hook has told whom it had to.
    LateHookDone {
        /// The power-down flag was there: the hook waits for the end.
        expects_cut: bool,
    },
    /// Somebody presses its power button; means something only while it is off, halted or crashed.
    PowerButton,
    /// From now on it takes so long to stop.
    StopsIn(Duration),
}

/// What a host does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Output {
    /// It changed its state.
    Became(HostState),
    /// A shutdown will begin then.
    Scheduled(Instant),
    /// A shutdown that was to begin will not.
    Cancelled,
    /// Its services start.
    StartServices,
    /// These services are told to stop; answered by [`Input::ServicesEnded`].
    StopServices(Tier),
    /// These services took too long, and are killed.
    KillServices(Tier),
    /// Whatever still runs loses its power now.
    CutProcesses,
    /// The late shutdown hook starts; answered by [`Input::LateHookDone`].
    LateHook,
}

/// Where a host stands, with what is true only there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    Off,
    Booting { until: Instant },
    Up { shutdown: Option<(Instant, End)> },
    Stopping { until: Instant, end: End, services: Stopping },
    LateHook { since: Instant, end: End },
    Waiting { until: Instant, end: End },
    Halted,
    Crashed,
}

/// One host.
#[derive(Debug)]
pub struct Host {
    setup: Setup,
    supplies: Vec<bool>,
    phase: Phase,
    outputs: VecDeque<Output>,
}

impl Host {
    /// A host whose supplies are all live: up and running, or switched off.
    #[must_use]
    pub fn new(setup: Setup, is_up: bool) -> Self {
        let supplies = vec![true; setup.supplies];
        if is_up {
            let outputs = VecDeque::from([Output::Became(HostState::Up), Output::StartServices]);
            Self { setup, supplies, phase: Phase::Up { shutdown: None }, outputs }
        } else {
            Self { setup, supplies, phase: Phase::Off, outputs: VecDeque::from([Output::Became(HostState::Off)]) }
        }
    }

    /// Its state.
    #[must_use]
    pub fn state(&self) -> HostState {
        match self.phase {
            Phase::Off => HostState::Off,
            Phase::Booting { .. } => HostState::Booting,
            Phase::Up { .. } => HostState::Up,
            Phase::Stopping { .. } | Phase::LateHook { .. } => HostState::Stopping,
            Phase::Waiting { .. } | Phase::Halted => HostState::Halted,
            Phase::Crashed => HostState::Crashed,
        }
    }

    /// Whether it draws power: from a live outlet until it has switched itself off.
    #[must_use]
    pub fn draws(&self) -> bool {
        matches!(self.state(), HostState::Booting | HostState::Up | HostState::Stopping)
            || matches!(self.phase, Phase::Waiting { .. })
    }

    /// POWEROFF_WAIT.
    #[must_use]
    pub fn poweroff_wait(&self) -> Option<Duration> {
        self.setup.poweroff_wait
    }

    /// Why its time has come to change its state, where it is not for what it was told.
    #[must_use]
    pub fn reason(&self) -> Option<String> {
        let wait = self.setup.poweroff_wait.map(time).unwrap_or_default();
        let killed = || format!("systemd ended its late shutdown after {}", time(KILLED_AFTER));
        match self.phase {
            Phase::Booting { .. } => Some("booted".to_owned()),
            Phase::Waiting { end: End::Reboot, .. } => Some(format!("its POWEROFF_WAIT of {wait} is over")),
            Phase::Waiting { end: End::Halt, .. } => Some(format!("{}, in its POWEROFF_WAIT of {wait}", killed())),
            Phase::LateHook { .. } => Some(killed()),
            _ => None,
        }
    }

    /// Whether that supply is live.
    #[must_use]
    pub fn is_live(&self, supply: usize) -> bool {
        self.supplies.get(supply).copied().unwrap_or(false)
    }

    fn is_powered(&self) -> bool {
        self.supplies.iter().filter(|live| **live).count() >= self.setup.needs
    }

    fn supply(&mut self, supply: usize, live: bool, now: Instant) {
        let was_powered = self.is_powered();
        if let Some(slot) = self.supplies.get_mut(supply) {
            *slot = live;
        }
        match (was_powered, self.is_powered()) {
            (true, false) => self.lose_power(),
            (false, true) if self.setup.restores => self.boot(now),
            _ => {}
        }
    }

    fn lose_power(&mut self) {
        match self.phase {
            Phase::Off | Phase::Crashed => {}
            Phase::Waiting { .. } | Phase::Halted => self.become_(Phase::Off),
            Phase::Booting { .. } | Phase::Up { .. } | Phase::Stopping { .. } | Phase::LateHook { .. } => {
                self.outputs.push_back(Output::CutProcesses);
                self.become_(Phase::Crashed);
            }
        }
    }

    /// Starts the host, whatever it was before.
    fn boot(&mut self, now: Instant) {
        self.become_(Phase::Booting { until: now + self.setup.boots_in });
    }

    fn shut_down(&mut self, delay: Delay, end: End, now: Instant) {
        // A second request replaces the first, as `shutdown` does; once stopping has begun none matters.
        if let Phase::Up { .. } = self.phase {
            match delay {
                Delay::Now | Delay::Minutes(0) => self.stop(end, now),
                Delay::Minutes(minutes) => {
                    let at = now + Duration::from_secs(u64::from(minutes) * 60);
                    self.phase = Phase::Up { shutdown: Some((at, end)) };
                    self.outputs.push_back(Output::Scheduled(at));
                }
            }
        }
    }

    fn cancel(&mut self) {
        if let Phase::Up { shutdown: shutdown @ Some(_) } = &mut self.phase {
            *shutdown = None;
            self.outputs.push_back(Output::Cancelled);
        }
    }

    fn stop(&mut self, end: End, now: Instant) {
        let (services, first) = Stopping::begin(now, self.setup.stop_timeout);
        self.become_(Phase::Stopping { until: now + self.setup.stops_in, end, services });
        self.outputs.push_back(Output::StopServices(first));
    }

    fn services_ended(&mut self, tier: Tier, now: Instant) {
        let timeout = self.setup.stop_timeout;
        if let Phase::Stopping { services, .. } = &mut self.phase {
            let next = services.ended(tier, now, timeout);
            self.outputs.extend(next.map(Output::StopServices));
            self.stop_further(now);
        }
    }

    /// The late shutdown hook runs when the operating system has stopped and no service is left.
    fn stop_further(&mut self, now: Instant) {
        let Phase::Stopping { until, end, services } = &mut self.phase else { return };
        if let Some(tier) = services.take_overdue(now) {
            self.outputs.push_back(Output::KillServices(tier));
        }
        if *until <= now && services.is_over() {
            self.phase = Phase::LateHook { since: now, end: *end };
            self.outputs.push_back(Output::LateHook);
        }
    }

    fn finish(&mut self, end: End, now: Instant) {
        self.outputs.push_back(Output::CutProcesses);
        match end {
            End::Halt => self.become_(Phase::Halted),
            End::Reboot => self.boot(now),
        }
    }

    fn late_hook_done(&mut self, expects_cut: bool, now: Instant) {
        let Phase::LateHook { since, end } = self.phase else { return };
        let Some(wait) = self.setup.poweroff_wait.filter(|_| expects_cut) else { return self.finish(end, now) };
        let (over, killed) = (now + wait, since + KILLED_AFTER);
        let (until, end) = if over < killed { (over, End::Reboot) } else { (killed, end) };
        self.outputs.push_back(Output::CutProcesses);
        self.become_(Phase::Waiting { until, end });
    }

    fn become_(&mut self, phase: Phase) {
        self.phase = phase;
        self.outputs.push_back(Output::Became(self.state()));
    }
}

impl Engine for Host {
    type Input = Input;
    type Output = Output;

    fn handle(&mut self, input: Input, now: Instant) {
        match input {
            Input::Supply { supply, live } => self.supply(supply, live, now),
            Input::Shutdown { delay, end } => self.shut_down(delay, end, now),
            Input::Cancel => self.cancel(),
            Input::PowerButton => {
                if matches!(self.phase, Phase::Off | Phase::Halted | Phase::Crashed) && self.is_powered() {
                    self.boot(now);
                }
            }
            Input::ServicesEnded(tier) => self.services_ended(tier, now),
            Input::StopsIn(stops_in) => self.setup.stops_in = stops_in,
            Input::LateHookDone { expects_cut } => self.late_hook_done(expects_cut, now),
        }
    }

    fn handle_timeout(&mut self, now: Instant) {
        match self.phase {
            Phase::Booting { until } if until <= now => {
                self.become_(Phase::Up { shutdown: None });
                self.outputs.push_back(Output::StartServices);
            }
            Phase::Up { shutdown: Some((at, end)) } if at <= now => self.stop(end, now),
            Phase::Stopping { .. } => self.stop_further(now),
            Phase::LateHook { since, end } if since + KILLED_AFTER <= now => self.finish(end, now),
            Phase::Waiting { until, end } if until <= now => self.finish(end, now),
            _ => {}
        }
    }

    fn poll_output(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    fn poll_timeout(&self) -> Option<Instant> {
        match self.phase {
            Phase::Booting { until } | Phase::Waiting { until, .. } => Some(until),
            Phase::Stopping { until, services, .. } if services.is_over() => Some(until),
            Phase::Stopping { services, .. } => services.kill_at(),
            Phase::LateHook { since, .. } => Some(since + KILLED_AFTER),
            Phase::Up { shutdown } => shutdown.map(|(at, _)| at),
            Phase::Off | Phase::Halted | Phase::Crashed => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: u64) -> Instant {
        Instant::START + Duration::from_secs(seconds)
    }

    /// A host that is told to stop at the start, and what it has asked for.
    fn stopping(stops_in: u64) -> (Host, Vec<Output>) {
        let seconds = Duration::from_secs;
        let (stops_in, stop_timeout, boots_in) = (seconds(stops_in), seconds(90), seconds(60));
        let setup =
            Setup { boots_in, stops_in, stop_timeout, supplies: 1, needs: 1, restores: true, poweroff_wait: None };
        let mut host = Host::new(setup, true);
        host.handle(Input::Shutdown { delay: Delay::Now, end: End::Halt }, at(0));
        let asked = outputs(&mut host);
        (host, asked)
    }

    fn outputs(host: &mut Host) -> Vec<Output> {
        std::iter::from_fn(|| host.poll_output()).collect()
    }

    fn told(host: &mut Host, input: Input, now: Instant) -> Vec<Output> {
        host.handle(input, now);
        outputs(host)
    }

    #[test]
    fn services_end_against_the_order_in_which_they_started() {
        let (mut host, asked) = stopping(10);
        assert_eq!(asked[2..], [Output::Became(HostState::Stopping), Output::StopServices(Tier::Monitor)]);
        assert_eq!(told(&mut host, Input::ServicesEnded(Tier::Server), at(1)), [], "it was not told to end");
        let next = told(&mut host, Input::ServicesEnded(Tier::Monitor), at(1));
        assert_eq!(next, [Output::StopServices(Tier::Server)]);
        let next = told(&mut host, Input::ServicesEnded(Tier::Server), at(2));
        assert_eq!(next, [Output::StopServices(Tier::Drivers)]);
        assert_eq!(told(&mut host, Input::ServicesEnded(Tier::Drivers), at(3)), []);
        assert_eq!(host.poll_timeout(), Some(at(10)), "the rest of it takes as long as it says");
        host.handle_timeout(at(10));
        assert_eq!(outputs(&mut host), [Output::LateHook]);
    }

    #[test]
    fn a_host_has_stopped_when_its_last_service_has_and_no_service_stays_for_ever() {
        let (mut host, _) = stopping(10);
        host.handle_timeout(at(10));
        assert_eq!((outputs(&mut host), host.poll_timeout()), (vec![], Some(at(90))));
        host.handle_timeout(at(90));
        assert_eq!((outputs(&mut host), host.poll_timeout()), (vec![Output::KillServices(Tier::Monitor)], None));
        told(&mut host, Input::ServicesEnded(Tier::Monitor), at(90));
        told(&mut host, Input::ServicesEnded(Tier::Server), at(90));
        let last = told(&mut host, Input::ServicesEnded(Tier::Drivers), at(91));
        assert_eq!(last, [Output::LateHook]);
    }

    /// A host whose late hook has told whom it had to after 5 s.
    fn waiting(poweroff_wait: Option<u64>) -> Host {
        let (mut host, _) = stopping(0);
        host.setup.poweroff_wait = poweroff_wait.map(Duration::from_secs);
        for tier in [Tier::Monitor, Tier::Server, Tier::Drivers] {
            host.handle(Input::ServicesEnded(tier), at(0));
        }
        assert_eq!(host.poll_timeout(), Some(at(90)), "systemd ends the hook");
        host.handle(Input::LateHookDone { expects_cut: true }, at(5));
        host
    }

    #[test]
    fn a_wait_for_the_cut_is_safe_and_draws_power_and_boots_the_host_where_none_comes() {
        let mut host = waiting(Some(30));
        assert_eq!((host.state(), host.draws(), host.poll_timeout()), (HostState::Halted, true, Some(at(35))));
        host.handle_timeout(at(35));
        assert_eq!((host.state(), host.poll_timeout()), (HostState::Booting, Some(at(95))));

        let mut host = waiting(Some(30));
        host.handle(Input::Supply { supply: 0, live: false }, at(20));
        assert_eq!((host.state(), host.poll_timeout()), (HostState::Off, None), "cut as it was meant to be");
        host.handle(Input::Supply { supply: 0, live: true }, at(50));
        assert_eq!(host.state(), HostState::Booting);

        let host = waiting(None);
        assert_eq!((host.state(), host.draws(), host.poll_timeout()), (HostState::Halted, false, None));
    }

    #[test]
    fn a_wait_that_systemd_ends_leaves_the_host_off() {
        let mut host = waiting(Some(85));
        host.handle_timeout(at(90));
        assert_eq!((host.state(), host.draws(), host.poll_timeout()), (HostState::Halted, false, None));
        let mut host = waiting(Some(84));
        host.handle_timeout(at(89));
        assert_eq!(host.state(), HostState::Booting);
    }
}
