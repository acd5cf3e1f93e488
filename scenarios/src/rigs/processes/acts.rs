//! Carries out what the director asks for.

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use nix::sys::signal::Signal;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::oneshot;

use super::child::{Start, command, run_group};
use super::inbox::{Errand, Input};
use super::place::{CONF, DRIVERS, LATE, STATE};
use super::rig::Rig;
use super::slots::{Purpose, drivers, route};
use crate::journal::{CommandRole, Direction, HostState, ProcessEvent, What};
use crate::language::action::{NetworkFault, ProcessDeed};
use crate::rigs::configuration::{host_of, ups_of};
use crate::rigs::director::{Act, Happening};
use crate::rigs::observer;
use crate::rigs::tap::Tap;

/// How long a program that is run to its end may take, in scenario time.
const LONGEST_ERRAND: Duration = Duration::from_secs(120);
/// How often the rig's own client asks, in scenario time.
const ASKS_EVERY: Duration = Duration::from_secs(1);
/// The late shutdown hook, as an init system's script has it.
const HOOK: &str = "upsmon -K && upsdrvctl shutdown";

impl Rig {
    /// Carries out one act.
    pub(super) fn carry_out(&mut self, act: Act) {
        match act {
            Act::Control { ups, control } => {
                if let Some(device) = self.devices.get(ups) {
                    device.control(&control);
                }
            }
            Act::StartServices { host } => self.start_services(host),
            Act::StopServices { host, tier } => self.stop_services(host, tier),
            Act::KillServices { host, tier } => self.kill_services(host, tier),
            Act::CutProcesses { host, crashed } => {
                if crashed {
                    self.paths.darken(host);
                }
                self.signal_all(host, Signal::SIGKILL);
                self.hooks[host] = None;
            }
            Act::LateHook { host } => self.late_hook(host),
            Act::Process { host, daemon, ups, deed } => self.do_to_daemon(host, &daemon, ups.as_deref(), deed),
            Act::ForceShutdown { host } => self.signal_monitor(host, Signal::SIGUSR1),
            Act::StopMonitor { host } => self.signal_monitor(host, Signal::SIGTERM),
            Act::Tool { host, words } => self.run_tool(host, &words),
            Act::Network { from, to, fault } => self.change_path(from, to, fault),
            // Refused before the run.
            Act::Host { .. } => {}
            Act::Finish => self.finished = true,
        }
    }

    fn do_to_daemon(&mut self, host: usize, daemon: &str, ups: Option<&str>, deed: ProcessDeed) {
        let is_it = |slot: &super::slots::Slot| {
            slot.host == host
                && slot.is_service()
                && *slot.program == *daemon
                && ups.is_none_or(|ups| slot.ups().as_deref() == Some(ups))
        };
        let slots: Vec<usize> = (0..self.slots.len()).filter(|slot| is_it(&self.slots[*slot])).collect();
        if slots.is_empty() {
            return self.warn(format!("{} has no {daemon}", self.scenario.hosts[host].name));
        }
        let is_up = self.director.host(host).state() == HostState::Up;
        for slot in slots {
            match (deed, self.slots[slot].child.is_some()) {
                (ProcessDeed::Kill, true) => self.signal(slot, Signal::SIGKILL),
                (ProcessDeed::Stop, true) => {
                    self.signal(slot, Signal::SIGSTOP);
                    self.show_process(slot, ProcessEvent::Stopped);
                }
                (ProcessDeed::Continue, true) => {
                    self.signal(slot, Signal::SIGCONT);
                    self.show_process(slot, ProcessEvent::Continued);
                }
                (ProcessDeed::Reload, true) => {
                    self.signal(slot, Signal::SIGHUP);
                    self.show_process(slot, ProcessEvent::Reloaded);
                }
                (ProcessDeed::Restart, true) => {
                    self.slots[slot].restarts = is_up;
                    self.signal(slot, Signal::SIGTERM);
                }
                (ProcessDeed::Start | ProcessDeed::Restart, false) if is_up => self.start(slot),
                _ => {}
            }
        }
    }

    fn signal(&self, slot: usize, signal: Signal) {
        if let Some(child) = &self.slots[slot].child {
            child.signal(signal);
        }
    }

    fn signal_monitor(&mut self, host: usize, signal: Signal) {
        let monitor = self.slots.iter().position(|slot| slot.host == host && slot.purpose == Purpose::Monitor);
        match monitor.filter(|slot| self.slots[*slot].child.is_some()) {
            Some(slot) => self.signal(slot, signal),
            None => self.warn(format!("no upsmon runs on {} to be told", self.scenario.hosts[host].name)),
        }
    }

    fn change_path(&mut self, from: usize, to: usize, fault: NetworkFault) {
        self.paths.change(from, to, |path| match fault {
            NetworkFault::Healthy => {
                path.drop_permille = 0;
                path.delay = Duration::ZERO;
                path.rate = 0;
            }
            NetworkFault::Drop(share) => path.drop_permille = share.0,
            NetworkFault::Delay(delay) => path.delay = delay,
            NetworkFault::SlowReader(rate) => path.rate = rate,
            // Refused before the run.
            NetworkFault::HalfOpen | NetworkFault::NoNames => {}
        });
    }

