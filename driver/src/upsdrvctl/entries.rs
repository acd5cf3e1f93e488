//! What `upsdrvctl` reads from `ups.conf`.

use super::plan::Entry;
use protocol::conf::ups_conf::{Setting, UpsConf, UpsSection};
use protocol::diagnostic::{Diagnostic, Diagnostics};
use std::str::FromStr;
use std::time::Duration;

/// `maxstartdelay` where nobody says otherwise, in seconds.
pub const START_LIMIT: u32 = 75;
/// `maxretry` where nobody says otherwise.
const ATTEMPTS: u32 = 1;
/// `retrydelay` where nobody says otherwise, in seconds.
const RETRY_DELAY: u32 = 5;

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
    let mut seconds = |key, otherwise: u32| {
        let seconds = number(conf, own_or_global(key), otherwise, "a number of seconds", found);
        Duration::from_secs(u64::from(seconds))
    };
    Entry {
        ups: section.name.as_str().to_owned(),
        driver: text("driver"),
        port: text("port"),
        start_limit: seconds("maxstartdelay", START_LIMIT),
        retry_delay: seconds("retrydelay", RETRY_DELAY),
        shutdown_order: number(conf, settings.find("sdorder"), 0, "a number of the shutdown order", found),
        attempts: number(conf, own_or_global("maxretry"), ATTEMPTS, "a number of attempts", found),
    }
}

fn number<T: FromStr>(
    conf: &UpsConf,
    setting: Option<&Setting>,
    otherwise: T,
    wanted: &str,
    found: &mut Diagnostics,
) -> T {
    let read = match setting {
        None => return otherwise,
        Some(Setting { key, value: None }) => Err(key.error(&conf.source, format!("`{}` needs {wanted}", key.text))),
        Some(Setting { value: Some(value), .. }) => value.parse(&conf.source, wanted),
    };
    read.unwrap_or_else(|mistake: Diagnostic| {
        found.push(mistake.label("the default counts"));
        otherwise
    })
}
