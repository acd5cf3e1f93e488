//! 4. Power back at any instant of the shutdown still brings every host back; none stays off for
//!    ever, and none keeps running without the cycle it was promised.
//!
//! Power is back where every feed is about as it should be: of mains that a UPS may refuse nothing follows.

use super::{Breach, Finding};
use crate::checks::history::{Course, History};
use crate::journal::{CommandRole, Ending, HostFacts, HostState, MainsState, Name, Record, What};
use crate::language::Host;
use crate::language::wording::{clock, time};
use driver::hook::KILLED_AFTER;
use protocol::Instant;
use std::collections::BTreeMap;
use std::time::Duration;

/// How long after the mains came back, and beyond its boot, a host may still be away: a UPS waits
/// for its countdown, and for a minimum of charge.
const GRACE: Duration = Duration::from_secs(10 * 60);
/// How far from nominal a voltage may be that every UPS takes, in per cent (EN 50160).
const USUAL_VOLTAGE: u32 = 10;
/// The same of a frequency: UPSes take 57 Hz where 60 Hz are nominal.
const USUAL_FREQUENCY: u32 = 5;
/// How long after a shutdown command, beyond its delay and the time to stop, a host may still run.
const LINGER: Duration = Duration::from_secs(2 * 60);

/// Each host that is away although power is back, or still runs although it was told to stop.
pub fn check(history: &History<'_>) -> Finding {
    let mut breaches: Vec<Breach> =
        history.facts.hosts.iter().filter_map(|host| still_running(history, host)).collect();
    let Some(back) = power_back(history) else {
        return if breaches.is_empty() {
            Finding::Untold("the mains are not back at the end".to_owned())
        } else {
            Finding::Broken(breaches)
        };
    };
    // A run that settled has nothing left to wait for: what is away now stays away.
    let is_at_rest =
        matches!(history.records.last(), Some(Record { what: What::End { because: Ending::Settled }, .. }));
    let mut too_early = Vec::new();
    for host in &history.facts.hosts {
        let Some((since, state)) = history.hosts.get(&host.name).and_then(Course::last) else { continue };
        let was_up = history
            .hosts
            .get(&host.name)
            .is_some_and(|course| course.changes().any(|(_, state)| state == HostState::Up));
        if matches!(state, HostState::Up | HostState::Booting | HostState::Stopping) || !host.restores || !was_up {
            continue;
        }
        let away = history.end - back.max(since);
        if is_at_rest || away >= GRACE + Duration::from_millis(host.boots_in_ms) {
            let why = format!(
                "{} is {state}, {} after power was back: {}",
                host.name,
                time(away),
                what_keeps_away(history, host, since)
            );
            breaches.push(Breach { at: history.end, why });
        } else {
            too_early.push(&*host.name);
        }
    }
    if breaches.is_empty() && !too_early.is_empty() {
        return Finding::Untold(format!("the run ended before {} could be back", too_early.join(", ")));
    }
    breaches.into()
}

/// Since when every feed is as usual, if all are at the end.
fn power_back(history: &History<'_>) -> Option<Instant> {
    let mut back: BTreeMap<&Name, Option<Instant>> = BTreeMap::new();
    for record in history.records {
        let What::Mains { feed, is } = &record.what else { continue };
        let since = back.entry(feed).or_insert(Some(Instant::START));
        *since = is_usual(history, feed, *is).then(|| since.unwrap_or(record.at));
    }
    back.into_values().try_fold(Instant::START, |back, since| Some(back.max(since?)))
}

fn is_usual(history: &History<'_>, feed: &Name, is: MainsState) -> bool {
    let near = |value: u32, nominal: u32, percent: u32| {
        u64::from(value.abs_diff(nominal)) * 100 <= u64::from(nominal) * u64::from(percent)
    };
    let nominal = history.facts.feeds.iter().find(|facts| facts.name == *feed);
    is.live
        && nominal.is_none_or(|nominal| {
            near(is.millivolts, nominal.millivolts, USUAL_VOLTAGE)
                && near(is.millihertz, nominal.millihertz, USUAL_FREQUENCY)
        })
}

