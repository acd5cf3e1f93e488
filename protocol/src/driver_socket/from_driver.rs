//! What a driver says.

use super::{Malformed, head, row};
use crate::lexer::Line;
use std::io::Write as _;

/// One line from a driver. Names and values borrow from the line it was read from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FromDriver<'a> {
    /// `SETINFO var "value"`
    SetInfo {
        /// The variable.
        var: &'a str,
        /// Its value.
        value: &'a str,
    },
    /// `DELINFO var`
    DelInfo {
        /// The variable.
        var: &'a str,
    },
    /// `ADDENUM var "value"`
    AddEnum {
        /// The variable.
        var: &'a str,
        /// One value that it can have.
        value: &'a str,
    },
    /// `DELENUM var "value"`
    DelEnum {
        /// The variable.
        var: &'a str,
        /// A value that it can no longer have.
        value: &'a str,
    },
    /// `ADDRANGE var min max`
    AddRange {
        /// The variable.
        var: &'a str,
        /// Smallest value.
        min: i32,
        /// Largest value.
        max: i32,
    },
    /// `DELRANGE var min max`
    DelRange {
        /// The variable.
        var: &'a str,
        /// Smallest value.
        min: i32,
        /// Largest value.
        max: i32,
    },
    /// `SETAUX var n`: the longest value of a string.
    SetAux {
        /// The variable.
        var: &'a str,
        /// Characters.
        length: i32,
    },
    /// `SETFLAGS var [RW] [STRING] [NUMBER]`: replaces the flags.
    SetFlags {
        /// The variable.
        var: &'a str,
        /// All its flags.
        flags: VarFlags,
    },
    /// `ADDCMD cmd`
    AddCmd {
        /// The command.
        cmd: &'a str,
    },
    /// `DELCMD cmd`
    DelCmd {
        /// The command.
        cmd: &'a str,
    },
    /// `PID n`
    Pid(u32),
    /// `DUMPDONE`
    DumpDone,
    /// `PONG`
    Pong,
    /// `OK Goodbye`
    Goodbye,
    /// `DATAOK`
    DataOk,
    /// `DATASTALE`
    DataStale,
    /// `TRACKING id n`
    Tracking {
        /// The server's id.
        id: &'a str,
        /// What became of the request.
        outcome: Outcome,
    },
}

/// Flags of a variable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct VarFlags {
    /// It can be changed.
    pub rw: bool,
    /// It holds text.
    pub string: bool,
    /// It holds a number.
    pub number: bool,
}

/// What became of an INSTCMD or SET.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Outcome {
    /// Done.
    Handled = 0,
    /// No such command or variable.
    Unknown = 1,
    /// The value or parameter makes no sense.
    Invalid = 2,
    /// Tried, and failed.
    Failed = 3,
    /// The value could not be turned into the device's.
    ConversionFailed = 4,
}

impl Outcome {
    const ALL: [Self; 5] = [Self::Handled, Self::Unknown, Self::Invalid, Self::Failed, Self::ConversionFailed];
}

impl<'a> FromDriver<'a> {
    /// Reads a line; words behind the last argument are ignored.
    ///
    /// # Errors
    ///
    /// [`Malformed`] when the line is none of the protocol's.
    pub fn parse(line: &'a Line) -> Result<Self, Malformed> {
        let verb = line.get(0).ok_or(Malformed::UnknownWord)?;
        Self::parse_verb(verb, line).ok_or(Malformed::Arguments)?.ok_or(Malformed::UnknownWord)
    }

