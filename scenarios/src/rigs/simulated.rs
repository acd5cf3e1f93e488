//! The simulated rig: the production engines on a virtual clock.
//!
//! Every link carries the real bytes, with a latency above zero; no struct is handed across and no
//! poll is skipped. Time jumps from one event to the next, so that hours take milliseconds.
//!
//! 1. [`world`]: what there is, and the loop. [`agenda`]: what is to come; [`alarms`]: who wants
//!    to be asked when.
//! 2. [`process`] and [`daemon`]: engines. [`effects`] and [`acts`]: what they and the director ask for.
//! 3. [`links`], [`connect`], [`network`], [`port`]: what bytes travel over; [`hearing`]: who listens in.
//! 4. [`machine`], [`stop`], [`late`], [`tool`]: what hosts do beside.

mod acts;
mod agenda;
mod alarms;
mod chance;
mod connect;
mod daemon;
mod due;
mod effects;
mod hearing;
mod inbox;
mod late;
mod links;
mod machine;
mod network;
mod port;
mod process;
mod stop;
mod tool;
mod world;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Instant as WallInstant;

use protocol::Instant;

use self::daemon::Plan;
use self::machine::{CONFIGURATION, Machine, kept_path};
use self::port::Port;
use self::process::{Purpose, Slot};
use self::world::{Parts, World};
use super::configuration::Configuration;
use super::director::Director;
use super::facts::Set;
use super::kept::kept;
use super::{RigError, Run, RunOptions, refusal};
use crate::language::action::Disk;
use crate::language::{Makers, Scenario};

/// Runs a scenario on a virtual clock.
///
/// # Errors
/// What keeps it from running here: a stack that is not ours, a device or a configuration that
/// cannot be used, an action that this rig cannot carry out.
pub fn run(scenario: &Scenario, options: &RunOptions) -> Result<Run, RigError> {
    if options.makers != Makers::OURS {
        return Err(RigError::Skipped("the simulated rig runs our engines only".to_owned()));
    }
    refusal::check(scenario, refusal::Rig::Simulated)?;
    let set = Set::read(scenario)?;
    let director = Director::new(Arc::new(scenario.clone()), set.facts(scenario, "simulated", options.makers));
    let ports = ports(scenario, &set, &director);
    let world = World::new(Parts {
        director,
        machines: machines(scenario, &set.configurations),
        slots: slots(scenario, &set.configurations),
        ports,
        seed: scenario.seed,
        all_wires: options.wires,
    });
    #[expect(clippy::disallowed_methods, reason = "how long a run took on the wall clock; no decision sees it")]
    let began = WallInstant::now();
    let (journal, events) = world.run();
    Ok(Run { journal, real: began.elapsed(), events, rewritten: Vec::new() })
}

fn machines(scenario: &Scenario, configurations: &[Configuration]) -> Vec<Machine> {
    let machine = |(index, (host, configuration)): (usize, (&crate::language::Host, &Configuration))| {
        let address = host.address.clone().unwrap_or_else(|| format!("10.0.{}.{}", index / 250, index % 250 + 1));
        let mut files: BTreeMap<String, Vec<u8>> = configuration
            .files
            .iter()
            .map(|(name, contents)| (format!("{CONFIGURATION}/{name}"), contents.clone()))
            .collect();
        if let Some(monitor) = &configuration.monitor {
            files.insert(kept_path(), kept(scenario, configurations, index, monitor));
        }
        Machine {
            name: host.name.as_str().into(),
            names: vec![host.name.clone(), address.clone()],
            address,
            files,
            disk: Disk::Healthy,
            flag: configuration.monitor.as_ref().and_then(|monitor| monitor.power_down_flag.clone()),
            recogniser: configuration.recogniser(),
            is_reachable: false,
            is_nameless: false,
            boots: 0,
            cabled_to: host
                .cabled_to
                .iter()
                .filter_map(|name| scenario.ups.iter().position(|ups| ups.name == *name))
                .collect(),
            watches: Vec::new(),
        }
    };
    scenario.hosts.iter().zip(configurations).enumerate().map(machine).collect()
}

/// Every daemon that any host could run, in the order in which an init system starts them.
fn slots(scenario: &Scenario, configurations: &[Configuration]) -> Vec<Slot> {
    let mut slots = Vec::new();
    for (host, configuration) in configurations.iter().enumerate() {
        let implied = configuration.implied;
        let sections = configuration.ups.iter().flat_map(|ups| &ups.sections).filter(|_| implied.drivers);
        let drivers: Vec<(String, String, i32)> = sections
            .map(|section| {
                let program = section.settings.get("driver").unwrap_or_default().to_owned();
                let order = section.settings.get("sdorder").and_then(|order| order.parse().ok()).unwrap_or(0);
                (section.name.as_str().to_owned(), program, order)
            })
            .collect();
        let driver = |(ups, program, _): &(String, String, i32), purpose: Purpose| {
            let killpower = purpose == Purpose::LateShutdown;
            let plan = Plan::Driver { ups: ups.clone(), program: program.clone(), killpower, patience: None };
            Slot::new(host, program, Some(ups), purpose, plan)
        };
        slots.extend(drivers.iter().map(|of| driver(of, Purpose::Service)));
        if implied.server {
            let seed = scenario.seed.wrapping_mul(31).wrapping_add(host as u64);
            slots.push(Slot::new(host, "upsd", None, Purpose::Service, Plan::Server(seed)));
            let driven = |ups: &str| drivers.iter().any(|(driven, _, _)| driven == ups);
            let variables = super::observer::spoken_of(scenario, driven);
            if !variables.is_empty() {
                slots.push(Slot::new(host, "observer", None, Purpose::Observer, Plan::Observer(variables)));
            }
        }
        if implied.monitor {
            slots.push(Slot::new(host, "upsmon", None, Purpose::Service, Plan::Monitor));
        }
        // upsdrvctl(8): shutdown goes by sdorder; -1 is left alone.
        let mut last: Vec<_> = drivers.iter().filter(|(_, _, order)| *order >= 0).collect();
        last.sort_by_key(|(_, _, order)| *order);
        slots.extend(last.into_iter().map(|of| driver(of, Purpose::LateShutdown)));
    }
    slots
}

fn ports(scenario: &Scenario, set: &Set, director: &Director) -> Vec<Port> {
    let port = |(index, device): (usize, &emulator::Device)| {
        let ups =
            emulator::Ups::new(device.clone(), Set::setup(scenario, index, director.load_of(index)), Instant::START);
        Port::new(scenario.ups[index].name.as_str().into(), ups)
    };
    set.devices.iter().enumerate().map(port).collect()
}
