//! The first record of a journal: everything about the set-up that a check or a report needs.

use super::record::Name;
use crate::language::Makers;
use serde::{Deserialize, Serialize};

/// What ran, on what.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunFacts {
    /// The scenario's name.
    pub scenario: String,
    /// Its title.
    pub title: String,
    /// Where the set-up was published.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// The seed.
    pub seed: u64,
    /// `simulated` or `processes`.
    pub rig: String,
    /// Who made the daemons.
    pub makers: Makers,
    /// What is seen closer together than this may have happened in either order, in microseconds: on a
    /// rig of real processes a notice is known once the command that it starts has started. 0 where
    /// every order is known.
    #[serde(default, skip_serializing_if = "is_exact")]
    pub resolution_us: u64,
    /// The feeds of mains power.
    pub feeds: Vec<FeedFacts>,
    /// The UPSes.
    pub ups: Vec<UpsFacts>,
    /// The hosts.
    pub hosts: Vec<HostFacts>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands over a reference")]
fn is_exact(resolution_us: &u64) -> bool {
    *resolution_us == 0
}

/// A feed of mains power, on and nominal at the start.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FeedFacts {
    /// Its name; a scenario that names none has one, `mains`.
    pub name: Name,
    /// Nominal voltage.
    pub millivolts: u32,
    /// Nominal frequency.
    pub millihertz: u32,
}

/// A UPS.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UpsFacts {
    /// Its name.
    pub name: Name,
    /// Its device file's name.
    pub device: String,
    /// Manufacturer and model, as the device says it.
    pub model: String,
    /// The feed it hangs on.
    pub feed: Name,
    /// What it may carry.
    pub rated_milliwatts: u64,
    /// It has a data wire that is in the journal (invariant 5 is judged only then).
    pub wired: bool,
}

/// A host.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HostFacts {
    /// Its name.
    pub name: Name,
    /// The name it has in the scenario (`n100` for `n100-1`).
    pub group: Name,
    /// Names of its supplies: UPSes, or `mains`.
    pub fed_by: Vec<Name>,
    /// How many of them must be live.
    pub needs: usize,
    /// What it draws.
    pub milliwatts: u64,
    /// How long its operating system takes to stop.
    pub stops_in_ms: u64,
    /// How long it takes to boot.
    pub boots_in_ms: u64,
    /// Whether it boots when its outlet becomes live.
    pub restores: bool,
    /// POWEROFF_WAIT of its `nut.conf`, in seconds, where its late shutdown boots it again when no cut comes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub poweroff_wait_s: Option<u64>,
    /// Its state at the start.
    pub starts: super::state::HostState,
    /// MAXAGE of its `upsd`, where it runs one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub maxage_s: Option<u64>,
    /// Its `upsmon`, where it runs one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub monitor: Option<MonitorFacts>,
}

/// What the configuration of a host's `upsmon` says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MonitorFacts {
    /// MONITOR lines.
    pub supplies: Vec<MonitoredFacts>,
    /// MINSUPPLIES.
    pub minsupplies: u32,
    /// POLLFREQ, in seconds.
    pub pollfreq_s: u64,
    /// POLLFREQALERT, in seconds.
    pub pollfreqalert_s: u64,
    /// HOSTSYNC, in seconds.
    pub hostsync_s: u64,
    /// FINALDELAY, in seconds.
    pub finaldelay_s: u64,
    /// DEADTIME, in seconds.
    pub deadtime_s: u64,
    /// SHUTDOWNCMD as written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shutdowncmd: Option<String>,
    /// POWERDOWNFLAG as written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub powerdownflag: Option<String>,
}

/// One MONITOR line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MonitoredFacts {
    /// The UPS, by its name in the scenario.
    pub ups: Name,
    /// The host whose `upsd` is asked.
    pub server: Name,
    /// Power value.
    pub power_value: u32,
    /// Primary, or secondary.
    pub primary: bool,
}

impl RunFacts {
    /// The host of this name.
    #[must_use]
    pub fn host(&self, name: &str) -> Option<&HostFacts> {
        self.hosts.iter().find(|host| &*host.name == name)
    }

    /// The UPS of this name.
    #[must_use]
    pub fn ups(&self, name: &str) -> Option<&UpsFacts> {
        self.ups.iter().find(|ups| &*ups.name == name)
    }
}

/// Names of hosts as a person would list them: `n100-1 … n100-4` where a whole run of a group is meant.
#[must_use]
pub fn names(who: &[Name], facts: &RunFacts) -> String {
    let place = |name: &Name| facts.hosts.iter().position(|host| host.name == *name);
    let mut places: Vec<(Option<usize>, &Name)> = who.iter().map(|name| (place(name), name)).collect();
    places.sort();
    let mut said: Vec<String> = Vec::new();
    let mut rest = places.as_slice();
    while let Some((first, name)) = rest.first() {
        let group = first.map(|place| &facts.hosts[place].group);
        let run = rest
            .iter()
            .enumerate()
            .take_while(|(offset, (place, _))| {
                place.zip(*first).is_some_and(|(place, first)| place == first + offset)
                    && place.map(|place| &facts.hosts[place].group) == group
            })
            .count()
            .max(1);
        if run > 2 {
            said.push(format!("{name} … {}", rest[run - 1].1));
        } else {
            said.extend(rest[..run].iter().map(|(_, name)| name.to_string()));
        }
        rest = &rest[run..];
    }
    said.join(", ")
}
