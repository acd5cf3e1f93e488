//! What reaches the rig, and what follows from it.

use std::fs::File;
use std::path::Path;

use emulator::Observation;
use tokio::io::{AsyncWriteExt, BufReader};
use tokio::net::UnixListener;
use tokio::sync::oneshot;

use super::faketime;
use super::inbox::{Errand, Input};
use super::lines::next_line;
use super::place::CONF;
use super::recorder::Report;
use super::rig::Rig;
use super::slots::{Purpose, route};
use super::stand_in::StandIn;
use crate::journal::{Answer, CommandRole, Ending, HostState, LinkEvent, Name, What};
use crate::language::Maker;
use crate::rigs::RigError;
use crate::rigs::configuration::{host_of, ups_of};
use crate::rigs::director::{Happening, Request, show_words};
use crate::rigs::notices::Outlet;

impl Rig {
    /// Takes in one thing that happened.
    pub(super) fn take(&mut self, input: Input) {
        match input {
            Input::Heard { link, direction, bytes } => {
                self.listen_in(link, |tap, ear| tap.hear(direction, &bytes, ear));
            }
            Input::Opened { link, tap } => {
                self.add_tap(link, *tap);
                self.listen_in(link, |tap, ear| tap.event(LinkEvent::Opened, ear));
            }
            Input::Over { link, by_opener } => {
                let event = if by_opener { LinkEvent::ClosedByOpener } else { LinkEvent::ClosedByPeer };
                self.listen_in(link, |tap, ear| {
                    tap.event(event, ear);
                    tap.server_let_go(ear);
                });
                self.remove_tap(link);
            }
            Input::Observed { ups, observation } => self.observed(ups, observation),
            Input::Line { slot, generation, text } => self.line(slot, generation, &text),
            Input::Exited { slot, generation, status } if self.is_current(slot, generation) => {
                self.exited(slot, status);
            }
            Input::Ready { slot, generation, answered } if self.is_current(slot, generation) => {
                self.ready(slot, answered);
            }
            Input::Exited { .. } | Input::Ready { .. } => {}
            Input::Command { report, answer } => self.command(&report, answer),
            Input::CommandKilled { number } => self.director.killed(number, self.now()),
            Input::Unanswered { host } => self.unanswered(host),
            Input::Done { errand, status } => self.errand_done(errand, status),
        }
    }

    fn is_current(&self, slot: usize, generation: u32) -> bool {
        self.slots.get(slot).is_some_and(|slot| slot.generation == generation && slot.child.is_some())
    }

    fn observed(&mut self, ups: usize, observation: Observation) {
        match observation {
            Observation::Port { attached: true } => self.plug_in(ups),
            Observation::Port { attached: false } => self.unplug(ups),
            _ => {}
        }
        if self.options.makers.driver == Maker::Nut {
            self.stand_ins[ups].take(&observation);
            self.write_stand_in(ups);
            if let Observation::Port { attached } = observation {
                self.tend_stand_in(ups, attached);
            }
        }
        self.report(Happening::Observed { ups, observation });
    }

    /// Keeps the `dummy-ups` file of a UPS in step with it.
    fn write_stand_in(&mut self, ups: usize) {
        let name = self.scenario.ups[ups].name.clone();
        let text = self.stand_ins[ups].file();
        for host in 0..self.scenario.hosts.len() {
            if !self.scenario.hosts[host].cabled_to.contains(&name) {
                continue;
            }
            let file = self.place.host(&self.scenario.hosts[host].name, CONF).join(format!("{name}.dev"));
            let written = match &text {
                Some(text) => {
                    let fresh = file.with_extension("new");
                    let moved = |error: std::io::Error| RigError::Broken(error.to_string());
                    let stand_in = &mut self.stand_ins[ups];
                    self.place
                        .write(&fresh, text.as_bytes())
                        .and_then(|()| put_in_place(&fresh, &file, stand_in).map_err(moved))
                }
                None => std::fs::remove_file(&file).map_err(|error| RigError::Broken(error.to_string())),
            };
            if let Err(error) = written {
                self.warn(format!("{name}.dev: {error}"));
            }
        }
    }

