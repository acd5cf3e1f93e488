//! A journal with its states laid out over time, so that a check can ask what was true when.

use crate::journal::{HostFacts, HostState, Name, Record, RunFacts, Supply, What};
use protocol::Instant;
use std::collections::BTreeMap;

/// A value that changes over time.
#[derive(Debug, Clone)]
pub struct Course<T>(Vec<(Instant, T)>);

impl<T> Default for Course<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T: Copy + PartialEq> Course<T> {
    fn push(&mut self, at: Instant, value: T) {
        self.0.push((at, value));
    }

    /// The value at a moment, after everything that happened then.
    #[must_use]
    pub fn at(&self, at: Instant) -> Option<T> {
        let after = self.0.partition_point(|(changed, _)| *changed <= at);
        after.checked_sub(1).map(|index| self.0[index].1)
    }

    /// Every value that it had from one moment to another, both included.
    pub fn between(&self, from: Instant, to: Instant) -> impl Iterator<Item = T> + '_ {
        let first = self.0.partition_point(|(changed, _)| *changed <= from).saturating_sub(1);
        self.0[first..].iter().take_while(move |(changed, _)| *changed <= to).map(|(_, value)| *value)
    }

    /// Every change, with its time.
    pub fn changes(&self) -> impl Iterator<Item = (Instant, T)> + '_ {
        self.0.iter().copied()
    }

    /// The last value, and since when.
    #[must_use]
    pub fn last(&self) -> Option<(Instant, T)> {
        self.0.last().copied()
    }
}

/// What is known of a UPS over time.
#[derive(Debug, Default)]
pub struct UpsCourse {
    /// Where its output comes from.
    pub supply: Course<Supply>,
    /// Whether it says that its battery is low.
    pub low: Course<bool>,
    /// Whether its outlet is live.
    pub outlet: Course<bool>,
}

/// The journal, laid out.
#[derive(Debug)]
pub struct History<'a> {
    /// What ran.
    pub facts: &'a RunFacts,
    /// All records.
    pub records: &'a [Record],
    /// By UPS.
    pub ups: BTreeMap<Name, UpsCourse>,
    /// By host.
    pub hosts: BTreeMap<Name, Course<HostState>>,
    /// Whether there is mains power, by feed.
    pub feeds: BTreeMap<Name, Course<bool>>,
    /// Whether a host was without word of a UPS: by host, then UPS.
    pub dark: BTreeMap<Name, BTreeMap<Name, Course<bool>>>,
    /// When the run ended.
    pub end: Instant,
}

impl<'a> History<'a> {
    /// Lays a journal out.
    #[must_use]
    pub fn new(facts: &'a RunFacts, records: &'a [Record]) -> Self {
        let mut history = Self {
            facts,
            records,
            ups: facts.ups.iter().map(|ups| (ups.name.clone(), UpsCourse::default())).collect(),
            hosts: facts.hosts.iter().map(|host| (host.name.clone(), Course::default())).collect(),
            feeds: BTreeMap::new(),
            dark: BTreeMap::new(),
            end: records.last().map_or(Instant::START, |record| record.at),
        };
        for feed in &facts.feeds {
            history.feeds.entry(feed.name.clone()).or_default().push(Instant::START, true);
        }
        for record in records {
            history.take(record);
        }
        history
    }

    fn take(&mut self, record: &Record) {
        let at = record.at;
        match &record.what {
            What::Supply { ups, is } => self.of(ups).supply.push(at, *is),
            What::LowBattery { ups, low } => self.of(ups).low.push(at, *low),
            What::Outlet { ups, live, .. } => self.of(ups).outlet.push(at, *live),
            What::Host { host, is, .. } => self.hosts.entry(host.clone()).or_default().push(at, *is),
            What::Mains { feed, is } => self.feeds.entry(feed.clone()).or_default().push(at, is.live),
            What::Notified { host, kind, ups: Some(ups), .. } => {
                let dark = match &**kind {
                    "COMMBAD" | "NOCOMM" => true,
                    "COMMOK" => false,
                    _ => return,
                };
                self.dark.entry(host.clone()).or_default().entry(ups.clone()).or_default().push(at, dark);
            }
            _ => {}
        }
    }

    fn of(&mut self, ups: &Name) -> &mut UpsCourse {
        self.ups.entry(ups.clone()).or_default()
    }

    /// Hosts with a monitor, and what its configuration says.
    pub fn monitored(&self) -> impl Iterator<Item = (&'a HostFacts, &'a crate::journal::MonitorFacts)> {
        let facts = self.facts;
        facts.hosts.iter().filter_map(|host| host.monitor.as_ref().map(|monitor| (host, monitor)))
    }

    /// Every moment in a stretch at which something changed that decides whether a host is safe,
    /// its first moment included.
    #[must_use]
    pub fn moments(&self, from: Instant, to: Instant) -> Vec<Instant> {
        let mut moments = vec![from];
        let inside = |at: &Instant| *at > from && *at <= to;
        for ups in self.ups.values() {
            moments.extend(ups.supply.changes().map(|(at, _)| at).filter(inside));
            moments.extend(ups.low.changes().map(|(at, _)| at).filter(inside));
        }
        for dark in self.dark.values().flat_map(BTreeMap::values) {
            moments.extend(dark.changes().map(|(at, _)| at).filter(inside));
        }
        moments
    }

    /// Whether a UPS could be relied upon at a moment, the truth: it is on line, or on a battery
    /// that is not low.
    #[must_use]
    pub fn is_good(&self, ups: &str, at: Instant) -> bool {
        let Some(course) = self.ups.get(ups) else { return true };
        match course.supply.at(at) {
            Some(Supply::OnBattery) => !course.low.at(at).unwrap_or(false),
            Some(Supply::Off) => false,
            Some(Supply::OnLine) | None => true,
        }
    }

    /// Whether a host was without word of a UPS at a moment.
    #[must_use]
    pub fn is_dark(&self, host: &str, ups: &str, at: Instant) -> bool {
        self.dark.get(host).and_then(|known| known.get(ups)).and_then(|course| course.at(at)).unwrap_or(false)
    }
}
