//! What a driver says of one variable, in the order in which a server learns it after `DUMPALL`.

use super::variables::Variable;
use protocol::driver_socket::{FromDriver, VarFlags};

/// Everything about one variable.
pub(super) fn variable(line: &mut Vec<u8>, variable: &Variable) {
    let var = variable.name.as_str();
    setinfo(variable).emit(line);
    for value in &variable.choices {
        FromDriver::AddEnum { var, value }.emit(line);
    }
    for &(min, max) in &variable.ranges {
        FromDriver::AddRange { var, min, max }.emit(line);
    }
    if variable.aux > 0 {
        setaux(variable).emit(line);
    }
    if variable.flags != VarFlags::default() {
        setflags(variable).emit(line);
    }
}

pub(super) fn setinfo(variable: &Variable) -> FromDriver<'_> {
    FromDriver::SetInfo { var: &variable.name, value: &variable.value }
}

pub(super) fn setaux(variable: &Variable) -> FromDriver<'_> {
    FromDriver::SetAux { var: &variable.name, length: variable.aux }
}

pub(super) fn setflags(variable: &Variable) -> FromDriver<'_> {
    FromDriver::SetFlags { var: &variable.name, flags: variable.flags }
}
