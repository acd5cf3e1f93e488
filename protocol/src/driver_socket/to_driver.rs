//! What a server says to a driver.

use super::{Malformed, head, row};
use crate::lexer::Line;

/// One line to a driver. Names and values borrow from the line it was read from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ToDriver<'a> {
    /// `PING`; the answer is PONG.
    Ping,
    /// `DUMPALL`: everything, then DUMPDONE.
    DumpAll,
    /// `DUMPSTATUS`: `ups.status` alone, in the same frame.
    DumpStatus,
    /// `DUMPVALUE var`: one variable, in the same frame.
    DumpValue {
        /// The variable.
        var: &'a str,
    },
    /// `INSTCMD cmd [param] [TRACKING id]`
    Instcmd {
        /// The command.
        cmd: &'a str,
        /// Its parameter.
        param: Option<&'a str>,
        /// Answer with this id.
        tracking: Option<&'a str>,
    },
    /// `SET var "value" [TRACKING id]`
    Set {
        /// The variable.
        var: &'a str,
        /// Its new value.
        value: &'a str,
        /// Answer with this id.
        tracking: Option<&'a str>,
    },
    /// `GETPID`; the answer is PID n.
    GetPid,
    /// `BROADCAST 1` or `NOBROADCAST`: whether changes go to this connection.
    Broadcast {
        /// They do.
        on: bool,
    },
    /// `LOGOUT`
    Logout,
}

impl<'a> ToDriver<'a> {
    /// Reads a line.
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
        Some(Some(if is("PING") {
            Self::Ping
        } else if is("DUMPALL") {
            Self::DumpAll
        } else if is("DUMPSTATUS") {
            Self::DumpStatus
        } else if is("DUMPVALUE") {
            Self::DumpValue { var: word(1)? }
        } else if is("INSTCMD") {
            let (param, tracking) = match line.len() {
                2 => (None, None),
                3 => (word(2), None),
                4 => (None, Some(tracking(line, 2)?)),
                5 => (word(2), Some(tracking(line, 3)?)),
                _ => return None,
            };
            Self::Instcmd { cmd: word(1)?, param, tracking }
        } else if is("SET") {
            let tracking = match line.len() {
                3 => None,
                5 => Some(tracking(line, 3)?),
                _ => return None,
            };
            Self::Set { var: word(1)?, value: word(2)?, tracking }
        } else if is("GETPID") {
            Self::GetPid
        } else if is("NOBROADCAST") {
            Self::Broadcast { on: false }
        } else if is("BROADCAST") {
            Self::Broadcast { on: word(1).is_none_or(|number| number.parse::<i64>().unwrap_or(0) > 0) }
        } else if is("LOGOUT") {
            Self::Logout
        } else {
            return Some(None);
        }))
    }

    /// Appends the line, newline included.
    pub fn emit(&self, out: &mut Vec<u8>) {
        match *self {
            Self::Ping => head(out, "PING", &[]),
            Self::DumpAll => head(out, "DUMPALL", &[]),
            Self::DumpStatus => head(out, "DUMPSTATUS", &[]),
            Self::DumpValue { var } => head(out, "DUMPVALUE", &[var]),
            Self::Instcmd { cmd, param, tracking } => {
                head(out, "INSTCMD", &[cmd]);
                head(out, "", param.as_slice());
                emit_tracking(out, tracking);
            }
            Self::Set { var, value, tracking } => {
                row(out, "SET", &[var], value);
                emit_tracking(out, tracking);
            }
            Self::GetPid => head(out, "GETPID", &[]),
            Self::Broadcast { on: true } => head(out, "BROADCAST 1", &[]),
            Self::Broadcast { on: false } => head(out, "NOBROADCAST", &[]),
            Self::Logout => head(out, "LOGOUT", &[]),
        }
        out.push(b'\n');
    }
}

/// The id behind the word TRACKING at `at`.
fn tracking(line: &Line, at: usize) -> Option<&str> {
    line.get(at).filter(|word| word.eq_ignore_ascii_case("TRACKING")).and(line.get(at + 1))
}

fn emit_tracking(out: &mut Vec<u8>, tracking: Option<&str>) {
    if let Some(id) = tracking {
        head(out, " TRACKING", &[id]);
    }
}
