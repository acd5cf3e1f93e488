//! What can be seen at a moment of a journal, kept up to date record by record.
//!
//! Observations are of two sorts. A *state* (`is: halted`, `outlet: off`, a variable's value) holds
//! for a while: [`Sights::holds`]. An *event* (`notified`, `ran`, `logged`, a line on a wire) is one
//! record: [`Sights::shows`].

use super::record::{Name, Record, What};
use super::state::{Answer, HostState, ProcessEvent};
use crate::language::Observation;
use crate::language::observation::{Comparison, HostSight, UpsSight};
use std::collections::BTreeMap;

/// Everything that observations speak of, as it is now.
#[derive(Debug, Default, Clone)]
pub struct Sights {
    hosts: BTreeMap<Name, HostState>,
    flags: BTreeMap<Name, bool>,
    running: BTreeMap<Name, Vec<(Name, bool)>>,
    outlets: BTreeMap<Name, bool>,
    variables: BTreeMap<Name, Vec<(Name, Answer)>>,
    /// Both ends of every link, as `host/process`.
    links: BTreeMap<u32, (Name, Name)>,
}

impl Sights {
    /// Takes in a record.
    pub fn take(&mut self, record: &Record) {
        match &record.what {
            What::Host { host, is, .. } => {
                self.hosts.insert(host.clone(), *is);
            }
            What::Flag { host, exists } => {
                self.flags.insert(host.clone(), *exists);
            }
            What::Outlet { ups, live, .. } => {
                self.outlets.insert(ups.clone(), *live);
            }
            What::Var { ups, name, is, .. } => put(self.variables.entry(ups.clone()).or_default(), name, is.clone()),
            What::Process { host, process, event, .. } => {
                let running = match event {
                    ProcessEvent::Started => true,
                    ProcessEvent::Exited { .. } | ProcessEvent::Killed => false,
                    ProcessEvent::Stopped | ProcessEvent::Continued | ProcessEvent::Reloaded => return,
                };
                put(self.running.entry(host.clone()).or_default(), process, running);
            }
            What::Link { link, from, to, .. } => {
                self.links.insert(*link, (from.clone(), to.clone()));
            }
            _ => {}
        }
    }

    /// A host's state.
    #[must_use]
    pub fn host(&self, name: &str) -> Option<HostState> {
        self.hosts.get(name).copied()
    }

    /// What was answered last about a variable of a UPS; `None`: it was not asked for, or nobody has answered yet.
    #[must_use]
    pub fn answer(&self, ups: &str, variable: &str) -> Option<&Answer> {
        let answers = self.variables.get(ups)?;
        answers.iter().find(|(known, _)| **known == *variable).map(|(_, answer)| answer)
    }

    /// Whether a state holds now; `None` for what is an event.
    #[must_use]
    pub fn holds(&self, observation: &Observation) -> Option<bool> {
        match observation {
            Observation::Hosts { hosts, sight } => {
                let mut each = hosts.names.iter().map(|host| self.host_holds(host, sight));
                if hosts.any {
                    each.try_fold(false, |any, holds| holds.map(|holds| any || holds))
                } else {
                    each.try_fold(true, |all, holds| holds.map(|holds| all && holds))
                }
            }
            Observation::Ups { ups, sight: UpsSight::Outlet(live) } => {
                Some(self.outlets.get(ups.as_str()) == Some(live))
            }
            Observation::Ups { ups, sight: UpsSight::Var { name, is } } => {
                Some(self.answer(ups, name).is_some_and(|answer| answer.is_like(is)))
            }
            Observation::Wire { .. } => None,
        }
    }

    /// Whether a state holds of one host; `None` for what is an event.
    #[must_use]
    pub fn host_holds(&self, host: &str, sight: &HostSight) -> Option<bool> {
        match sight {
            HostSight::Is(state) => Some(self.hosts.get(host) == Some(state)),
            HostSight::Flag(exists) => Some(self.flags.get(host).copied().unwrap_or(false) == *exists),
            HostSight::Process { name, running } => {
                let processes = self.running.get(host);
                let is = processes
                    .and_then(|known| known.iter().find(|(process, _)| **process == **name))
                    .is_some_and(|(_, is)| *is);
                Some(is == *running)
            }
            HostSight::Notified { .. } | HostSight::Ran(_) | HostSight::Logged(_) => None,
        }
    }

