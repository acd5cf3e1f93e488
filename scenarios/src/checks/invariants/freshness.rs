//! 5. Nothing is published before it was read, and nothing older than its limit is published as fresh.
//!
//! Judged for UPSes whose data wire is in the journal. A driver may publish readings only once a
//! report of its device has been read; and when none has been for longer than the limit, what clients learn of `ups.status` must be an error. The journal leaves out repeats of a
//! reading for up to [`REPEATS_LEFT_OUT`], which is allowed for.

use super::{Breach, Finding};
use crate::checks::history::History;
use crate::journal::{Answer, Direction, Name, ProcessEvent, What, WireBytes, WireProtocol};
use crate::language::wording::time;
use protocol::Instant;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

/// MAXAGE where the configuration has none (`upsd.conf`).
const MAXAGE_S: u64 = 15;
/// How long a rig may leave out repeats of a reading.
const REPEATS_LEFT_OUT: Duration = Duration::from_secs(10);
/// A poll, and its publication.
const SLACK: Duration = Duration::from_secs(10);
/// The operation of a request on the emulator bus that asks for a report.
const GET_REPORT: u8 = 3;
/// Variables that only a reading can give.
const READINGS: [&str; 7] = [
    "ups.status",
    "ups.load",
    "battery.charge",
    "battery.runtime",
    "battery.voltage",
    "input.voltage",
    "output.voltage",
];

/// Each variable published too early, and each status published too late.
pub fn check(history: &History<'_>) -> Finding {
    if !history.facts.ups.iter().any(|ups| ups.wired) {
        return Finding::Untold("no data wire of a UPS is in the journal".to_owned());
    }
    let mut watch = Watch::default();
    for record in history.records {
        watch.take(record.at, &record.what, history);
    }
    watch.close(history.end, history);
    watch.breaches.into()
}

/// A link of the journal, as far as this check cares.
enum Wire {
    Usb { driver: Name, ups: Name },
    DriverSocket { driver: Name },
}

#[derive(Default)]
struct Watch {
    wires: BTreeMap<u32, Wire>,
    /// Drivers of UPSes with a wire, and whether they have read since they started.
    drivers: BTreeMap<(Name, Name), bool>,
    /// Transfers under way that bring no reading: descriptors, strings, writes. By link and number.
    no_readings: BTreeSet<(u32, [u8; 4])>,
    /// Of each UPS, when it was last read.
    read: BTreeMap<Name, Instant>,
    /// What clients believe: by UPS and server, whether a value, since when.
    believed: BTreeMap<(Name, Name), bool>,
    /// Servers that run.
    serving: BTreeSet<Name>,
    accused: BTreeSet<Name>,
    breaches: Vec<Breach>,
}

impl Watch {
    fn take(&mut self, at: Instant, what: &What, history: &History<'_>) {
        self.too_old(at, history);
        match what {
            What::Link { link, from, to, protocol, .. } => match (protocol, to.strip_prefix("ups:")) {
                (WireProtocol::Usb, Some(ups)) => {
                    self.wires.insert(*link, Wire::Usb { driver: from.clone(), ups: ups.into() });
                }
                (WireProtocol::DriverSocket, _) => {
                    self.wires.insert(*link, Wire::DriverSocket { driver: to.clone() });
                }
                _ => {}
            },
            What::Wire { link, direction: Direction::In, bytes, .. } => match self.wires.get(link) {
                Some(Wire::Usb { driver, ups }) if is_reading(*link, bytes, &mut self.no_readings) => {
                    self.drivers.insert((driver.clone(), ups.clone()), true);
                    self.read.insert(ups.clone(), at);
                    self.accused.remove(ups);
                }
                Some(Wire::DriverSocket { driver }) => {
                    let driver = driver.clone();
                    self.published(at, &driver, bytes);
                }
                _ => {}
            },
            What::Wire { link, protocol: WireProtocol::Usb, direction: Direction::Out, bytes } => {
                if let [2, a, b, c, d, operation, ..] = *bytes.as_bytes()
                    && operation != GET_REPORT
                {
                    self.no_readings.insert((*link, [a, b, c, d]));
                }
            }
            What::Var { ups, server, name, is } if &**name == "ups.status" => {
                let is_status = matches!(is, Answer::Value(value) if !is_the_server_s_own(value));
                self.believed.insert((ups.clone(), server.clone()), is_status);
            }
            What::Process { host, process, ups: Some(ups), event: ProcessEvent::Started }
                if history.facts.ups(ups).is_some_and(|ups| ups.wired) =>
            {
                self.drivers.insert((format!("{host}/{process}").into(), ups.clone()), false);
            }
            What::Process { host, process, event, .. } => self.process(host, process, *event),
            _ => {}
        }
    }

