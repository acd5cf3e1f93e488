//! What was found, for another program: one object for each file.

use super::Findings;
use protocol::diagnostic::{Diagnostic, Diagnostics, Severity};
use serde_json::{Value, json};
use std::path::Path;

/// A file and everything that was found in it. `left_out` counts the messages beyond those that are kept.
pub fn object(file: &Path, findings: &Findings) -> Value {
    json!({
        "file": file.to_string_lossy(),
        "right": findings.is_right(),
        "scenarios": findings.scenarios,
        "diagnostics": findings.said.iter().flatten().map(diagnostic).collect::<Vec<_>>(),
        "left_out": findings.said.iter().map(Diagnostics::left_out).sum::<usize>(),
    })
}

/// `path`, `line` and `column` are null where a message has no place, `label` and `hint` where it has none.
fn diagnostic(said: &Diagnostic) -> Value {
    let place = said.location();
    json!({
        "severity": match said.severity {
            Severity::Warning => "warning",
            Severity::Error => "error",
        },
        "path": place.map(|place| place.path),
        "line": place.map(|place| place.line),
        "column": place.map(|place| place.column),
        "message": said.message,
        "label": said.label,
        "hint": said.hint,
    })
}
