//! Carries out what engines ask for.

use std::time::Duration;

use protocol::effect::Program;
use protocol::{Command, Effect, Event, JobId, JobOutcome, Level, LinkId};

use super::due::Due;
use super::machine::Watch;
use super::process::index;
use super::world::World;
use crate::journal::{CommandRole, Name, ProcessEvent, What};
use crate::language::action::Disk;
use crate::rigs::configuration::ups_of;
use crate::rigs::director::{Request, show_words};
use crate::rigs::notices::Outlet;

/// How long a small file takes to be on the disk.
const DISK: Duration = Duration::from_millis(2);

impl World {
    /// Carries out one effect of the engine in `slot`.
    pub(super) fn carry_out(&mut self, slot: usize, effect: Effect) {
        match effect {
            Effect::Send { link, bytes } => {
                if let Some((number, side)) = self.side_of(slot, link) {
                    self.send(number, side, bytes);
                }
            }
            Effect::Transfer { link, transfer, request } => self.ask_device(slot, link, transfer, request),
            Effect::Open { link, to } => self.open(slot, link, to),
            Effect::Pause { link } => self.pause(slot, link, true),
            Effect::Resume { link } => self.pause(slot, link, false),
            Effect::Close { link } => self.close(slot, link),
            Effect::Run { job, command } => self.run_command(slot, job, &command),
            // Nobody keeps rights for a simulated daemon, and a journal tells what operators see.
            Effect::Bequeath(_) | Effect::Debug { .. } => {}
            Effect::WriteFile { job, path, contents, .. } => self.change_file(slot, job, &path, Some(contents)),
            Effect::RemoveFile { job, path } => self.change_file(slot, job, &path, None),
            Effect::ReadFile { job, path, limit } => self.read_file(slot, job, &path, limit),
            Effect::WatchFile { path } => self.watch(slot, path),
            Effect::Say { level, text } => self.say(slot, level, text),
            Effect::Wall { text } => self.wall(slot, &text),
            Effect::Exit { code } => self.exit(slot, code),
        }
    }

    pub(super) fn side_of(&self, slot: usize, link: LinkId) -> Option<(u32, u8)> {
        let number = self.slots[slot].process.as_ref()?.link(link)?;
        Some((number, u8::from(link.is_accepted())))
    }

    fn close(&mut self, slot: usize, link: LinkId) {
        let Some(process) = &mut self.slots[slot].process else { return };
        process.forget_opening(link);
        if let Some(number) = process.link(link) {
            self.drop_end(number, slot, false);
        }
    }

    fn say(&mut self, slot: usize, level: Level, line: String) {
        if level == Level::Debug {
            return;
        }
        let place = &self.slots[slot];
        let machine = &self.machines[place.host];
        let notice = if *place.program == *"upsmon" {
            machine.recogniser.as_ref().and_then(|notices| notices.recognise(&machine.name, &line, Outlet::Log))
        } else {
            None
        };
        let (host, process) = (machine.name.clone(), place.program.clone());
        self.see(What::Logged { host, process, line });
        if let Some(notice) = notice {
            self.see(notice);
        }
    }

    fn wall(&mut self, slot: usize, text: &str) {
        let machine = &self.machines[self.slots[slot].host];
        let notices = machine.recogniser.as_ref();
        let notice = notices.and_then(|notices| notices.recognise(&machine.name, text, Outlet::Wall));
        if let Some(notice) = notice {
            self.see(notice);
        }
    }

