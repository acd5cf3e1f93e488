//! 2. No host crashes.

use super::{Breach, Finding};
use crate::checks::arithmetic::{losses, together};
use crate::checks::history::History;
use crate::journal::names;

/// Every loss of a host, with its arithmetic; hosts with the same together.
pub fn check(history: &History<'_>) -> Finding {
    let breaches: Vec<Breach> = together(&losses(history))
        .into_iter()
        .map(|(at, hosts, account)| Breach { at, why: format!("{} {account}", names(&hosts, history.facts)) })
        .collect();
    breaches.into()
}
