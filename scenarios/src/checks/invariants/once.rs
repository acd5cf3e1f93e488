//! 7. SHUTDOWNCMD runs at most once per decision, but for one that ended with an error, which is run again;
//!    POWERDOWNFLAG exists exactly when the load is to be cut.
//!
//! A boot, an operator who cancels, or a monitor that is started again ends a decision: the new one obeys
//! an order that still stands. On a primary the flag must be there, because
//! its late shutdown hook cuts the load when it finds one; on a host that is primary of nothing there
//! is no load to cut, and there must be none.

use super::{Breach, Finding};
use crate::checks::history::{Course, History};
use crate::journal::{CommandRole, HostFacts, HostState, MonitorFacts, ProcessEvent, What};
use crate::language::wording::clock;
use protocol::Instant;
use std::time::Duration;

/// How long a flag may wait for its shutdown command, or outlive a boot.
const GRACE: Duration = Duration::from_secs(60);

/// Each command too many, and each flag that is missing or stray.
pub fn check(history: &History<'_>) -> Finding {
    let breaches: Vec<Breach> =
        history.monitored().flat_map(|(host, monitor)| of_host(history, host, monitor)).collect();
    breaches.into()
}

fn of_host(history: &History<'_>, host: &HostFacts, monitor: &MonitorFacts) -> Vec<Breach> {
    let cuts = monitor.supplies.iter().any(|supply| supply.primary);
    let is_primary = cuts && monitor.powerdownflag.is_some();
    let mut breaches = Vec::new();
    let mut ordered: Option<Instant> = None;
    let mut failed = false;
    let mut flag: Option<Instant> = None;
    let mut said: Option<&str> = None;
    for record in history.records {
        match &record.what {
            What::Ran { host: on, role: CommandRole::Shutdown, .. } if *on == host.name => {
                if let Some(first) = ordered.filter(|_| !std::mem::take(&mut failed)) {
                    breaches.push(Breach {
                        at: record.at,
                        why: format!("{} ran its shutdown command again, after {}", host.name, clock(first)),
                    });
                }
                if is_primary && flag.is_none() {
                    let mut why = format!("{} ran its shutdown command without a power-down flag", host.name);
                    why.extend(said.into_iter().flat_map(|line| [": ", line]));
                    breaches.push(Breach { at: record.at, why });
                }
                ordered = Some(record.at);
            }
            What::Ended { host: on, role: CommandRole::Shutdown, status, .. } if *on == host.name => {
                failed = *status != Some(0);
            }
            What::Ran { host: on, role: CommandRole::Operator, command, .. }
                if *on == host.name && command.contains("shutdown -c") =>
            {
                ordered = None;
            }
            What::Process { host: on, process, event: ProcessEvent::Started, .. }
                if *on == host.name && &**process == "upsmon" =>
            {
                ordered = None;
            }
            What::Flag { host: on, exists } if *on == host.name => {
                if *exists && !cuts && flag.is_none() {
                    breaches.push(Breach {
                        at: record.at,
                        why: format!("{} wrote a power-down flag, and is primary of no UPS", host.name),
                    });
                }
                flag = exists.then_some(record.at);
            }
            What::Host { host: on, is: HostState::Booting, .. } if *on == host.name => (ordered, said) = (None, None),
            // Why there is no flag, where the monitor could not write it.
            What::Logged { host: on, line, .. } if *on == host.name && line.starts_with("POWERDOWNFLAG ") => {
                said = Some(line);
            }
            _ => {}
        }
    }
    if let (Some(since), None, true) = (flag, ordered, is_primary)
        && history.hosts.get(&host.name).and_then(Course::last).is_some_and(|(_, state)| state == HostState::Up)
        && history.end - since > GRACE
    {
        breaches.push(Breach {
            at: since,
            why: format!(
                "{} has a power-down flag and no shutdown under way: the next one would cut the load",
                host.name
            ),
        });
    }
    breaches
}
