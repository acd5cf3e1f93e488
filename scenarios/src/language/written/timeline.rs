//! A step as it is written: its trigger, and one key for each kind of action.

use super::actions::{
    MainsWord, WrittenBatteryAction, WrittenHostAction, WrittenLink, WrittenLoad, WrittenMains, WrittenNetwork,
    WrittenOperator, WrittenProcess, WrittenUpsAction,
};
use super::sights::WrittenObservation;
use crate::language::units::{Carried, Time};
use crate::language::yaml::shapes::{Located, OneOrMany, Short};
use schemars::JsonSchema;
use serde::Deserialize;

/// A step: one trigger, and what happens then.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "a step")]
#[schemars(extend("allOf" = [
    { "oneOf": [
        { "required": ["at"] }, { "required": ["every"] }, { "required": ["when"] },
        { "required": ["after"], "not": { "required": ["when"] } },
    ] },
    { "anyOf": [
        { "required": ["mains"] }, { "required": ["battery"] }, { "required": ["load"] }, { "required": ["ups"] }, { "required": ["link"] },
        { "required": ["network"] }, { "required": ["process"] }, { "required": ["host"] }, { "required": ["operator"] },
    ] },
]))]
pub struct WrittenStep {
    /// A name to speak of it later.
    pub id: Option<Located<String>>,
    /// So long after the start.
    pub at: Option<Time>,
    /// So long after the step before (or the one named by `of`), or after `when` was seen.
    pub after: Option<Time>,
    /// The step that `after` counts from.
    pub of: Option<Located<String>>,
    /// Once this is seen, looked for from the step before on.
    pub when: Option<Located<WrittenObservation>>,
    /// Again and again.
    pub every: Option<Time>,
    /// How many times.
    pub times: Option<u32>,
    /// Until this is seen.
    pub until: Option<Located<WrittenObservation>>,
    /// The mains: `off`, `on`, `180 V`, `47 Hz`, or more in a mapping.
    #[serde(default)]
    pub mains: OneOrMany<Located<Short<MainsWord, WrittenMains>>>,
    /// A battery.
    #[serde(default)]
    pub battery: OneOrMany<Located<WrittenBatteryAction>>,
    /// What a UPS carries: `60 %`, `240 W`, or more in a mapping.
    #[serde(default)]
    pub load: OneOrMany<Located<Short<Carried, WrittenLoad>>>,
    /// A UPS itself.
    #[serde(default)]
    pub ups: OneOrMany<Located<WrittenUpsAction>>,
    /// The data cable between a UPS and its driver.
    #[serde(default)]
    pub link: OneOrMany<Located<WrittenLink>>,
    /// The network between hosts.
    #[serde(default)]
    pub network: OneOrMany<Located<WrittenNetwork>>,
    /// A daemon.
    #[serde(default)]
    pub process: OneOrMany<Located<WrittenProcess>>,
    /// A host.
    #[serde(default)]
    pub host: OneOrMany<Located<WrittenHostAction>>,
    /// A person at a host types a command.
    #[serde(default)]
    pub operator: OneOrMany<Located<WrittenOperator>>,
}
