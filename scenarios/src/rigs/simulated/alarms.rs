//! The deadlines of those who wait: one each, moved as often as they like.
//!
//! A tournament: each pair of neighbours sends its earlier deadline on, up to the winner at the
//! top. An engine that looks at its deadline after each thing it hears mostly finds that it has
//! not moved, and then nothing is done at all. Of two deadlines at the same microsecond the one
//! with the lower number goes first, on every machine.

use protocol::Instant;

/// Nobody waits for this.
const NEVER: Instant = Instant::from_micros(u64::MAX);

/// One deadline for each number.
#[derive(Debug)]
pub struct Alarms {
    /// The tree in one row: node `n` has the children `2n` and `2n + 1`, the leaves are the second
    /// half, and each node holds the earliest deadline below it.
    earliest: Vec<Instant>,
}

impl Alarms {
    /// No deadlines.
    #[must_use]
    pub fn new() -> Self {
        Self { earliest: vec![NEVER; 2] }
    }

    /// Sets the deadline of `number`, whatever it was before.
    pub fn set(&mut self, number: usize, at: Option<Instant>) {
        let at = at.unwrap_or(NEVER);
        while number >= self.leaves() {
            self.grow();
        }
        let mut node = self.leaves() + number;
        if self.earliest[node] == at {
            return;
        }
        self.earliest[node] = at;
        while node > 1 {
            node /= 2;
            let winner = self.earliest[2 * node].min(self.earliest[2 * node + 1]);
            if self.earliest[node] == winner {
                return;
            }
            self.earliest[node] = winner;
        }
    }

    /// The earliest deadline.
    #[must_use]
    pub fn first(&self) -> Option<Instant> {
        Some(self.earliest[1]).filter(|at| *at != NEVER)
    }

    /// Whose the earliest deadline is; what it says where there is none means nothing.
    #[must_use]
    pub fn whose(&self) -> usize {
        let mut node = 1;
        while node < self.leaves() {
            node = 2 * node + usize::from(self.earliest[2 * node] != self.earliest[node]);
        }
        node - self.leaves()
    }

    fn leaves(&self) -> usize {
        self.earliest.len() / 2
    }

    fn grow(&mut self) {
        let known = self.earliest.split_off(self.leaves());
        let leaves = known.len() * 2;
        self.earliest = vec![NEVER; 2 * leaves];
        for (number, at) in known.into_iter().enumerate() {
            self.set(number, Some(at));
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