    /// Where a record is an event that the observation speaks of: which of the observation's hosts
    /// it shows, as an index (0 for a wire).
    #[must_use]
    pub fn shows(&self, what: &What, observation: &Observation) -> Option<usize> {
        match observation {
            Observation::Hosts { hosts, sight } => {
                let host = match (what, sight) {
                    (What::Notified { host, kind, ups, .. }, HostSight::Notified { kind: wanted, ups: about }) => {
                        let is_about = about.as_ref().is_none_or(|about| ups.as_deref() == Some(about.as_str()));
                        (**kind == **wanted && is_about).then_some(host)
                    }
                    (What::Ran { host, command, .. }, HostSight::Ran(text)) => {
                        command.contains(text.as_str()).then_some(host)
                    }
                    (What::Logged { host, line, .. }, HostSight::Logged(text)) => {
                        line.contains(text.as_str()).then_some(host)
                    }
                    _ => None,
                }?;
                hosts.names.iter().position(|name| **name == **host)
            }
            Observation::Wire { protocol, says, host } => match what {
                What::Wire { link, protocol: spoken, bytes, .. } if spoken == protocol => {
                    let line = bytes.to_string();
                    let mut words = line.split_whitespace();
                    let says_it = says.split_whitespace().all(|word| words.next() == Some(word));
                    (says_it && host.as_ref().is_none_or(|host| self.touches(*link, host))).then_some(0)
                }
                _ => None,
            },
            Observation::Ups { .. } => None,
        }
    }

    fn touches(&self, link: u32, host: &str) -> bool {
        let of = |party: &Name| party.split('/').next() == Some(host);
        self.links.get(&link).is_some_and(|(from, to)| of(from) || of(to))
    }
}

fn put<T>(known: &mut Vec<(Name, T)>, name: &Name, value: T) {
    match known.iter_mut().find(|(key, _)| key == name) {
        Some((_, old)) => *old = value,
        None => known.push((name.clone(), value)),
    }
}

impl Answer {
    /// Whether it is what a comparison asks for.
    #[must_use]
    pub fn is_like(&self, comparison: &Comparison) -> bool {
        match (self, comparison) {
            (Self::Value(value), Comparison::Is(text)) => **value == **text,
            (Self::Value(value), Comparison::Has(word)) => value.split_whitespace().any(|has| has == word),
            (Self::Value(value), Comparison::Below(limit)) => thousandths(value).is_some_and(|value| value < *limit),
            (Self::Value(value), Comparison::Above(limit)) => thousandths(value).is_some_and(|value| value > *limit),
            (Self::Error(error), Comparison::Refused(token)) => **error == **token,
            (Self::Value(_), Comparison::Refused(_)) | (Self::Error(_), _) => false,
        }
    }
}

/// A decimal number in thousandths, digits after the third cut off.
fn thousandths(text: &str) -> Option<i64> {
    let text = text.trim();
    let (sign, digits) = text.strip_prefix('-').map_or((1, text), |digits| (-1, digits));
    let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
    let part = format!("{part:0<3}");
    let whole: i64 = whole.parse().ok()?;
    let part: i64 = part.get(..3)?.parse().ok()?;
    Some(sign * whole.checked_mul(1000)?.checked_add(part)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_compare_in_thousandths() {
        assert!(Answer::Value("19".into()).is_like(&Comparison::Below(20_000)));
        assert!(!Answer::Value("20".into()).is_like(&Comparison::Below(20_000)));
        assert!(Answer::Value("13.72".into()).is_like(&Comparison::Above(13_700)));
        assert!(!Answer::Value("OL".into()).is_like(&Comparison::Above(0)));
        assert!(Answer::Value("OB DISCHRG LB".into()).is_like(&Comparison::Has("LB".into())));
        assert!(Answer::Error("DATA-STALE".into()).is_like(&Comparison::Refused("DATA-STALE".into())));
    }
}
