//! Reads a report descriptor into the layout of its reports (HID 1.11 §5.4, §6.2.2).
//!
//! It keeps what an encoder needs: where each field lies, its scaling, and the path of usages that
//! names it. It does not judge: real descriptors contain ranges that cannot be, and they stay.

use std::ops::RangeInclusive;

use protocol::hid::usage;
use protocol::usb::ReportKind;

/// No report of a real device comes near this many bits.
const MAX_REPORT_BITS: u32 = 16 * 1024 * 8;
/// Collections inside one another.
const MAX_DEPTH: usize = 32;
/// Fields of one descriptor.
const MAX_FIELDS: usize = 8192;
/// Marks a path node that is an index: a vendor's collection type, written `[4]`.
const INDEX: u32 = 0x00FF_0000;

/// One value inside a report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// Which pipe it travels on.
    pub kind: ReportKind,
    /// Its report's id, 0 where the device has none.
    pub report: u8,
    /// Where it starts, in bits behind the report id.
    pub offset: u32,
    /// How many bits it has.
    pub size: u8,
    /// Smallest logical value.
    pub logical_min: i32,
    /// Largest logical value, as the descriptor says it.
    pub logical_max: i32,
    /// Physical range, where the descriptor gives one.
    pub physical: Option<(i32, i32)>,
    /// Unit code.
    pub unit: u32,
    /// Power of ten of the unit.
    pub exponent: i8,
    /// Whether the host cannot write it.
    pub constant: bool,
    /// Whether it changes by itself, as the descriptor says it.
    pub volatile: bool,
    /// Whether a value outside its range means that it has none.
    pub null: bool,
    /// The usages of the collections around it and its own.
    pub path: Vec<u32>,
}

/// All reports of a device.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Layout {
    /// Its fields, in the descriptor's order.
    pub fields: Vec<Field>,
    /// Its reports and their sizes.
    pub reports: Vec<Report>,
    /// Whether reports begin with their id.
    pub uses_ids: bool,
}

/// One report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Report {
    /// Which pipe it travels on.
    pub kind: ReportKind,
    /// Its id.
    pub id: u8,
    /// Its size behind the id, in bits.
    pub bits: u32,
}

/// A descriptor that cannot be read, and where.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("byte {at} of the report descriptor {what}")]
pub struct LayoutError {
    /// Offset of the item.
    pub at: usize,
    /// What is wrong with it.
    pub what: &'static str,
}

/// Global items (HID 1.11 §6.2.2.7).
#[derive(Debug, Clone, Copy, Default)]
struct Globals {
    page: u16,
    logical_min: i32,
    logical_max: i32,
    physical_min: i32,
    physical_max: i32,
    exponent: i8,
    unit: u32,
    size: u32,
    count: u32,
    report: u8,
}

#[derive(Debug, Default)]
struct Reader {
    globals: Globals,
    pushed: Vec<Globals>,
    usages: Vec<u32>,
    usage_min: Option<u32>,
    /// Path nodes of the open collections, and how many of them each collection added.
    path: Vec<u32>,
    added: Vec<usize>,
    layout: Layout,
}

impl Layout {
    /// Reads a report descriptor.
    ///
    /// # Errors
    ///
    /// Where an item is cut off, or more than any device needs is declared.
    pub fn read(descriptor: &[u8]) -> Result<Self, LayoutError> {
        let mut reader = Reader::default();
        let mut at = 0;
        while let Some(&prefix) = descriptor.get(at) {
            let start = at;
            let failed = |what| LayoutError { at: start, what };
            let (length, long) = match prefix {
                0xFE => (usize::from(*descriptor.get(at + 1).ok_or(failed("is cut off"))?) + 2, true),
                _ => ([0, 1, 2, 4][usize::from(prefix & 3)], false),
            };
            at += 1 + length;
            let data = descriptor.get(start + 1..at).ok_or(failed("is cut off"))?;
            if !long {
                reader.item(prefix & 0xFC, data).map_err(failed)?;
            }
        }
        Ok(reader.layout)
    }

    /// The report of this kind and id.
    #[must_use]
    pub fn report(&self, kind: ReportKind, id: u8) -> Option<Report> {
        self.reports.iter().copied().find(|report| report.kind == kind && report.id == id)
    }
}

impl Field {
    /// What its bits can hold: signed where the smallest logical value is (HID 1.11 §6.2.2.7).
    #[must_use]
    pub fn capacity(&self) -> RangeInclusive<i64> {
        let whole = 1_i64 << self.size;
        if self.logical_min < 0 { -(whole / 2)..=whole / 2 - 1 } else { 0..=whole - 1 }
    }

    /// The logical values that it can show. A range that cannot be, such as 0 to −1 where 255 was
    /// meant, or 0 to 0, limits nothing.
    #[must_use]
    pub fn range(&self) -> RangeInclusive<i64> {
        let (capacity, low, high) = (self.capacity(), i64::from(self.logical_min), i64::from(self.logical_max));
        let range = low.max(*capacity.start())..=high.min(*capacity.end());
        if low < high && !range.is_empty() { range } else { capacity }
    }

    /// Its path by name, such as `UPS.PowerSummary.PresentStatus.ACPresent`.
    #[must_use]
    pub fn name(&self) -> String {
        let mut name = String::new();
        for (position, &node) in self.path.iter().enumerate() {
            if position > 0 {
                name.push('.');
            }
            match usage::name(node) {
                Some(word) => name.push_str(word),
                None if node & 0xFFFF_0000 == INDEX => name.push_str(&format!("[{}]", node & 0xFFFF)),
                None => name.push_str(&format!("{node:08x}")),
            }
        }
        name
    }
}