    fn process(&mut self, host: &Name, process: &Name, event: ProcessEvent) {
        match event {
            ProcessEvent::Started | ProcessEvent::Continued if &**process == "upsd" => {
                self.serving.insert(host.clone());
            }
            ProcessEvent::Exited { .. } | ProcessEvent::Killed | ProcessEvent::Stopped if &**process == "upsd" => {
                self.serving.remove(host);
                self.believed.retain(|(_, server), _| server != host);
            }
            _ => {}
        }
    }

    /// A driver published a line: had it read anything? Drivers of one name on one host are not told
    /// apart on the driver socket: there, that none of them has read is what can be known.
    fn published(&mut self, at: Instant, driver: &Name, bytes: &WireBytes) {
        let WireBytes::Text(line) = bytes else { return };
        let mut words = line.split_whitespace();
        let (Some("SETINFO"), Some(variable)) = (words.next(), words.next()) else { return };
        let mut of_it =
            self.drivers.iter_mut().filter(|((name, _), _)| name == driver).map(|(_, read)| read).peekable();
        if !READINGS.contains(&variable) || of_it.peek().is_none() {
            return;
        }
        let read: Vec<&mut bool> = of_it.collect();
        if read.iter().all(|read| !**read) {
            self.breaches
                .push(Breach { at, why: format!("{driver} published {variable} before it had read anything") });
            read.into_iter().for_each(|read| *read = true);
        }
    }

    /// Is a status believed that nothing was read for?
    fn too_old(&mut self, now: Instant, history: &History<'_>) {
        for ((ups, server), is_value) in &self.believed {
            if !is_value || self.accused.contains(ups) || !self.serving.contains(server) {
                continue;
            }
            let Some(read) = self.read.get(ups) else { continue };
            let maxage = history.facts.host(server).and_then(|host| host.maxage_s).unwrap_or(MAXAGE_S);
            let limit = Duration::from_secs(maxage) + REPEATS_LEFT_OUT + SLACK;
            if now - *read > limit {
                self.accused.insert(ups.clone());
                let why =
                    format!("{server} still gives a status of {ups} that was last read {} ago", time(now - *read));
                self.breaches.push(Breach { at: *read + limit, why });
            }
        }
    }

    fn close(&mut self, end: Instant, history: &History<'_>) {
        self.too_old(end, history);
    }
}

/// WAIT is a server's word for "the driver has said nothing yet", and FSD alone the order that needs no driver.
fn is_the_server_s_own(status: &str) -> bool {
    status.split_ascii_whitespace().all(|word| matches!(word, "WAIT" | "FSD"))
}

/// A transfer that brought a report, or an interrupt report (the kinds and status of frames on the
/// emulator bus). Requests that were made before are not in the journal again; the first of each is.
fn is_reading(link: u32, bytes: &WireBytes, no_readings: &mut BTreeSet<(u32, [u8; 4])>) -> bool {
    match *bytes.as_bytes() {
        [3, a, b, c, d, status, ..] => !no_readings.remove(&(link, [a, b, c, d])) && status == 0,
        [4, ..] => true,
        _ => false,
    }
}
