//! The data cable, overheard: which transfers say something new.
//!
//! An answer is new when it differs from the last answer to the same request; a repeat is written
//! down again once a while, so that a check can tell how fresh a reading was.

use std::time::Duration;

use protocol::Instant;

use super::Ear;
use crate::journal::Direction;

/// A repeat is written down after so long.
const REFRESH: Duration = Duration::from_secs(10);
/// Requests under way at a time, at most.
const MOST_PENDING: usize = 64;
/// Different requests that are told apart, at most.
const MOST_KNOWN: usize = 256;
/// What stands before a frame's body: length, kind, transfer.
const HEAD: usize = 7;

/// One attachment of a device.
#[derive(Debug, Default)]
pub struct UsbTap {
    partial: [Vec<u8>; 2],
    known: Vec<Known>,
    /// Where the last request was found: polls come round in the same order.
    last: usize,
    pending: Vec<(u32, usize)>,
}

/// What was last said in answer to one request (or on the interrupt pipe, by report).
#[derive(Debug)]
struct Known {
    request: Vec<u8>,
    answer: Vec<u8>,
    written_at: Option<Instant>,
}

impl UsbTap {
    /// Bytes of either direction.
    pub fn hear(&mut self, direction: Direction, bytes: &[u8], ear: &mut Ear<'_>) {
        let place = usize::from(direction == Direction::In);
        let mut partial = std::mem::take(&mut self.partial[place]);
        if partial.is_empty() {
            let taken = self.frames(direction, bytes, ear);
            partial.extend_from_slice(&bytes[taken..]);
        } else {
            partial.extend_from_slice(bytes);
            let taken = self.frames(direction, &partial, ear);
            partial.drain(..taken);
        }
        self.partial[place] = partial;
    }

    /// Takes in the frames that are whole; how many bytes they are.
    fn frames(&mut self, direction: Direction, bytes: &[u8], ear: &mut Ear<'_>) -> usize {
        let mut at = 0;
        while let Some(length) = bytes.get(at..at + 2) {
            let end = at + 2 + usize::from(u16::from_le_bytes([length[0], length[1]]));
            let Some(frame) = bytes.get(at..end) else { break };
            self.frame(direction, frame, ear);
            at = end;
        }
        at
    }

    fn frame(&mut self, direction: Direction, frame: &[u8], ear: &mut Ear<'_>) {
        let (Some(head), Some(body)) = (frame.get(..HEAD), frame.get(HEAD..)) else { return };
        let transfer = u32::from_le_bytes([head[3], head[4], head[5], head[6]]);
        let said = &frame[2..];
        match head[2] {
            2 => {
                let place = self.place(body);
                let is_new = self.known[place].written_at.is_none();
                if self.pending.len() < MOST_PENDING {
                    self.pending.push((transfer, place));
                }
                if ear.all || is_new {
                    ear.binary(direction, said);
                }
            }
            3 => {
                let found = self.pending.iter().position(|(number, _)| *number == transfer);
                let place = found.map(|found| self.pending.swap_remove(found).1);
                self.answer(place, body, said, direction, ear);
            }
            4 => {
                let place = self.place(&[4, body.first().copied().unwrap_or(0)]);
                self.answer(Some(place), body, said, direction, ear);
            }
            _ => ear.binary(direction, said),
        }
    }

    fn answer(&mut self, place: Option<usize>, body: &[u8], said: &[u8], direction: Direction, ear: &mut Ear<'_>) {
        let Some(known) = place.and_then(|place| self.known.get_mut(place)) else {
            return ear.binary(direction, said);
        };
        let is_fresh = known.written_at.is_some_and(|at| ear.now.saturating_since(at) < REFRESH);
        if known.answer == body && is_fresh && !ear.all {
            return;
        }
        known.answer.clear();
        known.answer.extend_from_slice(body);
        known.written_at = Some(ear.now);
        ear.binary(direction, said);
    }

    fn place(&mut self, request: &[u8]) -> usize {
        let (before, after) = self.known.split_at(self.known.len().min(self.last + 1));
        let found = after.iter().position(|known| known.request == request).map(|place| before.len() + place);
        if let Some(place) = found.or_else(|| before.iter().position(|known| known.request == request)) {
            self.last = place;
            return place;
        }
        if self.known.len() >= MOST_KNOWN {
            return 0;
        }
        self.known.push(Known { request: request.to_vec(), answer: Vec::new(), written_at: None });
        self.known.len() - 1
    }
}
