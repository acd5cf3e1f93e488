//! 4. Power back at any instant of the shutdown still brings every host back; none stays off for
//!    ever, and none keeps running without the cycle it was promised.

use super::{Breach, Finding};
use crate::checks::history::{Course, History};
use crate::journal::{CommandRole, Ending, HostFacts, HostState, Record, What};
use crate::language::wording::{clock, time};
use protocol::Instant;
use std::time::Duration;

/// How long after the mains came back, and beyond its boot, a host may still be away: a UPS waits
/// for its countdown, and for a minimum of charge.
const GRACE: Duration = Duration::from_secs(10 * 60);
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
            breaches.push(Breach {
                at: history.end,
                why: format!("{} is {state}, {} after power was back", host.name, time(away)),
            });
        } else {
            too_early.push(&*host.name);
        }
    }
    if breaches.is_empty() && !too_early.is_empty() {
        return Finding::Untold(format!("the run ended before {} could be back", too_early.join(", ")));
    }
    breaches.into()
}

/// Since when every feed is live, if all are at the end.
fn power_back(history: &History<'_>) -> Option<Instant> {
    let mut back = Instant::START;
    for feed in history.feeds.values() {
        match feed.last() {
            Some((since, true)) => back = back.max(since),
            Some((_, false)) => return None,
            None => {}
        }
    }
    Some(back)
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
