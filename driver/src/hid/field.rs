//! One field of a report: where its bits are, and what they mean (HID 1.11 §6.2.2.5, §6.2.2.7).

use protocol::usb::ReportKind;

use super::path::Path;
use super::quantity::Quantity;

/// The widest field whose value is read; wider ones are blobs.
pub const MAX_VALUE_BITS: u32 = 32;

/// The attribute bits of an Input, Output or Feature item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Attributes(u32);

impl Attributes {
    /// The item's argument.
    #[must_use]
    pub const fn new(bits: u32) -> Self {
        Self(bits)
    }

    /// The host cannot change it (by its own word; many devices take a SET_REPORT all the same).
    #[must_use]
    pub const fn is_constant(self) -> bool {
        self.0 & 1 != 0
    }

    /// One value per field; else the field holds an index into its usages.
    #[must_use]
    pub const fn is_variable(self) -> bool {
        self.0 & 2 != 0
    }

    /// A raw value outside the logical range means "no value".
    #[must_use]
    pub const fn has_null(self) -> bool {
        self.0 & 0x40 != 0
    }

    /// The device may change it on its own.
    #[must_use]
    pub const fn is_volatile(self) -> bool {
        self.0 & 0x80 != 0
    }
}

/// One field of one report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// The report's kind.
    pub kind: ReportKind,
    /// The report's id, 0 where the device uses none.
    pub report: u8,
    /// First bit, counted from the first byte after the report id.
    pub offset: u32,
    /// Bits.
    pub size: u32,
    /// What it means.
    pub path: Path,
    /// Smallest and largest raw value.
    pub logical: (i64, i64),
    /// What those two mean in the field's unit; equal where the raw value itself does.
    pub physical: (i64, i64),
    /// Unit code (HID 1.11 §6.2.2.7), 0 for none.
    pub unit: u32,
    /// Power of ten of the physical value, in the unit code's own base.
    pub exponent: i8,
    /// The item's attributes.
    pub attributes: Attributes,
}

impl Field {
    /// The raw value in a report's bytes (without the id), or `None` where the report is too short
    /// for it, the field is wider than [`MAX_VALUE_BITS`], or the device says that it has none.
    ///
    /// A value outside the logical range is given as it stands: real limits are wrong more often
    /// than values are. Only what fills 32 bits to the top where the limits need 16 at most is cut down to those.
    #[must_use]
    pub fn raw(&self, report: &[u8]) -> Option<i64> {
        if self.size == 0 || self.size > MAX_VALUE_BITS {
            return None;
        }
        let (first, last) = (self.offset / 8, (self.offset + self.size - 1) / 8);
        let bytes = report.get(usize::try_from(first).ok()?..=usize::try_from(last).ok()?)?;
        let mut bits = 0_u64;
        for (i, &byte) in bytes.iter().enumerate() {
            bits |= u64::from(byte) << (8 * i);
        }
        let bits = (bits >> (self.offset % 8)) & self.mask();
        let value = if self.is_signed() && bits > self.mask() >> 1 {
            bits.cast_signed() - self.mask().cast_signed() - 1
        } else {
            bits.cast_signed()
        };
        let value = if self.is_overfull(value) { value & self.logical.1 } else { value };
        let inside = self.logical.0 <= value && value <= self.logical.1;
        (inside || !self.attributes.has_null()).then_some(value)
    }

    /// The physical value of a raw one.
    #[must_use]
    pub fn physical(&self, raw: i64) -> Quantity {
        match self.ratio() {
            Some((logical, physical)) => {
                let above = (i128::from(raw) - i128::from(self.logical.0)) * physical;
                Quantity::of_ratio(above + i128::from(self.physical.0) * logical, logical, self.scale())
            }
            None => Quantity::with_exponent(raw, self.scale()),
        }
    }

