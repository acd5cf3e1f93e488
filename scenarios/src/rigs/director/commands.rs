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
}

/// What a command takes that does nothing worth waiting for.
const BRIEF: Duration = Duration::from_millis(5);

impl Fate {
    const WELL: Self = Self { takes: BRIEF, status: Some(0) };
    const FAILED: Self = Self { takes: BRIEF, status: Some(1) };
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
                ShutdownCommand::Hangs => return Fate { takes: BRIEF, status: None },
                ShutdownCommand::DoesNothing => return Fate::WELL,
            }
        }
        let mut fate = Fate::WELL;
        for words in command::commands(line) {
            fate = self.carry_out(host, role, &words, 0, now);
        }
        fate
    }

    /// Runs a program with its arguments: writes it down, and does what it means.
    pub fn run_words(&mut self, host: usize, role: CommandRole, words: &[String], now: Instant) -> Fate {
        let shown = words.split_first().map(|(program, arguments)| show_words(program, arguments)).unwrap_or_default();
        self.show_run(host, role, shown, now);
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
        Fate { takes: script.takes.max(BRIEF), status: (!script.hangs).then_some(script.exits) }
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
