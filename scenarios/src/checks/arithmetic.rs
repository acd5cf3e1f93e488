//! The arithmetic of a host that was lost: what the battery had when its shutdown command was run,
//! what the host still needed, and by how much it fell short.

use super::history::History;
use crate::journal::{CommandRole, HostFacts, HostState, Name, ProcessEvent, What};
use crate::language::wording::{clock, time};
use protocol::Instant;
use std::fmt;
use std::time::Duration;

/// A host that lost its power before it had halted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Loss {
    /// Which.
    pub host: Name,
    /// When it was lost.
    pub at: Instant,
    /// Its last shutdown command before that, where it ran one.
    pub command: Option<Ordered>,
    /// The outlet that went dead under it, and why, where it hangs on a UPS.
    pub cut: Option<(Name, String)>,
}

/// A shutdown command that did not come in time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ordered {
    /// When it was run.
    pub at: Instant,
    /// The command.
    pub command: String,
    /// How long the command waits before the operating system begins to stop.
    pub delay: Duration,
    /// How long the operating system takes to stop, unless a step slows it down.
    pub stops_in: Duration,
    /// When it began to.
    pub began: Option<Instant>,
    /// How long its services took to end, where the operating system waited for them, and the one that still ran when
    /// the power went.
    pub services: Option<(Duration, Option<Name>)>,
    /// What was left of each of the host's UPSes, by their own reckoning.
    pub left: Vec<Left>,
    /// When its late shutdown hook began, where that was not over.
    pub hook: Option<Instant>,
}

/// What was left of a UPS.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Left {
    /// Which.
    pub ups: Name,
    /// Charge, in thousandths.
    pub charge_permille: u32,
    /// Runtime as the device reckons it.
    pub runtime: Duration,
}

/// Every host that was lost, in the order of time.
#[must_use]
pub fn losses(history: &History<'_>) -> Vec<Loss> {
    let lost = history.records.iter().filter_map(|record| match &record.what {
        What::Host { host, is: HostState::Crashed, .. } => Some((host, record.at)),
        _ => None,
    });
    lost.map(|(host, at)| Loss {
        host: host.clone(),
        at,
        command: history.facts.host(host).and_then(|facts| last_order(history, facts, at)),
        cut: history.facts.host(host).and_then(|facts| last_cut(history, facts, at)),
    })
    .collect()
}

fn last_cut(history: &History<'_>, host: &HostFacts, lost: Instant) -> Option<(Name, String)> {
    let until = history.records.iter().take_while(|record| record.at <= lost);
    let cuts = until.filter_map(|record| match &record.what {
        What::Outlet { ups, live: false, because } if host.fed_by.contains(ups) => Some((ups.clone(), because.clone())),
        _ => None,
    });
    cuts.last()
}

fn last_order(history: &History<'_>, host: &HostFacts, lost: Instant) -> Option<Ordered> {
    let (mut found, mut began, mut hook) = (None, None, None);
    let mut services = Services::default();
    for record in history.records.iter().take_while(|record| record.at <= lost) {
        match &record.what {
            What::Ran { host: on, role: CommandRole::Shutdown, command, .. } if *on == host.name => {
                found = Some((record.at, command.clone()));
            }
            What::Host { host: on, is: HostState::Stopping, .. } if *on == host.name => began = Some(record.at),
            What::Ran { host: on, role: CommandRole::LateShutdown, .. } if *on == host.name => hook = Some(record.at),
            What::Ended { host: on, role: CommandRole::LateShutdown, .. } if *on == host.name => hook = None,
            What::Process { host: on, process, event, .. } if *on == host.name => {
                services.take(process, *event, record.at);
            }
            // A boot ends what was ordered before it.
            What::Host { host: on, is: HostState::Booting, .. } if *on == host.name => {
                (found, began, hook) = (None, None, None);
                services = Services::default();
            }
            _ => {}
        }
    }
    let (at, command) = found?;
    let stops_in = Duration::from_millis(host.stops_in_ms);
    Some(Ordered {
        at,
        delay: delay(&command),
        command,
        stops_in,
        began,
        services: began.map(|began| services.took(began, lost)).filter(|(took, _)| *took > stops_in),
        left: host.fed_by.iter().filter_map(|ups| left(history, ups, at)).collect(),
        hook,
    })
}

/// The services of a host, as far as a journal tells.
#[derive(Debug, Default)]
struct Services {
    /// Those that run, in the order in which they started.
    running: Vec<Name>,
    /// When one ended last.
    ended_at: Option<Instant>,
}

impl Services {
    fn take(&mut self, process: &Name, event: ProcessEvent, at: Instant) {
        match event {
            ProcessEvent::Started => self.running.push(process.clone()),
            ProcessEvent::Exited { .. } | ProcessEvent::Killed => {
                if let Some(place) = self.running.iter().position(|name| name == process) {
                    self.running.remove(place);
                    self.ended_at = Some(at);
                }
            }
            ProcessEvent::Stopped | ProcessEvent::Continued | ProcessEvent::Reloaded => {}
        }
    }

    /// How long they took to end, or have taken until `lost`; they end against the order in which they started.
    fn took(mut self, began: Instant, lost: Instant) -> (Duration, Option<Name>) {
        let ended_at = if self.running.is_empty() { self.ended_at.unwrap_or(began) } else { lost };
        (ended_at.saturating_since(began), self.running.pop())
    }
}

/// What `shutdown` was told to wait: `+5` is five minutes, anything else is at once.
fn delay(command: &str) -> Duration {
    let minutes = command.split_whitespace().find_map(|word| word.strip_prefix('+')?.parse::<u64>().ok());
    Duration::from_secs(60 * minutes.unwrap_or(0))
}

