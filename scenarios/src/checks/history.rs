//! A journal with its states laid out over time, so that a check can ask what was true when.

use crate::journal::{HostFacts, HostState, Name, ProcessEvent, Record, RunFacts, Supply, What};
use protocol::Instant;
use std::collections::BTreeMap;
use std::time::Duration;

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

    /// Since when it has had the value that it has at a moment.
    #[must_use]
    pub fn since(&self, at: Instant) -> Option<Instant> {
        let value = self.at(at)?;
        let before = &self.0[..self.0.partition_point(|(changed, _)| *changed <= at)];
        before.iter().rev().take_while(|(_, other)| *other == value).last().map(|(changed, _)| *changed)
    }

    /// Since when it had a value that it had last between two moments.
    #[must_use]
    fn last_in(&self, from: Instant, to: Instant, value: T) -> Option<Instant> {
        let had = |(index, (changed, is)): (usize, &(Instant, T))| {
            let ends = self.0.get(index + 1).map_or(to, |(next, _)| *next);
            (*is == value && *changed <= to && ends >= from).then_some(*changed)
        };
        self.0.iter().enumerate().filter_map(had).last()
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
    /// Whether a host was without word of a UPS: by host, then UPS.
    pub dark: BTreeMap<Name, BTreeMap<Name, Course<bool>>>,
    /// Whether the last that a host told of a UPS was that it is on battery: by host, then UPS.
    told_on_battery: BTreeMap<Name, BTreeMap<Name, Course<bool>>>,
    /// Whether a host's monitor was stopped (SIGSTOP), by host.
    stopped: BTreeMap<Name, Course<bool>>,
    /// When a host's monitor started, by itself or with its host.
    monitor_starts: BTreeMap<Name, Vec<Instant>>,
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
            dark: BTreeMap::new(),
            told_on_battery: BTreeMap::new(),
            stopped: BTreeMap::new(),
            monitor_starts: BTreeMap::new(),
            end: records.last().map_or(Instant::START, |record| record.at),
        };
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
            What::Host { host, is, .. } => {
                self.hosts.entry(host.clone()).or_default().push(at, *is);
                if *is == HostState::Up {
                    self.monitor_starts.entry(host.clone()).or_default().push(at);
                }
            }
            What::Process { host, process, event, .. } if &**process == "upsmon" => {
                if *event == ProcessEvent::Started {
                    self.monitor_starts.entry(host.clone()).or_default().push(at);
                }
                self.stopped.entry(host.clone()).or_default().push(at, *event == ProcessEvent::Stopped);
            }
            What::Notified { host, kind, ups: Some(ups), .. } => {
                let (courses, is) = match &**kind {
                    "COMMBAD" | "NOCOMM" => (&mut self.dark, true),
                    "COMMOK" => (&mut self.dark, false),
                    "ONBATT" => (&mut self.told_on_battery, true),
                    "ONLINE" => (&mut self.told_on_battery, false),
                    _ => return,
                };
                courses.entry(host.clone()).or_default().entry(ups.clone()).or_default().push(at, is);
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
        of(&self.dark, host, ups).and_then(|course| course.at(at)).unwrap_or(false)
    }

    /// Whether a host was without word of a UPS at a moment, and its monitor has had none since it started:
    /// that is so where the want of word began less than `lag` after a start, or before it.
    #[must_use]
    pub fn is_unheard(&self, host: &str, ups: &str, at: Instant, lag: Duration) -> bool {
        let since =
            of(&self.dark, host, ups).filter(|_| self.is_dark(host, ups, at)).and_then(|course| course.since(at));
        let Some(since) = since else { return false };
        let starts = self.monitor_starts.get(host).map_or(&[][..], Vec::as_slice);
        starts.iter().any(|start| *start >= before(since, lag) && *start <= at)
    }

    /// Whether a host was without word of a UPS at a moment, and the last word was that it is on battery:
    /// told so, and true not longer than `lag` before the host noticed that it hears no more.
    #[must_use]
    pub fn went_dark_on_battery(&self, host: &str, ups: &str, at: Instant, lag: Duration) -> bool {
        let since =
            of(&self.dark, host, ups).filter(|_| self.is_dark(host, ups, at)).and_then(|course| course.since(at));
        let Some(since) = since else { return false };
        let was_told = of(&self.told_on_battery, host, ups).and_then(|course| course.at(since)).unwrap_or(false);
        // What a monitor that was stopped could have heard last is older by that time.
        let was_stopped = self.stopped.get(host).and_then(|course| course.last_in(before(since, lag), since, true));
        let from = before(was_stopped.unwrap_or(since), lag);
        let was_so = |course: &UpsCourse| course.supply.between(from, since).any(|supply| supply == Supply::OnBattery);
        was_told && self.ups.get(ups).is_some_and(was_so)
    }
}

fn of<'c>(
    courses: &'c BTreeMap<Name, BTreeMap<Name, Course<bool>>>,
    host: &str,
    ups: &str,
) -> Option<&'c Course<bool>> {
    courses.get(host)?.get(ups)
}

/// The moment so long before another, or the start.
#[must_use]
pub fn before(at: Instant, span: Duration) -> Instant {
    Instant::from_micros(at.as_micros().saturating_sub(u64::try_from(span.as_micros()).unwrap_or(u64::MAX)))
}