    /// The raw value nearest below a physical one, clipped to the logical range. A −1, which cancels a delay or
    /// means "never" (HID PDC 1.1, DelayBeforeShutdown), is all ones where the field has no sign: 0 would be "at once".
    #[must_use]
    pub fn encode(&self, value: Quantity) -> i64 {
        if value == Quantity::whole(-1) && self.logical.0 >= 0 && self.size <= MAX_VALUE_BITS {
            return self.mask().cast_signed();
        }
        let value = value.in_exponent(self.scale());
        let raw = match self.ratio() {
            Some((logical, physical)) => {
                (i128::from(value) - i128::from(self.physical.0)) * logical / physical + i128::from(self.logical.0)
            }
            None => i128::from(value),
        };
        let raw = i64::try_from(raw).unwrap_or(if raw < 0 { i64::MIN } else { i64::MAX });
        if self.logical.0 <= self.logical.1 { raw.clamp(self.logical.0, self.logical.1) } else { raw }
    }

    /// The smallest raw value that stands for at least a physical one, as far as the logical range goes. What is
    /// not more than nothing is [`Self::encode`]'s: a word of its own.
    #[must_use]
    pub fn encode_at_least(&self, value: Quantity) -> i64 {
        let below = self.encode(value);
        let is_short = value > Quantity::ZERO && self.physical(below) < value;
        if is_short && below < self.logical.1 { below + 1 } else { below }
    }

    /// Puts a raw value into a report's bytes (without the id), which must be long enough; else
    /// nothing changes and the answer is `false`. Bits above the field's size are dropped.
    pub fn insert(&self, raw: i64, report: &mut [u8]) -> bool {
        if self.size == 0 || self.size > MAX_VALUE_BITS {
            return false;
        }
        let (first, last) = (self.offset / 8, (self.offset + self.size - 1) / 8);
        let (Ok(first), Ok(last)) = (usize::try_from(first), usize::try_from(last)) else { return false };
        let Some(bytes) = report.get_mut(first..=last) else { return false };
        let shift = self.offset % 8;
        let value = (raw.cast_unsigned() & self.mask()) << shift;
        let mask = self.mask() << shift;
        for (i, byte) in bytes.iter_mut().enumerate() {
            let low = |bits: u64| (bits >> (8 * i)).to_le_bytes()[0];
            *byte = (*byte & !low(mask)) | low(value);
        }
        true
    }

    /// An APC Back-UPS BF500 declares 0 … 65535 in 32 bits and sends 80080a00 where it means 0a00.
    const fn is_overfull(&self, value: i64) -> bool {
        let limit = self.logical.1;
        let fills_bits = limit > 0 && limit <= 0xFFFF && limit & (limit + 1) == 0;
        self.size == 32 && self.logical.0 == 0 && fills_bits && value > i32::MAX as i64
    }

    const fn mask(&self) -> u64 {
        (1 << self.size) - 1
    }

    /// A negative minimum makes the field two's complement, unless its maximum needs the sign bit:
    /// an APC Back-UPS declares -1 … 65535 in 16 bits and means 0 … 65535.
    const fn is_signed(&self) -> bool {
        self.logical.0 < 0 && self.logical.1 <= (self.mask() >> 1).cast_signed()
    }

    /// The spans of both ranges where raw values must be scaled (HID 1.11 §6.2.2.7).
    fn ratio(&self) -> Option<(i128, i128)> {
        let logical = i128::from(self.logical.1) - i128::from(self.logical.0);
        let physical = i128::from(self.physical.1) - i128::from(self.physical.0);
        (logical > 0 && physical > 0 && self.logical != self.physical).then_some((logical, physical))
    }

    /// The exponent against the unit as people say it: the unit codes count in centimetres and
    /// grams, so that a volt or a watt is 10^7 of their own (HID 1.11 §6.2.2.7, table of units).
    fn scale(&self) -> i8 {
        let base = match self.unit {
            0x00F0_D121 | 0x0000_D121 => 7,
            _ => 0,
        };
        self.exponent.saturating_sub(base)
    }
}
