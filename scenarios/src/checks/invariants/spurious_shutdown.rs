//! 1. No host shuts down while enough of its supplies are good and no operator asked.
//!
//! The truth decides, not what a monitor believed: at some moment of the stretch in which the
//! decision can have been taken, the power values of the UPSes that were on line, or on a battery
//! that was not low, must have been fewer than MINSUPPLIES. A UPS on battery of which the host had
//! no word counts as lost (DEADTIME), and so does one that was when the last word of it came; one on
//! line power of which it had none is invariant 6, unless another supply of the host failed and this
//! one had never been heard of. What an operator asked for excuses the hosts that
//! hang on the same UPSes, until they boot again.

use super::{Breach, Finding};
use crate::checks::history::{History, before};
use crate::journal::{CommandRole, HostFacts, HostState, MonitorFacts, MonitoredFacts, Supply, What};
use protocol::Instant;
use std::time::Duration;

/// Each shutdown command that nothing called for.
pub fn check(history: &History<'_>) -> Finding {
    let breaches: Vec<Breach> = groundless(history)
        .filter(|shutdown| !shutdown.lost_sight)
        .map(|shutdown| Breach {
            at: shutdown.at,
            why: format!("{} ran its shutdown command although {}", shutdown.host.name, enough(shutdown.monitor)),
        })
        .collect();
    breaches.into()
}

fn enough(monitor: &MonitorFacts) -> String {
    let names: Vec<&str> = monitor.supplies.iter().map(|supply| &*supply.ups).collect();
    match names.as_slice() {
        [one] => format!("{one} was good all the time"),
        several => format!("enough of {} were good all the time", several.join(", ")),
    }
}

/// A shutdown command that the truth did not call for.
pub(super) struct Groundless<'a> {
    pub host: &'a HostFacts,
    pub monitor: &'a MonitorFacts,
    pub at: Instant,
    /// The host had no word of a UPS that was on line power.
    pub lost_sight: bool,
}

pub(super) fn groundless<'h>(history: &'h History<'_>) -> impl Iterator<Item = Groundless<'h>> {
    history.records.iter().filter_map(move |record| {
        let What::Ran { host, role: CommandRole::Shutdown, .. } = &record.what else { return None };
        let (host, monitor) = history.monitored().find(|(facts, _)| facts.name == *host)?;
        let at = record.at;
        let from = before(at, window(monitor));
        if operator_asked(history, host, monitor, at)
            || is_short(history, host, monitor, from, at)
            || follows_a_primary(history, host, monitor, from, at)
        {
            return None;
        }
        let lost_sight = monitor
            .supplies
            .iter()
            .any(|supply| on_line(history, &supply.ups, from, at) && is_blind(history, host, &supply.ups, from, at));
        Some(Groundless { host, monitor, at, lost_sight })
    })
}

/// Whether a UPS had line power all the time.
fn on_line(history: &History<'_>, ups: &str, from: Instant, to: Instant) -> bool {
    let course = history.ups.get(ups);
    course.is_none_or(|course| course.supply.between(from, to).all(|supply| supply == Supply::OnLine))
}

/// Whether a host had no word of a UPS at some moment.
fn is_blind(history: &History<'_>, host: &HostFacts, ups: &str, from: Instant, to: Instant) -> bool {
    history.moments(from, to).iter().any(|moment| history.is_dark(&host.name, ups, *moment))
}

/// How long ago the reason for a shutdown command can lie: every delay of the configuration on top of another.
fn window(monitor: &MonitorFacts) -> Duration {
    Duration::from_secs(monitor.hostsync_s + monitor.finaldelay_s + monitor.deadtime_s) + lag(monitor)
}

/// How long a monitor may take to hear what is so, or to notice that it hears nothing.
fn lag(monitor: &MonitorFacts) -> Duration {
    Duration::from_secs(2 * monitor.pollfreq_s.max(monitor.pollfreqalert_s) + 15)
}

