//! `upsd.users`: one section per user.
//!
//! ```text
//! [name]
//!   password = …            required
//!   actions = SET FSD       also on several lines
//!   instcmds = ALL          or names, also on several lines
//!   upsmon primary          or secondary (master and slave in older files), with or without `=`
//! ```
//!
//! Keys count in any case of letters, as in NUT.

use std::collections::BTreeSet;

use protocol::conf::secrets;
use protocol::conf::sectioned::{self, Entry, Section};
use protocol::diagnostic::{Diagnostic, Diagnostics, Source, did_you_mean};

use crate::users::{Action, Commands, User};

const KEYS: &[&str] = &["password", "actions", "instcmds", "upsmon"];

/// Which words after `upsmon` grant what.
const ROLES: &[(&str, &[Action])] = &[
    ("primary", &[Action::Login, Action::Primary, Action::Fsd]),
    ("master", &[Action::Login, Action::Primary, Action::Fsd]),
    ("secondary", &[Action::Login]),
    ("slave", &[Action::Login]),
];

/// Reads `upsd.users`.
pub(super) fn read(source: &Source) -> (Vec<User>, Diagnostics) {
    let (users, diagnostics) = read_openly(source);
    (users, secrets::hide(source, secrets::behind_password, [], diagnostics).1)
}

/// With passwords in its messages.
fn read_openly(source: &Source) -> (Vec<User>, Diagnostics) {
    let (file, mut diagnostics) = sectioned::read_vital(source, |key| key.eq_ignore_ascii_case("password"));
    for entry in &file.globals {
        let problem = entry.key.warning(source, format!("`{}` belongs to no user", entry.key.text));
        diagnostics
            .push(problem.label("is ignored").hint("a user begins with the name in brackets, such as `[admin]`"));
    }
    let mut users = Vec::new();
    let mut names = BTreeSet::new();
    for section in &file.sections {
        if names.insert(&section.name.text) {
            users.push(user(source, section, &mut diagnostics));
        } else {
            let problem = section.name.warning(source, format!("second section for `{}`", section.name.text));
            diagnostics.push(problem.label("is ignored: the first counts"));
        }
    }
    (users, diagnostics)
}

fn user(source: &Source, section: &Section, diagnostics: &mut Diagnostics) -> User {
    let mut password = None;
    let (mut actions, mut commands) = (Vec::new(), Vec::new());
    let mut has_all_commands = false;
    let mut strangers = Vec::new();
    for entry in &section.entries {
        match entry.key.text.to_ascii_lowercase().as_str() {
            // NUT passes over such a line: to take it would grant what nobody has had so far.
            key if needs_equals(key) && !entry.has_equals => diagnostics.push(no_equals(source, entry)),
            "password" => match entry.value().filter(|value| !value.is_empty()) {
                Some(value) if password.is_none() => {
                    password = Some(value.to_owned());
                    diagnostics.extend(entry.values.first().and_then(|value| value.cut_by_comment(source)));
                }
                Some(_) => {
                    let problem = entry.key.warning(source, "second password for the same user");
                    diagnostics.push(problem.label("is ignored: the first counts"));
                }
                None => diagnostics.push(entry.key.error(source, "password without a value")),
            },
            "actions" => actions.extend(entry.values.iter().filter_map(|value| {
                let action = Action::parse(&value.text);
                if action.is_none() {
                    let problem = value.warning(source, format!("unknown action `{}`", value.text));
                    let words = Action::WORDS.iter().map(|(_, word)| *word);
                    diagnostics.push(problem.label("grants nothing").suggest(&value.text, words));
                }
                action
            })),
            "instcmds" => {
                has_all_commands |= entry.values.iter().any(|value| value.text.eq_ignore_ascii_case("ALL"));
                commands.extend(entry.values.iter().map(|value| value.text.clone()));
            }
            "upsmon" => match role(source, entry) {
                Ok(granted) => actions.extend(granted),
                Err(problem) => diagnostics.push(problem),
            },
            _ => strangers.push(entry),
        }
    }
    let is_password = |entry: &Entry| entry.has_equals && entry.key.text.eq_ignore_ascii_case("password");
    if password.is_none() && !section.entries.iter().any(is_password) {
        let typo = strangers.iter().position(|entry| did_you_mean(&entry.key.text, ["password"]).is_some());
        diagnostics.push(no_password(source, section, typo.map(|at| strangers.swap_remove(at))));
    }
    diagnostics.extend(strangers.into_iter().map(|entry| unknown(source, entry)));
    User {
        name: section.name.text.clone(),
        password: password.unwrap_or_default(),
        actions,
        commands: if has_all_commands { Commands::All } else { Commands::Some(commands) },
    }
}

fn role<'a>(source: &Source, entry: &Entry) -> Result<&'a [Action], Diagnostic> {
    let words = || ROLES.iter().map(|(word, _)| *word);
    let hint = "write `upsmon primary` or `upsmon secondary`";
    let Some(value) = entry.values.first() else {
        return Err(entry.key.error(source, "`upsmon` without a role").hint(hint));
    };
    let role = ROLES.iter().find(|(word, _)| word.eq_ignore_ascii_case(&value.text));
    role.map(|(_, actions)| *actions).ok_or_else(|| {
        value.error(source, format!("`{}` is no role of upsmon", value.text)).hint(hint).suggest(&value.text, words())
    })
}

fn needs_equals(key: &str) -> bool {
    matches!(key, "password" | "actions" | "instcmds")
}

fn no_equals(source: &Source, entry: &Entry) -> Diagnostic {
    let key = &entry.key;
    let problem = key.warning(source, format!("no `=` after `{}`", key.text));
    problem.label("this line is ignored").hint(format!("write `{} = …`", key.text))
}

fn unknown(source: &Source, entry: &Entry) -> Diagnostic {
    let key = &entry.key;
    if key.text.eq_ignore_ascii_case("allowfrom") {
        return key
            .warning(source, "`allowfrom` no longer restricts anything")
            .label("is ignored")
            .hint("LISTEN in upsd.conf says who can connect; a firewall says the rest");
    }
    key.warning(source, format!("unknown setting `{}`", key.text))
        .label("is ignored")
        .suggest(&key.text, KEYS.iter().copied())
}

/// A user without a password can prove nothing: NUT starts, and every request of theirs fails.
fn no_password(source: &Source, section: &Section, typo: Option<&Entry>) -> Diagnostic {
    let message = format!("user `{}` has no password", section.name.text);
    match typo {
        Some(entry) => entry.key.error(source, message).label("did you mean `password`?"),
        None => section.name.error(source, message).hint("add `password = …` to the section"),
    }
}
