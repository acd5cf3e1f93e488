//! What is still to happen, in the order in which it will: by time, then by who asked first.
//!
//! That second half is what makes a run repeatable: two things at the same microsecond happen in
//! the order in which they were put down, on every machine.

use std::cmp::{Ordering, Reverse};
use std::collections::BinaryHeap;

use protocol::Instant;

/// One binary heap of everything that is to come.
#[derive(Debug)]
pub struct Agenda<T> {
    heap: BinaryHeap<Reverse<Entry<T>>>,
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
        Self { heap: BinaryHeap::with_capacity(256), sequence: 0 }
    }

    /// Puts something down for `at`.
    pub fn push(&mut self, at: Instant, what: T) {
        self.sequence += 1;
        self.heap.push(Reverse(Entry { at, sequence: self.sequence, what }));
    }

    /// Takes the next thing.
    pub fn pop(&mut self) -> Option<(Instant, T)> {
        self.heap.pop().map(|Reverse(entry)| (entry.at, entry.what))
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
}
