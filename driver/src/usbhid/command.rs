//! What an instant command, a `SET VAR` and a shutdown write to the device, in which order.

use std::time::Duration;

use protocol::Level;

use crate::Publisher;
use crate::hid::{Field, Quantity};
use crate::publisher::Outcome;

use super::binding::{Binding, Claim};
use super::delays::{self, Cut, Together};
use super::desk::Desk;
use super::device::Device;
use super::options::Delay;
use super::row::{What, Written};

/// Between two writes of one command: some devices refuse the second one if it comes sooner.
pub const GAP: Duration = Duration::from_millis(125);
/// A device that renews its reports once a second may show what was written only then.
pub const SETTLES_IN: Duration = Duration::from_secs(1);
/// In this time a countdown of such a device shows less than it was told.
pub const COUNTS_IN: Duration = Duration::from_secs(2);

/// One step of a [`Plan`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Put a value into a field, and read back.
    Write {
        /// The field.
        field: Field,
        /// Its report's source.
        source: usize,
        /// The value.
        value: Quantity,
        /// The same as the field holds it.
        raw: i64,
        /// What counts as success.
        proof: Proof,
    },
    /// Wait for [`GAP`].
    Pause,
}

/// What counts as the success of a write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Proof {
    /// The device does not show what it showed before.
    Shown,
    /// It shows less and less: a device may keep such a value, and do nothing.
    Counting,
    /// None is needed: the steps behind it do not wait for it.
    None,
}

/// Steps, each of which must succeed unless it says otherwise.
pub type Plan = Vec<Step>;

/// What a `SET VAR` comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Setting {
    /// The driver keeps this variable itself, and it is set.
    Kept,
    /// These steps set it.
    Write(Plan),
}

/// Offers the commands that the device can carry out.
pub fn offer(device: &Device, publisher: &mut Publisher) {
    for binding in &device.bindings.commands {
        if let What::Command(name, _) = binding.row.what {
            publisher.add_command(name);
        }
    }
    let (off, on) = (has(device, "load.off.delay"), has(device, "load.on.delay"));
    for (offered, name) in
        [(off, "load.off"), (on, "load.on"), (off && on, "shutdown.return"), (off && on, "shutdown.stayoff")]
    {
        if offered {
            publisher.add_command(name);
        }
    }
}

/// The steps of an instant command.
///
/// # Errors
///
/// What a client is told: no such command here, or a parameter that is no number.
pub fn instant(name: &str, parameter: Option<&str>, device: &Device, desk: &Desk) -> Result<Plan, Outcome> {
    with(name, parameter, device, desk, None)
}

/// The same, beside other UPSes that are told at the same time.
fn with(
    name: &str,
    parameter: Option<&str>,
    device: &Device,
    desk: &Desk,
    together: Option<Together>,
) -> Result<Plan, Outcome> {
    let name = name.to_ascii_lowercase();
    // The old names of two commands, which NUT renames before it looks them up.
    let (name, parameter) = match name.as_str() {
        "beeper.off" if has(device, "beeper.disable") => ("beeper.disable".to_owned(), None),
        "beeper.on" if has(device, "beeper.enable") => ("beeper.enable".to_owned(), None),
        _ => (name, parameter),
    };
    if let Some(binding) = find(device, &name) {
        let value = match parameter {
            Some(text) => text.trim().parse::<i64>().map_err(|_| Outcome::Invalid)?,
            None => default_value(binding, device, desk),
        };
        return Ok(vec![write(binding, value)]);
    }
    composed(&name, device, desk, together)
}

/// What the device has no field of its own for is composed of what it has.
fn composed(name: &str, device: &Device, desk: &Desk, together: Option<Together>) -> Result<Plan, Outcome> {
    match name {
        "load.off" => delayed(device, "load.off.delay", 0),
        "load.on" => delayed(device, "load.on.delay", 0),
        "shutdown.return" => cycle(device, desk, "yes", together),
        "shutdown.stayoff" => cycle(device, desk, "no", None),
        _ => Err(Outcome::Unknown),
    }
}

/// What `SET VAR` does.
///
/// # Errors
///
/// What a client is told: no such variable here, not one to write, or a value that it cannot have.
pub fn set(variable: &str, text: &str, device: &Device, desk: &mut Desk) -> Result<Setting, Outcome> {
    let found = device.bindings.rows.iter().find(|binding| {
        binding.claim == Claim::Won && binding.row.variable().is_some_and(|name| name.eq_ignore_ascii_case(variable))
    });
    let Some((binding, slot)) = found.and_then(|binding| Some((binding, binding.slot?))) else {
        return Err(Outcome::Unknown);
    };
    if binding.row.writable.is_none() || desk.publisher.is_overridden(slot) {
        return Err(Outcome::Invalid);
    }
    match binding.row.what {
        What::Delay(_, kind) => {
            let least = if kind == Delay::On { -1 } else { 0 };
            let seconds = text.trim().parse::<i64>().ok().filter(|seconds| *seconds >= least);
            desk.publisher.set_fmt(slot, format_args!("{}", seconds.ok_or(Outcome::ConversionFailed)?));
            for sentence in delays::said(device, desk) {
                desk.publisher.say(Level::Warning, sentence);
            }
            Ok(Setting::Kept)
        }
        What::Label(..) => {
            desk.publisher.set(slot, text);
            Ok(Setting::Kept)
        }
        What::Variable(_, conversion) => {
            let value = conversion.parse(text.trim(), &desk.publisher).ok_or(Outcome::ConversionFailed)?;
            Ok(Setting::Write(vec![set_to(binding, value, Proof::Shown)]))
        }
        _ => Err(Outcome::Unknown),
    }
}

