//! The deadlines of those who wait: one each, moved as often as they like.
//!
//! An engine that looks at its deadline after each thing it hears mostly finds that it has not
//! moved, or not become the earliest. Only when the earliest moves back are all looked at, which
//! for the dozens of daemons of a scenario costs less than keeping them in order. Of two deadlines
//! at the same microsecond the one that chance puts first goes first, the same one on every machine.

use protocol::Instant;

use super::agenda::Place;
use super::chance::{Chance, Lane};

/// Nobody waits for this.
const NEVER: Instant = Instant::from_micros(u64::MAX);

/// One deadline for each number.
#[derive(Debug)]
pub struct Alarms {
    deadlines: Vec<Instant>,
    first: Place,
    whose: usize,
}

impl Alarms {
    /// No deadlines.
    #[must_use]
    pub fn new() -> Self {
        Self { deadlines: Vec::new(), first: (NEVER, 0), whose: 0 }
    }

    /// Sets the deadline of `number`, whatever it was before.
    pub fn set(&mut self, number: usize, at: Option<Instant>, chance: &Chance) {
        let at = at.unwrap_or(NEVER);
        if number >= self.deadlines.len() {
            self.deadlines.resize(number + 1, NEVER);
        }
        self.deadlines[number] = at;
        let is_earliest = at <= self.first.0 && place(number, at, chance) <= self.first;
        if is_earliest {
            (self.first, self.whose) = (place(number, at, chance), number);
        } else if number == self.whose {
            self.look(chance);
        }
    }

    /// The earliest deadline, and where it stands among what happens then.
    #[must_use]
    pub fn first(&self) -> Option<Place> {
        Some(self.first).filter(|(at, _)| *at != NEVER)
    }

    /// Whose the earliest deadline is; what it says where there is none means nothing.
    #[must_use]
    pub fn whose(&self) -> usize {
        self.whose
    }

    fn look(&mut self, chance: &Chance) {
        (self.first, self.whose) = ((NEVER, 0), 0);
        for (number, at) in self.deadlines.iter().enumerate().filter(|(_, at)| **at != NEVER) {
            if *at <= self.first.0 && place(number, *at, chance) < self.first {
                (self.first, self.whose) = (place(number, *at, chance), number);
            }
        }
    }
}

fn place(number: usize, at: Instant, chance: &Chance) -> Place {
    (at, chance.rank(Lane::timer(number), at))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn the_earliest_deadline_wins_and_among_equals_the_one_that_chance_puts_first(
            script in prop::collection::vec((0_usize..40, prop::option::weighted(0.7, 0_u64..20)), 0..200),
            seed: u64,
        ) {
            let (mut alarms, mut model, chance) = (Alarms::new(), [None; 40], Chance::new(seed));
            for (number, at) in script {
                let at = at.map(Instant::from_micros);
                alarms.set(number, at, &chance);
                model[number] = at;
                let places = (0..40).filter_map(|number| Some((place(number, model[number]?, &chance), number)));
                let winner = places.min();
                prop_assert_eq!(alarms.first(), winner.map(|(place, _)| place));
                if let Some((_, number)) = winner {
                    prop_assert_eq!(alarms.whose(), number);
                }
            }
        }
    }
}
