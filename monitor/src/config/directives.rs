//! The directives of `upsmon.conf`: one row each, and what it sets.

use super::load::Reading;
use super::{Monitored, Role, Secret, ShutdownExit};
use crate::notice::{Channels, Notice};
use protocol::conf::flat::Directive;
use protocol::lexer::MAX_FILE_WORD;
use std::time::Duration;

/// One directive.
pub(super) struct Row {
    pub(super) name: &'static str,
    pub(super) least_arguments: usize,
    /// What stands behind its name, for people.
    pub(super) takes: &'static str,
    /// A line that is too short leaves the host unprotected.
    pub(super) is_vital: bool,
    pub(super) advice: Option<&'static str>,
    pub(super) apply: fn(&mut Reading, &Directive),
}

const fn row(name: &'static str, least: usize, takes: &'static str, apply: fn(&mut Reading, &Directive)) -> Row {
    Row { name, least_arguments: least, takes, is_vital: false, advice: None, apply }
}

const SECONDS: &str = "a number of seconds";
const COMMAND: &str = "a command";
const ADVICE: &str = "MONITOR <ups>[@<host>[:<port>]] <power value> <user> <password> primary|secondary; \
                      the form without a user is gone: add the user to upsd.users";

/// Every directive that NUT knows.
pub(super) const TABLE: &[Row] = &[
    Row {
        name: "MONITOR",
        least_arguments: 5,
        takes: "five arguments",
        is_vital: true,
        advice: Some(ADVICE),
        apply: monitor,
    },
    row("MINSUPPLIES", 1, "a number", |reading, line| {
        if let Some(number) = reading.number(line, "a number") {
            reading.config.min_supplies = number;
        }
    }),
    row("POLLFREQ", 1, SECONDS, |reading, line| reading.interval(line, |config| &mut config.poll_every)),
    row("POLLFREQALERT", 1, SECONDS, |reading, line| reading.interval(line, |config| &mut config.poll_alert_every)),
    row("DEADTIME", 1, SECONDS, |reading, line| reading.seconds(line, |config| &mut config.dead_time)),
    row("HOSTSYNC", 1, SECONDS, |reading, line| reading.seconds(line, |config| &mut config.host_sync)),
    row("FINALDELAY", 1, SECONDS, |reading, line| reading.seconds(line, |config| &mut config.final_delay)),
    row("NOCOMMWARNTIME", 1, SECONDS, |reading, line| reading.interval(line, |config| &mut config.no_comm_warn_every)),
    row("RBWARNTIME", 1, SECONDS, |reading, line| {
        reading.interval(line, |config| &mut config.replace_battery_warn_every);
    }),
    row("OFFDURATION", 1, SECONDS, |reading, line| reading.optional(line, |config| &mut config.off_for)),
    row("OVERDURATION", 1, SECONDS, |reading, line| reading.optional(line, |config| &mut config.overload_for)),
    row("OBLBDURATION", 1, SECONDS, |reading, line| {
        let mut wait = Some(Duration::ZERO);
        reading.optional_value(line, &mut wait);
        reading.config.low_battery_for = wait.unwrap_or_default();
    }),
    row("ALARMCRITICAL", 1, "0 or 1", |reading, line| {
        if let Some(number) = reading.number::<u32>(line, "0 or 1") {
            reading.config.alarm_is_critical = number != 0;
        }
    }),
    row("SHUTDOWNEXIT", 1, "yes, no, or a number of seconds", shutdown_exit),
    row("SHUTDOWNCMD", 1, COMMAND, |reading, line| reading.config.shutdown_command = Some(reading.command(line))),
    row("NOTIFYCMD", 1, COMMAND, |reading, line| reading.config.notify_command = Some(reading.command(line))),
    row("NOTIFYCMDTIMEOUT", 1, SECONDS, |reading, line| {
        reading.optional(line, |config| &mut config.notify_command_for);
    }),
    row("NOTIFYMSG", 2, "a notice type and a text", notify_message),
    row("NOTIFYFLAG", 2, "a notice type and SYSLOG+WALL+EXEC or IGNORE", notify_flag),
    row("POWERDOWNFLAG", 1, "a file", |reading, line| reading.config.power_down_flag = first(line)),
    row("RUN_AS_USER", 1, "a user", |reading, line| reading.config.run_as_user = first(line)),
    row("DEBUG_MIN", 1, "a number", |reading, line| {
        if let Some(number) = reading.number(line, "a number") {
            reading.config.debug_min = number;
        }
    }),
    row("POLLFAIL_LOG_THROTTLE_MAX", 1, "a number", keep),
    row("CERTPATH", 1, "a folder", keep),
    row("CERTFILE", 1, "a file", keep),
    row("CERTIDENT", 2, "a certificate name and a password", keep),
    row("CERTHOST", 4, "a host, a certificate name, and two numbers", keep),
    row("CERTVERIFY", 1, "0 or 1", keep),
    row("FORCESSL", 1, "0 or 1", force_ssl),
];

fn first(line: &Directive) -> Option<String> {
    line.argument(0).map(str::to_owned)
}

