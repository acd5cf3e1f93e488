//! Items into fields: the global, local and collection state (HID 1.11 §6.2.2.6–8).

use protocol::usb::ReportKind;

use crate::hid::field::{Attributes, Field};
use crate::hid::item::{Item, Tag};
use crate::hid::path::Path;

use super::{Descriptor, DescriptorError, Flaw, MAX_DEPTH, MAX_FIELDS, MAX_PUSHED, MAX_REPORT, MAX_USAGES, Report};

/// The global items' state.
#[derive(Debug, Clone, Copy, Default)]
struct Global {
    page: u16,
    logical_minimum: i32,
    logical_maximum: i32,
    /// The maximum without a sign: what it says when the signed reading makes no sense.
    logical_maximum_unsigned: u32,
    physical_minimum: i32,
    physical_maximum: i32,
    unit: u32,
    exponent: i8,
    size: u32,
    count: u32,
    report: u8,
}

/// A usage and whether its page came with it (four bytes) or from the global state.
#[derive(Debug, Clone, Copy)]
struct Usage {
    code: u32,
    is_extended: bool,
}

/// Takes items one by one.
#[derive(Debug, Default)]
pub(super) struct Parser {
    found: Descriptor,
    global: Global,
    pushed: Vec<Global>,
    /// Nodes of the path, and how many of them each open collection added.
    nodes: Vec<u32>,
    collections: Vec<usize>,
    usages: Vec<Usage>,
    range_start: Option<Usage>,
    /// Inside a delimited set only its first usage counts (HID 1.11 §6.2.2.8).
    in_delimiter: bool,
    delimiter_taken: bool,
}

impl Parser {
    /// Takes the next item.
    pub(super) fn take(&mut self, item: &Item<'_>) -> Result<(), DescriptorError> {
        let global = &mut self.global;
        match item.tag {
            Tag::Input => self.main(ReportKind::Input, item)?,
            Tag::Output => self.main(ReportKind::Output, item)?,
            Tag::Feature => self.main(ReportKind::Feature, item)?,
            Tag::Collection => self.open(item)?,
            Tag::EndCollection => self.close(),
            Tag::UsagePage => global.page = low_half(item.unsigned()),
            Tag::LogicalMinimum => global.logical_minimum = item.signed(),
            Tag::LogicalMaximum => {
                global.logical_maximum = item.signed();
                global.logical_maximum_unsigned = item.unsigned();
            }
            Tag::PhysicalMinimum => global.physical_minimum = item.signed(),
            Tag::PhysicalMaximum => global.physical_maximum = item.signed(),
            Tag::UnitExponent => global.exponent = exponent(item.signed()),
            Tag::Unit => global.unit = item.unsigned(),
            Tag::ReportSize => global.size = item.unsigned(),
            Tag::ReportCount => global.count = item.unsigned(),
            Tag::ReportId => {
                global.report = item.unsigned().to_le_bytes()[0];
                self.found.has_report_ids = true;
            }
            Tag::Push if self.pushed.len() == MAX_PUSHED => return Err(DescriptorError::TooManyPushed),
            Tag::Push => self.pushed.push(self.global),
            Tag::Pop => match self.pushed.pop() {
                Some(saved) => self.global = saved,
                None => self.found.flaws.push(Flaw::UnbalancedPop),
            },
            Tag::Usage => {
                let usage = self.usage(item);
                self.name(usage)?;
            }
            Tag::UsageMinimum => self.range_start = Some(self.usage(item)),
            Tag::UsageMaximum => self.range(item)?,
            Tag::Delimiter => {
                self.in_delimiter = item.unsigned() == 1;
                self.delimiter_taken = false;
            }
            Tag::Other => {}
        }
        Ok(())
    }

    /// What the items said.
    pub(super) fn finish(mut self) -> Descriptor {
        if !self.collections.is_empty() {
            self.found.flaws.push(Flaw::UnbalancedCollection);
        }
        self.found
    }

    fn usage(&self, item: &Item<'_>) -> Usage {
        let code = item.unsigned();
        match item.data.len() {
            4 => Usage { code, is_extended: true },
            _ => Usage { code: u32::from(self.global.page) << 16 | code & 0xFFFF, is_extended: false },
        }
    }

    fn name(&mut self, usage: Usage) -> Result<(), DescriptorError> {
        if self.in_delimiter && std::mem::replace(&mut self.delimiter_taken, true) {
            return Ok(());
        }
        if self.usages.len() == MAX_USAGES {
            return Err(DescriptorError::TooManyUsages);
        }
        self.usages.push(usage);
        Ok(())
    }

