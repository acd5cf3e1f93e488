//! One record, told: whether it matters, and in which words.

use super::{Event, Tone};
use crate::journal::{
    Answer, CommandRole, Direction, HostState, LinkEvent, Login, MainsState, Name, ProcessEvent, Record, RunFacts,
    Supply, What, WireProtocol,
};
use crate::language::wording::time;
use protocol::Instant;
use std::collections::BTreeMap;
use std::time::Duration;

/// Remembers what a teller must, to know what is news.
pub struct Teller {
    /// The last tenth of its charge that was told, by UPS.
    tenths: BTreeMap<Name, u32>,
    /// Feeds as they were last told.
    voltages: BTreeMap<Name, u32>,
    /// What the scenario did last: what follows from it at once need not be said again.
    step: Option<(Instant, String)>,
    /// Feeds as they should be.
    nominal: BTreeMap<Name, u32>,
    /// Daemons that ended while their host was up, whose start is news.
    ended: Vec<(Name, Name)>,
    /// Hosts that are not up: what daemons do there follows from that.
    away: Vec<Name>,
    /// How many sessions are logged in, by server, UPS and host.
    sessions: BTreeMap<[Name; 3], u32>,
    /// What clients were last told of each UPS, by UPS and server.
    status: BTreeMap<(Name, Name), Answer>,
}

/// Tone, who, what, detail.
type Line<'a> = (Tone, Option<&'a Name>, String, Option<String>);

impl Teller {
    pub fn new(facts: &RunFacts) -> Self {
        Self {
            tenths: BTreeMap::new(),
            voltages: BTreeMap::new(),
            step: None,
            nominal: facts.feeds.iter().map(|feed| (feed.name.clone(), feed.millivolts)).collect(),
            ended: Vec::new(),
            away: facts
                .hosts
                .iter()
                .filter(|host| host.starts != HostState::Up)
                .map(|host| host.name.clone())
                .collect(),
            sessions: BTreeMap::new(),
            status: BTreeMap::new(),
        }
    }

    /// The line that a record is worth, if it is worth one. The initial state of things is none.
    pub fn tell(&mut self, record: &Record, index: usize) -> Option<Event> {
        let begins = record.at == Instant::START;
        let (tone, who, what, detail) = match &record.what {
            What::Step { does, id, .. } => {
                self.step = Some((record.at, does.clone()));
                (Tone::Step, None, does.clone(), id.clone())
            }
            What::Mains { feed, is } => {
                let follows =
                    self.step.as_ref().is_some_and(|(at, does)| *at == record.at && does.starts_with(&**feed));
                self.mains(feed, *is, begins || follows)?
            }
            What::Sample { ups, charge_permille, runtime_s, .. } => {
                self.sample(ups, *charge_permille, *runtime_s, begins)?
            }
            What::Warning { text } => (Tone::Danger, None, text.clone(), Some("warning".to_owned())),
            _ if begins => return None,
            What::Supply { .. } | What::Outlet { .. } | What::LowBattery { .. } | What::Commanded { .. } => {
                of_ups(&record.what)?
            }
            What::Host { host, is, because } => {
                self.ended.retain(|(of, _)| of != host);
                self.away.retain(|of| of != host);
                if *is != HostState::Up {
                    self.away.push(host.clone());
                    self.sessions.retain(|[server, ..], _| server != host);
                }
                (Tone::Host(*is), Some(host), is.to_string(), Some(because.clone()))
            }
            What::Process { host, process, event, .. } => self.process(host, process, *event)?,
            What::Var { ups, server, name, is } if &**name == "ups.status" => self.status(ups, server, is)?,
            What::Wire { protocol: WireProtocol::Net, direction: Direction::Out, bytes, .. } => {
                let line = bytes.to_string();
                let ups = line.strip_prefix("FSD ")?;
                (Tone::Protocol, None, format!("FSD {ups}"), Some("the primary has upsd tell everybody".to_owned()))
            }
            What::Login { server, ups, host, event } => self.login([server, ups, host], *event),
            What::Link { from, to, event: LinkEvent::Broken, .. } => {
                (Tone::Danger, None, format!("the link from {from} to {to} broke"), None)
            }
            _ => of_host(&record.what)?,
        };
        Some(Event { at: record.at, upto: index, tone, who: who.cloned().into_iter().collect(), what, detail })
    }