impl Reader {
    fn item(&mut self, tag: u8, data: &[u8]) -> Result<(), &'static str> {
        let (unsigned, signed) = numbers(data);
        let globals = &mut self.globals;
        match tag {
            0x04 => globals.page = (unsigned & 0xFFFF) as u16,
            0x14 => globals.logical_min = signed,
            0x24 => globals.logical_max = signed,
            0x34 => globals.physical_min = signed,
            0x44 => globals.physical_max = signed,
            // A nibble in two's complement (§6.2.2.7).
            0x54 => globals.exponent = (((unsigned & 0xF) as i8) << 4) >> 4,
            0x64 => globals.unit = unsigned,
            0x74 => globals.size = unsigned,
            0x84 => {
                globals.report = (unsigned & 0xFF) as u8;
                self.layout.uses_ids = true;
            }
            0x94 => globals.count = unsigned,
            0xA4 if self.pushed.len() >= MAX_DEPTH => return Err("pushes too often"),
            0xA4 => self.pushed.push(self.globals),
            0xB4 => self.globals = self.pushed.pop().ok_or("pops what was never pushed")?,
            0x08 => {
                let usage = self.full_usage(unsigned, data.len());
                self.usages.push(usage);
            }
            0x18 => self.usage_min = Some(self.full_usage(unsigned, data.len())),
            0x28 => {
                let last = self.full_usage(unsigned, data.len());
                let first = self.usage_min.take().unwrap_or(last);
                self.usages.extend((first..=last).take(MAX_FIELDS));
            }
            0xA0 => return self.open((unsigned & 0xFF) as u8),
            0xC0 => {
                let added = self.added.pop().ok_or("closes a collection that was never opened")?;
                self.path.truncate(self.path.len() - added);
                self.forget_locals();
            }
            0x80 => return self.main(ReportKind::Input, unsigned),
            0x90 => return self.main(ReportKind::Output, unsigned),
            0xB0 => return self.main(ReportKind::Feature, unsigned),
            _ => {}
        }
        if self.usages.len() > MAX_FIELDS { Err("names too many usages") } else { Ok(()) }
    }

    fn full_usage(&self, usage: u32, length: usize) -> u32 {
        if length == 4 { usage } else { u32::from(self.globals.page) << 16 | usage }
    }

    fn open(&mut self, kind: u8) -> Result<(), &'static str> {
        if self.added.len() >= MAX_DEPTH {
            return Err("nests too deep");
        }
        let mut nodes = vec![self.usages.last().copied().unwrap_or(0)];
        if kind & 0x80 != 0 {
            nodes.push(INDEX | u32::from(kind & 0x7F));
        }
        self.added.push(nodes.len());
        self.path.extend(nodes);
        self.forget_locals();
        Ok(())
    }

    /// Lays the fields of one main item behind those its report already has.
    fn main(&mut self, kind: ReportKind, flags: u32) -> Result<(), &'static str> {
        let globals = self.globals;
        let bits = globals.size.checked_mul(globals.count).filter(|bits| *bits <= MAX_REPORT_BITS);
        let bits = bits.ok_or("declares a report that is too long")?;
        let offset = self.grow(kind, globals.report, bits)?;
        // Without a usage it is padding.
        if let (Some(&last), Ok(size @ 1..=32)) = (self.usages.last(), u8::try_from(globals.size)) {
            for position in 0..globals.count {
                if self.layout.fields.len() >= MAX_FIELDS {
                    return Err("declares too many fields");
                }
                let usage = self.usages.get(position as usize).copied().unwrap_or(last);
                let mut path = self.path.clone();
                path.push(usage);
                self.layout.fields.push(Field {
                    kind,
                    report: globals.report,
                    offset: offset + position * globals.size,
                    size,
                    logical_min: globals.logical_min,
                    logical_max: globals.logical_max,
                    physical: Some((globals.physical_min, globals.physical_max)).filter(|range| *range != (0, 0)),
                    unit: globals.unit,
                    exponent: globals.exponent,
                    constant: flags & 1 != 0,
                    volatile: flags & 0x80 != 0,
                    null: flags & 0x40 != 0,
                    path,
                });
            }
        }
        self.forget_locals();
        Ok(())
    }

    /// Makes a report longer by `bits`; where they begin.
    fn grow(&mut self, kind: ReportKind, id: u8, bits: u32) -> Result<u32, &'static str> {
        let known = self.layout.reports.iter_mut().find(|report| report.kind == kind && report.id == id);
        let Some(report) = known else {
            self.layout.reports.push(Report { kind, id, bits });
            return Ok(0);
        };
        let offset = report.bits;
        report.bits += bits;
        if report.bits > MAX_REPORT_BITS { Err("declares a report that is too long") } else { Ok(offset) }
    }

    fn forget_locals(&mut self) {
        self.usages.clear();
        self.usage_min = None;
    }
}

/// An item's data as an unsigned and as a signed little-endian number.
fn numbers(data: &[u8]) -> (u32, i32) {
    match *data {
        [a] => (a.into(), i32::from(i8::from_le_bytes([a]))),
        [a, b] => (u16::from_le_bytes([a, b]).into(), i16::from_le_bytes([a, b]).into()),
        [a, b, c, d] => (u32::from_le_bytes([a, b, c, d]), i32::from_le_bytes([a, b, c, d])),
        _ => (0, 0),
    }
}