    fn late_hook(&mut self, host: usize) {
        if drivers(&self.set.configurations[host]).is_empty() {
            return self.report(Happening::LateHookDone { host, expects_cut: false });
        }
        let name = self.director.host_name(host).clone();
        let role = CommandRole::LateShutdown;
        self.see(What::Ran { host: name, role, by: "late-shutdown".into(), command: HOOK.to_owned() });
        let start = Start {
            program: self.programs.upsmon(),
            arguments: vec!["-K".into()],
            environment: self.environment(host, CONF, STATE),
            user: self.place.user.as_ref(),
            faketime: None,
        };
        self.hooks[host] = Some(self.run_errand(start, Errand::AskFlag { host }));
    }

    /// The drivers cut the load; the ones on USB are always ours.
    pub(super) fn cut_load(&mut self, host: usize) {
        if self.hooks[host].is_none() {
            return;
        }
        let start = Start {
            program: self.programs.ours("upsdrvctl"),
            arguments: vec!["shutdown".into()],
            environment: self.environment(host, LATE, DRIVERS),
            user: self.place.user.as_ref(),
            faketime: None,
        };
        self.hooks[host] = Some(self.run_errand(start, Errand::CutLoad { host }));
    }

    pub(super) fn late_hook_over(&mut self, host: usize, status: Option<i32>, expects_cut: bool) {
        let name = self.director.host_name(host).clone();
        let (role, command) = (CommandRole::LateShutdown, HOOK.to_owned());
        self.see(What::Ended { host: name, role, command, status });
        self.report(Happening::LateHookDone { host, expects_cut });
    }

    /// Runs a program to its end, or until what is returned is dropped.
    fn run_errand(&self, start: Start<'_>, errand: Errand) -> oneshot::Sender<()> {
        let (alive, dropped) = oneshot::channel();
        let sender = self.sender.clone();
        let limit = self.clock.real(LONGEST_ERRAND).max(Duration::from_secs(10));
        let mut command = command(start);
        command.stdout(std::process::Stdio::null()).stderr(std::process::Stdio::null());
        tokio::spawn(async move {
            let status = run_group(command, limit, dropped).await;
            let _ = sender.send(Input::Done { errand, status });
        });
        alive
    }

    /// Runs one of the tools that talk to a server, against the proxies.
    fn run_tool(&mut self, host: usize, words: &[String]) {
        let Some((program, arguments)) = words.split_first() else { return };
        let name = program.rsplit('/').next().unwrap_or(program);
        let found =
            [self.programs.ours(name), PathBuf::from("/usr/bin").join(name)].into_iter().find(|path| path.exists());
        let Some(program) = found else { return self.warn(format!("{name} is not here")) };
        let arguments = arguments.iter().map(|word| OsString::from(self.localised(host, word))).collect();
        let start = Start {
            program,
            arguments,
            environment: self.environment(host, CONF, STATE),
            user: self.place.user.as_ref(),
            faketime: None,
        };
        let alive = self.run_errand(start, Errand::Tool);
        self.tools.push(alive);
    }

    /// `ups@host` as it is reached on this machine; any other word as it is.
    fn localised(&self, host: usize, word: &str) -> String {
        match route(&self.routes, &self.scenario, host, host_of(word)).filter(|_| word.contains('@')) {
            Some(route) => format!("{}@127.0.0.1:{}", ups_of(word), route.port),
            None => word.to_owned(),
        }
    }

    /// The variables that the scenario speaks of, of the UPSes that a host drives.
    pub(super) fn watched(&self, host: usize) -> Vec<(String, String)> {
        let driven = drivers(&self.set.configurations[host]);
        observer::spoken_of(&self.scenario, |ups| driven.iter().any(|(name, _)| name == ups))
    }

    /// The rig's own client of a server, until that server ends.
    pub(super) fn start_observer(&mut self, host: usize) {
        let watched = self.watched(host);
        if watched.is_empty() {
            return;
        }
        let question = observer::question(&watched);
        let (port, desk, server) = (self.ports[host], self.desk.clone(), self.director.host_name(host).clone());
        let every = self.clock.real(ASKS_EVERY);
        tokio::spawn(async move {
            let link = desk.numbers.next();
            let _ = desk.inbox.send(Input::Opened { link, tap: Box::new(Tap::observer(server)) });
            if let Ok(stream) = TcpStream::connect(("127.0.0.1", port)).await {
                let (mut reader, mut writer) = stream.into_split();
                let mut ticks = tokio::time::interval(every);
                let mut chunk = [0; 16 * 1024];
                loop {
                    tokio::select! {
                        _ = ticks.tick() => {
                            let bytes = question.clone();
                            let _ = desk.inbox.send(Input::Heard { link, direction: Direction::Out, bytes });
                            if writer.write_all(&question).await.is_err() {
                                break;
                            }
                        }
                        read = reader.read(&mut chunk) => match read {
                            Ok(size @ 1..) => {
                                let bytes = chunk[..size].to_vec();
                                let _ = desk.inbox.send(Input::Heard { link, direction: Direction::In, bytes });
                            }
                            Ok(_) | Err(_) => break,
                        },
                    }
                }
            }
            let _ = desk.inbox.send(Input::Unanswered { host });
        });
    }
}
