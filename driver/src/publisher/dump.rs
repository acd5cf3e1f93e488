//! The lines a driver says, written straight into a buffer.
//!
//! They are `protocol::driver_socket::FromDriver`'s lines; a test holds the two against each other.

use super::Flags;
use super::variables::Variable;
use protocol::text::{push_quoted, push_word};
use std::io::Write as _;

/// Everything about one variable, in the order in which `upsd` learns it after `DUMPALL`.
pub(super) fn variable(line: &mut Vec<u8>, variable: &Variable) {
    setinfo(line, variable);
    for choice in &variable.choices {
        valued(line, "ADDENUM", &variable.name, choice);
    }
    for &limits in &variable.ranges {
        range(line, "ADDRANGE", &variable.name, limits);
    }
    if variable.aux > 0 {
        setaux(line, variable);
    }
    if variable.flags != Flags::NONE {
        setflags(line, variable);
    }
}

pub(super) fn setinfo(line: &mut Vec<u8>, variable: &Variable) {
    valued(line, "SETINFO", &variable.name, &variable.value);
}

pub(super) fn setaux(line: &mut Vec<u8>, variable: &Variable) {
    begin(line, "SETAUX", &variable.name);
    end(line, format_args!(" {}", variable.aux));
}

pub(super) fn setflags(line: &mut Vec<u8>, variable: &Variable) {
    begin(line, "SETFLAGS", &variable.name);
    let Flags { writable, string, number } = variable.flags;
    for (word, is_set) in [(" RW", writable), (" STRING", string), (" NUMBER", number)] {
        if is_set {
            line.extend_from_slice(word.as_bytes());
        }
    }
    line.push(b'\n');
}

/// `VERB name`.
pub(super) fn one(line: &mut Vec<u8>, verb: &str, name: &str) {
    begin(line, verb, name);
    line.push(b'\n');
}

/// `VERB name "value"`, the value escaped.
pub(super) fn valued(line: &mut Vec<u8>, verb: &str, name: &str, value: &str) {
    begin(line, verb, name);
    line.push(b' ');
    push_quoted(value, line);
    line.push(b'\n');
}

/// `VERB name low high`.
pub(super) fn range(line: &mut Vec<u8>, verb: &str, name: &str, (low, high): (i64, i64)) {
    begin(line, verb, name);
    end(line, format_args!(" {low} {high}"));
}

/// `TRACKING id outcome`.
pub(super) fn tracking(line: &mut Vec<u8>, id: &str, outcome: u8) {
    begin(line, "TRACKING", id);
    end(line, format_args!(" {outcome}"));
}

/// `PID number`.
pub(super) fn pid(line: &mut Vec<u8>, pid: u32) {
    line.extend_from_slice(b"PID");
    end(line, format_args!(" {pid}"));
}

fn begin(line: &mut Vec<u8>, verb: &str, name: &str) {
    line.extend_from_slice(verb.as_bytes());
    line.push(b' ');
    push_word(name, line);
}

fn end(line: &mut Vec<u8>, rest: std::fmt::Arguments<'_>) {
    // Writing to a Vec cannot fail.
    let _ = line.write_fmt(rest);
    line.push(b'\n');
}
