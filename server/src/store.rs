//! What one driver has published: variables and commands, in the order of the wire.
//!
//! A driver is trusted with its own UPS, not with the server's memory: everything it can grow has
//! a limit, and what passes one is left out.

mod variable;

use protocol::driver_socket::FromDriver;
use protocol::names::{compare, same};

pub use variable::Variable;

/// Names, values and alternatives of one UPS together, in bytes; the largest device known has
/// some 1,500 variables and stays under 200 KiB.
const MAX_BYTES: usize = 4 * 1024 * 1024;
/// Variables of one UPS.
const MAX_VARIABLES: usize = 8192;
/// Instant commands of one UPS.
const MAX_COMMANDS: usize = 1024;
/// Values that one variable can be said to have, and ranges.
const MAX_ALTERNATIVES: usize = 512;

/// Characters of a value, with the escapes that it gets on the wire. NUT cuts here, and its clients
/// lose what comes behind a line of more than 511.
const MAX_VALUE: usize = 255;

/// A limit was passed: something of the driver's is left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LeftOut;

/// Everything that a driver has published.
#[derive(Debug, Clone, Default)]
pub struct Store {
    /// In the order of [`compare`].
    variables: Vec<Variable>,
    /// In the order of [`compare`].
    commands: Vec<Box<str>>,
    bytes: usize,
    generation: u64,
}

impl Store {
    /// Grows with every change, so that a list rendered from an older one is known for what it is.
    #[must_use]
    pub const fn generation(&self) -> u64 {
        self.generation
    }

    /// The variables, in the order of LIST VAR.
    #[must_use]
    pub fn variables(&self) -> &[Variable] {
        &self.variables
    }

    /// The commands, in the order of LIST CMD.
    #[must_use]
    pub fn commands(&self) -> &[Box<str>] {
        &self.commands
    }

    /// The variable of a name, in any case of letters.
    #[must_use]
    pub fn variable(&self, name: &str) -> Option<&Variable> {
        self.find(name).ok().map(|at| &self.variables[at])
    }

    /// Whether there is a command of a name, in any case of letters.
    #[must_use]
    pub fn has_command(&self, name: &str) -> bool {
        self.commands.binary_search_by(|command| compare(command, name)).is_ok()
    }

    /// Forgets everything.
    pub fn clear(&mut self) {
        *self = Self { generation: self.generation + 1, ..Self::default() };
    }

    /// Sets a variable's value, and makes the variable if there is none.
    ///
    /// # Errors
    ///
    /// [`LeftOut`] when there is no room for it.
    pub fn set(&mut self, name: &str, value: &str) -> Result<(), LeftOut> {
        let value = cut(value);
        let at = match self.find(name) {
            Ok(at) if self.variables[at].value == value => return Ok(()),
            Ok(at) => at,
            Err(at) => {
                self.room_for(size_of::<Variable>() + name.len() + value.len(), self.variables.len() < MAX_VARIABLES)?;
                self.variables.insert(at, Variable::new(name));
                self.bytes += self.variables[at].size();
                at
            }
        };
        let old = self.variables[at].value.len();
        self.room_for(value.len().saturating_sub(old), true)?;
        self.bytes = self.bytes - old + value.len();
        let variable = &mut self.variables[at];
        variable.value.clear();
        variable.value.push_str(value);
        self.generation += 1;
        Ok(())
    }

    /// Takes what a driver says of its variables and commands; the rest is the link's affair.
    ///
    /// # Errors
    ///
    /// [`LeftOut`] when there is no room for it.
    pub fn apply(&mut self, said: &FromDriver<'_>) -> Result<(), LeftOut> {
        match *said {
            FromDriver::SetInfo { var, value } => return self.set(var, value),
            FromDriver::DelInfo { var } => {
                if let Ok(at) = self.find(var) {
                    self.bytes -= self.variables.remove(at).size();
                }
            }
            FromDriver::AddEnum { var, value } => self.add_value(var, value)?,
            FromDriver::DelEnum { var, value } => {
                let value = cut(value);
                self.change(var, |variable| variable.values.retain(|known| **known != *value));
            }
            // No value lies in such a range: it would refuse every one.
            FromDriver::AddRange { min, max, .. } if min > max => return Ok(()),
            FromDriver::AddRange { var, min, max } => {
                self.room_for(size_of::<(i32, i32)>(), true)?;
                self.change(var, |variable| {
                    if !variable.ranges.contains(&(min, max)) && variable.ranges.len() < MAX_ALTERNATIVES {
                        variable.ranges.push((min, max));
                    }
                });
            }
            FromDriver::DelRange { var, min, max } => {
                self.change(var, |variable| variable.ranges.retain(|known| *known != (min, max)));
            }
            FromDriver::SetAux { var, length } => self.change(var, |variable| variable.length = length),
            FromDriver::SetFlags { var, flags } => self.change(var, |variable| variable.flags = flags),
            FromDriver::AddCmd { cmd } => self.add_command(cmd)?,
            FromDriver::DelCmd { cmd } => {
                let before = self.commands.len();
                self.commands.retain(|known| !same(known, cmd));
                self.bytes -= (before - self.commands.len()) * (size_of::<Box<str>>() + cmd.len());
            }
            FromDriver::Pid(_)
            | FromDriver::DumpDone
            | FromDriver::Pong
            | FromDriver::Goodbye
            | FromDriver::DataOk
            | FromDriver::DataStale
            | FromDriver::Tracking { .. } => return Ok(()),
        }
        self.generation += 1;
        Ok(())
    }

