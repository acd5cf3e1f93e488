//! Observations and expectations as they are written.

use super::actions::Switch;
use crate::language::expectation::Maker;
use crate::language::units::Time;
use crate::language::yaml::shapes::{Located, OneOrMany, Short};
use schemars::JsonSchema;
use serde::Deserialize;

/// What anyone could see from outside.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "an observation")]
#[schemars(extend("allOf" = [
    { "oneOf": [
        { "required": ["host"] }, { "required": ["hosts"] }, { "required": ["wire"] },
        { "required": ["ups"], "not": { "anyOf": [{ "required": ["host"] }, { "required": ["hosts"] }] } },
    ] },
    { "oneOf": [
        { "required": ["is"] }, { "required": ["notified"] }, { "required": ["ran"] }, { "required": ["logged"] }, { "required": ["flag"] },
        { "required": ["running"] }, { "required": ["not_running"] }, { "required": ["outlet"] }, { "required": ["has"] },
        { "required": ["below"] }, { "required": ["above"] }, { "required": ["refused"] }, { "required": ["says"] },
    ] },
]))]
pub struct WrittenObservation {
    /// A host.
    pub host: Option<Located<String>>,
    /// Several: the name of a group, a list, `all` or `any`.
    pub hosts: Option<OneOrMany<Located<String>>>,
    /// A UPS; with `notified`, the UPS that the notice is about.
    pub ups: Option<Located<String>>,
    /// A wire: `net`, `driver-socket` or `usb`.
    pub wire: Option<WireWord>,
    /// A host's state (`up`, `stopping`, `halted`, `crashed`, `off`, `booting`), or a variable's value.
    pub is: Option<Located<String>>,
    /// A notice: `ONBATT`, `LOWBATT`, `FSD`, …
    pub notified: Option<Located<String>>,
    /// Text of a command that was run.
    pub ran: Option<Located<String>>,
    /// Text of a line that was logged.
    pub logged: Option<Located<String>>,
    /// Its POWERDOWNFLAG.
    pub flag: Option<FlagWord>,
    /// A daemon that runs.
    pub running: Option<Located<String>>,
    /// A daemon that does not run.
    pub not_running: Option<Located<String>>,
    /// A UPS's outlet.
    pub outlet: Option<Switch>,
    /// A variable of a UPS, asked through the net protocol.
    pub var: Option<Located<String>>,
    /// A word of the variable's value.
    pub has: Option<Located<String>>,
    /// A number that the value is below.
    pub below: Option<Located<String>>,
    /// A number that the value is above.
    pub above: Option<Located<String>>,
    /// The error that comes instead of a value.
    pub refused: Option<Located<String>>,
    /// What a line on the wire begins with.
    pub says: Option<Located<String>>,
    /// A host at one end of the wire.
    pub at: Option<Located<String>>,
}

/// A kind of wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum WireWord {
    /// Client and `upsd`.
    Net,
    /// `upsd` and driver.
    DriverSocket,
    /// Driver and device; lines are in hexadecimal.
    Usb,
}

/// What a POWERDOWNFLAG is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum FlagWord {
    /// It is there.
    Exists,
    /// It is not.
    Absent,
}

/// What must follow.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "an expectation")]
#[schemars(extend("allOf" = [
    { "oneOf": [
        { "required": ["see"] }, { "required": ["never"] }, { "required": ["always"] }, { "required": ["order"] }, { "required": ["finally"] },
        { "required": ["count"] },
    ] },
]))]
pub struct WrittenExpectation {
    /// It is seen.
    pub see: Option<Located<WrittenObservation>>,
    /// It is not seen.
    pub never: Option<Located<WrittenObservation>>,
    /// It holds all the time.
    pub always: Option<Located<WrittenObservation>>,
    /// Each is seen, none before the one above it.
    pub order: Option<Located<Vec<Located<WrittenObservation>>>>,
    /// It holds when the run ends.
    pub finally: Option<Located<WrittenObservation>>,
    /// How often it is seen.
    pub count: Option<Located<WrittenObservation>>,
    /// With `see`: within so long …
    pub within: Option<Time>,
    /// … of the start or of a step.
    pub of: Option<Located<String>>,
    /// With `never`, `always` and `count`: from one moment to another.
    pub during: Option<WrittenWindow>,
    /// With `count`: exactly so many times.
    pub times: Option<u32>,
    /// With `count`: at least so many times.
    pub at_least: Option<u32>,
    /// With `count`: at most so many times.
    pub at_most: Option<u32>,
    /// Why.
    pub because: Option<String>,
    /// Only on this stack.
    pub stack: Option<Short<Maker, WrittenStack>>,
    /// Only on this rig.
    pub rig: Option<RigWord>,
}

/// From one moment to another: `start`, `end`, or the id of a step.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "during")]
pub struct WrittenWindow {
    /// From; the start without it.
    pub from: Option<Located<String>>,
    /// To; the end without it.
    pub to: Option<Located<String>>,
}

/// A stack, per daemon.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "stack")]
pub struct WrittenStack {
    /// Drivers.
    pub driver: Option<Maker>,
    /// `upsd`.
    pub server: Option<Maker>,
    /// `upsmon`.
    pub monitor: Option<Maker>,
}

/// A rig.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum RigWord {
    /// The engines, on a clock that jumps.
    Simulated,
    /// The daemons, in real time.
    Processes,
}

/// An invariant that the scenario means to show broken.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "a violation")]
pub struct WrittenViolation {
    /// Its number, 1 to 9.
    pub invariant: Located<u8>,
    /// Why.
    pub because: String,
    /// Only on this stack.
    pub stack: Option<Short<Maker, WrittenStack>>,
    /// Only on this rig.
    pub rig: Option<RigWord>,
}
