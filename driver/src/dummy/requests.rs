//! What clients may do to a dummy: set anything that is not the driver's own.

use super::{DummyUps, VARIABLES_LIMIT};
use crate::publisher::{Asked, Outcome};
use protocol::Level;
use protocol::names::VarName;

/// Collections that belong to the driver and to the server (dummy-ups(8), "Interaction").
const NOT_SETTABLE: [&str; 2] = ["driver.", "server."];

impl DummyUps {
    /// Carries out everything that servers have asked.
    pub(super) fn serve(&mut self) {
        while let Some(asked) = self.publisher.next_asked() {
            match asked {
                Asked::Set { variable, value, ticket } => {
                    let outcome = self.set(&variable, &value);
                    self.publisher.answer(ticket, outcome);
                }
                Asked::Instcmd { command, ticket, .. } => {
                    // `load.off` is offered, and answered so by NUT's dummy as well.
                    self.publisher.say(Level::Info, format!("dummy-ups carries out no instant command: {command}"));
                    self.publisher.answer(ticket, Outcome::Unknown);
                }
                Asked::Shutdown { ticket } => {
                    self.publisher.say(Level::Warning, "dummy-ups has no load to cut: shutdown not supported");
                    self.publisher.answer(ticket, Outcome::Failed);
                }
                Asked::Reload { config } => self.reconfigure(*config),
            }
        }
    }

    fn set(&mut self, variable: &str, value: &str) -> Outcome {
        let lower = variable.to_ascii_lowercase();
        if VarName::new(variable).is_err() || NOT_SETTABLE.iter().any(|prefix| lower.starts_with(prefix)) {
            return Outcome::Invalid;
        }
        if self.publisher.find(variable).is_none() && self.publisher.known() >= VARIABLES_LIMIT {
            return Outcome::Failed;
        }
        let slot = self.publisher.slot(variable);
        if self.publisher.is_overridden(slot) {
            return Outcome::Invalid;
        }
        if value.is_empty() {
            self.publisher.remove(slot);
        } else {
            self.publisher.set(slot, value);
            self.describe(slot);
        }
        if slot == self.status {
            // As it was written, but for what `ignorelb` makes of it.
            value.clone_into(&mut self.status_words);
        }
        self.reconsider_status();
        Outcome::Handled
    }
}