/// Read, and without effect here: [`super::Config::inert`].
fn keep(reading: &mut Reading, line: &Directive) {
    let arguments = line.arguments.iter().map(|item| item.text.clone()).collect();
    reading.config.inert.push((line.name.text.clone(), arguments));
}

fn monitor(reading: &mut Reading, line: &Directive) {
    let [system, value, user, password, role, ..] = line.arguments.as_slice() else { return };
    let address = system.text.parse::<client::UpsAddress>();
    let power_value = value.text.parse::<u32>();
    let role_word = Role::from_word(&role.text);
    if let Err(error) = &address {
        let problem = system.error(&reading.source, format!("`{}` names no UPS: {error}", system.text));
        reading.diagnostics.push(problem.hint("<ups>[@<host>[:<port>]]"));
    }
    if power_value.is_err() {
        let problem = value.error(&reading.source, format!("`{}` is no power value", value.text));
        reading.diagnostics.push(problem.hint("how many of this host's power supplies it feeds; 0 to watch it only"));
    }
    if role_word.is_none() {
        let problem = role.error(&reading.source, format!("`{}` is no role", role.text));
        reading.diagnostics.push(problem.suggest(&role.text, ["primary", "secondary", "master", "slave"]));
    }
    let (Ok(address), Ok(power_value), Some(role)) = (address, power_value, role_word) else { return };
    if reading.config.monitored.iter().any(|known| known.system == system.text) {
        let problem = system.warning(&reading.source, format!("UPS {} is monitored already", system.text));
        return reading.diagnostics.push(problem.label("ignored"));
    }
    reading.diagnostics.extend(password.cut_by_comment(&reading.source));
    reading.config.monitored.push(Monitored {
        system: system.text.clone(),
        address,
        power_value,
        user: user.text.clone(),
        password: Secret(password.text.clone()),
        role,
    });
}

fn shutdown_exit(reading: &mut Reading, line: &Directive) {
    let word = line.argument(0).unwrap_or_default();
    reading.config.shutdown_exit = match word.to_ascii_lowercase().as_str() {
        "yes" | "on" | "true" => ShutdownExit::After(Duration::ZERO),
        "no" | "off" | "false" | "-1" => ShutdownExit::Never,
        _ => match reading.number::<u32>(line, "yes, no, or a number of seconds") {
            Some(seconds) => ShutdownExit::After(Duration::from_secs(seconds.into())),
            None => return,
        },
    };
}

fn notify_message(reading: &mut Reading, line: &Directive) {
    if let (Some(notice), Some(text)) = (reading.notice(line), line.argument(1)) {
        reading.config.notices.set_text(notice, text.to_owned());
    }
}

fn notify_flag(reading: &mut Reading, line: &Directive) {
    let Some(notice) = reading.notice(line) else { return };
    let Some(item) = line.arguments.get(1) else { return };
    let (channels, unknown) = Channels::parse(&item.text);
    for word in &unknown {
        let problem = item.warning(&reading.source, format!("`{word}` is no place for a notice"));
        let problem = problem.label("left out").suggest(word, ["SYSLOG", "WALL", "EXEC", "IGNORE"]);
        reading.diagnostics.push(problem);
    }
    // A line that names no place at all is a mistake, not a wish for silence.
    if unknown.len() < item.text.split('+').count() {
        reading.config.notices.set_channels(notice, channels);
    }
}

fn force_ssl(reading: &mut Reading, line: &Directive) {
    if line.argument(0) == Some("1") {
        // To go on in the clear is what this line forbids.
        let message = "FORCESSL 1: this upsmon cannot encrypt its connections yet";
        let problem = line.name.error(&reading.source, message);
        reading.diagnostics.push(problem.hint("remove the line to connect in the clear, over a network you trust"));
    }
    keep(reading, line);
}

impl Reading {
    fn notice(&mut self, line: &Directive) -> Option<Notice> {
        let item = line.arguments.first()?;
        let found = Notice::from_name(&item.text);
        if found.is_none() {
            let problem = item.warning(&self.source, format!("`{}` is no notice type", item.text));
            let problem = problem.label("ignored").suggest(&item.text, Notice::all().map(Notice::name));
            self.diagnostics.push(problem);
        }
        found
    }

    /// The whole line as one command.
    fn command(&mut self, line: &Directive) -> String {
        if let [first, .., last] = line.arguments.as_slice() {
            let span = first.span.start..last.span.end;
            let message = format!("{} of several words", line.name.text);
            let problem = protocol::diagnostic::Diagnostic::warning(&self.source, span, message);
            let hint = "put the whole command in quotes: NUT before 2.8.6 runs the first word alone";
            self.diagnostics.push(problem.label("taken as one command").hint(hint));
        }
        let words: Vec<&str> = line.arguments.iter().map(|item| item.text.as_str()).collect();
        let command = words.join(" ");
        if command.len() > MAX_FILE_WORD {
            let message = format!("{} of more than {MAX_FILE_WORD} characters", line.name.text);
            self.diagnostics.push(line.name.error(&self.source, message).hint("put it into a script, and name that"));
        }
        command
    }
}
