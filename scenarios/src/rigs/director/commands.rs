//! What becomes of a command that a daemon, an operator or a script starts.
//!
//! Nothing is run here: a command means what `host::command` knows, or what the scenario's
//! `commands:` says it does. Anything else is written down with a warning.

use std::time::Duration;

use protocol::Instant;

use super::{Act, Director, program};
use crate::host::Input;
use crate::host::command::{self, Meaning};
use crate::journal::{CommandRole, Name, What};
use crate::language::action::{ProcessDeed, Script, ShutdownCommand};

/// How deep scripts may call scripts.
const DEEPEST: usize = 8;

/// A command that something on a host starts.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    /// On this host.
    pub host: usize,
    /// What for.
    pub role: CommandRole,
    /// A shell line.
    pub line: &'a str,
    /// The same with its arguments, as a person would type it.
    pub shown: &'a str,
}

/// How a command ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fate {
    /// After so long.
    pub takes: Duration,
    /// With this exit status; `None`: it never returns.
    pub status: Option<i32>,
    /// What to call it by, should it be killed before ([`Director::killed`]).
    pub number: u32,
}

/// Commands that have something to do at their end.
#[derive(Debug, Default)]
pub struct Running {
    started: u32,
    ends: Vec<End>,
}

/// The end of a command, which is to come.
#[derive(Debug)]
struct End {
    at: Instant,
    number: u32,
    host: usize,
    role: CommandRole,
    depth: usize,
    then: Vec<Vec<String>>,
}

impl Running {
    /// When the next one ends.
    pub fn next_at(&self) -> Option<Instant> {
        self.ends.iter().map(|end| end.at).min()
    }

    /// Nothing runs on a host any more.
    pub fn clear(&mut self, host: usize) {
        self.ends.retain(|end| end.host != host);
    }

    fn take_due(&mut self, now: Instant) -> Option<End> {
        let index = self.ends.iter().position(|end| end.at <= now)?;
        Some(self.ends.remove(index))
    }
}

/// What a command takes that does nothing worth waiting for.
const BRIEF: Duration = Duration::from_millis(5);

impl Fate {
    const WELL: Self = Self { takes: BRIEF, status: Some(0), number: 0 };
    const FAILED: Self = Self { takes: BRIEF, status: Some(1), number: 0 };
}

impl Director {
    /// Runs a shell line: writes it down, and does what it means.
    pub fn run(&mut self, request: Request<'_>, now: Instant) -> Fate {
        let Request { host, role, line, shown } = request;
        self.show_run(host, role, shown.to_owned(), now);
        if role == CommandRole::Shutdown {
            match self.hosts[host].shutdown_command {
                ShutdownCommand::Works => {}
                ShutdownCommand::Fails => {
                    let (name, command) = (self.host_name(host).clone(), shown.to_owned());
                    let status = Fate::FAILED.status;
                    self.record(What::Ended { host: name, role, command, status }, now);
                    return Fate::FAILED;
                }
                ShutdownCommand::Hangs => return Fate { status: None, ..Fate::WELL },
                ShutdownCommand::DoesNothing => return Fate::WELL,
            }
        }
        self.running.started += 1;
        let mut fate = Fate::WELL;
        for words in command::commands(line) {
            fate = self.carry_out(host, role, &words, 0, now);
        }
        Fate { number: self.running.started, ..fate }
    }

    /// A command was killed before its end.
    pub fn killed(&mut self, number: u32, now: Instant) {
        if let Some(end) = self.running.ends.iter().find(|end| end.number == number) {
            let name = self.hosts[end.host].name.clone();
            self.running.ends.retain(|end| end.number != number);
            self.warn(format!("{name}: a command is killed before its end"), now);
        }
    }

    /// Has the commands that end now do what they do at their end.
    pub(super) fn end_commands(&mut self, now: Instant) {
        while let Some(end) = self.running.take_due(now) {
            for words in &end.then {
                self.carry_out(end.host, end.role, words, end.depth + 1, now);
            }
        }
    }

    /// Runs a program with its arguments: writes it down, and does what it means.
    pub fn run_words(&mut self, host: usize, role: CommandRole, words: &[String], now: Instant) -> Fate {
        let shown = words.split_first().map(|(program, arguments)| show_words(program, arguments)).unwrap_or_default();
        self.show_run(host, role, shown, now);
        self.running.started += 1;
        self.carry_out(host, role, words, 0, now)
    }

    fn show_run(&mut self, host: usize, role: CommandRole, command: String, now: Instant) {
        let (host, by) = (self.hosts[host].name.clone(), Name::from(program(role)));
        self.record(What::Ran { host, role, by, command }, now);
    }

    fn carry_out(&mut self, host: usize, role: CommandRole, words: &[String], depth: usize, now: Instant) -> Fate {
        if let Some(script) = words.first().and_then(|word| self.script(word)) {
            return self.play(host, role, &script, depth, now);
        }
        let line = words.join(" ");
        match command::meaning(words) {
            Meaning::Shutdown { delay, end } => self.tell_host(host, Input::Shutdown { delay, end }, line, now),
            Meaning::Cancel => self.tell_host(host, Input::Cancel, line, now),
            Meaning::ForceShutdown => self.acts.push_back(Act::ForceShutdown { host }),
            Meaning::StopMonitor => self.acts.push_back(Act::StopMonitor { host }),
            Meaning::Reload(daemon) => {
                let daemon = daemon.to_owned();
                self.acts.push_back(Act::Process { host, daemon, ups: None, deed: ProcessDeed::Reload });
            }
            Meaning::Tool(words) => self.acts.push_back(Act::Tool { host, words }),
            Meaning::Nothing => {}
            Meaning::Failure => return Fate::FAILED,
            // A notice is in the journal already; what else NOTIFYCMD does concerns nobody here.
            Meaning::Unknown(_) if role == CommandRole::Notify => {}
            Meaning::Unknown(_) => {
                let name = self.hosts[host].name.clone();
                self.warn(format!("{name}: nobody here knows what `{line}` does, so it did nothing"), now);
            }
        }
        Fate::WELL
    }

    /// A script is found by its path as written, or by its file name.
    fn script(&self, word: &str) -> Option<Script> {
        let name = word.rsplit('/').next().unwrap_or(word);
        self.scenario.commands.get(word).or_else(|| self.scenario.commands.get(name)).cloned()
    }

    fn play(&mut self, host: usize, role: CommandRole, script: &Script, depth: usize, now: Instant) -> Fate {
        if depth >= DEEPEST {
            self.warn("scripts call each other without end".to_owned(), now);
            return Fate::FAILED;
        }
        for words in &script.runs {
            self.carry_out(host, role, words, depth + 1, now);
        }
        let takes = script.takes.max(BRIEF);
        if !script.hangs && !script.then.is_empty() {
            let (number, then) = (self.running.started, script.then.clone());
            self.running.ends.push(End { at: now + takes, number, host, role, depth, then });
        }
        Fate { takes, status: (!script.hangs).then_some(script.exits), ..Fate::WELL }
    }
}

/// A command as a person would type it: what holds blanks or quotes is quoted.
#[must_use]
pub fn show_words(program: &str, arguments: &[String]) -> String {
    let mut shown = program.to_owned();
    for argument in arguments {
        shown.push(' ');
        if argument.is_empty() || argument.contains(|c: char| c.is_whitespace() || "\"'\\$`;&|<>".contains(c)) {
            shown.push('\'');
            shown.push_str(&argument.replace('\'', "'\\''"));
            shown.push('\'');
        } else {
            shown.push_str(argument);
        }
    }
    shown
}
