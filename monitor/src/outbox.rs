//! Effects on their way out, and the ids they are known by.

use protocol::{Bequest, Command, Effect, Endpoint, JobId, Level, LinkId};
use std::collections::VecDeque;

/// The queue behind `poll_output`. Ids are counted, never reused.
#[derive(Debug, Default)]
pub(crate) struct Outbox {
    effects: VecDeque<Effect>,
    is_debugging: bool,
    links: u32,
    jobs: u32,
}

impl Outbox {
    pub(crate) fn next(&mut self) -> Option<Effect> {
        self.effects.pop_front()
    }

    pub(crate) fn open(&mut self, to: Endpoint) -> LinkId {
        let link = LinkId::opened(self.links);
        self.links = self.links.wrapping_add(1);
        self.effects.push_back(Effect::Open { link, to });
        link
    }

    pub(crate) fn send(&mut self, link: LinkId, bytes: Vec<u8>) {
        self.effects.push_back(Effect::Send { link, bytes });
    }

    pub(crate) fn close(&mut self, link: LinkId) {
        self.effects.push_back(Effect::Close { link });
    }

    pub(crate) fn say(&mut self, level: Level, text: impl Into<String>) {
        self.effects.push_back(Effect::Say { level, text: text.into() });
    }

    /// Has lines of [`Level::Debug`] logged, or no longer.
    pub(crate) fn debug(&mut self, on: bool) {
        if std::mem::replace(&mut self.is_debugging, on) != on {
            self.effects.push_back(Effect::Debug { on });
        }
    }

    /// A line for whoever looks for a defect, made only where somebody does.
    pub(crate) fn detail(&mut self, text: impl FnOnce() -> String) {
        if self.is_debugging {
            self.say(Level::Debug, text());
        }
    }

    pub(crate) fn wall(&mut self, text: impl Into<String>) {
        self.effects.push_back(Effect::Wall { text: text.into() });
    }

    pub(crate) fn run(&mut self, command: Command) -> JobId {
        let job = self.next_job();
        self.effects.push_back(Effect::Run { job, command: Box::new(command) });
        job
    }

    pub(crate) fn bequeath(&mut self, will: Bequest) {
        self.effects.push_back(Effect::Bequeath(Box::new(will)));
    }

    pub(crate) fn write_file(&mut self, path: String, contents: Vec<u8>) -> JobId {
        let job = self.next_job();
        self.effects.push_back(Effect::WriteFile { job, path, contents, privileged: true });
        job
    }

    /// Writes a file that needs no rights but this monitor's own.
    pub(crate) fn write_own_file(&mut self, path: String, contents: Vec<u8>) -> JobId {
        let job = self.next_job();
        self.effects.push_back(Effect::WriteFile { job, path, contents, privileged: false });
        job
    }

    pub(crate) fn read_file(&mut self, path: String, limit: usize) -> JobId {
        let job = self.next_job();
        self.effects.push_back(Effect::ReadFile { job, path, limit });
        job
    }

    pub(crate) fn remove_file(&mut self, path: String) -> JobId {
        let job = self.next_job();
        self.effects.push_back(Effect::RemoveFile { job, path });
        job
    }

    pub(crate) fn exit(&mut self, code: u8) {
        self.effects.push_back(Effect::Exit { code });
    }

    fn next_job(&mut self) -> JobId {
        let job = JobId(self.jobs);
        self.jobs = self.jobs.wrapping_add(1);
        job
    }
}
