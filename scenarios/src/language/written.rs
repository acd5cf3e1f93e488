//! A scenario as it is written: the one declaration that serde reads by, that the JSON Schema comes
//! out of, and that every structural mistake is found with.
//!
//! [`things`] are UPSes, hosts and commands; [`timeline`] and [`actions`] are what happens; [`sights`] are
//! observations and expectations. What names mean is none of its business: [`super::resolving`].

pub mod actions;
pub mod sights;
pub mod things;
pub mod timeline;

use super::units::Time;
use super::yaml::shapes::{Entries, Located, OneOrMany};
use schemars::JsonSchema;
use serde::Deserialize;

/// A scenario: which UPSes there are, which hosts hang on them, what happens, and what must follow.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "a scenario")]
pub struct Document {
    /// One line that says what the scenario shows.
    pub title: String,
    /// Where the set-up was published.
    pub from: Option<String>,
    /// A longer word to the reader.
    pub about: Option<String>,
    /// Words to choose scenarios by.
    #[serde(default)]
    pub tags: Vec<String>,
    /// What every chance in the run is drawn from; 1 without it.
    pub seed: Option<u64>,
    /// How long the run lasts. Without it: until all that is expected has been decided and all is quiet.
    pub lasts: Option<Time>,
    /// Files whose `ups`, `hosts`, `commands`, timeline and expectations come before this file's.
    #[serde(default)]
    pub include: OneOrMany<String>,
    /// Multiplies the scenario: under each dotted path (`hosts.nas.stops_in`, `timeline.outage.at`), the values to try.
    #[serde(default)]
    pub matrix: Entries<Vec<Anything>>,
    /// The UPSes, by name. A UPS has the name of its section in `ups.conf`.
    pub ups: Entries<things::WrittenUps>,
    /// The hosts, by name.
    pub hosts: Entries<things::WrittenHost>,
    /// What commands do that no rig knows, by the word they are called by.
    #[serde(default)]
    pub commands: Entries<things::WrittenScript>,
    /// What happens, as a story: `after`, `when` and `every` count from the step before.
    #[serde(default)]
    pub timeline: Vec<Located<timeline::WrittenStep>>,
    /// What must follow.
    #[serde(default)]
    pub expect: Vec<Located<sights::WrittenExpectation>>,
    /// Invariants that the scenario means to show broken.
    #[serde(default)]
    pub violates: Vec<Located<sights::WrittenViolation>>,
}

/// A value of any shape: where a matrix puts it decides what it must be.
#[derive(Debug, JsonSchema)]
#[schemars(transparent, inline)]
pub struct Anything(#[expect(dead_code, reason = "only its schema is used")] serde_json::Value);

impl<'de> Deserialize<'de> for Anything {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        serde::de::IgnoredAny::deserialize(deserializer).map(|_| Self(serde_json::Value::Null))
    }
}
