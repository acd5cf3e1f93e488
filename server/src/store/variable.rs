//! One variable: its value, and what a driver says of it.

use protocol::driver_socket::VarFlags;
use protocol::net::{TypeFlags, TypeKind};

/// One variable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Variable {
    /// Its name, as the driver spells it.
    pub name: Box<str>,
    /// Its value.
    pub value: String,
    /// Whether it can be changed, and what it holds.
    pub flags: VarFlags,
    /// The longest value of a string.
    pub length: i32,
    /// The values that it can have, in the driver's order.
    pub values: Vec<Box<str>>,
    /// The ranges that its value can lie in, in the driver's order.
    pub ranges: Vec<(i32, i32)>,
}

impl Variable {
    pub(super) fn new(name: &str) -> Self {
        Self {
            name: name.into(),
            value: String::new(),
            flags: VarFlags::default(),
            length: 0,
            values: Vec::new(),
            ranges: Vec::new(),
        }
    }

    /// What GET TYPE says of it.
    #[must_use]
    pub fn type_flags(&self) -> TypeFlags {
        let kind = match self.flags.string {
            true => TypeKind::String(u32::try_from(self.length).unwrap_or_default()),
            // NUT says NUMBER where it knows nothing, enumerations included.
            false => TypeKind::Number,
        };
        TypeFlags { rw: self.flags.rw, is_enum: !self.values.is_empty(), is_range: !self.ranges.is_empty(), kind }
    }

    /// Bytes that it takes.
    pub(super) fn size(&self) -> usize {
        size_of::<Self>()
            + self.name.len()
            + self.value.len()
            + self.values.iter().map(|value| size_of::<Box<str>>() + value.len()).sum::<usize>()
            + self.ranges.len() * size_of::<(i32, i32)>()
    }
}
