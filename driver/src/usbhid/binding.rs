//! A vendor's table laid over one device's descriptor: which row is read from which field.

use protocol::usb::ReportKind;

use crate::Publisher;
use crate::hid::{Descriptor, Field, Path, Quantity};
use crate::publisher::Slot;

use super::row::{Poll, Row, What};
use super::subdriver::Subdriver;

/// A row whose path the device has.
#[derive(Debug)]
pub struct Binding {
    /// The row.
    pub row: &'static Row,
    /// The Feature field that it speaks of.
    pub field: Field,
    /// Where that field is read.
    pub source: usize,
    /// The variable that it publishes.
    pub slot: Option<Slot>,
    /// The last value, raw in the field that it came from and as it means.
    pub value: Option<(i64, Quantity)>,
    /// Where it stands among the rows that publish the same variable.
    pub claim: Claim,
    /// Polls in a row that did not read it.
    pub missed: u8,
    /// Whether a poll has ever read it; what comes by interrupt alone does not age.
    pub was_polled: bool,
}

/// Where a row stands among the rows that publish one variable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Claim {
    /// No row has given a value yet.
    Open,
    /// This row publishes the variable.
    Won,
    /// Another one does.
    Lost,
}

/// One report, and the rows that it feeds.
#[derive(Debug)]
pub struct Source {
    /// Feature (read) or Input (interrupt).
    pub kind: ReportKind,
    /// Its id.
    pub id: u8,
    /// Its bytes, the id apart.
    pub length: usize,
    /// How often its most urgent row wants it.
    pub poll: Poll,
    /// Whether it says something about the status.
    pub tells_status: bool,
    /// Whether it decides about line power.
    pub tells_line_power: bool,
    /// Whether it tells of a low battery.
    pub tells_low_battery: bool,
    /// Whether it says what the battery holds.
    pub tells_charge: bool,
    /// Whether a countdown in it runs: above 0, or another report than the one before.
    pub is_counting: bool,
    /// The fields that rows are fed from, those of the status first.
    pub items: Vec<Item>,
    /// What came last, the id apart; empty before the first time.
    pub last: Vec<u8>,
    /// What could be read of what came last.
    pub read: Readable,
    /// For an Input report: the Feature source that it makes needless to read.
    pub covers: Option<usize>,
    /// How often the device refused it in a row.
    pub refusals: u8,
    /// Whether the device sends more than it declares.
    pub is_long: bool,
}

impl Source {
    /// Whether what came last holds every field that a row is fed from.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        let needed = self.items.iter().map(|item| (item.field.offset + item.field.size).div_ceil(8)).max();
        usize::try_from(needed.unwrap_or(0)).is_ok_and(|needed| needed <= self.last.len())
    }
}

/// What a report's bytes hold: a report that is cut short may hold nothing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Readable {
    /// A field that a row is fed from.
    pub any: bool,
    /// A field that decides about line power.
    pub line_power: bool,
}

/// One field of a report, and the row that it feeds.
#[derive(Debug)]
pub struct Item {
    /// The field.
    pub field: Field,
    /// The row.
    pub binding: usize,
}

/// All of it.
#[derive(Debug, Default)]
pub struct Bindings {
    /// Rows that are read, in the table's order.
    pub rows: Vec<Binding>,
    /// Rows that are written on command, in the table's order: the command's name is the row's.
    pub commands: Vec<Binding>,
    /// Reports: first those that are read, status first; then those that arrive.
    pub sources: Vec<Source>,
    /// Source of each Input report id.
    inputs: Vec<Option<usize>>,
}

impl Bindings {
    /// Lays a table over a descriptor.
    pub fn new(subdriver: &Subdriver, descriptor: &Descriptor, publisher: &mut Publisher) -> Self {
        let mut bindings = Self { inputs: vec![None; 256], ..Self::default() };
        for row in subdriver.rows.iter().copied().flatten() {
            let Some(path) = Path::parse(row.path) else { continue };
            let Some(field) = descriptor.find(ReportKind::Feature, &path) else { continue };
            bindings.bind(row, field, descriptor, publisher);
        }
        bindings.order();
        bindings.listen(descriptor);
        bindings
    }

    /// The source of an Input report.
    #[must_use]
    pub fn input(&self, id: u8) -> Option<usize> {
        self.inputs.get(usize::from(id)).copied().flatten()
    }

    /// Sees whether a countdown of this source runs, by what came of it now and before.
    pub fn mark_counting(&mut self, source: usize, payload: &[u8]) {
        let rows = &self.rows;
        let is_above_zero = |item: &Item| {
            rows[item.binding].row.poll == Poll::Countdown && item.field.raw(payload).is_some_and(|raw| raw > 0)
        };
        let source = &mut self.sources[source];
        source.is_counting = source.last != payload || source.items.iter().any(is_above_zero);
    }

