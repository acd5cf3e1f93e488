//! Observations as JSON lines: what `watch` streams on the control port.

use protocol::Instant;
use serde::{Deserialize, Serialize};

use crate::Observation;

/// One line: an observation and the emulator's time of it, in microseconds since its start.
///
/// `{"at":12345678,"see":"supply","supply":"on-battery","because":"mains-lost"}`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Watched {
    at: u64,
    /// What was seen.
    #[serde(flatten)]
    pub observation: Observation,
}

impl Watched {
    /// Something seen at `at`.
    #[must_use]
    pub fn new(at: Instant, observation: Observation) -> Self {
        Self { at: at.as_micros(), observation }
    }

    /// When it was seen.
    #[must_use]
    pub fn at(&self) -> Instant {
        Instant::from_micros(self.at)
    }

    /// Reads a line.
    ///
    /// # Errors
    ///
    /// What is wrong with it.
    pub fn parse(line: &str) -> Result<Self, serde_json::Error> {
        serde_json::from_str(line)
    }

    /// The line, without a newline.
    #[must_use]
    pub fn emit(&self) -> String {
        // Plain data with string keys always has a JSON form.
        serde_json::to_string(self).unwrap_or_default()
    }
}