    /// `dummy-ups` ends when its file is gone; as an init system would, the rig starts it again when
    /// the file is back.
    fn tend_stand_in(&mut self, ups: usize, attached: bool) {
        let name = self.scenario.ups[ups].name.clone();
        for slot in 0..self.slots.len() {
            let place = &mut self.slots[slot];
            if !matches!(&place.purpose, Purpose::Driver { ups } if *ups == name) {
                continue;
            }
            if !attached {
                place.misses_cable = place.child.is_some();
            } else if std::mem::take(&mut place.misses_cable)
                && self.director.host(self.slots[slot].host).state() == HostState::Up
            {
                self.start(slot);
            }
        }
    }

    fn line(&mut self, slot: usize, generation: u32, text: &str) {
        let Some(place) = self.slots.get(slot).filter(|place| place.generation == generation) else { return };
        let line = without_stamp(text).to_owned();
        if line.is_empty() {
            return;
        }
        if !place.is_service() {
            return self.warn(format!("ups-emulator: {line}"));
        }
        if faketime::is_complaint(&line) {
            // A daemon that this machine kept from starting says nothing about the daemon.
            self.warn(format!("{} was ended by {line}", place.program));
            return self.director.finish(Ending::Broken, self.now());
        }
        let (host, process) = (place.host, place.program.clone());
        let name = self.director.host_name(host).clone();
        let notice = (self.slots[slot].purpose == Purpose::Monitor)
            .then(|| self.recognisers[host].as_ref()?.recognise(&name, &self.restored(host, &line), Outlet::Log))
            .flatten();
        let line = self.restored(host, &line);
        self.see(What::Logged { host: name, process, line });
        if let Some(notice) = notice {
            self.see(notice);
        }
    }

    /// A text of a host's daemon with the names that its published configuration uses.
    fn restored(&self, host: usize, text: &str) -> String {
        let monitored = self.set.configurations[host].monitor.iter().flat_map(|monitor| &monitor.monitored);
        // A journal knows nothing of this machine's directories.
        let mut text = text.replace(&self.place.root().display().to_string(), "");
        for line in monitored {
            if let Some(route) = route(&self.routes, &self.scenario, host, host_of(&line.system)) {
                let system = format!("{}@127.0.0.1:{}", ups_of(&line.system), route.port);
                text = text.replace(&system, &line.system);
            }
        }
        text
    }

    fn command(&mut self, report: &Report, mut answer: oneshot::Sender<u8>) {
        let Some(host) = self.scenario.hosts.iter().position(|host| host.name == report.host) else { return };
        let name = self.director.host_name(host).clone();
        let Some(config) = self.set.configurations[host].monitor.clone() else { return };
        let arguments: Vec<String> = report.arguments.iter().map(|word| self.restored(host, word)).collect();
        let (role, line) = match report.role.as_str() {
            "shutdown" => (CommandRole::Shutdown, config.shutdown_command.unwrap_or_default()),
            "notify" => (CommandRole::Notify, config.notify_command.unwrap_or_default()),
            _ => {
                self.wall(host, report);
                let _ = answer.send(0);
                return;
            }
        };
        if let Some(kind) = report.notice.as_ref().filter(|_| role == CommandRole::Notify) {
            let ups = report.ups.as_ref().map(|ups| Name::from(ups_of(ups)));
            let text = arguments.last().cloned().unwrap_or_default();
            self.see(What::Notified { host: name, kind: kind.as_str().into(), ups, text });
        }
        let shown = show_words(&line, &arguments);
        let fate = self.director.run(Request { host, role, line: &line, shown: &shown }, self.now());
        let takes = self.clock.real(fate.takes);
        let sender = self.sender.clone();
        tokio::spawn(async move {
            let killed = match fate.status {
                // How long the command takes *is* what is simulated here.
                Some(_) => tokio::time::timeout(takes, answer.closed()).await.is_ok(),
                // Hangs until its caller ends.
                None => std::future::pending().await,
            };
            if killed {
                let _ = sender.send(Input::CommandKilled { number: fate.number });
            } else if let Some(status) = fate.status {
                let _ = answer.send(u8::try_from(status).unwrap_or(u8::MAX));
            }
        });
    }

