//! A dummy's file, read into instructions.
//!
//! ```text
//! line = variable ":" value           value: words, one blank between each two; none takes it away
//!      | "TIMER" seconds              wait before the next line
//!      | "ALARM" [text]               raise an alarm, or end it
//! ```
//!
//! The words are those of NUT's lexer: quotes keep blanks together, `#` begins a comment. A line
//! that is neither is reported and left out; the others count.

use super::{VARIABLES_LIMIT, known};
use crate::Publisher;
use crate::publisher::Slot;
use protocol::diagnostic::{Diagnostic, Diagnostics, Source};
use protocol::lexer::{Line, LineReader, Word};
use protocol::names::VarName;
use std::ops::Range;
use std::time::Duration;

/// Longest file that is played.
pub const FILE_LIMIT: usize = 1 << 20;

/// Most lines of a file that count.
pub const INSTRUCTIONS_LIMIT: usize = 1 << 16;

/// One thing that the file says.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Instruction {
    /// `variable: value`; an empty value takes the variable away.
    Set { slot: Slot, value: String },
    /// `TIMER seconds`.
    Timer(Duration),
    /// `ALARM text`; an empty text ends the alarm.
    Alarm(String),
}

/// A whole file.
#[derive(Debug, Default)]
pub(super) struct Definition {
    pub instructions: Vec<Instruction>,
}

/// What is wrong with a line: where, what, and what to do about it.
struct Fault {
    span: Range<usize>,
    message: String,
    hint: Option<&'static str>,
}

impl Definition {
    /// Reads a file. The slots of its variables are made, and described, on the way.
    pub fn parse(path: &str, contents: &[u8], publisher: &mut Publisher) -> (Self, Diagnostics) {
        let mut definition = Self::default();
        let mut faults = Vec::new();
        let cut = &contents[..contents.len().min(FILE_LIMIT)];
        let mut reader = LineReader::new();
        let mut input = cut;
        while let Some(line) = reader.next_line(&mut input) {
            definition.take(line, publisher, &mut faults);
        }
        if let Some(line) = reader.last_line() {
            definition.take(line, publisher, &mut faults);
        }
        if cut.len() < contents.len() {
            let message = format!("file longer than {FILE_LIMIT} bytes, the rest is left out");
            faults.push(Fault { span: cut.len()..cut.len(), message, hint: None });
        }
        (definition, located(path, cut, faults))
    }

    /// Whether the file says anything about this variable.
    pub fn sets(&self, slot: Slot) -> bool {
        self.instructions
            .iter()
            .any(|instruction| matches!(instruction, Instruction::Set { slot: set, .. } if *set == slot))
    }

    fn take(&mut self, line: &Line, publisher: &mut Publisher, faults: &mut Vec<Fault>) {
        if self.instructions.len() == INSTRUCTIONS_LIMIT {
            return;
        }
        match instruction(line, publisher) {
            Ok(Some(instruction)) => self.instructions.push(instruction),
            Ok(None) => {}
            Err(fault) => faults.push(fault),
        }
        if self.instructions.len() == INSTRUCTIONS_LIMIT {
            let message = format!("more than {INSTRUCTIONS_LIMIT} lines, the rest is left out");
            faults.push(Fault { span: line.span(), message, hint: None });
        }
    }
}

fn instruction(line: &Line, publisher: &mut Publisher) -> Result<Option<Instruction>, Fault> {
    let Some(first) = line.word(0) else { return Ok(None) };
    if let Some(place) = line.flaws().open_quote.or(line.flaws().broken_quote) {
        return fault(place..place + 1, "this quote does not end on its line", Some("close it with another `\"`"));
    }
    match first.text {
        "TIMER" => timer(line, &first).map(Some),
        "ALARM" => Ok(Some(Instruction::Alarm(line.rest(1).to_owned()))),
        _ => assignment(line, &first, publisher),
    }
}

fn timer(line: &Line, first: &Word<'_>) -> Result<Instruction, Fault> {
    let Some(seconds) = line.word(1) else {
        return fault(first.span.clone(), "TIMER without a number of seconds", Some("write `TIMER 60`"));
    };
    match seconds.text.parse::<u32>() {
        Ok(seconds) => Ok(Instruction::Timer(Duration::from_secs(u64::from(seconds)))),
        Err(_) => fault(
            seconds.span,
            format!("`{}` is not a whole number of seconds", seconds.text),
            Some("write `TIMER 60`"),
        ),
    }
}

fn assignment(line: &Line, first: &Word<'_>, publisher: &mut Publisher) -> Result<Option<Instruction>, Fault> {
    let (name, value) = match (first.text.split_once(':'), line.get(1)) {
        (Some((name, "")), _) => (name, line.rest(1).to_owned()),
        (Some((name, start)), None) => (name, start.to_owned()),
        (Some((name, start)), Some(_)) => (name, format!("{start} {}", line.rest(1))),
        (None, Some(second)) if second.starts_with(':') => (first.text, line.rest(1)[1..].trim_start().to_owned()),
        (None, _) => {
            return fault(
                first.span.clone(),
                format!("no `:` after `{}`", first.text),
                Some("a line is `variable: value`, `TIMER seconds` or `ALARM text`"),
            );
        }
    };
    // A dump of another driver's UPS tells about that driver; this one speaks for itself.
    if name.get(..7).is_some_and(|start| start.eq_ignore_ascii_case("driver.")) {
        return Ok(None);
    }
    if let Err(error) = VarName::new(name) {
        return fault(first.span.clone(), format!("`{name}` cannot name a variable: {error}"), None);
    }
    if publisher.find(name).is_none() && publisher.known() >= VARIABLES_LIMIT {
        return fault(first.span.clone(), format!("more than {VARIABLES_LIMIT} variables"), None);
    }
    let slot = publisher.slot(name);
    let (flags, longest) = known::describe(name);
    publisher.set_flags(slot, flags);
    publisher.set_aux(slot, longest);
    Ok(Some(Instruction::Set { slot, value }))
}

fn fault<T>(span: Range<usize>, message: impl Into<String>, hint: Option<&'static str>) -> Result<T, Fault> {
    Err(Fault { span, message: message.into(), hint })
}

/// The faults as messages about the file. Its content is copied only when there are any.
fn located(path: &str, contents: &[u8], faults: Vec<Fault>) -> Diagnostics {
    if faults.is_empty() {
        return Diagnostics::new();
    }
    let source = Source::new(path, contents);
    let locate = |fault: Fault| {
        let diagnostic = Diagnostic::warning(&source, fault.span, fault.message).label("left out");
        match fault.hint {
            Some(hint) => diagnostic.hint(hint),
            None => diagnostic,
        }
    };
    faults.into_iter().map(locate).collect()
}
