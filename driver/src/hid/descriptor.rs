//! From a report descriptor to fields (HID 1.11 §5.4, §6.2.2).
//!
//! Real descriptors break rules: what can be understood all the same is kept and noted as a
//! [`Flaw`]; only what would grow without bound is an error.

mod parser;

use protocol::usb::ReportKind;

use super::field::Field;
use super::item::Items;
use super::path::Path;
use parser::Parser;

/// The longest report descriptor that is read, in bytes (NUT's limit).
pub const MAX_DESCRIPTOR: usize = 0x1800;
/// Fields of one device; the richest known one has about 400.
pub const MAX_FIELDS: usize = 4096;
/// Collections around a field.
pub const MAX_DEPTH: usize = 16;
/// Saved global states.
pub const MAX_PUSHED: usize = 16;
/// Usages that one main item names.
pub const MAX_USAGES: usize = 1024;
/// Bytes of one report, its id apart; a USB control transfer carries less.
pub const MAX_REPORT: u32 = 8192;

/// Why a report descriptor is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DescriptorError {
    /// More bytes than [`MAX_DESCRIPTOR`].
    #[error("report descriptor longer than {MAX_DESCRIPTOR} bytes")]
    TooLong,
    /// More fields than [`MAX_FIELDS`].
    #[error("more than {MAX_FIELDS} fields")]
    TooManyFields,
    /// Deeper than [`MAX_DEPTH`].
    #[error("collections nested deeper than {MAX_DEPTH}")]
    TooDeep,
    /// More saved states than [`MAX_PUSHED`].
    #[error("more than {MAX_PUSHED} saved global states")]
    TooManyPushed,
    /// More usages than [`MAX_USAGES`] for one item.
    #[error("more than {MAX_USAGES} usages for one item")]
    TooManyUsages,
    /// A report longer than [`MAX_REPORT`].
    #[error("report {0:#04x} longer than {MAX_REPORT} bytes")]
    ReportTooLong(u8),
}

/// What a descriptor does against the rules and is understood all the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flaw {
    /// The last item is cut off.
    Truncated,
    /// A collection ends that never began, or one never ends.
    UnbalancedCollection,
    /// A pop without a push.
    UnbalancedPop,
    /// The largest raw value lies below the smallest: its sign bit was meant as a value bit.
    LogicalMaximumReread {
        /// The report.
        report: u8,
        /// What it was read as.
        maximum: i64,
    },
}

/// One report: its fields' bits, padding included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Report {
    /// Its kind.
    pub kind: ReportKind,
    /// Its id, 0 where the device uses none.
    pub id: u8,
    /// Its length in bits, the id apart.
    pub bits: u32,
}

impl Report {
    /// Its length in bytes, the id apart.
    #[must_use]
    pub fn bytes(&self) -> usize {
        usize::try_from(self.bits.div_ceil(8)).unwrap_or(0)
    }
}

/// What a device's reports hold.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Descriptor {
    /// All fields that mean something, in the descriptor's order.
    pub fields: Vec<Field>,
    /// All reports, in the order of their first field.
    pub reports: Vec<Report>,
    /// Whether each report starts with its id.
    pub has_report_ids: bool,
    /// What was against the rules.
    pub flaws: Vec<Flaw>,
}

impl Descriptor {
    /// Reads a report descriptor.
    ///
    /// # Errors
    ///
    /// [`DescriptorError`] where one of the limits of this file is passed.
    pub fn parse(bytes: &[u8]) -> Result<Self, DescriptorError> {
        if bytes.len() > MAX_DESCRIPTOR {
            return Err(DescriptorError::TooLong);
        }
        let mut parser = Parser::default();
        let mut items = Items::new(bytes);
        for item in items.by_ref() {
            parser.take(&item)?;
        }
        let mut found = parser.finish();
        if !items.rest().is_empty() {
            found.flaws.push(Flaw::Truncated);
        }
        Ok(found)
    }

    /// The first field with this path in reports of this kind.
    #[must_use]
    pub fn find(&self, kind: ReportKind, path: &Path) -> Option<&Field> {
        self.fields.iter().find(|field| field.kind == kind && field.path == *path)
    }

    /// A report.
    #[must_use]
    pub fn report(&self, kind: ReportKind, id: u8) -> Option<&Report> {
        self.reports.iter().find(|report| report.kind == kind && report.id == id)
    }
}