    fn bind(&mut self, row: &'static Row, field: &Field, descriptor: &Descriptor, publisher: &mut Publisher) {
        let source = self.source(ReportKind::Feature, field, descriptor);
        let binding = Binding {
            row,
            field: field.clone(),
            source,
            slot: row.variable().map(|name| publisher.slot(name)),
            value: None,
            claim: Claim::Open,
            missed: 0,
            was_polled: false,
        };
        match row.what {
            What::Command(..) => self.commands.push(binding),
            What::Delay(..) | What::Label(..) => self.rows.push(binding),
            What::Variable(..) | What::Status(_) | What::Alarm(_) | What::Identity(_) => {
                let item = Item { field: field.clone(), binding: self.rows.len() };
                self.rows.push(binding);
                let source = &mut self.sources[source];
                source.poll = more_often(source.poll, row.poll);
                source.tells_status |= is_status(row);
                source.tells_line_power |= tells_line_power(row);
                source.tells_low_battery |= tells_low_battery(row);
                source.tells_charge |= row.variable() == Some(CHARGE);
                source.items.push(item);
            }
        }
    }

    fn source(&mut self, kind: ReportKind, field: &Field, descriptor: &Descriptor) -> usize {
        let found = self.sources.iter().position(|source| source.kind == kind && source.id == field.report);
        found.unwrap_or_else(|| {
            self.sources.push(Source {
                kind,
                id: field.report,
                length: descriptor.report(kind, field.report).map_or(0, crate::hid::Report::bytes),
                poll: Poll::Static,
                tells_status: false,
                tells_line_power: false,
                tells_low_battery: false,
                tells_charge: false,
                is_counting: false,
                items: Vec::new(),
                last: Vec::new(),
                read: Readable::default(),
                covers: None,
                refusals: 0,
                is_long: false,
            });
            self.sources.len() - 1
        })
    }

    /// Puts the status first: among reports, and among the fields of each.
    fn order(&mut self) {
        let mut order: Vec<usize> = (0..self.sources.len()).collect();
        order.sort_by_key(|&at| !self.sources[at].tells_status);
        let mut place = vec![0; order.len()];
        for (to, &from) in order.iter().enumerate() {
            place[from] = to;
        }
        let mut sources: Vec<(usize, Source)> = place.iter().copied().zip(self.sources.drain(..)).collect();
        sources.sort_by_key(|(to, _)| *to);
        self.sources.extend(sources.into_iter().map(|(_, source)| source));
        for binding in self.rows.iter_mut().chain(&mut self.commands) {
            binding.source = place[binding.source];
        }
        for source in &mut self.sources {
            source.items.sort_by_key(|item| !is_status(self.rows[item.binding].row));
        }
    }

    /// Input fields feed the rows whose path they share.
    fn listen(&mut self, descriptor: &Descriptor) {
        for at in 0..self.rows.len() {
            if matches!(self.rows[at].row.what, What::Delay(..) | What::Label(..)) {
                continue;
            }
            let Some(field) = descriptor.find(ReportKind::Input, &self.rows[at].field.path) else { continue };
            let source = self.source(ReportKind::Input, field, descriptor);
            let is_status = is_status(self.rows[at].row);
            self.inputs[usize::from(field.report)] = Some(source);
            self.sources[source].tells_status |= is_status;
            self.sources[source].tells_line_power |= tells_line_power(self.rows[at].row);
            self.sources[source].items.push(Item { field: field.clone(), binding: at });
        }
        for source in 0..self.sources.len() {
            if self.sources[source].kind == ReportKind::Input {
                let rows = &self.rows;
                self.sources[source].items.sort_by_key(|item| !is_status(rows[item.binding].row));
                self.sources[source].covers = self.covered_by(source);
            }
        }
    }

    /// The Feature source of which an Input report carries every field that a row is fed from.
    fn covered_by(&self, input: usize) -> Option<usize> {
        let carried = &self.sources[input].items;
        let target = self.rows.get(carried.first()?.binding)?.source;
        let carries = |item: &Item| carried.iter().any(|other| other.binding == item.binding);
        self.sources[target].items.iter().all(carries).then_some(target)
    }
}

/// Whether a row speaks of the status.
#[must_use]
pub fn is_status(row: &Row) -> bool {
    matches!(row.what, What::Status(_) | What::Alarm(_))
}

/// Whether a row decides about line power.
#[must_use]
pub const fn tells_line_power(row: &Row) -> bool {
    matches!(row.what, What::Status(rule) if rule.tells_line_power())
}

/// Whether a row tells of a low battery.
#[must_use]
pub fn tells_low_battery(row: &Row) -> bool {
    matches!(row.what, What::Status(rule) if rule.tells_low_battery())
}

/// What the battery holds, in percent.
pub const CHARGE: &str = "battery.charge";
/// How long it lasts, in seconds.
pub const RUNTIME: &str = "battery.runtime";

fn more_often(a: Poll, b: Poll) -> Poll {
    let rank = |poll| match poll {
        Poll::Quick => 0,
        Poll::Countdown => 1,
        Poll::Full => 2,
        Poll::SemiStatic => 3,
        Poll::Static => 4,
    };
    if rank(a) <= rank(b) { a } else { b }
}
