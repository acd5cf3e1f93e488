//! What a journal says of the set-up, put together from the scenario, the devices and the
//! configurations.

use emulator::Device;
use emulator::units::Load;

use super::RigError;
use super::configuration::Configuration;
use crate::journal::{FeedFacts, HostFacts, HostState, RunFacts, UpsFacts};
use crate::language::{Host, Makers, Scenario};

/// A scenario with everything that it names read in.
#[derive(Debug)]
pub struct Set {
    /// The UPSes' devices, in the scenario's order.
    pub devices: Vec<Device>,
    /// The hosts' configurations, in the scenario's order.
    pub configurations: Vec<Configuration>,
}

impl Set {
    /// Reads what a scenario names.
    ///
    /// # Errors
    /// A device or a configuration that cannot be used.
    pub fn read(scenario: &Scenario) -> Result<Self, RigError> {
        let device = |ups: &crate::language::Ups| emulator::device::find(&ups.device).map_err(RigError::Device);
        let devices = scenario.ups.iter().map(device).collect::<Result<_, _>>()?;
        let read = |host: &crate::language::Host| Configuration::read(&host.config);
        let configurations = scenario.hosts.iter().map(read).collect::<Result<_, _>>()?;
        Ok(Self { devices, configurations })
    }

    /// How a UPS starts, with so much hanging on it.
    #[must_use]
    pub fn setup(scenario: &Scenario, ups: usize, load_milliwatts: u64) -> emulator::Setup {
        use emulator::units::{Celsius, Milliwatts, Permille};
        let battery = &scenario.ups[ups].battery;
        let permille =
            |share: crate::language::quantity::Permille| Permille(u16::try_from(share.0).unwrap_or(u16::MAX));
        emulator::Setup {
            load: Some(Load::Milliwatts(Milliwatts(u32::try_from(load_milliwatts).unwrap_or(u32::MAX)))),
            charge: battery.charge.map(permille),
            health: battery.health.map(permille),
            temperature: battery.temperature.map(|t| Celsius(i16::try_from(t.0 / 1000).unwrap_or(i16::MAX))),
            // Two devices of one model are told apart by their serial numbers.
            serial: scenario.ups[ups].serial.clone().or_else(|| {
                let earlier = scenario.ups[..ups].iter();
                let has_twin = earlier.map(|other| &other.device).any(|device| *device == scenario.ups[ups].device);
                has_twin.then(|| format!("TWIN{ups:04}"))
            }),
            ..emulator::Setup::default()
        }
    }

    /// The journal's first record.
    #[must_use]
    pub fn facts(&self, scenario: &Scenario, rig: &str, makers: Makers) -> RunFacts {
        RunFacts {
            scenario: scenario.name.clone(),
            title: scenario.title.clone(),
            from: scenario.from.clone(),
            seed: scenario.seed,
            rig: rig.to_owned(),
            makers,
            resolution_us: 0,
            feeds: self.feeds(scenario),
            ups: self.ups(scenario, makers),
            hosts: self.hosts(scenario),
        }
    }

    fn feeds(&self, scenario: &Scenario) -> Vec<FeedFacts> {
        let mut feeds: Vec<FeedFacts> = Vec::new();
        for (ups, device) in scenario.ups.iter().zip(&self.devices) {
            if feeds.iter().all(|feed| *feed.name != *ups.feed) {
                let inlet = &device.facts.inlet;
                feeds.push(FeedFacts {
                    name: ups.feed.as_str().into(),
                    millivolts: inlet.usual.0,
                    millihertz: inlet.frequency.0,
                });
            }
        }
        // A wall socket is a feed as well, whether or not a UPS hangs on it.
        let has_wall = scenario.hosts.iter().any(|host| host.fed_by.iter().any(|supply| supply == Host::MAINS));
        if let Some(first) = feeds.first().filter(|_| has_wall && feeds.iter().all(|feed| *feed.name != *Host::MAINS)) {
            feeds.push(FeedFacts { name: Host::MAINS.into(), ..first.clone() });
        }
        feeds
    }

    fn ups(&self, scenario: &Scenario, makers: Makers) -> Vec<UpsFacts> {
        let facts = |(ups, device): (&crate::language::Ups, &Device)| UpsFacts {
            name: ups.name.as_str().into(),
            device: device.name.clone(),
            model: device.model.clone(),
            feed: ups.feed.as_str().into(),
            rated_milliwatts: device.facts.inverter.rated.0.into(),
            wired: makers.driver == crate::language::Maker::Ours
                && scenario.hosts.iter().any(|host| host.cabled_to.contains(&ups.name)),
        };
        scenario.ups.iter().zip(&self.devices).map(facts).collect()
    }

    fn hosts(&self, scenario: &Scenario) -> Vec<HostFacts> {
        let millis = |time: std::time::Duration| u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
        let facts = |(host, configuration): (&crate::language::Host, &Configuration)| HostFacts {
            name: host.name.as_str().into(),
            group: host.group.as_str().into(),
            fed_by: host.fed_by.iter().map(|supply| supply.as_str().into()).collect(),
            needs: host.needs,
            milliwatts: host.draws.0,
            stops_in_ms: millis(host.stops_in),
            boots_in_ms: millis(host.boots_in),
            restores: host.restores,
            poweroff_wait_s: configuration.poweroff_wait.map(|wait| wait.as_secs()),
            starts: if host.starts_up { HostState::Up } else { HostState::Off },
            maxage_s: configuration.maxage_seconds,
            monitor: configuration.monitor_facts(|name| server_of(scenario, &host.name, name)),
        };
        scenario.hosts.iter().zip(&self.configurations).map(facts).collect()
    }
}

/// The host that a host calls `name`.
#[must_use]
pub fn server_of(scenario: &Scenario, asker: &str, name: &str) -> String {
    if matches!(name, "localhost" | "127.0.0.1" | "::1") {
        return asker.to_owned();
    }
    let is_it = |host: &&crate::language::Host| {
        protocol::names::same(&host.name, name) || host.address.as_deref() == Some(name)
    };
    scenario.hosts.iter().find(is_it).map_or_else(|| name.to_owned(), |host| host.name.clone())
}