    fn range(&mut self, item: &Item<'_>) -> Result<(), DescriptorError> {
        let last = self.usage(item);
        let Some(first) = self.range_start.take() else { return Ok(()) };
        // A range lies within one page; the maximum may leave the page to the minimum.
        let last_id = last.code & 0xFFFF;
        for id in first.code & 0xFFFF..=last_id {
            self.name(Usage { code: first.code & 0xFFFF_0000 | id, ..first })?;
        }
        Ok(())
    }

    /// Gives the usage page that stands when the main item comes to the usages named since it was
    /// set. Those named before keep theirs: devices mix pages in one main item.
    fn complete_usages(&mut self) {
        let page = u32::from(self.global.page) << 16;
        let pending =
            self.usages.iter_mut().rev().take_while(|usage| usage.is_extended || usage.code & 0xFFFF_0000 != page);
        for usage in pending.filter(|usage| !usage.is_extended) {
            usage.code = page | usage.code & 0xFFFF;
        }
    }

    fn open(&mut self, item: &Item<'_>) -> Result<(), DescriptorError> {
        if self.collections.len() == MAX_DEPTH {
            return Err(DescriptorError::TooDeep);
        }
        self.complete_usages();
        self.nodes.push(self.usages.first().map_or(0, |usage| usage.code));
        // Vendor-defined collection types are how Eaton numbers the members of a collection.
        let kind = item.unsigned().to_le_bytes()[0];
        let is_numbered = kind >= 0x80;
        if is_numbered {
            self.nodes.push(Path::number(kind & 0x7F));
        }
        self.collections.push(1 + usize::from(is_numbered));
        self.end_main();
        Ok(())
    }

    fn close(&mut self) {
        match self.collections.pop() {
            Some(added) => self.nodes.truncate(self.nodes.len() - added),
            None => self.found.flaws.push(Flaw::UnbalancedCollection),
        }
        self.end_main();
    }

    fn main(&mut self, kind: ReportKind, item: &Item<'_>) -> Result<(), DescriptorError> {
        self.complete_usages();
        let global = self.global;
        let start = self.extend(kind, global.report, global.size.saturating_mul(global.count))?;
        let logical = self.logical_range();
        // Fields without a usage are padding. The last usage speaks for all fields that remain.
        let named = if self.usages.is_empty() || global.size == 0 { 0 } else { global.count };
        for i in 0..named {
            if self.found.fields.len() == MAX_FIELDS {
                return Err(DescriptorError::TooManyFields);
            }
            let at = usize::try_from(i).unwrap_or(usize::MAX).min(self.usages.len() - 1);
            let mut nodes = Vec::with_capacity(self.nodes.len() + 1);
            nodes.extend_from_slice(&self.nodes);
            nodes.push(self.usages[at].code);
            self.found.fields.push(Field {
                kind,
                report: global.report,
                offset: start + i * global.size,
                size: global.size,
                path: Path::new(nodes),
                logical,
                physical: (global.physical_minimum.into(), global.physical_maximum.into()),
                unit: global.unit,
                exponent: global.exponent,
                attributes: Attributes::new(item.unsigned()),
            });
        }
        self.end_main();
        Ok(())
    }

    /// Adds bits to a report; where they start.
    fn extend(&mut self, kind: ReportKind, id: u8, bits: u32) -> Result<u32, DescriptorError> {
        let reports = &mut self.found.reports;
        let at = reports.iter().position(|report| report.kind == kind && report.id == id).unwrap_or_else(|| {
            reports.push(Report { kind, id, bits: 0 });
            reports.len() - 1
        });
        let report = &mut reports[at];
        let start = report.bits;
        report.bits = start.saturating_add(bits);
        if report.bits > MAX_REPORT * 8 {
            return Err(DescriptorError::ReportTooLong(id));
        }
        Ok(start)
    }

    fn logical_range(&mut self) -> (i64, i64) {
        let global = &self.global;
        let minimum = i64::from(global.logical_minimum);
        let maximum = i64::from(global.logical_maximum);
        if maximum > minimum || maximum == minimum && minimum >= 0 {
            return (minimum, maximum);
        }
        // `25 FF` for an eight-bit field: APC and CyberPower write 255 into one byte, which is -1. From -1 to -1
        // there is no range either.
        let maximum = i64::from(global.logical_maximum_unsigned);
        self.found.flaws.push(Flaw::LogicalMaximumReread { report: global.report, maximum });
        (minimum, maximum)
    }

    fn end_main(&mut self) {
        self.usages.clear();
        self.range_start = None;
        self.in_delimiter = false;
        self.delimiter_taken = false;
    }
}

fn low_half(value: u32) -> u16 {
    let [a, b, ..] = value.to_le_bytes();
    u16::from_le_bytes([a, b])
}

/// The exponent is a nibble in two's complement; some devices write a whole signed byte.
fn exponent(value: i32) -> i8 {
    let value = if (8..=15).contains(&value) { value - 16 } else { value };
    i8::try_from(value.clamp(-8, 7)).unwrap_or(0)
}
