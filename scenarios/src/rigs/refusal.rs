//! What a rig cannot do it says before it starts: nothing of a timeline is ever passed over.

use super::RigError;
use crate::language::action::{BatteryChange, HostChange, NetworkFault};
use crate::language::quantity::Permille;
use crate::language::{Action, Scenario};

/// Which rig is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rig {
    /// The engines on a virtual clock.
    Simulated,
    /// Real processes.
    Processes,
}

/// Refuses a scenario with an action that the rig cannot carry out.
///
/// # Errors
/// [`RigError::Skipped`]: which action, and why.
pub fn check(scenario: &Scenario, rig: Rig) -> Result<(), RigError> {
    for action in scenario.timeline.iter().flat_map(|step| &step.actions) {
        if let Some(why) = reason(&action.what, rig) {
            return Err(RigError::Skipped(format!("{}: {why}", action.spot)));
        }
    }
    Ok(())
}

fn reason(action: &Action, rig: Rig) -> Option<&'static str> {
    match action {
        Action::Battery(battery) if matches!(battery.change, BatteryChange::Capacity(_)) => {
            Some("a battery's capacity cannot change while it runs; set it where the UPS is described")
        }
        Action::Link(link) if link.chance != Permille(1000) => {
            Some("a fault of the data cable hits every transfer or none")
        }
        Action::Load(load) if load.outlet.is_some() => Some("load goes to a whole UPS, not to one group of outlets"),
        Action::Host(host) => match (host.change, rig) {
            (HostChange::Suspended, _) => Some("a host cannot be suspended here"),
            (HostChange::MemoryLimit(_) | HostChange::ProcessLimit(_), _) => Some("a host has no such limit here"),
            (HostChange::ClockStep(_), _) => Some("no daemon here reads a wall clock that a scenario could set"),
            (HostChange::Disk(_), Rig::Processes) => Some("real disks are not filled or frozen by this rig"),
            _ => None,
        },
        Action::Network(network) if rig == Rig::Processes => match network.fault {
            NetworkFault::HalfOpen => Some("this machine's own connections cannot be half open"),
            NetworkFault::NoNames => Some("every address is this machine's, so that there are no names to lose"),
            _ => None,
        },
        _ => None,
    }
}
