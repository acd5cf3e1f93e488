//! 9. Same file, same seed, same journal.

use super::{Breach, Finding};
use crate::checks::history::History;
use crate::journal::Record;

/// Where two runs of one file and seed part.
pub fn check(history: &History<'_>, again: Option<&[Record]>) -> Finding {
    let Some(again) = again else {
        return Finding::Untold("judged on the simulated rig, by running it twice".to_owned());
    };
    let pairs = history.records.iter().zip(again);
    let parted = pairs.clone().position(|(first, second)| first != second);
    let lengths = (history.records.len(), again.len());
    let index = match parted {
        Some(index) => index,
        None if lengths.0 == lengths.1 => return Finding::Held,
        None => lengths.0.min(lengths.1),
    };
    let at = history.records.get(index).or_else(|| again.get(index)).map_or(history.end, |record| record.at);
    Finding::Broken(vec![Breach { at, why: format!("the second run differs from record {} on", index + 1) }])
}
