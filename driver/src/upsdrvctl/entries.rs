//! What `upsdrvctl` reads from `ups.conf`.

use super::plan::Entry;
use crate::hook;
use protocol::conf::ups_conf::{Setting, UpsConf, UpsSection};
use protocol::diagnostic::{Diagnostic, Diagnostics};
use std::str::FromStr;
use std::time::Duration;

/// `maxstartdelay` where nobody says otherwise.
const START_LIMIT: Duration = Duration::from_secs(75);
/// `maxretry` where nobody says otherwise.
const ATTEMPTS: u32 = 1;
/// `retrydelay` where nobody says otherwise.
const RETRY_DELAY: Duration = Duration::from_secs(5);

/// Every UPS, in the order of the file, and what is wrong with their settings: a number that is none has
/// its default.
#[must_use]
pub fn of(conf: &UpsConf) -> (Vec<Entry>, Diagnostics) {
    let mut found = Diagnostics::new();
    let entries = conf.sections.iter().map(|section| entry(conf, section, &mut found)).collect();
    (entries, found)
}

/// `nowait`: do not wait for drivers to have started.
pub(super) fn has_nowait(conf: &UpsConf) -> bool {
    conf.globals.has("nowait")
}

fn entry(conf: &UpsConf, section: &UpsSection, found: &mut Diagnostics) -> Entry {
    let settings = &section.settings;
    let text = |key| settings.get(key).unwrap_or_default().to_owned();
    let own_or_global = |key| settings.find(key).or_else(|| conf.globals.find(key));
    let mut seconds = |key| {
        let seconds: Option<u32> = number(conf, own_or_global(key), "a number of seconds", found);
        seconds.map(|seconds| Duration::from_secs(seconds.into()))
    };
    let (limit, retry_delay) = (seconds("maxstartdelay"), seconds("retrydelay"));
    let order = number(conf, settings.find("sdorder"), "a number of the shutdown order", found);
    let attempts = number(conf, own_or_global("maxretry"), "a number of attempts", found);
    Entry {
        ups: section.name.as_str().to_owned(),
        driver: text("driver"),
        port: text("port"),
        start_limit: limit.unwrap_or(START_LIMIT),
        shutdown_limit: limit.unwrap_or(hook::KILLED_AFTER),
        retry_delay: retry_delay.unwrap_or(RETRY_DELAY),
        shutdown_order: order.unwrap_or(0),
        attempts: attempts.unwrap_or(ATTEMPTS),
    }
}

/// What a setting says; `None` where there is none, or no such number, which is said.
fn number<T: FromStr>(conf: &UpsConf, setting: Option<&Setting>, wanted: &str, found: &mut Diagnostics) -> Option<T> {
    let Setting { key, value } = setting?;
    let read = match value {
        None => Err(key.error(&conf.source, format!("`{}` needs {wanted}", key.text))),
        Some(value) => value.parse(&conf.source, wanted),
    };
    read.map_err(|mistake: Diagnostic| found.push(mistake.label("the default counts"))).ok()
}
