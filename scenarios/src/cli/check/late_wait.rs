//! POWEROFF_WAIT of `nut.conf` beside what it waits for, and beside what ends it.

use crate::rigs::configuration::Configuration;
use driver::hook;
use monitor::config::Role;
use protocol::conf::nut_conf::{self, NutConf, Setting};
use protocol::diagnostic::{Diagnostic, Source};
use std::path::Path;

/// The setting.
const NAME: &str = "POWEROFF_WAIT";

/// What there is to say of one host, whose UPSes (by name) cut so many seconds after they were told.
pub fn review(directory: &Path, configuration: &Configuration, cuts: &[(String, u64)]) -> Vec<Diagnostic> {
    let Some(contents) = configuration.files.get("nut.conf").filter(|_| configuration.implied.drivers) else {
        return Vec::new();
    };
    let source = Source::new(&directory.join("nut.conf").display().to_string(), contents.as_slice());
    let (file, _) = nut_conf::read(&source);
    match file.settings.iter().rev().find(|setting| setting.name.text == NAME) {
        Some(setting) => of_wait(&source, &file, setting, cuts),
        None => advice(&source, &file, configuration, cuts).into_iter().collect(),
    }
}

fn of_wait(source: &Source, file: &NutConf, setting: &Setting, cuts: &[(String, u64)]) -> Vec<Diagnostic> {
    let warn = |text: String, hint: &str| Diagnostic::warning(source, setting.value.span.clone(), text).hint(hint);
    let taken = as_the_hook_takes_it(source.bytes());
    if taken != setting.value.text {
        let text = format!("the late shutdown takes what follows `{NAME}=` as it stands, here `{taken}`, for its wait");
        return vec![warn(text, "a number alone, once, at the start of a line: else it boots at once, or never")];
    }
    let Some(wait) = file.poweroff_wait() else {
        let text = "the drivers take this for no wait at all, and leave no time for it".to_owned();
        return vec![warn(text, "whole seconds, or a number with s, m or h")];
    };
    let mut said = Vec::new();
    if wait > hook::LONGEST_WAIT {
        let text = format!(
            "systemd ends the late shutdown after {} s, and a wait of {} s with it: the host stays as it is",
            hook::KILLED_AFTER.as_secs(),
            wait.as_secs()
        );
        let (longest, rest) = (hook::LONGEST_WAIT.as_secs(), hook::HURRIED.as_secs());
        said.push(warn(text, &format!("{longest} at most leaves the drivers {rest} s")));
    }
    for (ups, off) in cuts.iter().filter(|(_, off)| *off >= wait.as_secs()) {
        let text = format!(
            "{ups} cuts {off} s after it was told, and this host boots again after {} s: the cut lands on it",
            wait.as_secs()
        );
        said.push(warn(text, &format!("offdelay < {NAME} <= {}", hook::LONGEST_WAIT.as_secs())));
    }
    said
}

/// A host that cuts its own power and has no wait, where one would fit.
fn advice(
    source: &Source,
    file: &NutConf,
    configuration: &Configuration,
    cuts: &[(String, u64)],
) -> Option<Diagnostic> {
    let monitor = configuration.monitor.as_ref().filter(|_| configuration.implied.monitor)?;
    monitor.power_down_flag.as_ref()?;
    monitor.monitored.iter().find(|line| line.role == Role::Primary)?;
    let mode = &file.settings.iter().rev().find(|setting| setting.name.text == "MODE")?.value;
    let (ups, last) = cuts.iter().max_by_key(|(_, off)| *off)?;
    let longest = hook::LONGEST_WAIT.as_secs();
    (*last < longest).then(|| {
        let text =
            format!("without {NAME} this host stays off for ever where the mains return and its load is not cut");
        Diagnostic::warning(source, mode.span.clone(), text).hint(format!(
            "{NAME}={} boots it again, later than {ups} cuts ({last} s) and in time for systemd ({longest} s at most)",
            (last + MARGIN).min(longest)
        ))
    })
}

/// How much later than the last cut the advice has the host boot, in seconds.
const MARGIN: u64 = 10;

/// What Debian's hook (`/lib/systemd/system-shutdown/nutshutdown`) hands to sleep(1): what stands behind the name in each
/// line that begins with it.
fn as_the_hook_takes_it(file: &[u8]) -> String {
    let text = String::from_utf8_lossy(file);
    let values = text.lines().filter_map(|line| line.trim_start_matches(' ').strip_prefix(NAME)?.strip_prefix('='));
    values.flat_map(str::split_whitespace).collect::<Vec<_>>().join(" ")
}
