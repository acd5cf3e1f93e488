//! Secondaries that would go down where their primary would not, or for something that is none of theirs.
//!
//! A host that halts alone stays off: its primary orders no shutdown, so nothing cuts the load, and
//! when the mains are back nothing starts it again. What a monitor decides by itself must therefore
//! come after what its primary decides for both. The rules are those of `monitor::criticality`.

use crate::language::{Host, Scenario};
use crate::rigs::configuration::{Configuration, host_of, ups_of};
use crate::rigs::facts::{Set, server_of};
use monitor::Config;
use monitor::config::{Monitored, Role, ShutdownExit};
use protocol::diagnostic::{Diagnostic, Severity};
use protocol::names::same;
use std::time::Duration;

/// What there is to say of every secondary's MONITOR line beside its primary's.
pub fn review(scenario: &Scenario, set: &Set) -> Vec<Diagnostic> {
    let lines: Vec<Line> = scenario.hosts.iter().zip(&set.configurations).flat_map(Line::of_host).collect();
    let mut said = Vec::new();
    for secondary in lines.iter().filter(|line| line.monitored.role == Role::Secondary) {
        let its_primary = |line: &&Line| line.monitored.role == Role::Primary && line.is_about(secondary, scenario);
        for primary in lines.iter().filter(its_primary) {
            let pair = Pair { secondary, primary };
            let all = [
                pair.low_battery(),
                pair.out_of_sight(),
                pair.one_supply(),
                pair.shutdown_for_others(),
                pair.stay(),
                pair.stay_of_a_service(),
            ];
            said.extend(all.into_iter().flatten());
        }
    }
    said
}

/// One MONITOR line of one host.
struct Line<'a> {
    host: &'a Host,
    config: &'a Config,
    monitored: &'a Monitored,
}

impl<'a> Line<'a> {
    fn of_host((host, configuration): (&'a Host, &'a Configuration)) -> impl Iterator<Item = Self> {
        let config = configuration.monitor.as_ref().filter(|_| configuration.implied.monitor);
        let lines = config.into_iter().flat_map(|config| config.monitored.iter().map(move |line| (config, line)));
        lines.map(move |(config, monitored)| Self { host, config, monitored })
    }

    /// Whether the other line is about the same UPS of the same server.
    fn is_about(&self, other: &Self, scenario: &Scenario) -> bool {
        let server = |line: &Self| server_of(scenario, &line.host.name, host_of(&line.monitored.system));
        same(ups_of(&self.monitored.system), ups_of(&other.monitored.system)) && server(self) == server(other)
    }

    /// Whether this host has too few supplies without this one.
    fn falls_without_it(&self) -> bool {
        let left = self.config.total_power_value().saturating_sub(self.monitored.power_value);
        self.monitored.power_value > 0 && left < self.config.min_supplies
    }
}

/// A secondary's line, and its primary's for the same UPS.
struct Pair<'a> {
    secondary: &'a Line<'a>,
    primary: &'a Line<'a>,
}