/// The ways to cut the load, the best first: off and back when mains return, a short cycle, off.
/// `chosen` are the commands of the configuration, which come alone where there are any; `together` is what the
/// other UPSes of this host do.
#[must_use]
pub fn shutdown(chosen: &[String], device: &Device, desk: &Desk, together: Option<Together>) -> Vec<(String, Plan)> {
    const WAYS: [&str; 3] = ["shutdown.return", "shutdown.reboot", "load.off.delay"];
    let names: Vec<&str> = if chosen.is_empty() { WAYS.to_vec() } else { chosen.iter().map(String::as_str).collect() };
    let mut plans: Vec<_> =
        together.filter(|_| chosen.is_empty()).and_then(|it| held_back(device, desk, it)).into_iter().collect();
    for name in names {
        let composed = composed(&name.to_ascii_lowercase(), device, desk, together);
        let ways = [with(name, None, device, desk, together), composed];
        for plan in ways.into_iter().flatten() {
            let way = (name.to_owned(), plan);
            if !plans.contains(&way) {
                plans.push(way);
            }
        }
    }
    plans
}

/// Whether a command takes power from what hangs on the UPS, or on one of its outlets.
#[must_use]
pub fn cuts(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let of_outlet = name.strip_prefix("outlet.").and_then(|rest| Some(rest.split_once('.')?.1));
    match of_outlet.unwrap_or(&name) {
        "load.off" | "load.off.delay" => true,
        "shutdown.stop" => false,
        other => other.starts_with("shutdown."),
    }
}

/// A device that takes no start delay comes back as soon as it has cut: it must not cut before the others. What
/// cuts it in its own time is left for where it does not count this down.
fn held_back(device: &Device, desk: &Desk, together: Together) -> Option<(String, Plan)> {
    let (off, seconds) = (find(device, "load.off.delay")?, held_back_to(device, desk, together)?);
    let Step::Write { field, source, value, raw, .. } = write(off, seconds) else { return None };
    let step = Step::Write { field, source, value, raw, proof: Proof::Counting };
    Some(("load.off.delay".to_owned(), vec![step]))
}

/// Until when, in seconds; `None` for a device that is not held back.
pub(super) fn held_back_to(device: &Device, desk: &Desk, together: Together) -> Option<i64> {
    if has(device, "load.on.delay") || !(has(device, "shutdown.return") || has(device, "shutdown.reboot")) {
        return None;
    }
    find(device, "load.off.delay").map(|_| delays::asked(device, desk, Delay::Off).max(together.latest_cut))
}

/// The row of a command.
pub(super) fn find<'a>(device: &'a Device, name: &str) -> Option<&'a Binding> {
    device.bindings.commands.iter().find(|binding| matches!(binding.row.what, What::Command(of, _) if of == name))
}

fn has(device: &Device, name: &str) -> bool {
    find(device, name).is_some()
}

/// What a command writes is never less than was meant: a delay that is cut short lands on who still stops.
fn write(binding: &Binding, value: i64) -> Step {
    let value = Quantity::whole(value);
    let raw = binding.field.encode_at_least(value);
    Step::Write { field: binding.field.clone(), source: binding.source, value, raw, proof: Proof::Shown }
}

fn set_to(binding: &Binding, value: Quantity, proof: Proof) -> Step {
    let raw = binding.field.encode(value);
    Step::Write { field: binding.field.clone(), source: binding.source, value, raw, proof }
}

fn default_value(binding: &Binding, device: &Device, desk: &Desk) -> i64 {
    match binding.row.what {
        What::Command(_, Written::Value(value)) => value,
        What::Command(_, Written::Delay(kind)) => delays::asked(device, desk, kind),
        _ => 0,
    }
}

fn delayed(device: &Device, command: &str, seconds: i64) -> Result<Plan, Outcome> {
    let binding = find(device, command).ok_or(Outcome::Unknown)?;
    Ok(vec![write(binding, seconds)])
}

/// Whether to come back at all where the device keeps that apart, then when to come back, then when to go: the
/// other way round there may be no time for what is left. A device that keeps the first as it is goes all the same.
fn cycle(device: &Device, desk: &Desk, restarts: &str, together: Option<Together>) -> Result<Plan, Outcome> {
    let (on, off) = (find(device, "load.on.delay"), find(device, "load.off.delay"));
    let (Some(on), Some(off), Some(cut)) = (on, off, Cut::of(device, desk, together)) else {
        return Err(Outcome::Unknown);
    };
    let mut plan = Vec::new();
    let restart = device.bindings.rows.iter().find(|binding| {
        // With -k nothing has been read, and no row has won yet.
        binding.claim != Claim::Lost
            && binding.row.variable() == Some("ups.start.auto")
            && binding.row.writable.is_some()
    });
    if let Some(binding) = restart
        && let What::Variable(_, conversion) = binding.row.what
        && let Some(value) = conversion.parse(restarts, &desk.publisher)
    {
        plan.push(set_to(binding, value, Proof::None));
    }
    let start = if restarts == "yes" { cut.on } else { -1 };
    plan.extend([write(on, start), Step::Pause, write(off, cut.off)]);
    Ok(plan)
}