    fn wall(&mut self, host: usize, report: &Report) {
        let said = report.input.iter().chain(&report.arguments).flat_map(|text| text.lines());
        let notices: Vec<What> = said
            .filter_map(|line| {
                let line = self.restored(host, line.trim());
                self.recognisers[host].as_ref()?.recognise(self.director.host_name(host), &line, Outlet::Wall)
            })
            .collect();
        for notice in notices {
            self.see(notice);
        }
    }

    fn unanswered(&mut self, host: usize) {
        let server = self.director.host_name(host).clone();
        for (ups, name) in self.watched(host) {
            self.learn(|ear| ear.learn(&server, &ups, &name, Answer::Error("UNREACHABLE".into())));
        }
    }

    fn errand_done(&mut self, errand: Errand, status: Option<i32>) {
        match errand {
            Errand::AskFlag { host } if status == Some(0) => self.cut_load(host),
            Errand::AskFlag { host } => self.late_hook_over(host, status, false),
            Errand::CutLoad { host } => self.late_hook_over(host, status, true),
            Errand::Tool => {}
        }
    }

    /// Looks which POWERDOWNFLAGs there are.
    pub(super) fn check_flags(&mut self) {
        for host in 0..self.flags.len() {
            let exists = self.flags[host].0.exists();
            if exists != self.flags[host].1 {
                self.flags[host].1 = exists;
                let host = self.director.host_name(host).clone();
                self.see(What::Flag { host, exists });
            }
        }
    }

    /// Opens the socket that recorders report to.
    pub(super) fn listen_to_recorders(&mut self) -> Result<(), RigError> {
        let path = self.place.recorders();
        let broken = |error: std::io::Error| RigError::Broken(format!("listen on {}: {error}", path.display()));
        let listener = UnixListener::bind(&path).map_err(broken)?;
        self.place.give(&path).map_err(broken)?;
        let sender = self.sender.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let sender = sender.clone();
                tokio::spawn(async move {
                    let (reader, mut writer) = stream.into_split();
                    let mut reader = BufReader::new(reader);
                    let line = next_line(&mut reader).await;
                    let report = line.and_then(|line| serde_json::from_str::<Report>(&line).ok());
                    let Some(report) = report else { return };
                    let (answer, answered) = oneshot::channel();
                    if sender.send(Input::Command { report, answer }).is_err() {
                        return;
                    }
                    // A recorder that is killed says nothing more, and hears nothing.
                    tokio::select! {
                        Ok(status) = answered => {
                            let _ = writer.write_all(format!("exit {status}\n").as_bytes()).await;
                        }
                        _ = next_line(&mut reader) => {}
                    }
                });
            }
        });
        Ok(())
    }
}

/// Gives a file a time of its own, and the name under which it is read.
fn put_in_place(fresh: &Path, file: &Path, stand_in: &mut StandIn) -> std::io::Result<()> {
    let opened = File::options().write(true).open(fresh)?;
    opened.set_modified(stand_in.stamp(opened.metadata()?.modified()?))?;
    std::fs::rename(fresh, file)
}

/// A line without the time that NUT's daemons put before it.
fn without_stamp(line: &str) -> &str {
    match line.trim_start().split_once('\t') {
        Some((stamp, rest)) if stamp.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') => rest,
        _ => line,
    }
}
