//! What is still to happen, in the order in which it will: by time, then by rank, then by who asked first.
//!
//! Ranks are drawn from the seed ([`Chance`](super::chance::Chance)); what is of one lane has one rank,
//! and happens in the order in which it was put down. So a run is repeatable on every machine.
//!
//! Most of what is put down is among the next few things to happen: a link takes microseconds, a
//! poll seconds. So what is next stands in a short sorted list, and only what would have to stand
//! far behind in it goes into a heap.

use std::cmp::{Ordering, Reverse};
use std::collections::BinaryHeap;

use protocol::Instant;

use super::chance::Rank;

/// When something happens, and where it stands among what happens then.
pub type Place = (Instant, Rank);

/// What would come behind so many things of the list goes into the heap.
const NEAR: usize = 32;

/// Everything that is to come.
#[derive(Debug)]
pub struct Agenda<T> {
    /// Sorted, the next one last.
    near: Vec<Entry<T>>,
    far: BinaryHeap<Reverse<Entry<T>>>,
    sequence: u64,
}

#[derive(Debug)]
struct Entry<T> {
    place: Place,
    sequence: u64,
    what: T,
}

impl<T> Agenda<T> {
    /// An empty agenda.
    #[must_use]
    pub fn new() -> Self {
        Self { near: Vec::with_capacity(64), far: BinaryHeap::new(), sequence: 0 }
    }

    /// Puts something down for a place.
    pub fn push(&mut self, place: Place, what: T) {
        self.sequence += 1;
        let entry = Entry { place, sequence: self.sequence, what };
        let horizon = self.near.len().saturating_sub(NEAR);
        match self.near.get(horizon) {
            Some(last) if horizon > 0 && last.place <= place => self.far.push(Reverse(entry)),
            _ => {
                let earlier = self.near[horizon..].iter().rev().take_while(|near| near.place <= place).count();
                self.near.insert(self.near.len() - earlier, entry);
            }
        }
    }

    /// When the next thing happens.
    #[must_use]
    pub fn next(&self) -> Option<Place> {
        let (near, far) = (self.near.last().map(|near| near.place), self.far.peek().map(|far| far.0.place));
        near.map_or(far, |near| Some(far.map_or(near, |far| near.min(far))))
    }

    /// Takes the next thing.
    pub fn pop(&mut self) -> Option<(Instant, T)> {
        let is_far = match (self.near.last(), self.far.peek()) {
            (Some(near), Some(Reverse(far))) => far < near,
            (near, _) => near.is_none(),
        };
        let entry = if is_far { self.far.pop()?.0 } else { self.near.pop()? };
        Some((entry.place.0, entry.what))
    }
}

impl<T> Ord for Entry<T> {
    fn cmp(&self, other: &Self) -> Ordering {
        (self.place, self.sequence).cmp(&(other.place, other.sequence))
    }
}

impl<T> PartialOrd for Entry<T> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<T> PartialEq for Entry<T> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl<T> Eq for Entry<T> {}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn at_the_same_instant_whoever_ranks_first_goes_first_and_of_one_rank_whoever_asked_first() {
        let mut agenda = Agenda::new();
        let at = Instant::from_micros;
        agenda.push((at(5), 1), 'd');
        agenda.push((at(3), 9), 'b');
        agenda.push((at(5), 0), 'c');
        agenda.push((at(5), 1), 'e');
        agenda.push((at(3), 8), 'a');
        let order: Vec<char> = std::iter::from_fn(|| agenda.pop()).map(|(_, what)| what).collect();
        assert_eq!(order, ['a', 'b', 'c', 'd', 'e']);
    }

    proptest! {
        #[test]
        fn what_is_near_and_what_is_far_come_in_one_order(
            script in prop::collection::vec(prop::option::weighted(0.7, (0_u64..100, 0_u64..4)), 0..300),
        ) {
            let (mut agenda, mut model, mut number) = (Agenda::new(), BTreeSet::new(), 0_u32);
            for step in script {
                match step {
                    Some((at, rank)) => {
                        let place = (Instant::from_micros(at), rank);
                        agenda.push(place, number);
                        model.insert((place, number));
                        number += 1;
                    }
                    None => prop_assert_eq!(agenda.pop(), model.pop_first().map(|((at, _), number)| (at, number))),
                }
            }
            let rest: Vec<_> = std::iter::from_fn(|| agenda.pop()).collect();
            prop_assert_eq!(rest, Vec::from_iter(model.into_iter().map(|((at, _), number)| (at, number))));
        }
    }
}
