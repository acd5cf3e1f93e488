//! 2. No host crashes.

use super::{Breach, Finding};
use crate::checks::arithmetic::{losses, together};
use crate::checks::history::History;
use crate::journal::names;

/// Every loss of a host, with its arithmetic; hosts with the same together.
pub fn check(history: &History<'_>) -> Finding {
    let losses = losses(history);
    let breaches: Vec<Breach> = together(&losses)
        .into_iter()
        .filter_map(|(hosts, account)| {
            let at = losses.iter().find(|loss| hosts.contains(&loss.host))?.at;
            Some(Breach { at, why: format!("{} {account}", names(&hosts, history.facts)) })
        })
        .collect();
    breaches.into()
}
