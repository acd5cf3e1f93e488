//! A host as its power supply and its operating system see it.
//!
//! ```text
//!            outlet live        boots_in over        told to shut down       stops_in over, late hook done
//!   off ───────────────▶ booting ───────────▶ up ─────────────────▶ stopping ───────────────▶ halted
//!    ▲                      ▲ │                │ ▲ cancelled before      │                        │
//!    │                      │ │                └─┘ its time came         │ (reboot: booting)      │
//!    │         outlet live  │ ▼ last supply gone ▼                       ▼                        │
//!    │                    crashed ◀──────────────────────────────────────┘                        │
//!    └───────────────────────────────────────── last supply gone ─────────────────────────────────┘
//! ```
//!
//! Both rigs use this one model: it decides when daemons start and stop and when the late shutdown
//! hook runs, and the rig carries that out. It knows nothing of UPSes, only of supplies that are
//! live or not.

pub mod command;
pub mod daemons;

use std::collections::VecDeque;
use std::time::Duration;

use protocol::{Engine, Instant};

use crate::journal::HostState;
use command::{Delay, End};

/// What a scenario says about a host.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Setup {
    /// From a live outlet to running services.
    pub boots_in: Duration,
    /// From the operating system's first step down to halted.
    pub stops_in: Duration,
    /// How many supplies feed it.
    pub supplies: usize,
    /// How many of them must be live for it to keep running.
    pub needs: usize,
    /// Whether it boots by itself when it has enough supplies again (the BIOS's "restore on AC").
    pub restores: bool,
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
    /// The late shutdown hook has ended.
    LateHookDone,
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
    /// Its services are told to stop, as the first thing of stopping.
    StopServices,
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
    Stopping { until: Instant, end: End },
    LateHook { end: End },
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
            Phase::Halted => HostState::Halted,
            Phase::Crashed => HostState::Crashed,
        }
    }

    /// Whether it draws power: from a live outlet to halted.
    #[must_use]
    pub fn draws(&self) -> bool {
        matches!(self.state(), HostState::Booting | HostState::Up | HostState::Stopping)
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
            Phase::Halted => self.become_(Phase::Off),
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
        self.become_(Phase::Stopping { until: now + self.setup.stops_in, end });
        self.outputs.push_back(Output::StopServices);
    }

    fn finish(&mut self, end: End, now: Instant) {
        self.outputs.push_back(Output::CutProcesses);
        match end {
            End::Halt => self.become_(Phase::Halted),
            End::Reboot => self.boot(now),
        }
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
            Input::StopsIn(stops_in) => self.setup.stops_in = stops_in,
            Input::LateHookDone => {
                if let Phase::LateHook { end } = self.phase {
                    self.finish(end, now);
                }
            }
        }
    }

    fn handle_timeout(&mut self, now: Instant) {
        match self.phase {
            Phase::Booting { until } if until <= now => {
                self.become_(Phase::Up { shutdown: None });
                self.outputs.push_back(Output::StartServices);
            }
            Phase::Up { shutdown: Some((at, end)) } if at <= now => self.stop(end, now),
            Phase::Stopping { until, end } if until <= now => {
                self.phase = Phase::LateHook { end };
                self.outputs.push_back(Output::LateHook);
            }
            _ => {}
        }
    }

    fn poll_output(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    fn poll_timeout(&self) -> Option<Instant> {
        match self.phase {
            Phase::Booting { until } | Phase::Stopping { until, .. } => Some(until),
            Phase::Up { shutdown } => shutdown.map(|(at, _)| at),
            Phase::Off | Phase::LateHook { .. } | Phase::Halted | Phase::Crashed => None,
        }
    }
}
