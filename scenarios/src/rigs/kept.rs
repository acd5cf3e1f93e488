//! What a host's monitor has kept from before the run: every host has been up for long when it begins.

use super::configuration::{Configuration, host_of, ups_of};
use super::facts::server_of;
use crate::language::{Host, Scenario};
use monitor::Config;
use monitor::config::{Monitored, Role};
use monitor::kept::Kept;
use protocol::names::same;

/// The file of one host. `config` is its monitor's where the rig has changed names in it, line for line.
#[must_use]
pub fn kept(scenario: &Scenario, configurations: &[Configuration], host: usize, config: &Config) -> Vec<u8> {
    let own = lines(&configurations[host]).zip(&config.monitored);
    let primary = own.filter(|(line, _)| line.role == Role::Primary);
    let count = |line| others(scenario, configurations, host, line);
    primary.map(|(line, renamed)| (renamed.system.as_str(), count(line))).collect::<Kept>().write()
}

/// How many others have logged in to the UPS of a line of this host.
fn others(scenario: &Scenario, configurations: &[Configuration], host: usize, line: &Monitored) -> u32 {
    let server = |host: &Host, line: &Monitored| server_of(scenario, &host.name, host_of(&line.system));
    let this = &scenario.hosts[host];
    let is_about = |other: &Host, its: &Monitored| {
        same(ups_of(&its.system), ups_of(&line.system)) && server(other, its) == server(this, line)
    };
    let all = scenario.hosts.iter().zip(configurations).enumerate();
    let has_logged_in = all.filter(|(index, (other, configuration))| {
        // Those that a host has not seen while it was up are none of its own.
        let was_there = other.starts_up || !this.starts_up;
        *index != host && was_there && lines(configuration).any(|its| is_about(other, its))
    });
    u32::try_from(has_logged_in.count()).unwrap_or(u32::MAX)
}

fn lines(configuration: &Configuration) -> impl Iterator<Item = &Monitored> {
    let config = configuration.monitor.as_ref().filter(|_| configuration.implied.monitor);
    config.into_iter().flat_map(|config| &config.monitored)
}