/// Whether, at some moment of the stretch, a host's good supplies were too few.
fn is_short(history: &History<'_>, host: &HostFacts, monitor: &MonitorFacts, from: Instant, to: Instant) -> bool {
    history.moments(from, to).into_iter().any(|moment| {
        let good = |ups: &str| {
            let on_battery =
                history.ups.get(ups).and_then(|course| course.supply.at(moment)) == Some(Supply::OnBattery);
            history.is_good(ups, moment)
                && !(on_battery && history.is_dark(&host.name, ups, moment))
                && !history.went_dark_on_battery(&host.name, ups, moment, lag(monitor))
        };
        // Beside a supply that fails, one that was never heard of counts for nothing.
        let fails = monitor.supplies.iter().any(|supply| supply.power_value > 0 && !good(&supply.ups));
        let counts = |ups: &str| good(ups) && !(fails && history.is_unheard(&host.name, ups, moment, lag(monitor)));
        let value: u32 =
            monitor.supplies.iter().filter(|supply| counts(&supply.ups)).map(|supply| supply.power_value).sum();
        value < monitor.minsupplies
    })
}

/// Whether a primary of one of the host's UPSes had reason enough: its forced shutdown is an order.
fn follows_a_primary(
    history: &History<'_>,
    host: &HostFacts,
    monitor: &MonitorFacts,
    from: Instant,
    to: Instant,
) -> bool {
    history.monitored().filter(|(other, _)| other.name != host.name).any(|(other, theirs)| {
        let since = before(from, window(theirs));
        // A UPS that feeds others, and is known to have line power, has no part in their primary's shutdown.
        let has_part = |supply: &MonitoredFacts| {
            supply.power_value > 0
                || !on_line(history, &supply.ups, since, to)
                || is_blind(history, other, &supply.ups, since, to)
        };
        let shares = theirs.supplies.iter().any(|supply| {
            supply.primary && has_part(supply) && monitor.supplies.iter().any(|ours| ours.ups == supply.ups)
        });
        shares && is_short(history, other, theirs, since, to)
    })
}

/// Whether an operator asked for the shutdown of this host, or of a UPS that it hangs on, since it
/// last booted.
fn operator_asked(history: &History<'_>, host: &HostFacts, monitor: &MonitorFacts, until: Instant) -> bool {
    let mut asked = false;
    for record in history.records.iter().take_while(|record| record.at <= until) {
        match &record.what {
            What::Ran { host: on, role: CommandRole::Operator, command, .. } if asks_for_a_shutdown(command) => {
                asked |= *on == host.name || concerns(history, on, command, monitor);
            }
            What::Host { host: on, is: HostState::Booting, .. } if *on == host.name => asked = false,
            _ => {}
        }
    }
    asked
}

/// Whether a command that ran on another host is about a UPS of this monitor's.
fn concerns(history: &History<'_>, on: &str, command: &str, monitor: &MonitorFacts) -> bool {
    let named = |ups: &str| command.split_whitespace().any(|word| word.split('@').next() == Some(ups));
    let primary_of = |ups: &str| {
        history.monitored().any(|(other, theirs)| {
            *other.name == *on && theirs.supplies.iter().any(|supply| supply.primary && *supply.ups == *ups)
        })
    };
    monitor.supplies.iter().any(|supply| named(&supply.ups) || primary_of(&supply.ups))
}

/// Whether a command line orders a shutdown: `upsmon -c fsd`, an instant command that cuts a load,
/// `upsdrvctl shutdown`, or the operating system's own.
fn asks_for_a_shutdown(command: &str) -> bool {
    let words: Vec<String> = command.split_whitespace().map(str::to_ascii_lowercase).collect();
    if words.iter().any(|word| word == "-c") && words.iter().any(|word| word.ends_with("shutdown")) {
        // `shutdown -c` takes one back.
        return false;
    }
    words.iter().any(|word| {
        let program = word.rsplit('/').next().unwrap_or(word);
        matches!(program, "fsd" | "-cfsd" | "shutdown" | "poweroff" | "halt")
            || program.starts_with("load.off")
            || (program.starts_with("shutdown.") && program != "shutdown.stop")
    })
}