    fn add_value(&mut self, var: &str, value: &str) -> Result<(), LeftOut> {
        let value = cut(value);
        self.room_for(size_of::<Box<str>>() + value.len(), true)?;
        self.change(var, |variable| {
            if variable.values.len() < MAX_ALTERNATIVES && !variable.values.iter().any(|known| **known == *value) {
                variable.values.push(value.into());
            }
        });
        Ok(())
    }

    fn add_command(&mut self, cmd: &str) -> Result<(), LeftOut> {
        let Err(at) = self.commands.binary_search_by(|command| compare(command, cmd)) else { return Ok(()) };
        let size = size_of::<Box<str>>() + cmd.len();
        self.room_for(size, self.commands.len() < MAX_COMMANDS)?;
        self.commands.insert(at, cmd.into());
        self.bytes += size;
        Ok(())
    }

    /// Changes a variable that is there.
    fn change(&mut self, var: &str, change: impl FnOnce(&mut Variable)) {
        if let Ok(at) = self.find(var) {
            let variable = &mut self.variables[at];
            let before = variable.size();
            change(variable);
            self.bytes = self.bytes - before + variable.size();
        }
    }

    const fn room_for(&self, more: usize, is_allowed: bool) -> Result<(), LeftOut> {
        if is_allowed && self.bytes + more <= MAX_BYTES { Ok(()) } else { Err(LeftOut) }
    }

    fn find(&self, name: &str) -> Result<usize, usize> {
        self.variables.binary_search_by(|variable| compare(&variable.name, name))
    }
}

/// As much of a value as is published.
fn cut(value: &str) -> &str {
    let mut length = 0;
    let end = value.bytes().position(|byte| {
        length += if matches!(byte, b'"' | b'\\' | b'#') { 2 } else { 1 };
        length > MAX_VALUE
    });
    end.and_then(|end| value.get(..end)).unwrap_or(value)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn variables_stand_in_the_order_of_the_wire_whatever_order_they_came_in() {
        let mut store = Store::default();
        for name in ["ups.status", "Battery.charge", "battery.runtime"] {
            store.set(name, "1").unwrap();
        }
        let names: Vec<&str> = store.variables().iter().map(|variable| &*variable.name).collect();
        assert_eq!(names, ["Battery.charge", "battery.runtime", "ups.status"]);
        assert_eq!(store.variable("UPS.STATUS").unwrap().value, "1");
    }

    #[test]
    fn ranges_that_share_a_limit_are_both_kept() {
        let mut store = Store::default();
        store.set("input.transfer.low", "90").unwrap();
        for (min, max) in [(80, 90), (80, 100), (80, 90), (7, 0)] {
            store.apply(&FromDriver::AddRange { var: "input.transfer.low", min, max }).unwrap();
        }
        assert_eq!(store.variable("input.transfer.low").unwrap().ranges, [(80, 90), (80, 100)]);
    }

    #[test]
    fn a_driver_that_floods_is_left_out_and_what_it_said_before_stays() {
        let mut store = Store::default();
        let refused = (0..20_000).filter(|n| store.set(&format!("outlet.{n}.desc"), &"x".repeat(400)).is_err()).count();
        assert!(refused > 0 && store.bytes <= MAX_BYTES);
        assert!(store.variable("outlet.0.desc").is_some());
    }

    #[test]
    fn alternatives_without_end_are_left_out_as_well() {
        let mut store = Store::default();
        let mut refused = 0;
        for n in 0..2000 {
            let name = format!("outlet.{n}");
            store.set(&name, "").unwrap();
            for alternative in 0..500 {
                let (min, max, var) = (0, alternative, name.as_str());
                let value = format!("{alternative:x}");
                refused += u32::from(store.apply(&FromDriver::AddRange { var, min, max }).is_err());
                refused += u32::from(store.apply(&FromDriver::AddEnum { var, value: &value }).is_err());
            }
            if refused > 0 {
                return;
            }
        }
        panic!("a million values and as many ranges were kept");
    }

    proptest! {
        #[test]
        fn the_bytes_counted_are_the_bytes_held(steps in prop::collection::vec((0u8..7, 0u8..4, "[a-c]{0,3}"), 0..80)) {
            let mut store = Store::default();
            for (what, which, text) in steps {
                let name = format!("v.{which}");
                let _ = store.apply(&match what {
                    0 => FromDriver::SetInfo { var: &name, value: &text },
                    1 => FromDriver::DelInfo { var: &name },
                    2 => FromDriver::AddEnum { var: &name, value: &text },
                    3 => FromDriver::DelEnum { var: &name, value: &text },
                    4 => FromDriver::AddCmd { cmd: &name },
                    5 => FromDriver::DelCmd { cmd: &name },
                    _ => FromDriver::AddRange { var: &name, min: 1, max: i32::from(which) },
                });
            }
            let held: usize = store.variables().iter().map(Variable::size).sum::<usize>()
                + store.commands().iter().map(|command| size_of::<Box<str>>() + command.len()).sum::<usize>();
            prop_assert_eq!(store.bytes, held);
        }
    }
}
