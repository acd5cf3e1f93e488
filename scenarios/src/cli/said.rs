//! What was found in a file, for another program: one object for each file.

use protocol::diagnostic::{Diagnostic, Diagnostics, Severity};
use serde_json::{Value, json};
use std::path::Path;

/// A file, how many scenarios it has, and everything that was found in it. `left_out` counts the
/// messages beyond those that are kept.
pub fn object(file: &Path, scenarios: usize, said: &[Diagnostics]) -> Value {
    json!({
        "file": file.to_string_lossy(),
        "right": !said.iter().any(Diagnostics::has_errors),
        "scenarios": scenarios,
        "diagnostics": said.iter().flatten().map(diagnostic).collect::<Vec<_>>(),
        "left_out": said.iter().map(Diagnostics::left_out).sum::<usize>(),
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
