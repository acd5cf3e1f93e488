//! Expectations: one pass over the journal for each.

use super::history::History;
use super::{Outcome, Verdict};
use crate::journal::{Answer, HostState, Name, Record, RunFacts, Sights, What, names};
use crate::language::expectation::{Anchor, Claim, Expectation, Window};
use crate::language::observation::{HostSight, Observation};
use crate::language::wording::{clock, time};
use protocol::Instant;
use std::collections::BTreeMap;
use std::time::Duration;

/// Judges one expectation.
#[must_use]
pub fn verdict(expectation: &Expectation, history: &History<'_>) -> Verdict {
    let outcome = if expectation.only.covers(history.facts.makers, &history.facts.rig) {
        outcome(&expectation.claim, history)
    } else {
        Outcome::Skipped { why: "not asked of this stack or rig".to_owned() }
    };
    Verdict {
        id: expectation.spot.to_string(),
        claim: expectation.claim.to_string(),
        because: expectation.because.clone(),
        outcome,
    }
}

fn outcome(claim: &Claim, history: &History<'_>) -> Outcome {
    let records = history.records;
    match claim {
        Claim::See { what, within, of } => match anchor(of, records) {
            Some(from) => see(what, *within, of, from, records),
            None => never_happened(of),
        },
        Claim::Never { what, during } => match span(during, records) {
            Ok(span) => never(what, span, records),
            Err(outcome) => outcome,
        },
        Claim::Always { what, during } => match span(during, records) {
            Ok(span) => always(what, span, records),
            Err(outcome) => outcome,
        },
        Claim::Order(sights) => order(sights, records, Duration::from_micros(history.facts.resolution_us)),
        Claim::Finally(what) => finally(what, history),
        Claim::Count { what, least, most, during } => match span(during, records) {
            Ok(span) => count(what, *least, *most, span, records),
            Err(outcome) => outcome,
        },
    }
}

/// Where an anchor is in the journal: the index of its record.
fn anchor(anchor: &Anchor, records: &[Record]) -> Option<usize> {
    match anchor {
        Anchor::Start => Some(0),
        Anchor::End => Some(records.len().saturating_sub(1)),
        Anchor::Step(step, _) => {
            records.iter().position(|record| matches!(record.what, What::Step { index, .. } if index == *step))
        }
    }
}

fn never_happened(anchor: &Anchor) -> Outcome {
    Outcome::Failed { at: None, why: format!("the step `{anchor}` never happened") }
}

/// The records of a window: from its first to just before its last.
fn span(window: &Window, records: &[Record]) -> Result<(usize, usize), Outcome> {
    let from = anchor(&window.from, records).ok_or_else(|| never_happened(&window.from))?;
    let to = anchor(&window.to, records).ok_or_else(|| never_happened(&window.to))?;
    if to < from {
        let (begins, ends) = (clock(records[from].at), clock(records[to].at));
        let why = format!("there is no such time: {} was at {begins}, {} at {ends}", window.from, window.to);
        return Err(Outcome::Failed { at: None, why });
    }
    Ok((from, if window.to == Anchor::End { records.len() } else { to }))
}

/// Follows one observation through a journal.
struct Watch<'a> {
    what: &'a Observation,
    sights: Sights,
    /// Of an event: which of its hosts have shown it.
    shown: Vec<bool>,
}

impl<'a> Watch<'a> {
    fn new(what: &'a Observation) -> Self {
        Self { what, sights: Sights::default(), shown: vec![false; places(what).max(1)] }
    }

    /// Takes in a record; says whether what is watched for is now seen. An event counts only while
    /// `listening`.
    fn take(&mut self, record: &Record, listening: bool) -> bool {
        self.sights.take(record);
        if let Some(holds) = self.sights.holds(self.what) {
            return holds;
        }
        if !listening {
            return false;
        }
        let Some(shown) = self.sights.shows(&record.what, self.what) else { return false };
        self.shown[shown] = true;
        is_any(self.what) || self.shown.iter().all(|shown| *shown)
    }
}

fn places(what: &Observation) -> usize {
    match what {
        Observation::Hosts { hosts, .. } => hosts.names.len(),
        _ => 1,
    }
}

fn is_any(what: &Observation) -> bool {
    matches!(what, Observation::Hosts { hosts, .. } if hosts.any)
}

fn see(what: &Observation, within: Option<Duration>, of: &Anchor, from: usize, records: &[Record]) -> Outcome {
    let start = records[from].at;
    let mut watch = Watch::new(what);
    for (index, record) in records.iter().enumerate() {
        if !watch.take(record, index >= from) || index < from {
            continue;
        }
        let after = record.at - start;
        return match within {
            Some(within) if after > within => Outcome::Failed {
                at: Some(record.at),
                why: format!("seen {} after {of}, {} too late", time(after), time(after.saturating_sub(within))),
            },
            _ => Outcome::Held { note: Some(format!("after {}", time(after))) },
        };
    }
    let missing = watch.shown.iter().filter(|shown| !**shown).count();
    let why = match what {
        Observation::Hosts { hosts, .. }
            if !hosts.any && hosts.names.len() > 1 && missing < hosts.names.len() && missing > 0 =>
        {
            let absent: Vec<&str> = hosts
                .names
                .iter()
                .zip(&watch.shown)
                .filter(|(_, shown)| !**shown)
                .map(|(name, _)| name.as_str())
                .collect();
            format!("never seen of {}", absent.join(", "))
        }
        _ => never_seen(what, &watch.sights),
    };
    Outcome::Failed { at: None, why }
}

