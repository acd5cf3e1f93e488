//! 2. No host crashes.

use super::{Breach, Finding};
use crate::checks::arithmetic::losses;
use crate::checks::history::History;

/// Every loss of a host, with its arithmetic.
pub fn check(history: &History<'_>) -> Finding {
    let breaches: Vec<Breach> = losses(history).iter().map(|loss| Breach { at: loss.at, why: loss.to_string() }).collect();
    breaches.into()
}
