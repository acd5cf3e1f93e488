//! When a cut takes effect: what was asked for, in the device's own steps, and so that the load comes back.
//!
//! A delay is only ever lengthened. A cut that comes sooner lands on a host that still stops; a start that comes
//! sooner may be forgotten, or boots a host into the cut of its other UPS.

use crate::DriverConfig;
use crate::hid::{Descriptor, Field, Quantity};
use protocol::usb::Identity;

use super::command::{find, held_back_to};
use super::desk::Desk;
use super::device::Device;
use super::model::Model;
use super::options::Delay;
use super::subdriver::Subdriver;

/// How long after the cut a start is due, where the one that was asked for comes before and may be forgotten: what lies between
/// NUT's own defaults, 20 s and 30 s (usbhid-ups(8)).
pub const START_AFTER_CUT: i64 = 10;
/// When a cut comes at the latest, in seconds, where the device alone knows: a Back-UPS takes about two minutes
/// (NUT issue 2683).
pub const LATEST_CUT: i64 = 120;
/// How much later than its first UPS a host may tell its last, in seconds: one that does not answer has 10 s, and
/// each more than one attempt.
pub const TOLD_WITHIN: i64 = 30;
/// Devices that round a delay round it to this, in seconds.
const COARSEST_STEP: i64 = 60;

/// The two delays of one cut, in seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cut {
    /// Until the load goes off.
    pub off: i64,
    /// Until it may come back; −1 for never.
    pub on: i64,
}

/// What the other UPSes of a host do at the same time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Together {
    /// When the last of them cuts, at the latest, in seconds.
    pub latest_cut: i64,
}

impl Together {
    /// What stands beside this UPS in its `ups.conf`; `None` where it is the only one that is cut.
    #[must_use]
    pub fn of(config: &DriverConfig) -> Option<Self> {
        let others = config.beside.iter().map(|beside| beside.off_delay.unwrap_or(0));
        let latest = others.max()?.saturating_add(COARSEST_STEP - 1) / COARSEST_STEP * COARSEST_STEP;
        Some(Self { latest_cut: latest.max(LATEST_CUT) })
    }
}

impl Cut {
    /// What a device is told; `None` for one that does not take both delays.
    ///
    /// Of several UPSes none may give its load back before the last has cut: else a host boots, and that cut lands on it.
    #[must_use]
    pub fn of(device: &Device, desk: &Desk, together: Option<Together>) -> Option<Self> {
        let (on, off) = (&find(device, "load.on.delay")?.field, &find(device, "load.off.delay")?.field);
        let mut cut =
            Self { off: taken(off, asked(device, desk, Delay::Off)), on: taken(on, asked(device, desk, Delay::On)) };
        if !device.subdriver.keeps_early_start && (0..=cut.off).contains(&cut.on) {
            cut.on = taken(on, cut.off + START_AFTER_CUT);
        }
        if let Some(Together { latest_cut }) = together {
            match cut.on {
                ..0 => {}
                // Some CyberPowers come back for 0 alone (NUT issues 578, 625).
                0 => cut.off = taken(off, cut.off.max(latest_cut)),
                _ => cut.on = taken(on, cut.on.max(latest_cut.saturating_add(TOLD_WITHIN))),
            }
        }
        Some(cut)
    }
}

/// When `-k` makes a device cut, in seconds after it was told, as far as its report descriptor and `ups.conf` tell; without
/// `sdcommands`, which may do anything.
#[must_use]
pub fn effective_cut(
    config: &DriverConfig,
    subdriver: &'static Subdriver,
    identity: &Identity,
    descriptor: &Descriptor,
) -> i64 {
    let (mut desk, _) = Desk::new(config, "");
    let model = Model::new(subdriver.vendor, identity);
    let device = Device::new(subdriver, model, descriptor, &mut desk.publisher);
    let together = Together::of(config);
    let held_back = together.and_then(|together| held_back_to(&device, &desk, together));
    let both = || Cut::of(&device, &desk, together).map(|cut| cut.off);
    held_back.or_else(both).unwrap_or_else(|| asked(&device, &desk, Delay::Off))
}

/// A delay as it is published, which a client may have set.
#[must_use]
pub fn asked(device: &Device, desk: &Desk, kind: Delay) -> i64 {
    let variable = match kind {
        Delay::On => "ups.delay.start",
        Delay::Off => "ups.delay.shutdown",
    };
    let published = desk.publisher.value(variable).and_then(|text| text.trim().parse().ok());
    published.unwrap_or_else(|| device.delay(&desk.options, kind))
}

/// What a device makes of a delay: the next of its own steps. What is not above 0 is a word of its own: at once,
/// never, cancel.
fn taken(field: &Field, seconds: i64) -> i64 {
    if seconds <= 0 {
        return seconds;
    }
    field.physical(field.encode_at_least(Quantity::whole(seconds))).truncated()
}

/// What is not done as the configuration has it, a sentence each.
#[must_use]
pub fn said(device: &Device, desk: &Desk) -> Vec<String> {
    let mut said = Vec::new();
    for (kind, command, option) in [(Delay::Off, "load.off.delay", "offdelay"), (Delay::On, "load.on.delay", "ondelay")]
    {
        let meant = asked(device, desk, kind);
        let taken = find(device, command).map_or(meant, |binding| taken(&binding.field, meant));
        if taken != meant {
            said.push(format!("{option}: this device takes {meant} s for {taken} s: it counts in steps of its own"));
        }
    }
    if let Some(cut) = Cut::of(device, desk, None) {
        let meant = asked(device, desk, Delay::On);
        if meant <= cut.off && meant < cut.on && !device.subdriver.keeps_early_start {
            said.push(format!(
                "ondelay: {meant} s is raised to {} s: this device may forget a start that is due before its cut \
                 ({} s), and stay off",
                cut.on, cut.off
            ));
        }
    }
    said
}

/// What is done otherwise because of the UPSes beside this one.
#[must_use]
pub fn said_together(device: &Device, desk: &Desk, together: Option<Together>) -> Option<String> {
    let Together { latest_cut } = together?;
    let (alone, cut) = (Cut::of(device, desk, None)?, Cut::of(device, desk, together)?);
    let what = match (cut.off > alone.off, cut.on > alone.on) {
        (true, _) => format!("offdelay: {} s is raised to {} s", alone.off, cut.off),
        (false, true) => format!("ondelay: {} s is raised to {} s", alone.on, cut.on),
        (false, false) => return None,
    };
    Some(format!("{what}: another UPS of this host may cut up to {latest_cut} s after it was told"))
}