fn left(history: &History<'_>, name: &Name, at: Instant) -> Option<Left> {
    history
        .records
        .iter()
        .take_while(|record| record.at <= at)
        .filter_map(|record| match &record.what {
            What::Sample { ups, charge_permille, runtime_s, .. } if ups == name => Some(Left {
                ups: ups.clone(),
                charge_permille: *charge_permille,
                runtime: Duration::from_secs(*runtime_s),
            }),
            _ => None,
        })
        .last()
}

impl Ordered {
    /// What the host needed from the command on.
    #[must_use]
    pub fn needed(&self) -> Duration {
        let services = self.services.as_ref().map_or(Duration::ZERO, |(took, _)| *took);
        self.delay + self.stops_in.max(services)
    }
}

impl Loss {
    /// What happened to the host, after its name: `ran … at 17:35.1, …: 3 min 29 s short`.
    #[must_use]
    pub fn account(&self) -> String {
        let Some(ordered) = &self.command else {
            let lost = format!("lost power at {} without having been told to shut down", clock(self.at));
            return match &self.cut {
                Some((ups, because)) => format!("{lost}: the outlet of {ups} went dead ({because})"),
                None => lost,
            };
        };
        let had = self.at - ordered.at;
        let mut said = format!("ran `{}` at {}", ordered.command, clock(ordered.at));
        for left in &ordered.left {
            let charge = left.charge_permille;
            said += &format!(
                ", when {} had {}.{} % and reckoned with {}",
                left.ups,
                charge / 10,
                charge % 10,
                time(left.runtime)
            );
        }
        said += ". Needed: ";
        if !ordered.delay.is_zero() {
            said += &format!("{} until the command takes effect + ", time(ordered.delay));
        }
        said += &format!("{} to stop", time(ordered.stops_in));
        if let Some((took, still_runs)) = &ordered.services {
            let more = if still_runs.is_some() { "more than " } else { "" };
            said += &format!(", and {more}{} for its services to end beside it", time(*took));
        }
        said += &format!(" = {}. Power lasted {}", time(ordered.needed()), time(had));
        let still_runs = ordered.services.as_ref().and_then(|(_, still_runs)| still_runs.as_ref());
        said += &match (ordered.needed().checked_sub(had), ordered.hook) {
            _ if let Some(name) = still_runs => format!(": enough to stop, but {name} still ran"),
            (Some(short), _) if !short.is_zero() => format!(": {} short", time(short)),
            (_, Some(hook)) => format!(": enough to stop, but its late shutdown hook still ran, since {}", clock(hook)),
            _ if ordered.began.is_some_and(|began| self.at - began >= ordered.stops_in) => {
                ": enough, had it taken no longer to stop".to_owned()
            }
            _ => ": enough, had the host begun to stop when it was told".to_owned(),
        };
        said
    }
}

/// Losses with the same account together, each with the time of the first of them, in its order.
#[must_use]
pub fn together(losses: &[Loss]) -> Vec<(Instant, Vec<Name>, String)> {
    let mut told: Vec<(Instant, Vec<Name>, String)> = Vec::new();
    for loss in losses {
        let account = loss.account();
        match told.iter_mut().find(|(_, _, same)| *same == account) {
            Some((_, hosts, _)) => hosts.push(loss.host.clone()),
            None => told.push((loss.at, vec![loss.host.clone()], account)),
        }
    }
    told
}

impl fmt::Display for Loss {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.host, self.account())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::journal::sample::{at, facts};
    use crate::journal::{Record, Supply};

    /// The account of a host that takes 20 s to stop and lost its power 50 s after SHUTDOWNCMD; its upsmon ended then.
    fn account(upsmon_ends_at: Option<u64>) -> String {
        let name = || Name::from("box");
        let host = |is| What::Host { host: name(), is, because: String::new() };
        let process = |process: &str, event| What::Process { host: name(), process: process.into(), ups: None, event };
        let command = "/sbin/shutdown -h +0".to_owned();
        let exited = ProcessEvent::Exited { status: 0 };
        let mut told = vec![
            (0, host(HostState::Up)),
            (0, process("upsd", ProcessEvent::Started)),
            (0, process("upsmon", ProcessEvent::Started)),
            (10_000, What::Ran { host: name(), role: CommandRole::Shutdown, by: "upsmon".into(), command }),
            (10_000, host(HostState::Stopping)),
            (60_000, What::Supply { ups: "rack".into(), is: Supply::Off }),
            (60_000, host(HostState::Crashed)),
        ];
        told.extend(upsmon_ends_at.map(|ms| (ms, process("upsmon", exited))));
        told.extend(upsmon_ends_at.map(|ms| (ms, process("upsd", exited))));
        told.sort_by_key(|(ms, _)| *ms);
        let records: Vec<Record> = told.into_iter().map(|(ms, what)| Record { at: at(ms), what }).collect();
        losses(&History::new(&facts(), &records))[0].account()
    }

    #[test]
    fn a_service_that_the_host_waits_for_is_counted() {
        let needed = |account: String| account.split_once("Needed: ").map(|(_, needed)| needed.to_owned());
        let at_once = "20 s to stop = 20 s. Power lasted 50 s: enough, had it taken no longer to stop";
        assert_eq!(needed(account(Some(10_100))).as_deref(), Some(at_once));
        let in_the_end = "20 s to stop, and 49 s for its services to end beside it = 49 s. Power lasted 50 s: enough, \
                          had it taken no longer to stop";
        assert_eq!(needed(account(Some(59_000))).as_deref(), Some(in_the_end));
        let never = "20 s to stop, and more than 50 s for its services to end beside it = 50 s. Power lasted 50 s: enough \
                     to stop, but upsmon still ran";
        assert_eq!(needed(account(None)).as_deref(), Some(never));
    }
}
