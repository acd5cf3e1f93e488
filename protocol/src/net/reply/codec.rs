//! Reading replies and writing them.

use super::{Reply, TypeFlags};
use crate::lexer::Line;
use crate::net::{ErrorCode, List};
use crate::text::{push_quoted, push_word};
use std::io::Write as _;

impl<'a> Reply<'a> {
    /// Reads a line from a server; what has no other meaning is [`Self::Text`].
    #[must_use]
    pub fn parse(line: &'a Line) -> Self {
        Self::parse_known(line).unwrap_or(Self::Text(line.rest(0)))
    }

    fn parse_known(line: &'a Line) -> Option<Self> {
        let word = |at| line.get(at);
        let first = word(0)?;
        Some(match first {
            "OK" => match word(1) {
                None => Self::Ok,
                Some("TRACKING") => Self::OkTracking { id: word(2)? },
                Some("STARTTLS") => Self::OkStartTls,
                Some("PRIMARY-GRANTED") => Self::OkPrimaryGranted,
                Some("MASTER-GRANTED") => Self::OkMasterGranted,
                Some("FSD-SET") => Self::OkFsdSet,
                Some("Goodbye") => Self::OkGoodbye,
                Some("WATCH") => Self::OkWatch,
                Some(_) => return None,
            },
            "ERR" => Self::Err(ErrorCode::parse(word(1)?)),
            "BEGIN" if word(1)? == "LIST" => Self::Begin(List::parse(line, 2)?),
            "END" if word(1)? == "LIST" => Self::End(List::parse(line, 2)?),
            "VAR" => Self::Var { ups: word(1)?, var: word(2)?, value: word(3)? },
            "UPS" => Self::Ups { name: word(1)?, description: word(2)? },
            "RW" => Self::Rw { ups: word(1)?, var: word(2)?, value: word(3)? },
            "CMD" => Self::Cmd { ups: word(1)?, cmd: word(2)? },
            "ENUM" => Self::Enum { ups: word(1)?, var: word(2)?, value: word(3)? },
            "RANGE" => Self::Range { ups: word(1)?, var: word(2)?, min: word(3)?, max: word(4)? },
            "CLIENT" => Self::Client { ups: word(1)?, address: word(2)? },
            "NUMLOGINS" => Self::NumLogins { ups: word(1)?, count: word(2)?.parse().ok()? },
            "NUMATTACH" => Self::NumAttach { ups: word(1)?, count: word(2)?.parse().ok()? },
            "UPSDESC" => Self::UpsDesc { ups: word(1)?, text: word(2)? },
            "TYPE" => Self::Type { ups: word(1)?, var: word(2)?, flags: TypeFlags::parse(line, 3) },
            "DESC" => Self::Desc { ups: word(1)?, var: word(2)?, text: word(3)? },
            "CMDDESC" => Self::CmdDesc { ups: word(1)?, cmd: word(2)?, text: word(3)? },
            "ON" if line.len() == 1 => Self::Tracking { on: true },
            "OFF" if line.len() == 1 => Self::Tracking { on: false },
            "PENDING" if line.len() == 1 => Self::Pending,
            "SUCCESS" if line.len() == 1 => Self::Success,
            "WATCH" => match word(1)? {
                "VAR" => Self::WatchVar { ups: word(2)?, var: word(3)?, value: word(4)? },
                "LOST" => Self::WatchLost { ups: word(2)?, error: ErrorCode::parse(word(3)?) },
                "ALIVE" => Self::WatchAlive,
                _ => return None,
            },
            _ => return None,
        })
    }

    /// Appends the reply as one line, newline included.
    pub fn emit(&self, out: &mut Vec<u8>) {
        match *self {
            Self::Ok => head(out, "OK", &[]),
            Self::OkTracking { id } => head(out, "OK TRACKING", &[id]),
            Self::OkStartTls => head(out, "OK STARTTLS", &[]),
            Self::OkPrimaryGranted => head(out, "OK PRIMARY-GRANTED", &[]),
            Self::OkMasterGranted => head(out, "OK MASTER-GRANTED", &[]),
            Self::OkFsdSet => head(out, "OK FSD-SET", &[]),
            Self::OkGoodbye => head(out, "OK Goodbye", &[]),
            Self::OkWatch => head(out, "OK WATCH", &[]),
            Self::Err(code) => head(out, "ERR", &[code.token()]),
            Self::Begin(list) => {
                out.extend_from_slice(b"BEGIN LIST ");
                list.emit(out);
            }
            Self::End(list) => {
                out.extend_from_slice(b"END LIST ");
                list.emit(out);
            }
            Self::Ups { name, description } => row(out, "UPS", &[name], description),
            Self::Var { ups, var, value } => row(out, "VAR", &[ups, var], value),
            Self::Rw { ups, var, value } => row(out, "RW", &[ups, var], value),
            Self::Cmd { ups, cmd } => head(out, "CMD", &[ups, cmd]),
            Self::Enum { ups, var, value } => row(out, "ENUM", &[ups, var], value),
            Self::Range { ups, var, min, max } => {
                row(out, "RANGE", &[ups, var], min);
                out.push(b' ');
                push_quoted(max, out);
            }
            Self::Client { ups, address } => head(out, "CLIENT", &[ups, address]),
            Self::NumLogins { ups, count } => numbered(out, "NUMLOGINS", ups, count),
            Self::NumAttach { ups, count } => numbered(out, "NUMATTACH", ups, count),
            Self::UpsDesc { ups, text } => row(out, "UPSDESC", &[ups], text),
            Self::Type { ups, var, flags } => {
                head(out, "TYPE", &[ups, var]);
                flags.emit(out);
            }
            Self::Desc { ups, var, text } => row(out, "DESC", &[ups, var], text),
            Self::CmdDesc { ups, cmd, text } => row(out, "CMDDESC", &[ups, cmd], text),
            Self::Tracking { on } => head(out, if on { "ON" } else { "OFF" }, &[]),
            Self::Pending => head(out, "PENDING", &[]),
            Self::Success => head(out, "SUCCESS", &[]),
            Self::WatchVar { ups, var, value } => row(out, "WATCH VAR", &[ups, var], value),
            Self::WatchLost { ups, error } => head(out, "WATCH LOST", &[ups, error.token()]),
            Self::WatchAlive => head(out, "WATCH ALIVE", &[]),
            Self::Text(text) => text_line(out, text),
        }
        out.push(b'\n');
    }
}

fn head(out: &mut Vec<u8>, head: &str, words: &[&str]) {
    out.extend_from_slice(head.as_bytes());
    for word in words {
        out.push(b' ');
        push_word(word, out);
    }
}

fn row(out: &mut Vec<u8>, kind: &str, words: &[&str], value: &str) {
    head(out, kind, words);
    out.push(b' ');
    push_quoted(value, out);
}

fn numbered(out: &mut Vec<u8>, kind: &str, ups: &str, count: u32) {
    head(out, kind, &[ups]);
    // Writing to a Vec cannot fail.
    drop(write!(out, " {count}"));
}

/// Free text goes bare, so that people can read it; what would not come back is escaped.
fn text_line(out: &mut Vec<u8>, text: &str) {
    for byte in text.bytes() {
        match byte {
            b'#' | b'\\' | b'"' | b'=' => out.extend([b'\\', byte]),
            0x20..=0x7f => out.push(byte),
            _ => {}
        }
    }
}