impl Pair<'_> {
    fn warn(&self, text: &str) -> Diagnostic {
        let (host, ups) = (&self.secondary.host.group, &self.secondary.monitored.system);
        Diagnostic::unplaced(Severity::Warning, format!("{host} monitors {ups}: {text}"))
    }

    /// OBLBDURATION of the primary against OBLBDURATION and HOSTSYNC of the secondary.
    fn low_battery(&self) -> Option<Diagnostic> {
        let (secondary, primary) = (self.secondary.config, self.primary.config);
        let gives_up = secondary.low_battery_for + secondary.host_sync;
        let (who, acts) = (&self.primary.host.group, primary.low_battery_for);
        (!acts.is_zero() && gives_up <= acts && self.secondary.falls_without_it()).then(|| {
            self.warn(&format!(
                "it goes down by itself after {} of a low battery (HOSTSYNC), and its primary {who} acts after {} \
                 (OBLBDURATION) at the earliest: where the mains return in between it stays off",
                seconds(gives_up),
                seconds(acts)
            ))
            .hint(format!(
                "HOSTSYNC {} or more here, or the OBLBDURATION of {who}",
                (acts + primary.host_sync).as_secs()
            ))
        })
    }

    /// DEADTIME of the primary against DEADTIME and HOSTSYNC of the secondary.
    fn out_of_sight(&self) -> Option<Diagnostic> {
        let (secondary, primary) = (self.secondary.config, self.primary.config);
        let gives_up = secondary.dead_time.max(secondary.host_sync);
        let (who, acts) = (&self.primary.host.group, primary.dead_time);
        (gives_up < acts && self.secondary.falls_without_it()).then(|| {
            self.warn(&format!(
                "it goes down by itself when the UPS is out of sight on battery for {} (DEADTIME, HOSTSYNC), and its \
                 primary {who} after {} (DEADTIME): where the mains return in between it stays off",
                seconds(gives_up),
                seconds(acts)
            ))
            .hint(format!("DEADTIME {} or more here", acts.as_secs()))
        })
    }

    /// SHUTDOWNEXIT of the secondary.
    fn stays(&self) -> Option<Duration> {
        match self.secondary.config.shutdown_exit {
            ShutdownExit::After(stays) if !self.secondary.config.is_primary() => Some(stays),
            ShutdownExit::After(_) | ShutdownExit::Never => None,
        }
    }

    /// SHUTDOWNEXIT against the service manager, which ends the monitor with its host.
    fn stay_of_a_service(&self) -> Option<Diagnostic> {
        let (stays, longest) = (self.stays()?, self.secondary.host.stop_timeout);
        (stays > longest).then(|| {
            self.warn(&format!(
                "it stays logged in for {} after SHUTDOWNCMD (SHUTDOWNEXIT), and its service manager kills what has not \
                 ended after {}",
                seconds(stays),
                seconds(longest)
            ))
            .hint(format!("TimeoutStopSec={} in the unit of upsmon, and `stop_timeout` here", stays.as_secs() + 5))
        })
    }

    /// SHUTDOWNEXIT of the secondary against HOSTSYNC of the primary.
    fn stay(&self) -> Option<Diagnostic> {
        let (secondary, primary) = (self.secondary.config, self.primary.config);
        let stays = secondary.final_delay + self.stays()?;
        let (who, waits) = (&self.primary.host.group, primary.host_sync);
        (stays > waits).then(|| {
            self.warn(&format!(
                "it stays logged in for {} from the order on (FINALDELAY, SHUTDOWNEXIT), and its primary {who} waits for                  {} (HOSTSYNC)",
                seconds(stays),
                seconds(waits)
            ))
            .hint(format!("HOSTSYNC {} or more in the upsmon.conf of {who}", (stays + secondary.poll_alert_every).as_secs()))
        })
    }

    /// What the loss of this one UPS is to the secondary and to its primary.
    fn one_supply(&self) -> Option<Diagnostic> {
        let who = &self.primary.host.group;
        let config = self.primary.config;
        (self.secondary.falls_without_it() && !self.primary.falls_without_it()).then(|| {
            let (need, have) = (config.min_supplies, config.total_power_value());
            let left = have.saturating_sub(self.primary.monitored.power_value);
            self.warn(&format!(
                "when this UPS runs low it goes down, by itself after HOSTSYNC, and its primary {who} stays up with \
                 a power value of {left} (MINSUPPLIES {need}): nothing cuts the load, and when the mains return it \
                 stays off"
            ))
            .hint(format!("let a host that cannot do without {} be its primary", self.secondary.monitored.system))
        })
    }

    /// A primary that does not hang on this UPS itself: what becomes of its hosts when other supplies fail.
    fn shutdown_for_others(&self) -> Option<Diagnostic> {
        let (who, config) = (&self.primary.host.group, self.primary.config);
        let is_fed = |line: &Line| line.monitored.power_value > 0;
        if !is_fed(self.secondary) || is_fed(self.primary) || config.min_supplies == 0 {
            return None;
        }
        let (what, remedy) = if config.can_leave_alone(self.primary.monitored) {
            (
                format!(
                    "{who} goes down alone, and while it is down nobody reads this UPS: its hosts are not told when it \
                     runs low, and crash"
                ),
                format!("let a host that hangs on {} drive it", self.secondary.monitored.system),
            )
        } else {
            (
                "it orders this one's hosts down and has their load cut as well, on line power too".to_owned(),
                format!(
                    "with POWERDOWNFLAG, and a name that no other UPS in the upsmon.conf of {who} has, this UPS is left \
                     alone"
                ),
            )
        };
        Some(
            self.warn(&format!(
                "its primary {who} does not hang on this UPS (power value 0): when the supplies of {who} fail, {what}"
            ))
            .hint(format!(
                "{remedy}; NUT's upsmon and upsdrvctl do not leave it alone: where they run on {who}, `secondary` with power \
                 value 0 in its upsmon.conf, and `sdorder = -1` in its ups.conf, keep this UPS out of it; when it runs \
                 low itself, its hosts then go down by themselves and nothing cuts their load"
            )),
        )
    }
}

fn seconds(duration: Duration) -> String {
    format!("{} s", duration.as_secs())
}
