//! What a server answers or pushes, line by line.

use super::{ErrorCode, List};
use crate::lexer::Line;
use crate::text::{push_quoted, push_word};
use std::io::Write as _;

/// One line from a server. Names and values borrow from the line it was read from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reply<'a> {
    /// `OK`
    Ok,
    /// `OK TRACKING id`
    OkTracking {
        /// To ask for with GET TRACKING.
        id: &'a str,
    },
    /// `OK STARTTLS`
    OkStartTls,
    /// `OK PRIMARY-GRANTED`
    OkPrimaryGranted,
    /// `OK MASTER-GRANTED`
    OkMasterGranted,
    /// `OK FSD-SET`
    OkFsdSet,
    /// `OK Goodbye`
    OkGoodbye,
    /// `OK WATCH`; ours.
    OkWatch,
    /// `ERR token`
    Err(ErrorCode),
    /// `BEGIN LIST …`
    Begin(List<'a>),
    /// `END LIST …`
    End(List<'a>),
    /// `UPS name "description"`
    Ups {
        /// Its name.
        name: &'a str,
        /// Its description.
        description: &'a str,
    },
    /// `VAR ups var "value"`
    Var {
        /// The UPS.
        ups: &'a str,
        /// The variable.
        var: &'a str,
        /// Its value.
        value: &'a str,
    },
    /// `RW ups var "value"`
    Rw {
        /// The UPS.
        ups: &'a str,
        /// The variable.
        var: &'a str,
        /// Its value.
        value: &'a str,
    },
    /// `CMD ups cmd`
    Cmd {
        /// The UPS.
        ups: &'a str,
        /// The command.
        cmd: &'a str,
    },
    /// `ENUM ups var "value"`
    Enum {
        /// The UPS.
        ups: &'a str,
        /// The variable.
        var: &'a str,
        /// One value that it can have.
        value: &'a str,
    },
    /// `RANGE ups var "min" "max"`
    Range {
        /// The UPS.
        ups: &'a str,
        /// The variable.
        var: &'a str,
        /// Smallest value.
        min: &'a str,
        /// Largest value.
        max: &'a str,
    },
    /// `CLIENT ups address`
    Client {
        /// The UPS.
        ups: &'a str,
        /// Who is logged in.
        address: &'a str,
    },
    /// `NUMLOGINS ups n`
    NumLogins {
        /// The UPS.
        ups: &'a str,
        /// How many are logged in.
        count: u32,
    },
    /// `NUMATTACH ups n`
    NumAttach {
        /// The UPS.
        ups: &'a str,
        /// How many are logged in.
        count: u32,
    },
    /// `UPSDESC ups "text"`
    UpsDesc {
        /// The UPS.
        ups: &'a str,
        /// Its description.
        text: &'a str,
    },
    /// `TYPE ups var …`
    Type {
        /// The UPS.
        ups: &'a str,
        /// The variable.
        var: &'a str,
        /// What it is.
        flags: TypeFlags,
    },
    /// `DESC ups var "text"`
    Desc {
        /// The UPS.
        ups: &'a str,
        /// The variable.
        var: &'a str,
        /// What it means.
        text: &'a str,
    },
    /// `CMDDESC ups cmd "text"`
    CmdDesc {
        /// The UPS.
        ups: &'a str,
        /// The command.
        cmd: &'a str,
        /// What it does.
        text: &'a str,
    },
    /// `ON` or `OFF`, to GET TRACKING.
    Tracking {
        /// ON.
        on: bool,
    },
    /// `PENDING`, to GET TRACKING id.
    Pending,
    /// `SUCCESS`, to GET TRACKING id.
    Success,
    /// `WATCH VAR ups var "value"`; ours, pushed.
    WatchVar {
        /// The UPS.
        ups: &'a str,
        /// The variable: `ups.status`.
        var: &'a str,
        /// Its new value.
        value: &'a str,
    },
    /// `WATCH LOST ups token`; ours, pushed.
    WatchLost {
        /// The UPS.
        ups: &'a str,
        /// What GET VAR would answer.
        error: ErrorCode,
    },
    /// `WATCH ALIVE`; ours, pushed.
    WatchAlive,
    /// Any other line: the answers to VER, NETVER, PROTVER and HELP. One blank between words.
    Text(&'a str),
}

/// What GET TYPE says of a variable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct TypeFlags {
    /// `RW`: it can be changed.
    pub rw: bool,
    /// `ENUM`: it has a list of values.
    pub is_enum: bool,
    /// `RANGE`: it has ranges.
    pub is_range: bool,
    /// What it holds.
    pub kind: TypeKind,
}

/// What a variable holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum TypeKind {
    /// `NUMBER`, which is also what stands where nothing is known.
    #[default]
    Number,
    /// `STRING:n`: at most so many characters.
    String(u32),
}

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

    /// Whether the server pushed it, in answer to nothing.
    #[must_use]
    pub const fn is_pushed(&self) -> bool {
        matches!(self, Self::WatchVar { .. } | Self::WatchLost { .. } | Self::WatchAlive)
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

impl TypeFlags {
    fn parse(line: &Line, at: usize) -> Self {
        let mut flags = Self::default();
        for word in (at..line.len()).filter_map(|index| line.get(index)) {
            match word {
                "RW" => flags.rw = true,
                "ENUM" => flags.is_enum = true,
                "RANGE" => flags.is_range = true,
                _ => {
                    if let Some(length) = word.strip_prefix("STRING:") {
                        flags.kind = TypeKind::String(length.parse().unwrap_or_default());
                    }
                }
            }
        }
        flags
    }

    fn emit(self, out: &mut Vec<u8>) {
        for (set, word) in [(self.rw, " RW"), (self.is_enum, " ENUM"), (self.is_range, " RANGE")] {
            if set {
                out.extend_from_slice(word.as_bytes());
            }
        }
        match self.kind {
            TypeKind::Number => out.extend_from_slice(b" NUMBER"),
            // Writing to a Vec cannot fail.
            TypeKind::String(length) => drop(write!(out, " STRING:{length}")),
        }
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
