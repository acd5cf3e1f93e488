//! The deadlines of those who wait: one each, moved as often as they like.
//!
//! An engine that looks at its deadline after each thing it hears mostly finds that it has not
//! moved, or not become the earliest. Only when the earliest moves back are all looked at, which
//! for the dozens of daemons of a scenario costs less than keeping them in order. Of two deadlines
//! at the same microsecond the one with the lower number goes first, on every machine.

use protocol::Instant;

/// Nobody waits for this.
const NEVER: Instant = Instant::from_micros(u64::MAX);

/// One deadline for each number.
#[derive(Debug)]
pub struct Alarms {
    deadlines: Vec<Instant>,
    first: Instant,
    whose: usize,
}

impl Alarms {
    /// No deadlines.
    #[must_use]
    pub fn new() -> Self {
        Self { deadlines: Vec::new(), first: NEVER, whose: 0 }
    }

    /// Sets the deadline of `number`, whatever it was before.
    pub fn set(&mut self, number: usize, at: Option<Instant>) {
        let at = at.unwrap_or(NEVER);
        if number >= self.deadlines.len() {
            self.deadlines.resize(number + 1, NEVER);
        }
        self.deadlines[number] = at;
        if (at, number) <= (self.first, self.whose) {
            (self.first, self.whose) = (at, number);
        } else if number == self.whose {
            self.look();
        }
    }

    /// The earliest deadline.
    #[must_use]
    pub fn first(&self) -> Option<Instant> {
        Some(self.first).filter(|at| *at != NEVER)
    }

    /// Whose the earliest deadline is; what it says where there is none means nothing.
    #[must_use]
    pub fn whose(&self) -> usize {
        self.whose
    }

    fn look(&mut self) {
        (self.first, self.whose) = (NEVER, 0);
        for (number, at) in self.deadlines.iter().enumerate() {
            if *at < self.first {
                (self.first, self.whose) = (*at, number);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn the_earliest_deadline_wins_and_among_equals_the_lowest_number(
            script in prop::collection::vec((0_usize..40, prop::option::weighted(0.7, 0_u64..20)), 0..200),
        ) {
            let (mut alarms, mut model) = (Alarms::new(), [None; 40]);
            for (number, at) in script {
                let at = at.map(Instant::from_micros);
                alarms.set(number, at);
                model[number] = at;
                let winner = (0..40).filter_map(|number| Some((model[number]?, number))).min();
                prop_assert_eq!(alarms.first(), winner.map(|(at, _)| at));
                if let Some((_, number)) = winner {
                    prop_assert_eq!(alarms.whose(), number);
                }
            }
        }
    }
}
