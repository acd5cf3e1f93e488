//! What the drawing shows, as stretches of time: mains, supply, status, charge, load, hosts.

use crate::journal::{Answer, HostState, Name, ProcessEvent, Record, Supply, What};
use protocol::Instant;

/// A value that held from one moment to another.
pub struct Stretch<T> {
    pub from: Instant,
    pub to: Instant,
    pub value: T,
}

/// Joins changes into stretches, up to the end.
fn stretches<T: PartialEq>(changes: impl IntoIterator<Item = (Instant, T)>, end: Instant) -> Vec<Stretch<T>> {
    let mut joined: Vec<Stretch<T>> = Vec::new();
    for (at, value) in changes {
        if let Some(last) = joined.last_mut() {
            if last.value == value {
                continue;
            }
            last.to = at;
        }
        joined.push(Stretch { from: at, to: end, value });
    }
    joined.retain(|stretch| stretch.to > stretch.from);
    joined
}

fn of<T: PartialEq>(journal: &[Record], end: Instant, pick: impl Fn(&What) -> Option<T>) -> Vec<Stretch<T>> {
    stretches(journal.iter().filter_map(|record| pick(&record.what).map(|value| (record.at, value))), end)
}

/// A feed's voltage, 0 while it is dead.
pub fn mains(journal: &[Record], feed: &Name, nominal: u32, end: Instant) -> Vec<Stretch<u32>> {
    let known = journal.iter().filter_map(|record| match &record.what {
        What::Mains { feed: of, is } if of == feed => Some((record.at, if is.live { is.millivolts } else { 0 })),
        _ => None,
    });
    stretches([(Instant::START, nominal)].into_iter().chain(known), end)
}

/// Where a UPS takes its output from, and whether its battery is low.
pub fn supply(journal: &[Record], name: &Name, end: Instant) -> Vec<Stretch<(Supply, bool)>> {
    let (mut supply, mut low) = (Supply::OnLine, false);
    let mut changes = vec![(Instant::START, (supply, low))];
    for record in journal {
        match &record.what {
            What::Supply { ups, is } if ups == name => supply = *is,
            What::LowBattery { ups, low: is } if ups == name => low = *is,
            _ => continue,
        }
        changes.push((record.at, (supply, low)));
    }
    stretches(changes, end)
}

/// What clients were told of `ups.status`; while the server is down nobody is told anything.
pub fn status(journal: &[Record], name: &Name, end: Instant) -> Vec<Stretch<Answer>> {
    let mut asked = None;
    let mut changes = Vec::new();
    for record in journal {
        match &record.what {
            What::Var { ups, server, name: variable, is } if ups == name && &**variable == "ups.status" => {
                asked = Some(server);
                changes.push((record.at, is.clone()));
            }
            What::Process { host, process, event: ProcessEvent::Exited { .. } | ProcessEvent::Killed, .. }
                if &**process == "upsd" && asked == Some(host) =>
            {
                changes.push((record.at, Answer::Error("no upsd".into())));
            }
            _ => {}
        }
    }
    stretches(changes, end)
}

/// Whether a UPS's outlet is live.
pub fn outlet(journal: &[Record], name: &Name, end: Instant) -> Vec<Stretch<bool>> {
    of(journal, end, |what| match what {
        What::Outlet { ups, live, .. } if ups == name => Some(*live),
        _ => None,
    })
}

/// Charge in thousandths and load in milliwatts, at each sample; of several at one moment, the last.
pub fn samples(journal: &[Record], name: &Name) -> Vec<(Instant, u32, u64)> {
    let mut samples: Vec<(Instant, u32, u64)> = Vec::new();
    for record in journal {
        let What::Sample { ups, charge_permille, load_mw, .. } = &record.what else { continue };
        if ups != name {
            continue;
        }
        samples.pop_if(|(at, ..)| *at == record.at);
        samples.push((record.at, *charge_permille, *load_mw));
    }
    samples
}

/// A host's states.
pub fn host(journal: &[Record], name: &Name, starts: HostState, end: Instant) -> Vec<Stretch<HostState>> {
    let known = journal.iter().filter_map(|record| match &record.what {
        What::Host { host, is, .. } if host == name => Some((record.at, *is)),
        _ => None,
    });
    stretches([(Instant::START, starts)].into_iter().chain(known), end)
}
