//! The run as a person would tell it: what matters, in order, said once for several hosts.

mod telling;

use crate::journal::{HostState, Name, Record, RunFacts};
use protocol::Instant;
use protocol::printable;
use std::time::Duration;

/// How far apart the same news of several hosts may be, to be told in one line.
const TOGETHER: Duration = Duration::from_secs(2);

/// One line of the story.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// When it began.
    pub at: Instant,
    /// The last record that it tells of, as an index into the journal.
    pub upto: usize,
    /// What sort of news it is.
    pub tone: Tone,
    /// Who: hosts, a UPS, a feed; empty for a step.
    pub who: Vec<Name>,
    /// What, without who.
    pub what: String,
    /// More of it, where there is.
    pub detail: Option<String>,
}

/// What sort of news something is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tone {
    /// The scenario did something.
    Step,
    /// Power, for the better.
    Power,
    /// Power, for the worse.
    Danger,
    /// A monitor said something.
    Notice,
    /// A command, a flag, a decision.
    Act,
    /// A host changed its state.
    Host(HostState),
    /// A step of a protocol.
    Protocol,
    /// By the way.
    Aside,
}

/// Tells the story of a journal.
#[must_use]
pub fn tell(facts: &RunFacts, journal: &[Record]) -> Vec<Event> {
    let mut teller = telling::Teller::new(facts);
    let mut events: Vec<Event> = Vec::new();
    for (index, record) in journal.iter().enumerate() {
        let Some(event) = teller.tell(record, index).map(printable_event) else { continue };
        if let Some(same) = joins(&mut events, &event) {
            same.who.extend(event.who);
            same.detail = same.detail.take().zip(event.detail).and_then(|(one, other)| shared(one, &other));
            same.upto = index;
        } else {
            events.push(event);
        }
    }
    events
}

/// What a host ran or said is shown, never obeyed.
fn printable_event(event: Event) -> Event {
    let detail = event.detail.map(|detail| printable(&detail).into_owned());
    Event { what: printable(&event.what).into_owned(), detail, ..event }
}

/// A recent line that the same news can be put into: no other news of its hosts lies between.
fn joins<'a>(events: &'a mut [Event], event: &Event) -> Option<&'a mut Event> {
    if event.who.is_empty() {
        return None;
    }
    let recent = events
        .iter()
        .rposition(|earlier| earlier.tone == event.tone && earlier.what == event.what && !earlier.who.is_empty())?;
    let apart = event.at.saturating_since(events[recent].at);
    let between = events[recent + 1..]
        .iter()
        .any(|other| other.tone == Tone::Step || other.who.iter().any(|who| event.who.contains(who)));
    let same = &mut events[recent];
    (apart <= TOGETHER && !between && event.who.iter().all(|who| !same.who.contains(who))).then_some(same)
}

/// What is true of both: hosts name the same UPS by the server that each of them asks.
fn shared(one: String, other: &str) -> Option<String> {
    if one == other {
        return Some(one);
    }
    let one = without_servers(&one);
    (one == without_servers(other)).then_some(one)
}

fn without_servers(text: &str) -> String {
    let ups = |word: &str| match word.split_once('@') {
        Some((ups, server)) if server.ends_with(':') => format!("{ups}:"),
        Some((ups, _)) => ups.to_owned(),
        None => word.to_owned(),
    };
    text.split(' ').map(ups).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::shared;

    #[test]
    fn a_line_about_several_hosts_says_what_is_true_of_each() {
        let told = |one: &str, other| shared(one.to_owned(), other);
        assert_eq!(told("UPS a@nas on battery", "UPS a@nas on battery").as_deref(), Some("UPS a@nas on battery"));
        assert_eq!(told("UPS a@localhost on battery", "UPS a@nas on battery").as_deref(), Some("UPS a on battery"));
        assert_eq!(told("UPS a@localhost: forced", "UPS a@nas:3493: forced").as_deref(), Some("UPS a: forced"));
        assert_eq!(told("shutdown -h +0", "poweroff"), None);
    }
}
