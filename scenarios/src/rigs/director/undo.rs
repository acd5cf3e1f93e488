//! What a step set in motion for a while: the steps back, and the further steps of what repeats.

use protocol::Instant;

use crate::language::Action;

/// Actions that are to come, with their times.
#[derive(Debug, Default)]
pub struct Undo {
    later: Vec<(Instant, Action)>,
}

impl Undo {
    /// Puts an action down for later.
    pub fn push(&mut self, at: Instant, action: Action) {
        self.later.push((at, action));
    }

    /// When the next one is due.
    pub fn next_at(&self) -> Option<Instant> {
        self.later.iter().map(|(at, _)| *at).min()
    }

    /// Takes one that is due: the earliest, and of several the one put down first.
    pub fn take_due(&mut self, now: Instant) -> Option<Action> {
        let (index, (at, _)) = self.later.iter().enumerate().min_by_key(|(index, (at, _))| (*at, *index))?;
        (*at <= now).then(|| self.later.remove(index).1)
    }
}
