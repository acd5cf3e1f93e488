//! Usage paths: what a field means, from the outermost collection inwards.
//!
//! A usage is a page (upper 16 bits) and an id. Eaton numbers the members of a collection through
//! its type byte (0x81 is the first): such a number is a node of its own here, written `[1]`.

use std::fmt;

use protocol::hid::usage;

/// The page under which a path keeps collection numbers; no usage page has it.
const NUMBER_PAGE: u32 = 0x00FF_0000;

/// A field's usages: those of its collections, then its own.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Path(Vec<u32>);

impl Path {
    /// The path with these nodes.
    #[must_use]
    pub const fn new(nodes: Vec<u32>) -> Self {
        Self(nodes)
    }

    /// The node for a numbered member of a collection.
    #[must_use]
    pub const fn number(n: u8) -> u32 {
        NUMBER_PAGE | n as u32
    }

    /// Its nodes, outermost first.
    #[must_use]
    pub fn nodes(&self) -> &[u32] {
        &self.0
    }

    /// The field's own usage.
    #[must_use]
    pub fn usage(&self) -> u32 {
        self.0.last().copied().unwrap_or(0)
    }

    /// Reads `UPS.PowerConverter.Input.[1].Voltage`; a node without a name is its eight hex digits.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        text.split('.').map(node).collect::<Option<Vec<u32>>>().map(Self)
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, &node) in self.0.iter().enumerate() {
            if i > 0 {
                f.write_str(".")?;
            }
            match usage::name(node) {
                _ if node & 0xFFFF_0000 == NUMBER_PAGE => write!(f, "[{}]", node & 0xFF)?,
                Some(name) => f.write_str(name)?,
                None => write!(f, "{node:08x}")?,
            }
        }
        Ok(())
    }
}

fn node(text: &str) -> Option<u32> {
    if let Some(number) = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        return number.parse().ok().map(Path::number);
    }
    usage::code(text).or_else(|| (text.len() == 8).then(|| u32::from_str_radix(text, 16).ok()).flatten())
}
