//! What may be done with a variable or a device: flags, lengths, choices, ranges, instant commands.
//!
//! All of it can be said before the variable is published, and outlives its removal.

use super::{Publisher, Slot, VarFlags, dump};
use protocol::driver_socket::FromDriver;
use protocol::names;

impl Publisher {
    /// Says what a client may do with a variable (`SETFLAGS`); nobody may write an overridden one.
    pub fn set_flags(&mut self, slot: Slot, flags: VarFlags) {
        let variable = self.variables.get_mut(slot);
        if variable.overridden {
            return;
        }
        if std::mem::replace(&mut variable.flags, flags) != flags && variable.published {
            self.broadcast(|line, variables| dump::setflags(variables.get(slot)).emit(line));
        }
    }

    /// Says how long a `STRING` may be (`SETAUX`).
    pub fn set_aux(&mut self, slot: Slot, longest: i32) {
        let variable = self.variables.get_mut(slot);
        if std::mem::replace(&mut variable.aux, longest) != longest && variable.published {
            self.broadcast(|line, variables| dump::setaux(variables.get(slot)).emit(line));
        }
    }

    /// Allows one more value (`ADDENUM`).
    pub fn add_choice(&mut self, slot: Slot, choice: &str) {
        let variable = self.variables.get_mut(slot);
        if variable.choices.iter().any(|known| known == choice) {
            return;
        }
        variable.choices.push(choice.to_owned());
        if variable.published {
            self.broadcast(|line, variables| {
                FromDriver::AddEnum { var: &variables.get(slot).name, value: choice }.emit(line);
            });
        }
    }

    /// Allows a value no more (`DELENUM`).
    pub fn remove_choice(&mut self, slot: Slot, choice: &str) {
        let variable = self.variables.get_mut(slot);
        let before = variable.choices.len();
        variable.choices.retain(|known| known != choice);
        if variable.choices.len() < before && variable.published {
            self.broadcast(|line, variables| {
                FromDriver::DelEnum { var: &variables.get(slot).name, value: choice }.emit(line);
            });
        }
    }

    /// Allows one more range of whole numbers (`ADDRANGE`); `min` above `max` is none.
    pub fn add_range(&mut self, slot: Slot, min: i32, max: i32) {
        let variable = self.variables.get_mut(slot);
        if min > max || variable.ranges.contains(&(min, max)) {
            return;
        }
        variable.ranges.push((min, max));
        if variable.published {
            self.broadcast(|line, variables| {
                FromDriver::AddRange { var: &variables.get(slot).name, min, max }.emit(line);
            });
        }
    }

    /// Allows a range no more (`DELRANGE`).
    pub fn remove_range(&mut self, slot: Slot, min: i32, max: i32) {
        let variable = self.variables.get_mut(slot);
        let before = variable.ranges.len();
        variable.ranges.retain(|&known| known != (min, max));
        if variable.ranges.len() < before && variable.published {
            self.broadcast(|line, variables| {
                FromDriver::DelRange { var: &variables.get(slot).name, min, max }.emit(line);
            });
        }
    }

    /// Offers an instant command (`ADDCMD`).
    pub fn add_command(&mut self, command: &str) {
        if let Err(at) = self.commands.binary_search_by(|known| names::compare(known, command)) {
            self.commands.insert(at, command.to_owned());
            self.broadcast(|line, _| FromDriver::AddCmd { cmd: command }.emit(line));
        }
    }

    /// Offers an instant command no more (`DELCMD`).
    pub fn remove_command(&mut self, command: &str) {
        if let Ok(at) = self.commands.binary_search_by(|known| names::compare(known, command)) {
            self.commands.remove(at);
            self.broadcast(|line, _| FromDriver::DelCmd { cmd: command }.emit(line));
        }
    }

    /// Whether an instant command is offered, letter case apart.
    #[must_use]
    pub fn has_command(&self, command: &str) -> bool {
        self.commands.binary_search_by(|known| names::compare(known, command)).is_ok()
    }
}
