//! What is still to happen, in the order in which it will: by time, then by who asked first.
//!
//! That second half is what makes a run repeatable: two things at the same microsecond happen in
//! the order in which they were put down, on every machine.
//!
//! Most of what is put down is among the next few things to happen: a link takes microseconds, a
//! poll seconds. So what is next stands in a short sorted list, and only what would have to stand
//! far behind in it goes into a heap.

use std::cmp::{Ordering, Reverse};
use std::collections::BinaryHeap;

use protocol::Instant;

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
    at: Instant,
    sequence: u64,
    what: T,
}

impl<T> Agenda<T> {
    /// An empty agenda.
    #[must_use]
    pub fn new() -> Self {
        Self { near: Vec::with_capacity(64), far: BinaryHeap::new(), sequence: 0 }
    }

    /// Puts something down for `at`.
    pub fn push(&mut self, at: Instant, what: T) {
        self.sequence += 1;
        let entry = Entry { at, sequence: self.sequence, what };
        let horizon = self.near.len().saturating_sub(NEAR);
        match self.near.get(horizon) {
            Some(last) if horizon > 0 && last.at <= at => self.far.push(Reverse(entry)),
            _ => {
                let earlier = self.near[horizon..].iter().rev().take_while(|near| near.at <= at).count();
                self.near.insert(self.near.len() - earlier, entry);
            }
        }
    }

    /// When the next thing happens.
    #[must_use]
    pub fn next(&self) -> Option<Instant> {
        let (near, far) = (self.near.last().map(|near| near.at), self.far.peek().map(|far| far.0.at));
        near.map_or(far, |near| Some(far.map_or(near, |far| near.min(far))))
    }

    /// Takes the next thing.
    pub fn pop(&mut self) -> Option<(Instant, T)> {
        let is_far = match (self.near.last(), self.far.peek()) {
            (Some(near), Some(Reverse(far))) => far < near,
            (near, _) => near.is_none(),
        };
        let entry = if is_far { self.far.pop()?.0 } else { self.near.pop()? };
        Some((entry.at, entry.what))
    }
}

impl<T> Ord for Entry<T> {
    fn cmp(&self, other: &Self) -> Ordering {
        (self.at, self.sequence).cmp(&(other.at, other.sequence))
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
    fn at_the_same_instant_whoever_asked_first_goes_first() {
        let mut agenda = Agenda::new();
        let at = Instant::from_micros;
        agenda.push(at(5), 'c');
        agenda.push(at(3), 'a');
        agenda.push(at(5), 'd');
        agenda.push(at(3), 'b');
        let order: Vec<char> = std::iter::from_fn(|| agenda.pop()).map(|(_, what)| what).collect();
        assert_eq!(order, ['a', 'b', 'c', 'd']);
    }

    proptest! {
        #[test]
        fn what_is_near_and_what_is_far_come_in_one_order(
            script in prop::collection::vec(prop::option::weighted(0.7, 0_u64..100), 0..300),
        ) {
            let (mut agenda, mut model, mut number) = (Agenda::new(), BTreeSet::new(), 0_u32);
            for step in script {
                match step {
                    Some(at) => {
                        agenda.push(Instant::from_micros(at), number);
                        model.insert((Instant::from_micros(at), number));
                        number += 1;
                    }
                    None => prop_assert_eq!(agenda.pop(), model.pop_first()),
                }
            }
            prop_assert_eq!(std::iter::from_fn(|| agenda.pop()).collect::<Vec<_>>(), Vec::from_iter(model));
        }
    }
}
