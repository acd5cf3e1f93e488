//! One UPS: its driver, what the driver published, and who asks about it.

use std::time::Duration;

use protocol::driver_socket::FromDriver;
use protocol::lexer::Line;
use protocol::names::same;
use protocol::net::{ErrorCode, List, Reply};
use protocol::{Instant, LinkId};

use crate::config::UpsConfig;
use crate::driver_link::DriverLink;
use crate::store::{Store, Variable};
use crate::tracking::Tracking;

/// The variable that says how the UPS is.
pub(crate) const STATUS: &str = "ups.status";
/// Its value while the driver's first dump is awaited.
const WAIT: &str = "WAIT";
/// What stands before it once a forced shutdown has begun.
const FORCED: &str = "FSD ";

/// Names a UPS for as long as the server runs, whatever a reload does to the order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct UpsId(pub(crate) u32);

/// What a watcher sees of a UPS.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Sight {
    /// `ups.status`, as GET VAR gives it.
    Status(String),
    /// What GET VAR answers instead.
    Lost(ErrorCode),
}

/// Somebody who has logged in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Login {
    pub(crate) session: LinkId,
    pub(crate) address: Box<str>,
}

/// A list, rendered for one spelling of the UPS's name.
#[derive(Debug, Default)]
struct Rendered {
    generation: Option<u64>,
    spelled: String,
    bytes: Vec<u8>,
}

/// What came of a line from the driver.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Heard {
    /// It was taken.
    Taken,
    /// It makes no sense.
    Nonsense,
    /// The driver wrote a value without escaping it (NUT does so up to 2.8.5): what is left of it
    /// is not the value, and a dump will bring the real one.
    Torn,
    /// There is no room for it.
    LeftOut,
}

/// One UPS.
#[derive(Debug)]
pub(crate) struct Ups {
    pub(crate) id: UpsId,
    pub(crate) config: UpsConfig,
    pub(crate) store: Store,
    pub(crate) link: DriverLink,
    pub(crate) logins: Vec<Login>,
    pub(crate) watchers: Vec<LinkId>,
    /// What watchers were told last.
    pub(crate) announced: Option<Sight>,
    /// A limit was passed, and has been said.
    pub(crate) is_overflow_said: bool,
    is_forced: bool,
    /// VAR, RW, CMD.
    lists: [Rendered; 3],
}

impl Ups {
    pub(crate) fn new(id: UpsId, config: UpsConfig, now: Instant) -> Self {
        Self {
            id,
            config,
            store: Store::default(),
            link: DriverLink::new(now),
            logins: Vec::new(),
            watchers: Vec::new(),
            announced: None,
            is_overflow_said: false,
            is_forced: false,
            lists: Default::default(),
        }
    }

    /// Latches a forced shutdown until the server ends or the UPS goes.
    pub(crate) fn force_shutdown(&mut self) {
        self.is_forced = true;
        self.lists = Default::default();
    }

    /// The driver is connected, and asked for everything.
    pub(crate) fn opened(&mut self, link: LinkId, now: Instant) {
        self.link.opened(link, now);
        self.store.clear();
        // An empty list of variables makes clients fall over.
        let _ = self.store.set(STATUS, WAIT);
    }

    /// Forgets what a driver said that is gone.
    pub(crate) fn lost(&mut self, now: Instant) {
        self.link.lost(now);
        self.store.clear();
    }

    /// The driver broke the protocol, and its connection was ended.
    pub(crate) fn broken(&mut self, now: Instant) {
        self.link.broken(now);
        self.store.clear();
    }

    /// Takes one line from the driver.
    pub(crate) fn hear(&mut self, line: &Line, tracking: &mut Tracking, now: Instant) -> Heard {
        let Some(open) = self.link.open_mut() else { return Heard::Nonsense };
        let Ok(said) = FromDriver::parse(line) else { return Heard::Nonsense };
        open.heard(now);
        match said {
            FromDriver::DataOk => open.is_data_ok = true,
            FromDriver::DataStale => open.is_data_ok = false,
            FromDriver::DumpDone => (open.has_dumped, open.is_dumping) = (true, false),
            FromDriver::Tracking { id, outcome } => tracking.end(id, outcome),
            FromDriver::SetInfo { .. } if is_torn(line) && !open.is_dumping => {
                open.is_dumping = true;
                return Heard::Torn;
            }
            _ => {}
        }
        if self.store.apply(&said).is_ok() { Heard::Taken } else { Heard::LeftOut }
    }

