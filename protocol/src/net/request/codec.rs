//! Reading requests and writing them.

use super::Request;
use crate::lexer::Line;
use crate::net::{ErrorCode, List, Verb};
use crate::text::{push_quoted, push_word};

impl<'a> Request<'a> {
    /// Reads a request.
    ///
    /// # Errors
    ///
    /// [`ErrorCode::UnknownCommand`] or [`ErrorCode::InvalidArgument`], as a server must answer.
    /// A server that asks for a user first looks at [`Verb::needs_user`] before the arguments.
    pub fn parse(line: &'a Line) -> Result<Self, ErrorCode> {
        let verb = line.get(0).and_then(Verb::parse).ok_or(ErrorCode::UnknownCommand)?;
        Self::parse_arguments(verb, line).ok_or(ErrorCode::InvalidArgument)
    }

    fn parse_arguments(verb: Verb, line: &'a Line) -> Option<Self> {
        let none = |request| (line.len() == 1).then_some(request);
        let one = || line.get(1).filter(|_| line.len() == 2);
        match verb {
            Verb::Ver => none(Self::Ver),
            Verb::NetVer => none(Self::NetVer),
            Verb::ProtVer => none(Self::ProtVer),
            Verb::Help => none(Self::Help),
            Verb::Logout => none(Self::Logout),
            Verb::Detach => none(Self::Detach),
            // NUT ignores its arguments.
            Verb::StartTls => Some(Self::StartTls),
            Verb::Username => one().map(Self::Username),
            Verb::Password => one().map(Self::Password),
            Verb::Login => one().map(|ups| Self::Login { ups }),
            Verb::Attach => one().map(|ups| Self::Attach { ups }),
            Verb::Primary => one().map(|ups| Self::Primary { ups }),
            Verb::Master => one().map(|ups| Self::Master { ups }),
            Verb::Fsd => one().map(|ups| Self::Fsd { ups }),
            Verb::Watch => one().map(|ups| Self::Watch { ups }),
            Verb::Get => Self::parse_get(line),
            Verb::List => List::parse(line, 1).map(Self::List),
            Verb::Set => Self::parse_set(line),
            Verb::Instcmd => {
                let (ups, cmd) = (line.get(1)?, line.get(2)?);
                // More than one parameter and NUT drops them all.
                Some(Self::Instcmd { ups, cmd, param: line.get(3).filter(|_| line.len() == 4) })
            }
        }
    }

    fn parse_get(line: &'a Line) -> Option<Self> {
        let what = line.get(1)?;
        let is = |word: &str| what.eq_ignore_ascii_case(word);
        if is("TRACKING") {
            return Some(Self::GetTracking { id: line.get(2) });
        }
        let ups = line.get(2)?;
        if is("NUMLOGINS") {
            return Some(Self::GetNumLogins { ups });
        } else if is("NUMATTACH") {
            return Some(Self::GetNumAttach { ups });
        } else if is("UPSDESC") {
            return Some(Self::GetUpsDesc { ups });
        }
        let name = line.get(3)?;
        if is("VAR") {
            Some(Self::GetVar { ups, var: name })
        } else if is("TYPE") {
            Some(Self::GetType { ups, var: name })
        } else if is("DESC") {
            Some(Self::GetDesc { ups, var: name })
        } else if is("CMDDESC") {
            Some(Self::GetCmdDesc { ups, cmd: name })
        } else {
            None
        }
    }

    fn parse_set(line: &'a Line) -> Option<Self> {
        let what = line.get(1)?;
        if what.eq_ignore_ascii_case("TRACKING") {
            let on = line.get(2)?;
            let is_on = on.eq_ignore_ascii_case("ON");
            return (is_on || on.eq_ignore_ascii_case("OFF")).then_some(Self::SetTracking { on: is_on });
        }
        let (ups, var, value) = (line.get(2)?, line.get(3)?, line.get(4)?);
        what.eq_ignore_ascii_case("VAR").then_some(Self::SetVar { ups, var, value })
    }

    /// Appends the request as one line, newline included.
    pub fn emit(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(self.verb().word().as_bytes());
        match *self {
            Self::Ver | Self::NetVer | Self::ProtVer | Self::Help | Self::StartTls | Self::Logout | Self::Detach => {}
            Self::Username(word) | Self::Password(word) => words(out, "", &[word]),
            Self::Login { ups }
            | Self::Attach { ups }
            | Self::Primary { ups }
            | Self::Master { ups }
            | Self::Fsd { ups }
            | Self::Watch { ups } => words(out, "", &[ups]),
            Self::GetNumLogins { ups } => words(out, " NUMLOGINS", &[ups]),
            Self::GetNumAttach { ups } => words(out, " NUMATTACH", &[ups]),
            Self::GetUpsDesc { ups } => words(out, " UPSDESC", &[ups]),
            Self::GetVar { ups, var } => words(out, " VAR", &[ups, var]),
            Self::GetType { ups, var } => words(out, " TYPE", &[ups, var]),
            Self::GetDesc { ups, var } => words(out, " DESC", &[ups, var]),
            Self::GetCmdDesc { ups, cmd } => words(out, " CMDDESC", &[ups, cmd]),
            Self::GetTracking { id } => words(out, " TRACKING", id.as_slice()),
            Self::List(list) => {
                out.push(b' ');
                list.emit(out);
            }
            Self::SetVar { ups, var, value } => {
                words(out, " VAR", &[ups, var]);
                out.push(b' ');
                push_quoted(value, out);
            }
            Self::SetTracking { on } => out.extend_from_slice(if on { b" TRACKING ON" } else { b" TRACKING OFF" }),
            Self::Instcmd { ups, cmd, param } => {
                words(out, "", &[ups, cmd]);
                words(out, "", param.as_slice());
            }
        }
        out.push(b'\n');
    }
}

/// Appends `head` and then each word after a blank.
fn words(out: &mut Vec<u8>, head: &str, words: &[&str]) {
    out.extend_from_slice(head.as_bytes());
    for word in words {
        out.push(b' ');
        push_word(word, out);
    }
}
