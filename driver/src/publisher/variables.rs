//! The variables a driver publishes, found by a pre-resolved [`Slot`].

use protocol::driver_socket::VarFlags;
use protocol::names;

/// Longest value that is stored, in bytes (NUT's ST_MAX_VALUE_LEN, its closing NUL apart).
pub const VALUE_LIMIT: usize = 255;

/// Names one variable of one [`Publisher`](super::Publisher) for good, published or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Slot(usize);

/// `RW`: a client may set it; how the value reads is not said.
pub const RW: VarFlags = VarFlags { rw: true, string: false, number: false };
/// `RW STRING`: its greatest length is in `SETAUX`.
pub const RW_STRING: VarFlags = VarFlags { rw: true, string: true, number: false };
/// `RW NUMBER`.
pub const RW_NUMBER: VarFlags = VarFlags { rw: true, string: false, number: true };

/// One variable.
#[derive(Debug, Default)]
pub(super) struct Variable {
    /// Its name, in the first spelling heard.
    pub name: String,
    /// Whether it is published; else `value` is left over.
    pub published: bool,
    /// Its value.
    pub value: String,
    /// Whether `override.` fixed the value.
    pub overridden: bool,
    /// What a client may do with it.
    pub flags: VarFlags,
    /// Greatest length of a `STRING`; 0 where none is said.
    pub aux: i32,
    /// Allowed values, in the order given.
    pub choices: Vec<String>,
    /// Allowed ranges, in the order given.
    pub ranges: Vec<(i32, i32)>,
}

/// All variables: by slot, and in the order of their names.
#[derive(Debug, Default)]
pub(super) struct Variables {
    by_slot: Vec<Variable>,
    by_name: Vec<Slot>,
}

impl Variables {
    /// The slot of a name, made now if it is new.
    pub fn slot(&mut self, name: &str) -> Slot {
        match self.position(name) {
            Ok(at) => self.by_name[at],
            Err(at) => {
                let slot = Slot(self.by_slot.len());
                self.by_slot.push(Variable { name: name.to_owned(), ..Variable::default() });
                self.by_name.insert(at, slot);
                slot
            }
        }
    }

    /// The slot of a name that is known already.
    pub fn find(&self, name: &str) -> Option<Slot> {
        self.position(name).ok().map(|at| self.by_name[at])
    }

    pub fn get(&self, slot: Slot) -> &Variable {
        &self.by_slot[slot.0]
    }

    pub fn get_mut(&mut self, slot: Slot) -> &mut Variable {
        &mut self.by_slot[slot.0]
    }

    /// How many have a slot, published or not.
    pub fn len(&self) -> usize {
        self.by_slot.len()
    }

    /// The published ones in the order of their names, letter case apart.
    pub fn published(&self) -> impl Iterator<Item = &Variable> {
        self.by_name.iter().map(|&slot| self.get(slot)).filter(|variable| variable.published)
    }

    /// The ones that `override.` fixed.
    pub fn overridden(&self) -> Vec<Slot> {
        (0..self.by_slot.len()).filter(|&at| self.by_slot[at].overridden).map(Slot).collect()
    }

    fn position(&self, name: &str) -> Result<usize, usize> {
        self.by_name.binary_search_by(|&slot| names::compare(&self.get(slot).name, name))
    }
}

/// Whether a value can travel as it is: what NUT's lexer would drop at the other end is not there.
pub(super) fn is_clean(value: &str) -> bool {
    value.len() <= VALUE_LIMIT && value.bytes().all(|byte| (0x20..=0x7f).contains(&byte))
}

/// The part of a value that can travel.
pub(super) fn cleaned(value: &str) -> String {
    value.chars().filter(|&c| (' '..='\u{7f}').contains(&c)).take(VALUE_LIMIT).collect()
}