/// Why a host that has halted, or lost its power, at `since` does not boot.
fn what_keeps_away(history: &History<'_>, host: &HostFacts, since: Instant) -> String {
    let mut live: BTreeMap<&Name, bool> = host.fed_by.iter().map(|supply| (supply, true)).collect();
    let mut cut: BTreeMap<&Name, (Instant, &str)> = BTreeMap::new();
    let mut was_without = false;
    for record in history.records {
        match &record.what {
            What::Outlet { ups, live: is, because } if live.contains_key(ups) => {
                live.insert(ups, *is);
                cut.insert(ups, (record.at, because));
            }
            What::Mains { feed, is } if **feed == *Host::MAINS && live.contains_key(feed) => {
                live.insert(feed, is.live);
            }
            _ => {}
        }
        let has = host.fed_by.iter().filter(|supply| live[supply]).count();
        was_without |= record.at > since && has < host.needs;
    }
    let dead: Vec<String> = live
        .iter()
        .filter(|(_, live)| !**live)
        .map(|(supply, _)| match cut.get(supply) {
            Some((at, because)) => format!("{supply} has been dead since {} ({because})", clock(*at)),
            None => format!("{supply} is dead"),
        })
        .collect();
    if host.fed_by.len() - dead.len() < host.needs {
        return dead.join(", ");
    }
    if was_without {
        return "its outlets are live".to_owned();
    }
    let supplies = host.fed_by.iter().map(|supply| &**supply).collect::<Vec<_>>().join(" and ");
    let never = match (host.fed_by.len(), host.needs) {
        (1, _) => format!("{supplies} has not gone dead"),
        (count, needs) if count == needs => format!("none of {supplies} has gone dead"),
        (_, 1) => format!("{supplies} have not been dead together"),
        _ => format!("too few of {supplies} have been dead together"),
    };
    let late = if was_killed_late(history, host, since) {
        format!(" (systemd ended its late shutdown after {})", time(KILLED_AFTER))
    } else if has_failed_late(history, host) {
        " (its late shutdown failed)".to_owned()
    } else {
        String::new()
    };
    format!("{never} since it stopped{late}, and it boots only when power comes back")
}

/// Whether the last late shutdown hook of a host had not come to its end when the host switched itself off.
fn was_killed_late(history: &History<'_>, host: &HostFacts, off: Instant) -> bool {
    let began = history.records.iter().rev().find_map(|record| match &record.what {
        What::Ran { host: on, role: CommandRole::LateShutdown, .. } if *on == host.name => Some(record.at),
        _ => None,
    });
    began.is_some_and(|began| off - began >= KILLED_AFTER)
}

/// Whether the last late shutdown hook of a host, which had a load to cut, failed.
fn has_failed_late(history: &History<'_>, host: &HostFacts) -> bool {
    let mut flag = false;
    let mut failed = false;
    for record in history.records {
        match &record.what {
            What::Flag { host: on, exists } if *on == host.name => flag = *exists,
            What::Ended { host: on, role: CommandRole::LateShutdown, status, .. } if *on == host.name => {
                failed = flag && *status != Some(0);
            }
            _ => {}
        }
    }
    failed
}

/// A shutdown command ran, and the host never stopped.
fn still_running(history: &History<'_>, host: &HostFacts) -> Option<Breach> {
    let mut ordered: Option<(Instant, &str)> = None;
    for record in history.records {
        match &record.what {
            What::Ran { host: on, role: CommandRole::Shutdown, command, .. } if *on == host.name => {
                ordered.get_or_insert((record.at, command));
            }
            What::Host { host: on, is, .. } if *on == host.name && *is != HostState::Up => ordered = None,
            _ => {}
        }
    }
    let (at, command) = ordered?;
    let minutes = command.split_whitespace().find_map(|word| word.strip_prefix('+')?.parse::<u64>().ok()).unwrap_or(0);
    let due = at + Duration::from_secs(60 * minutes) + Duration::from_millis(host.stops_in_ms) + LINGER;
    (history.end > due).then(|| Breach {
        at,
        why: format!("{} ran `{command}` at {} and still runs {} later", host.name, clock(at), time(history.end - at)),
    })
}
