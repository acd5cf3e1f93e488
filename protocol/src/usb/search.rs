//! Looking a bus over for one device: the same rule on every bus and on every rig.

use super::{Identity, Matcher};
use crate::LinkError;

/// The most devices that a search in vain names; a bus has 127 (USB 2.0 §9.4.6), and one of them is missed.
pub const MOST_NAMED: usize = 32;

/// A search under way, offered one device of the bus after the other.
#[derive(Debug)]
pub struct Search<'a, D> {
    matcher: &'a Matcher,
    taken: Option<D>,
    /// How many are meant, busy ones as well.
    meant: usize,
    is_busy: bool,
    is_denied: bool,
    seen: Vec<Identity>,
}

/// What came of a search that found no device to take.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InVain {
    /// Why.
    pub error: LinkError,
    /// What was there instead; where more than one was meant ([`LinkError::Ambiguous`]), all of those.
    pub seen: Vec<Identity>,
}

impl<'a, D> Search<'a, D> {
    /// Nothing has been looked at yet.
    #[must_use]
    pub const fn new(matcher: &'a Matcher) -> Self {
        Self { matcher, taken: None, meant: 0, is_busy: false, is_denied: false, seen: Vec::new() }
    }

    /// A device of the bus, and whether another driver has it. True while there is more to look for.
    pub fn offer(&mut self, identity: &Identity, is_busy: bool, device: D) -> bool {
        let is_meant = self.matcher.matches(identity);
        // What another driver has is nobody's riddle.
        if self.seen.len() < MOST_NAMED && (is_meant || !is_busy) {
            self.seen.push(identity.clone());
        }
        if !is_meant {
            return true;
        }
        self.meant += 1;
        self.is_busy |= is_busy;
        if !is_busy && self.taken.is_none() {
            self.taken = Some(device);
        }
        // One that is busy is the one that was meant, unless the next will do as well.
        self.matcher.only_one || (is_busy && self.matcher.next_if_busy)
    }

    /// Something on the bus that this process may not open.
    pub const fn denied(&mut self) {
        self.is_denied = true;
    }

    /// The device to take.
    ///
    /// # Errors
    ///
    /// None was found, or more than one where only one may be.
    pub fn end(self) -> Result<D, InVain> {
        let Self { matcher, taken, meant, is_busy, is_denied, mut seen } = self;
        let error = match taken {
            _ if matcher.only_one && meant > 1 => {
                seen.retain(|identity| matcher.matches(identity));
                LinkError::Ambiguous
            }
            Some(device) => return Ok(device),
            None if is_busy => LinkError::Busy,
            None if is_denied => LinkError::Denied,
            None => LinkError::NotFound,
        };
        Err(InVain { error, seen })
    }
}