    /// Outer `None`: bad arguments; inner `None`: unknown verb.
    fn parse_verb(verb: &str, line: &'a Line) -> Option<Option<Self>> {
        let is = |word: &str| verb.eq_ignore_ascii_case(word);
        let word = |at| line.get(at);
        let number = |at| line.get(at)?.parse::<i32>().ok();
        Some(Some(if is("SETINFO") {
            Self::SetInfo { var: word(1)?, value: word(2)? }
        } else if is("DELINFO") {
            Self::DelInfo { var: word(1)? }
        } else if is("PONG") {
            Self::Pong
        } else if is("ADDENUM") {
            Self::AddEnum { var: word(1)?, value: word(2)? }
        } else if is("DELENUM") {
            Self::DelEnum { var: word(1)?, value: word(2)? }
        } else if is("ADDRANGE") {
            Self::AddRange { var: word(1)?, min: number(2)?, max: number(3)? }
        } else if is("DELRANGE") {
            Self::DelRange { var: word(1)?, min: number(2)?, max: number(3)? }
        } else if is("SETAUX") {
            Self::SetAux { var: word(1)?, length: number(2)? }
        } else if is("SETFLAGS") {
            Self::SetFlags { var: word(1)?, flags: VarFlags::parse(line, 2) }
        } else if is("ADDCMD") {
            Self::AddCmd { cmd: word(1)? }
        } else if is("DELCMD") {
            Self::DelCmd { cmd: word(1)? }
        } else if is("PID") {
            Self::Pid(word(1)?.parse().ok()?)
        } else if is("DUMPDONE") {
            Self::DumpDone
        } else if is("OK") {
            word(1)?.eq_ignore_ascii_case("Goodbye").then_some(Self::Goodbye)?
        } else if is("DATAOK") {
            Self::DataOk
        } else if is("DATASTALE") {
            Self::DataStale
        } else if is("TRACKING") {
            let code = number(2)?;
            Self::Tracking { id: word(1)?, outcome: *Outcome::ALL.get(usize::try_from(code).ok()?)? }
        } else {
            return Some(None);
        }))
    }

    /// Appends the line, newline included.
    pub fn emit(&self, out: &mut Vec<u8>) {
        // Writing to a Vec cannot fail, hence the dropped results.
        match *self {
            Self::SetInfo { var, value } => row(out, "SETINFO", &[var], value),
            Self::DelInfo { var } => head(out, "DELINFO", &[var]),
            Self::AddEnum { var, value } => row(out, "ADDENUM", &[var], value),
            Self::DelEnum { var, value } => row(out, "DELENUM", &[var], value),
            Self::AddRange { var, min, max } => {
                head(out, "ADDRANGE", &[var]);
                drop(write!(out, " {min} {max}"));
            }
            Self::DelRange { var, min, max } => {
                head(out, "DELRANGE", &[var]);
                drop(write!(out, " {min} {max}"));
            }
            Self::SetAux { var, length } => {
                head(out, "SETAUX", &[var]);
                drop(write!(out, " {length}"));
            }
            Self::SetFlags { var, flags } => {
                head(out, "SETFLAGS", &[var]);
                flags.emit(out);
            }
            Self::AddCmd { cmd } => head(out, "ADDCMD", &[cmd]),
            Self::DelCmd { cmd } => head(out, "DELCMD", &[cmd]),
            Self::Pid(pid) => drop(write!(out, "PID {pid}")),
            Self::DumpDone => head(out, "DUMPDONE", &[]),
            Self::Pong => head(out, "PONG", &[]),
            Self::Goodbye => head(out, "OK Goodbye", &[]),
            Self::DataOk => head(out, "DATAOK", &[]),
            Self::DataStale => head(out, "DATASTALE", &[]),
            Self::Tracking { id, outcome } => {
                head(out, "TRACKING", &[id]);
                drop(write!(out, " {}", outcome as u8));
            }
        }
        out.push(b'\n');
    }
}

impl VarFlags {
    fn parse(line: &Line, at: usize) -> Self {
        let mut flags = Self::default();
        for word in (at..line.len()).filter_map(|index| line.get(index)) {
            flags.rw |= word.eq_ignore_ascii_case("RW");
            flags.string |= word.eq_ignore_ascii_case("STRING");
            flags.number |= word.eq_ignore_ascii_case("NUMBER");
        }
        flags
    }

    fn emit(self, out: &mut Vec<u8>) {
        for (set, word) in [(self.rw, " RW"), (self.string, " STRING"), (self.number, " NUMBER")] {
            if set {
                out.extend_from_slice(word.as_bytes());
            }
        }
    }
}