    fn mains<'a>(&mut self, feed: &'a Name, is: MainsState, begins: bool) -> Option<Line<'a>> {
        let before = self.voltages.insert(feed.clone(), is.millivolts);
        if begins || before == Some(is.millivolts) {
            return None;
        }
        let nominal = self.nominal.get(feed).copied().unwrap_or(0);
        Some(if !is.live {
            (Tone::Danger, Some(feed), "without voltage".to_owned(), None)
        } else if is.millivolts == nominal {
            (Tone::Power, Some(feed), "live".to_owned(), None)
        } else {
            (Tone::Danger, Some(feed), format!("at {} V", is.millivolts / 1000), None)
        })
    }

    fn sample<'a>(&mut self, ups: &'a Name, charge: u32, runtime_s: u64, begins: bool) -> Option<Line<'a>> {
        let tenth = charge.div_ceil(100);
        let before = self.tenths.insert(ups.clone(), tenth)?;
        let left = format!("reckons with {}", time(Duration::from_secs(runtime_s)));
        (before != tenth && !begins)
            .then(|| (Tone::Aside, Some(ups), format!("battery at {} %", charge / 10), Some(left)))
    }

    /// A connection that broke is over later than the login that replaces it.
    fn login<'a>(&mut self, [server, ups, host]: [&'a Name; 3], event: Login) -> Line<'a> {
        let sessions = self.sessions.entry([server, ups, host].map(Name::clone)).or_insert(0);
        let what = match event {
            Login::In => {
                *sessions += 1;
                format!("logged in to {ups} on {server}")
            }
            Login::Out => {
                *sessions = sessions.saturating_sub(1);
                if *sessions > 0 {
                    return (Tone::Aside, Some(host), format!("an old session on {ups} is over"), None);
                }
                format!("logged out of {ups}")
            }
        };
        (Tone::Protocol, Some(host), what, None)
    }

    fn process<'a>(&mut self, host: &'a Name, process: &Name, event: ProcessEvent) -> Option<Line<'a>> {
        if self.away.contains(host) {
            return None;
        }
        let key = (host.clone(), process.clone());
        Some(match event {
            ProcessEvent::Started => {
                let place = self.ended.iter().position(|ended| *ended == key)?;
                self.ended.swap_remove(place);
                (Tone::Act, Some(host), format!("{process} started again"), None)
            }
            ProcessEvent::Killed => {
                self.ended.push(key);
                (Tone::Danger, Some(host), format!("{process} killed"), None)
            }
            ProcessEvent::Exited { status } => {
                self.ended.push(key);
                if status == 0 {
                    return None;
                }
                (Tone::Danger, Some(host), format!("{process} ended"), Some(format!("exit {status}")))
            }
            ProcessEvent::Stopped => (Tone::Danger, Some(host), format!("{process} stopped"), None),
            ProcessEvent::Continued => (Tone::Act, Some(host), format!("{process} goes on"), None),
            ProcessEvent::Reloaded => (Tone::Act, Some(host), format!("{process} reads its configuration again"), None),
        })
    }

    fn status<'a>(&mut self, ups: &Name, server: &'a Name, is: &Answer) -> Option<Line<'a>> {
        // An order, which needs no driver, is no word of the UPS.
        if matches!(is, Answer::Value(value) if **value == *"FSD") {
            return None;
        }
        let before = self.status.insert((ups.clone(), server.clone()), is.clone())?;
        if before == *is {
            return None;
        }
        let what = match (before, is) {
            (Answer::Error(_), Answer::Value(value)) => format!("upsd has word of {ups} again: {value}"),
            (_, Answer::Error(error)) => format!("upsd says {error} of {ups}"),
            (Answer::Value(_), Answer::Value(_)) => return None,
        };
        Some((Tone::Protocol, Some(server), what, None))
    }
}

fn of_ups(what: &What) -> Option<Line<'_>> {
    Some(match what {
        What::Supply { ups, is: Supply::OnLine } => (Tone::Power, Some(ups), "on line power".to_owned(), None),
        What::Supply { ups, is: Supply::OnBattery } => (Tone::Danger, Some(ups), "on battery".to_owned(), None),
        What::Supply { ups, is: Supply::Off } => (Tone::Danger, Some(ups), "without output".to_owned(), None),
        What::Outlet { ups, live: true, because } => {
            (Tone::Power, Some(ups), "outlet on".to_owned(), Some(because.clone()))
        }
        What::Outlet { ups, live: false, because } => {
            (Tone::Danger, Some(ups), "outlet off".to_owned(), Some(because.clone()))
        }
        What::LowBattery { ups, low: true } => (Tone::Danger, Some(ups), "battery low".to_owned(), None),
        What::LowBattery { ups, low: false } => (Tone::Power, Some(ups), "battery no longer low".to_owned(), None),
        What::Commanded { ups, command } => {
            let said = command.strip_prefix("host wrote ").map(|written| format!("is told: {written}"));
            (Tone::Protocol, Some(ups), said.unwrap_or_else(|| command.clone()), None)
        }
        _ => return None,
    })
}

fn of_host(what: &What) -> Option<Line<'_>> {
    Some(match what {
        What::Notified { host, kind, text, .. } => (Tone::Notice, Some(host), kind.to_string(), Some(text.clone())),
        What::Ran { host, role, command, .. } => match role {
            CommandRole::Shutdown | CommandRole::Other => (Tone::Act, Some(host), format!("ran {command}"), None),
            CommandRole::LateShutdown => (Tone::Act, Some(host), format!("late in its shutdown: {command}"), None),
            CommandRole::Operator => (Tone::Act, Some(host), format!("operator: {command}"), None),
            CommandRole::Notify | CommandRole::Wall => return None,
        },
        What::Ended { host, role: CommandRole::Shutdown, command, status } if *status != Some(0) => {
            (Tone::Danger, Some(host), format!("{command} failed"), status.map(|status| format!("exit {status}")))
        }
        What::Decision { host, decision, reason, .. } => {
            (Tone::Act, Some(host), decision.clone(), Some(reason.clone()))
        }
        What::Flag { host, exists: true } => (Tone::Act, Some(host), "power-down flag written".to_owned(), None),
        What::Flag { host, exists: false } => (Tone::Act, Some(host), "power-down flag removed".to_owned(), None),
        _ => return None,
    })
}