    fn run_command(&mut self, slot: usize, job: JobId, command: &Command) {
        let host = self.slots[slot].host;
        let variable =
            |name: &str| command.environment.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str());
        let role = match variable("NOTIFYTYPE") {
            Some(kind) => {
                let ups = variable("UPSNAME").filter(|ups| !ups.is_empty()).map(|ups| Name::from(ups_of(ups)));
                let text = command.arguments.last().cloned().unwrap_or_default();
                let (host, kind) = (self.machines[host].name.clone(), Name::from(kind));
                self.see(What::Notified { host, kind, ups, text });
                CommandRole::Notify
            }
            None if command.privileged => CommandRole::Shutdown,
            None => CommandRole::Other,
        };
        let (line, shown) = match &command.program {
            Program::Shell(line) => (line.clone(), show_words(line, &command.arguments)),
            Program::Exec(program) => {
                let shown = show_words(program, &command.arguments);
                (shown.clone(), shown)
            }
        };
        let fate = self.director.run(Request { host, role, line: &line, shown: &shown }, self.now);
        self.director_was_heard();
        let ends = fate.status.map(|status| (fate.takes, JobOutcome::Exited(status)));
        let is_ended = command.longest.filter(|longest| ends.as_ref().is_none_or(|(takes, _)| takes > longest));
        if let Some(longest) = is_ended {
            let (slot, generation) = (index(slot), self.slots[slot].generation);
            self.put_down(self.now + longest, Due::EndCommand { slot, generation, number: fate.number });
        }
        let ended = is_ended.map(|longest| (longest, JobOutcome::outlived(longest)));
        if let Some((after, outcome)) = ended.or(ends) {
            let after = after + self.chance.turn();
            self.tell_later(slot, after, Event::JobDone { job, outcome });
        }
    }

    fn change_file(&mut self, slot: usize, job: JobId, path: &str, contents: Option<Vec<u8>>) {
        let host = self.slots[slot].host;
        let machine = &mut self.machines[host];
        let outcome = match machine.disk {
            Disk::Healthy => JobOutcome::Exited(0),
            Disk::Full if contents.is_none() => JobOutcome::Exited(0),
            Disk::Full => JobOutcome::Failed("no space left on device".into()),
            Disk::ReadOnly => JobOutcome::Failed("read-only file system".into()),
        };
        if outcome.is_success() {
            let (exists, is_flag) = (contents.is_some(), machine.flag.as_deref() == Some(path));
            let existed = machine.files.contains_key(path);
            match contents {
                Some(contents) => machine.files.insert(path.to_owned(), contents),
                None => machine.files.remove(path),
            };
            let name = machine.name.clone();
            if is_flag && exists != existed {
                self.see(What::Flag { host: name, exists });
            }
            self.tell_watchers(host, path);
        }
        // Each change is made by itself, and may overtake another.
        let after = DISK + self.chance.within(DISK);
        self.tell_later(slot, after, Event::JobDone { job, outcome });
    }

    fn read_file(&mut self, slot: usize, job: JobId, path: &str, limit: usize) {
        let found = self.machines[self.slots[slot].host].files.get(path).cloned();
        let is_too_long = found.as_ref().is_some_and(|contents| contents.len() > limit);
        let contents = if is_too_long { Err(format!("more than {limit} bytes")) } else { Ok(found) };
        let after = DISK + self.chance.within(DISK);
        self.tell_later(slot, after, Event::FileRead { job, contents });
    }

    fn watch(&mut self, slot: usize, path: String) {
        let host = self.slots[slot].host;
        let place = self.machines[host].watches.len();
        self.machines[host].watches.push(Watch { slot, path, clear_at: self.now });
        self.tell_watcher(host, place);
    }

    fn tell_watchers(&mut self, host: usize, path: &str) {
        for place in 0..self.machines[host].watches.len() {
            if self.machines[host].watches[place].path == path {
                self.tell_watcher(host, place);
            }
        }
    }

    /// What is in a file now is read; nothing that was read before comes later.
    fn tell_watcher(&mut self, host: usize, place: usize) {
        let at = self.now + DISK + self.chance.within(DISK);
        let machine = &mut self.machines[host];
        let watch = &mut machine.watches[place];
        watch.clear_at = watch.clear_at.max(at);
        let (slot, path, after) = (watch.slot, watch.path.clone(), watch.clear_at.saturating_since(self.now));
        let contents = machine.files.get(&path).cloned();
        self.tell_later(slot, after, Event::FileChanged { path, contents });
    }

    fn exit(&mut self, slot: usize, code: u8) {
        self.machines[self.slots[slot].host].watches.retain(|watch| watch.slot != slot);
        self.end(slot, ProcessEvent::Exited { status: code.into() }, false);
        self.late_driver_ended(slot, code);
    }
}
