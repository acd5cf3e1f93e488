//! The lines a driver says, written straight into a buffer.
//!
//! They are `protocol::driver_socket::FromDriver`'s lines; a test holds the two against each other.

use super::variables::Variable;
use std::fmt::Write as _;

/// Everything about one variable, in the order in which `upsd` learns it after `DUMPALL`.
pub(super) fn variable(line: &mut String, variable: &Variable) {
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
    if variable.flags != super::Flags::NONE {
        setflags(line, variable);
    }
}

pub(super) fn setinfo(line: &mut String, variable: &Variable) {
    valued(line, "SETINFO", &variable.name, &variable.value);
}

pub(super) fn setaux(line: &mut String, variable: &Variable) {
    let _ = writeln!(line, "SETAUX {} {}", variable.name, variable.aux);
}

pub(super) fn setflags(line: &mut String, variable: &Variable) {
    line.push_str("SETFLAGS ");
    line.push_str(&variable.name);
    for (word, is_set) in [
        (" RW", variable.flags.writable),
        (" STRING", variable.flags.string),
        (" NUMBER", variable.flags.number),
    ] {
        if is_set {
            line.push_str(word);
        }
    }
    line.push('\n');
}

/// `VERB name`.
pub(super) fn one(line: &mut String, verb: &str, name: &str) {
    let _ = writeln!(line, "{verb} {name}");
}

/// `VERB name "value"`, the value escaped.
pub(super) fn valued(line: &mut String, verb: &str, name: &str, value: &str) {
    line.push_str(verb);
    line.push(' ');
    line.push_str(name);
    line.push_str(" \"");
    for c in value.chars() {
        if matches!(c, '"' | '\\' | '#') {
            line.push('\\');
        }
        line.push(c);
    }
    line.push_str("\"\n");
}

/// `VERB name low high`.
pub(super) fn range(line: &mut String, verb: &str, name: &str, (low, high): (i64, i64)) {
    let _ = writeln!(line, "{verb} {name} {low} {high}");
}
