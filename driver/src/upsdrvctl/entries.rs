//! What `upsdrvctl` reads from `ups.conf`.

use super::plan::Entry;
use protocol::conf::ups_conf::{Setting, UpsConf, UpsSection};
use protocol::diagnostic::{Diagnostic, Diagnostics};
use std::str::FromStr;
use std::time::Duration;

/// `maxstartdelay` where nobody says otherwise, in seconds.
const START_LIMIT: u32 = 75;
/// `maxretry` where nobody says otherwise.
const ATTEMPTS: u32 = 1;
/// `retrydelay` where nobody says otherwise, in seconds.
const RETRY_DELAY: u32 = 5;

/// Every UPS, in the order of the file.
pub(super) fn of(conf: &UpsConf) -> Result<Vec<Entry>, Diagnostics> {
    let mut found = Diagnostics::new();
    let mut entries = Vec::new();
    for section in &conf.sections {
        match entry(conf, section) {
            Ok(entry) => entries.push(entry),
            Err(one) => found.push(one),
        }
    }
    if found.has_errors() { Err(found) } else { Ok(entries) }
}

/// `nowait`: do not wait for drivers to have started.
pub(super) fn has_nowait(conf: &UpsConf) -> bool {
    conf.globals.has("nowait")
}

fn entry(conf: &UpsConf, section: &UpsSection) -> Result<Entry, Diagnostic> {
    let settings = &section.settings;
    let text = |key| settings.get(key).unwrap_or_default().to_owned();
    let own_or_global = |key| settings.find(key).or_else(|| conf.globals.find(key));
    let seconds = |key, otherwise| {
        let seconds: Result<u32, _> = number(conf, own_or_global(key), otherwise, "a number of seconds");
        seconds.map(|seconds| Duration::from_secs(u64::from(seconds)))
    };
    Ok(Entry {
        ups: section.name.as_str().to_owned(),
        driver: text("driver"),
        port: text("port"),
        shutdown_order: number(conf, settings.find("sdorder"), 0, "a number of the shutdown order")?,
        start_limit: seconds("maxstartdelay", START_LIMIT)?,
        attempts: number(conf, own_or_global("maxretry"), ATTEMPTS, "a number of attempts")?,
        retry_delay: seconds("retrydelay", RETRY_DELAY)?,
    })
}

fn number<T: FromStr>(conf: &UpsConf, setting: Option<&Setting>, otherwise: T, wanted: &str) -> Result<T, Diagnostic> {
    match setting {
        None => Ok(otherwise),
        Some(Setting { key, value: None }) => Err(key.error(&conf.source, format!("`{}` needs {wanted}", key.text))),
        Some(Setting { value: Some(value), .. }) => value.parse(&conf.source, wanted),
    }
}
