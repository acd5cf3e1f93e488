//! 6. Losing sight of a UPS that was on line power is never by itself a reason to shut down.
//!
//! A shutdown command that the truth did not call for (invariant 1 says how that is found), on a
//! host that was without word of a UPS which was on line power all the time.

use super::spurious_shutdown::groundless;
use super::{Breach, Finding};
use crate::checks::history::History;

/// Each such shutdown.
pub fn check(history: &History<'_>) -> Finding {
    let breaches: Vec<Breach> = groundless(history)
        .filter(|shutdown| shutdown.lost_sight)
        .map(|shutdown| Breach {
            at: shutdown.at,
            why: format!(
                "{} ran its shutdown command for want of word from a UPS that was on line power",
                shutdown.host.name
            ),
        })
        .collect();
    breaches.into()
}
