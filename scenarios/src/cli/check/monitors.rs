//! MONITOR lines, followed across hosts: the server that each names, the UPS there, and whether that
//! server would take the login.
//!
//! A line that leads nowhere may be what a scenario is about: all that is said here are warnings.

use super::configurations::of_server;
use crate::language::{Host, Scenario};
use crate::rigs::configuration::{Configuration, host_of, ups_of};
use crate::rigs::facts::{Set, server_of};
use monitor::config::{Monitored, Role};
use protocol::diagnostic::{Diagnostic, Severity};
use protocol::names::same;
use server::{Action, User};

/// What there is to say of every MONITOR line; of hosts of a group, the same again and again.
pub fn review(scenario: &Scenario, set: &Set) -> Vec<Diagnostic> {
    let users: Vec<Option<Vec<User>>> = scenario
        .hosts
        .iter()
        .zip(&set.configurations)
        .map(|(host, configuration)| users_of(host, configuration))
        .collect();
    let mut said = Vec::new();
    for (host, configuration) in scenario.hosts.iter().zip(&set.configurations) {
        let lines = configuration.monitor.iter().filter(|_| configuration.implied.monitor);
        for line in lines.flat_map(|monitor| &monitor.monitored) {
            said.extend(of_line(scenario, set, &users, host, line));
        }
    }
    said
}

/// Who may log in to a host's server; `None` where none would start.
fn users_of(host: &Host, configuration: &Configuration) -> Option<Vec<User>> {
    let files = configuration.implied.server.then(|| of_server(configuration, &host.config))?;
    server::Config::load_from(&files).ok().map(|(config, _)| config.users)
}

fn of_line(
    scenario: &Scenario,
    set: &Set,
    users: &[Option<Vec<User>>],
    host: &Host,
    line: &Monitored,
) -> Option<Diagnostic> {
    let server = server_of(scenario, &host.name, host_of(&line.system));
    let warn = |text: String| {
        Diagnostic::unplaced(Severity::Warning, format!("{} monitors {}: {text}", host.group, line.system))
    };
    let Some(place) = scenario.hosts.iter().position(|host| host.name == server) else {
        let names = scenario.hosts.iter().map(|host| host.name.as_str());
        return Some(warn(format!("there is no host `{server}`")).suggest(&server, names));
    };
    let there = &set.configurations[place];
    if !there.implied.server {
        let who = if server == host.name { "it" } else { &server };
        return Some(warn(format!("{who} runs no upsd")));
    }
    let sections = || there.ups.iter().flat_map(|ups| &ups.sections).map(|section| section.name.as_str());
    if !sections().any(|name| same(name, ups_of(&line.system))) {
        let missing = warn(format!("no section of {server}'s ups.conf has that name"));
        return Some(missing.suggest(ups_of(&line.system), sections()));
    }
    let users = users[place].as_ref()?;
    let Some(user) = users.iter().find(|user| user.name == line.user) else {
        let unknown = warn(format!("{server}'s upsd.users has no `{}`", line.user));
        return Some(unknown.suggest(&line.user, users.iter().map(|user| user.name.as_str())));
    };
    let (needed, role) = match line.role {
        Role::Primary => (Action::Primary, "primary"),
        Role::Secondary => (Action::Login, "secondary"),
    };
    if user.password != line.password.0 {
        Some(warn(format!("{server}'s upsd.users has another password for `{}`", line.user)))
    } else if !user.may(needed) {
        let refused = warn(format!("{server}'s upsd.users does not let `{}` be a {role}", line.user));
        Some(refused.hint(format!("add `upsmon {role}` to its section")))
    } else {
        None
    }
}
