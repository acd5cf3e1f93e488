//! UPSes, hosts and commands as they are written.

use crate::language::units::{Capacity, Carried, Power, Share, Temperature, Time};
use crate::language::yaml::shapes::{Located, OneOrMany};
use schemars::JsonSchema;
use serde::Deserialize;

/// A UPS.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "a UPS")]
pub struct WrittenUps {
    /// A device of `emulator/devices/`, by name, or the path of a device file.
    pub device: Located<String>,
    /// Its serial number, for UPSes of one model; without it the device file's, or one made up for a second one.
    pub serial: Option<Located<String>>,
    /// The feed of mains power that it hangs on; `mains` without it.
    pub feed: Option<String>,
    /// What its load reads at the start, hosts included; what the hosts do not draw, other equipment does.
    pub load: Option<Carried>,
    /// The battery at the start.
    #[serde(default)]
    pub battery: WrittenBattery,
}

/// A battery at the start.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "a battery")]
pub struct WrittenBattery {
    /// State of charge; full without it.
    pub charge: Option<Share>,
    /// What is left of the capacity it had when new.
    pub health: Option<Share>,
    /// Capacity when new.
    pub capacity: Option<Capacity>,
    /// Temperature.
    pub temperature: Option<Temperature>,
}

/// A host, or several alike.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "a host")]
pub struct WrittenHost {
    /// How many: `n100` with `count: 4` is `n100-1` to `n100-4`.
    pub count: Option<Located<u16>>,
    /// The UPS it hangs on (or several, or `mains` for a plain wall socket).
    pub fed_by: OneOrMany<Located<String>>,
    /// How many of its supplies must be live; 1 without it.
    pub needs: Option<Located<u16>>,
    /// UPSes whose data cable ends here. Without it: those it hangs on, if its configuration has an `ups.conf`.
    pub cabled_to: Option<OneOrMany<Located<String>>>,
    /// The directory of its NUT files, beside this file or under its `configs`.
    pub config: Located<String>,
    /// An address that configuration files call it by, beside its name.
    pub address: Option<String>,
    /// What it draws until it has halted.
    pub draws: Power,
    /// From the moment its operating system begins to stop, to halted.
    pub stops_in: Time,
    /// How long its service manager lets a service end before it kills it; 90 s without it, as systemd does.
    pub stop_timeout: Option<Time>,
    /// From the moment its outlet is live again, to up; 60 s without it.
    pub boots_in: Option<Time>,
    /// Whether it boots when its outlet becomes live again; it does without this.
    pub restores: Option<bool>,
    /// Whether it is up at the start; it is without this.
    pub starts: Option<Start>,
}

/// How a host starts the run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Start {
    /// Up, its daemons started.
    Up,
    /// Off: it boots when a step presses its power button.
    Off,
}

/// What a command does that no rig knows.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "a command")]
pub struct WrittenScript {
    /// Command lines that it runs, in this order.
    #[serde(default)]
    pub runs: OneOrMany<Located<String>>,
    /// Command lines that it runs at its end, in this order; none where somebody ends it before.
    #[serde(default)]
    pub then: OneOrMany<Located<String>>,
    /// How long it takes.
    pub takes: Option<Time>,
    /// Its exit status; 0 without it.
    pub exits: Option<i32>,
    /// It never returns.
    #[serde(default)]
    pub hangs: bool,
}
