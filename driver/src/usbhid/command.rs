//! What an instant command, a `SET VAR` and a shutdown write to the device, in which order.

use std::time::Duration;

use protocol::Level;

use crate::Publisher;
use crate::hid::{Field, Quantity};
use crate::publisher::Outcome;

use super::binding::{Binding, Claim};
use super::desk::Desk;
use super::device::Device;
use super::options::Delay;
use super::row::{What, Written};

/// Between two writes of one command: some devices refuse the second one if it comes sooner.
pub const GAP: Duration = Duration::from_millis(125);
/// A device that renews its reports once a second may show what was written only then.
pub const SETTLES_IN: Duration = Duration::from_secs(1);

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
        /// Whether the steps behind it wait for its success.
        must: bool,
    },
    /// Wait for [`GAP`].
    Pause,
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
    composed(&name, device, desk)
}

/// What the device has no field of its own for is composed of what it has.
fn composed(name: &str, device: &Device, desk: &Desk) -> Result<Plan, Outcome> {
    match name {
        "load.off" => delayed(device, "load.off.delay", 0),
        "load.on" => delayed(device, "load.on.delay", 0),
        "shutdown.return" => cycle(device, desk, "yes", delay(device, desk, Delay::On)),
        "shutdown.stayoff" => cycle(device, desk, "no", -1),
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
            warn_of_rounding(device, desk, kind);
            Ok(Setting::Kept)
        }
        What::Label(..) => {
            desk.publisher.set(slot, text);
            Ok(Setting::Kept)
        }
        What::Variable(_, conversion) => {
            let value = conversion.parse(text.trim(), &desk.publisher).ok_or(Outcome::ConversionFailed)?;
            Ok(Setting::Write(vec![set_to(binding, value, true)]))
        }
        _ => Err(Outcome::Unknown),
    }
}

/// The ways to cut the load, the best first: off and back when mains return, a short cycle, off.
/// `chosen` are the commands of the configuration, which come alone where there are any.
#[must_use]
pub fn shutdown(chosen: &[String], device: &Device, desk: &Desk) -> Vec<(String, Plan)> {
    const WAYS: [&str; 3] = ["shutdown.return", "shutdown.reboot", "load.off.delay"];
    let names: Vec<&str> = if chosen.is_empty() { WAYS.to_vec() } else { chosen.iter().map(String::as_str).collect() };
    let mut plans = Vec::new();
    for name in names {
        let ways = [instant(name, None, device, desk), composed(&name.to_ascii_lowercase(), device, desk)];
        for plan in ways.into_iter().flatten() {
            let way = (name.to_owned(), plan);
            if !plans.contains(&way) {
                plans.push(way);
            }
        }
    }
    plans
}

fn find<'a>(device: &'a Device, name: &str) -> Option<&'a Binding> {
    device.bindings.commands.iter().find(|binding| matches!(binding.row.what, What::Command(of, _) if of == name))
}

fn has(device: &Device, name: &str) -> bool {
    find(device, name).is_some()
}

fn write(binding: &Binding, value: i64) -> Step {
    set_to(binding, Quantity::whole(value), true)
}

fn set_to(binding: &Binding, value: Quantity, must: bool) -> Step {
    Step::Write { field: binding.field.clone(), source: binding.source, value, must }
}

fn default_value(binding: &Binding, device: &Device, desk: &Desk) -> i64 {
    match binding.row.what {
        What::Command(_, Written::Value(value)) => value,
        What::Command(_, Written::Delay(kind)) => delay(device, desk, kind),
        _ => 0,
    }
}

/// A delay as it is published, which a client may have set.
fn delay(device: &Device, desk: &Desk, kind: Delay) -> i64 {
    let variable = match kind {
        Delay::On => "ups.delay.start",
        Delay::Off => "ups.delay.shutdown",
    };
    let published = desk.publisher.value(variable).and_then(|text| text.trim().parse().ok());
    published.unwrap_or_else(|| device.delay(&desk.options, kind))
}

/// Says that the device will take a delay for a shorter one, if it will: a CyberPower counts in
/// minutes, rounds down, and cuts the load at once where less than one was meant.
pub fn warn_of_rounding(device: &Device, desk: &mut Desk, kind: Delay) {
    let (command, option) = match kind {
        Delay::On => ("load.on.delay", "ondelay"),
        Delay::Off => ("load.off.delay", "offdelay"),
    };
    let meant = delay(device, desk, kind);
    let Some(Step::Write { field, value, .. }) = find(device, command).map(|binding| write(binding, meant)) else {
        return;
    };
    let taken = field.physical(field.encode(value)).truncated();
    // A negative delay is a word of its own: never, or cancel.
    if meant <= 0 || taken == meant {
        return;
    }
    let at_once = if taken == 0 { ", which is at once" } else { "" };
    let text = format!("{option}: this device takes {meant} s for {taken} s{at_once}: it counts in steps of its own");
    desk.publisher.say(Level::Warning, text);
}

/// Says that the load may come on before it goes off, or not at all: most devices count both delays from
/// the command, and some forget a start that is due while the load is still on.
pub fn warn_of_early_start(device: &Device, desk: &mut Desk) {
    let (on, off) = (delay(device, desk, Delay::On), delay(device, desk, Delay::Off));
    let counts_both = ["load.on.delay", "load.off.delay"].iter().all(|command| find(device, command).is_some());
    if counts_both && (0..=off).contains(&on) {
        let text = format!("ondelay {on} should be more than offdelay {off}: a device that counts both may stay off");
        desk.publisher.say(Level::Warning, text);
    }
}

fn delayed(device: &Device, command: &str, seconds: i64) -> Result<Plan, Outcome> {
    let binding = find(device, command).ok_or(Outcome::Unknown)?;
    Ok(vec![write(binding, seconds)])
}

/// Whether to come back at all where the device keeps that apart, then when to come back, then when to go: the
/// other way round there may be no time for what is left. A device that keeps the first as it is goes all the same.
fn cycle(device: &Device, desk: &Desk, restarts: &str, on_delay: i64) -> Result<Plan, Outcome> {
    let (on, off) = (find(device, "load.on.delay"), find(device, "load.off.delay"));
    let (Some(on), Some(off)) = (on, off) else { return Err(Outcome::Unknown) };
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
        plan.push(set_to(binding, value, false));
    }
    plan.extend([write(on, on_delay), Step::Pause, write(off, delay(device, desk, Delay::Off))]);
    Ok(plan)
}
