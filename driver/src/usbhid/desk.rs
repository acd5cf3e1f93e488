//! What outlives a device: the variables, the status and the options.

use crate::{DriverConfig, Publisher, StatusComposer};

use super::options::Options;
use super::state::State;

/// Everything that a device's readings are published with.
#[derive(Debug)]
pub struct Desk {
    /// The variables.
    pub publisher: Publisher,
    /// How the status is said.
    pub composer: StatusComposer,
    /// What the status is made from.
    pub state: State,
    /// What the configuration says.
    pub options: Options,
}

impl Desk {
    /// Empty, for this configuration; also what the configuration says wrongly.
    pub fn new(config: &DriverConfig, version: &str) -> (Self, Vec<String>) {
        let mut publisher = Publisher::new(config, version);
        let (options, in_vain) = Options::read(config);
        let composer = StatusComposer::new(config, &mut publisher);
        let state = State::new(&mut publisher);
        (Self { publisher, composer, state, options }, in_vain)
    }

    /// Publishes a variable by name.
    pub fn publish(&mut self, variable: &str, value: &str) {
        let slot = self.publisher.slot(variable);
        self.publisher.set(slot, value);
    }
}
