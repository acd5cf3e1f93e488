//! The items of a report descriptor (HID 1.11 §6.2.2).
//!
//! ```text
//! short item  = prefix:u8  data:0|1|2|4 bytes     prefix = tag << 4 | type << 2 | size code
//! long item   = 0xFE  size:u8  tag:u8  data       reserved by the specification; skipped
//! ```

/// What an item says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tag {
    /// Main: fields that the device reports.
    Input,
    /// Main: fields that the host sends.
    Output,
    /// Main: fields that go both ways on request.
    Feature,
    /// Main: opens a collection.
    Collection,
    /// Main: closes a collection.
    EndCollection,
    /// Global: the upper half of the usages that follow.
    UsagePage,
    /// Global: smallest raw value.
    LogicalMinimum,
    /// Global: largest raw value.
    LogicalMaximum,
    /// Global: what the smallest raw value means.
    PhysicalMinimum,
    /// Global: what the largest raw value means.
    PhysicalMaximum,
    /// Global: power of ten of the physical value.
    UnitExponent,
    /// Global: unit code.
    Unit,
    /// Global: bits of one field.
    ReportSize,
    /// Global: the report that fields belong to.
    ReportId,
    /// Global: how many fields a main item makes.
    ReportCount,
    /// Global: saves the global state.
    Push,
    /// Global: takes it back.
    Pop,
    /// Local: a usage.
    Usage,
    /// Local: first usage of a range.
    UsageMinimum,
    /// Local: last usage of a range.
    UsageMaximum,
    /// Local: opens (1) or closes (0) a set of alternative usages.
    Delimiter,
    /// Designators, strings, long items and what the specification reserves: no meaning here.
    Other,
}

/// One item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Item<'a> {
    /// What it says.
    pub tag: Tag,
    /// Its argument, little-endian; 0, 1, 2 or 4 bytes for a short item.
    pub data: &'a [u8],
}

impl Item<'_> {
    /// The argument as a number without sign.
    #[must_use]
    pub fn unsigned(&self) -> u32 {
        let mut bytes = [0; 4];
        let n = self.data.len().min(4);
        bytes[..n].copy_from_slice(&self.data[..n]);
        u32::from_le_bytes(bytes)
    }

    /// The argument as a two's-complement number of its own size.
    #[must_use]
    pub fn signed(&self) -> i32 {
        match *self.data {
            [] => 0,
            [a] => i32::from(i8::from_le_bytes([a])),
            [a, b] => i32::from(i16::from_le_bytes([a, b])),
            _ => self.unsigned().cast_signed(),
        }
    }
}

/// Cuts a report descriptor into items. Ends at the first item that the bytes do not hold whole.
#[derive(Debug, Clone)]
pub struct Items<'a> {
    rest: &'a [u8],
}

impl<'a> Items<'a> {
    /// Starts at the descriptor's first byte.
    #[must_use]
    pub const fn new(descriptor: &'a [u8]) -> Self {
        Self { rest: descriptor }
    }

    /// The bytes that no item took: empty after a whole descriptor.
    #[must_use]
    pub const fn rest(&self) -> &'a [u8] {
        self.rest
    }
}

impl<'a> Iterator for Items<'a> {
    type Item = Item<'a>;

    fn next(&mut self) -> Option<Item<'a>> {
        let (&prefix, after) = self.rest.split_first()?;
        let (tag, data, rest) = if prefix == 0xFE {
            let (&[size, _tag], after) = after.split_first_chunk::<2>()?;
            let (data, rest) = after.split_at_checked(usize::from(size))?;
            (Tag::Other, data, rest)
        } else {
            let size = [0, 1, 2, 4][usize::from(prefix & 3)];
            let (data, rest) = after.split_at_checked(size)?;
            (tag(prefix), data, rest)
        };
        self.rest = rest;
        Some(Item { tag, data })
    }
}

/// HID 1.11 §6.2.2.4, §6.2.2.7, §6.2.2.8.
const fn tag(prefix: u8) -> Tag {
    match prefix & 0xFC {
        0x80 => Tag::Input,
        0x90 => Tag::Output,
        0xB0 => Tag::Feature,
        0xA0 => Tag::Collection,
        0xC0 => Tag::EndCollection,
        0x04 => Tag::UsagePage,
        0x14 => Tag::LogicalMinimum,
        0x24 => Tag::LogicalMaximum,
        0x34 => Tag::PhysicalMinimum,
        0x44 => Tag::PhysicalMaximum,
        0x54 => Tag::UnitExponent,
        0x64 => Tag::Unit,
        0x74 => Tag::ReportSize,
        0x84 => Tag::ReportId,
        0x94 => Tag::ReportCount,
        0xA4 => Tag::Push,
        0xB4 => Tag::Pop,
        0x08 => Tag::Usage,
        0x18 => Tag::UsageMinimum,
        0x28 => Tag::UsageMaximum,
        0xA8 => Tag::Delimiter,
        _ => Tag::Other,
    }
}