    /// Why the UPS's data cannot be given out, if it cannot.
    pub(crate) fn check(&self, now: Instant, max_age: Duration) -> Result<(), ErrorCode> {
        self.link.trouble(now, max_age).map_or(Ok(()), Err)
    }

    /// What a watcher sees.
    pub(crate) fn sight(&self, now: Instant, max_age: Duration) -> Sight {
        if let Err(error) = self.check(now, max_age) {
            return self.out_of_sight(error);
        }
        match self.store.variable(STATUS) {
            // Nothing is known before the first dump has ended: to a watcher the driver is not there yet.
            _ if self.link.open().is_none_or(|open| !open.has_dumped) => {
                self.out_of_sight(ErrorCode::DriverNotConnected)
            }
            Some(status) => Sight::Status(self.with_value(status, str::to_owned)),
            None => self.out_of_sight(ErrorCode::VarNotSupported),
        }
    }

    /// What was ordered holds without a driver: GET VAR has to answer as NUT's does, with an error that
    /// hides it, and a secondary would wait in vain for an order that was given.
    fn out_of_sight(&self, error: ErrorCode) -> Sight {
        if self.is_forced { Sight::Status(FORCED.trim_end().to_owned()) } else { Sight::Lost(error) }
    }

    /// Hands a variable's value, as clients see it, to `take`.
    pub(crate) fn with_value<T>(&self, variable: &Variable, take: impl FnOnce(&str) -> T) -> T {
        if !same(&variable.name, STATUS) {
            return take(&variable.value);
        }
        let value = match self.link.open() {
            Some(open) if !open.has_dumped => WAIT,
            _ => &variable.value,
        };
        if self.is_forced { take(&format!("{FORCED}{value}")) } else { take(value) }
    }

    /// Appends LIST VAR, for the name as the client spelled it.
    pub(crate) fn list_variables(&mut self, spelled: &str, out: &mut Vec<u8>) {
        self.list(0, spelled, out, |ups, out| {
            let list = List::Var { ups: spelled };
            Reply::Begin(list).emit(out);
            for variable in ups.store.variables() {
                let var = &variable.name;
                ups.with_value(variable, |value| Reply::Var { ups: spelled, var, value }.emit(out));
            }
            Reply::End(list).emit(out);
        });
    }

    /// Appends LIST RW.
    pub(crate) fn list_changeable(&mut self, spelled: &str, out: &mut Vec<u8>) {
        self.list(1, spelled, out, |ups, out| {
            let list = List::Rw { ups: spelled };
            Reply::Begin(list).emit(out);
            for variable in ups.store.variables().iter().filter(|variable| variable.flags.rw) {
                Reply::Rw { ups: spelled, var: &variable.name, value: &variable.value }.emit(out);
            }
            Reply::End(list).emit(out);
        });
    }

    /// Appends LIST CMD.
    pub(crate) fn list_commands(&mut self, spelled: &str, out: &mut Vec<u8>) {
        self.list(2, spelled, out, |ups, out| {
            let list = List::Cmd { ups: spelled };
            Reply::Begin(list).emit(out);
            for cmd in ups.store.commands() {
                Reply::Cmd { ups: spelled, cmd }.emit(out);
            }
            Reply::End(list).emit(out);
        });
    }

    /// Appends a list, rendered anew only when something has changed since the last time.
    fn list(&mut self, which: usize, spelled: &str, out: &mut Vec<u8>, render: impl FnOnce(&Self, &mut Vec<u8>)) {
        // While the dump runs, what is shown of ups.status changes without the store changing.
        let generation = self.link.open().is_some_and(|open| open.has_dumped).then(|| self.store.generation());
        let known = &self.lists[which];
        if generation.is_none() || known.generation != generation || known.spelled != spelled {
            let mut fresh = std::mem::take(&mut self.lists[which]);
            fresh.generation = generation;
            fresh.spelled.clear();
            fresh.spelled.push_str(spelled);
            fresh.bytes.clear();
            render(self, &mut fresh.bytes);
            self.lists[which] = fresh;
        }
        out.extend_from_slice(&self.lists[which].bytes);
    }
}

/// Whether the quotes around a value were closed by one of its own. Words that stand in none are a
/// value and what NUT passes over.
fn is_torn(line: &Line) -> bool {
    line.len() > 3 && line.word(2).is_some_and(|value| value.quoted)
}