fn never(what: &Observation, (from, to): (usize, usize), records: &[Record]) -> Outcome {
    let mut watch = Watch::new(what);
    for (index, record) in records[..to].iter().enumerate() {
        if watch.take(record, index >= from) && index >= from {
            return Outcome::Failed { at: Some(record.at), why: format!("seen at {}", clock(record.at)) };
        }
    }
    Outcome::Held { note: None }
}

/// Whether later records belong to the same moment: a state is judged when all of it has happened.
fn is_settled(index: usize, records: &[Record]) -> bool {
    records.get(index + 1).is_none_or(|next| next.at > records[index].at)
}

fn always(what: &Observation, (from, to): (usize, usize), records: &[Record]) -> Outcome {
    let mut watch = Watch::new(what);
    for (index, record) in records[..to].iter().enumerate() {
        let holds = watch.take(record, true);
        if index >= from && is_settled(index, records) && !holds {
            return Outcome::Failed { at: Some(record.at), why: format!("not so at {}", clock(record.at)) };
        }
    }
    Outcome::Held { note: None }
}

fn finally(what: &Observation, history: &History<'_>) -> Outcome {
    let mut watch = Watch::new(what);
    let mut since = None;
    for record in history.records {
        if watch.take(record, true) {
            since.get_or_insert(record.at);
        } else if watch.sights.holds(what).is_some() {
            since = None;
        }
    }
    match since {
        Some(since) if since == Instant::START => Outcome::Held { note: None },
        Some(since) => Outcome::Held { note: Some(format!("since {}", clock(since))) },
        None => Outcome::Failed { at: Some(history.end), why: not_so(what, &watch.sights, history.facts) },
    }
}

/// That something was not seen, and of a variable what it was in the end.
fn never_seen(what: &Observation, sights: &Sights) -> String {
    match what.variable().and_then(|(ups, name)| sights.answer(ups, name)) {
        Some(Answer::Value(value)) => format!("never seen; at the end it is {value}"),
        Some(Answer::Error(error)) => format!("never seen; at the end it is refused with {error}"),
        None => "never seen".to_owned(),
    }
}

/// What is so instead.
fn not_so(what: &Observation, sights: &Sights, facts: &RunFacts) -> String {
    let Observation::Hosts { hosts, sight: HostSight::Is(state) } = what else {
        return "not so at the end".to_owned();
    };
    let mut others: BTreeMap<HostState, Vec<Name>> = BTreeMap::new();
    for name in &hosts.names {
        if let Some(is) = sights.host(name).filter(|is| is != state) {
            others.entry(is).or_default().push(name.as_str().into());
        }
    }
    let others: Vec<String> = others
        .iter()
        .map(|(is, who)| format!("{} {} {is}", names(who, facts), if who.len() == 1 { "is" } else { "are" }))
        .collect();
    if others.is_empty() {
        return format!("nothing is known of {} in this run", hosts.word);
    }
    format!("at the end {}", others.join(", "))
}

fn count(what: &Observation, least: u32, most: u32, (from, to): (usize, usize), records: &[Record]) -> Outcome {
    let (mut sights, mut times, mut before) = (Sights::default(), 0_u32, vec![false; places(what).max(1)]);
    for (index, record) in records[..to].iter().enumerate() {
        sights.take(record);
        if index >= from && sights.shows(&record.what, what).is_some() {
            times += 1;
        }
        for (place, before) in before.iter_mut().enumerate() {
            let holds = match what {
                Observation::Hosts { hosts, sight } => sights.host_holds(&hosts.names[place], sight),
                _ => sights.holds(what),
            };
            let Some(holds) = holds else { continue };
            // What holds from the start did not begin in the run.
            if holds && !*before && index >= from && record.at > Instant::START {
                times += 1;
            }
            *before = holds;
        }
    }
    let seen = if times == 1 { "seen once".to_owned() } else { format!("seen {times} times") };
    if (least..=most).contains(&times) {
        Outcome::Held { note: Some(seen) }
    } else {
        Outcome::Failed { at: None, why: seen }
    }
}

/// Every moment at which an observation begins to be seen, as indices. What holds from the start
/// does not begin.
fn beginnings(what: &Observation, records: &[Record]) -> Vec<usize> {
    let mut watch = Watch::new(what);
    let mut before = false;
    let mut found = Vec::new();
    for (index, record) in records.iter().enumerate() {
        let seen = watch.take(record, true);
        if seen && !before && record.at > Instant::START {
            found.push(index);
        }
        before = seen;
        if seen && watch.sights.holds(what).is_none() {
            watch.shown.fill(false);
            before = false;
        }
    }
    found
}

/// What a rig cannot tell apart, at most `at_once` from each other, is in any order.
fn order(sights: &[Observation], records: &[Record], at_once: Duration) -> Outcome {
    let mut last: Option<(usize, &Observation)> = None;
    for (place, what) in sights.iter().enumerate() {
        let same_before = sights[..place].iter().filter(|other| *other == what).count();
        let Some(&index) = beginnings(what, records).get(same_before) else {
            let mut sights = Sights::default();
            records.iter().for_each(|record| sights.take(record));
            return Outcome::Failed { at: None, why: format!("{what}: {}", never_seen(what, &sights)) };
        };
        if let Some((before, other)) = last
            && index < before
            && records[index].at + at_once <= records[before].at
        {
            let (first, then) = (records[index].at, records[before].at);
            return Outcome::Failed {
                at: Some(first),
                why: format!("{what} at {}, before {other} at {}", clock(first), clock(then)),
            };
        }
        if last.is_none_or(|(before, _)| before < index) {
            last = Some((index, what));
        }
    }
    Outcome::Held { note: last.map(|(index, _)| format!("complete at {}", clock(records[index].at))) }
}

#[cfg(test)]
mod tests;
