//! HID report descriptors and reports, as a host reads them (Device Class Definition for HID 1.11).
//!
//! 1. [`item`]: the bytes of a report descriptor as items.
//! 2. [`descriptor`]: items become [`Field`]s, each with its place in a report and its usage path.
//! 3. [`path`]: what a field means: the usages of the collections around it, then its own.
//! 4. [`field`]: a field's raw value out of a report and into one.
//! 5. [`quantity`]: raw values in the field's physical unit, in fixed point.
//!
//! Everything here takes bytes from a device that may be broken or hostile: each thing that grows
//! has a named limit, and nothing panics. What the values mean to a UPS is not known here.

pub mod descriptor;
pub mod field;
pub mod item;
pub mod path;
pub mod quantity;

pub use descriptor::{Descriptor, DescriptorError, Flaw, Report};
pub use field::{Attributes, Field};
pub use path::Path;
pub use quantity::Quantity;
