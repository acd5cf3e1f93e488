//! `list` and `status`.

use super::Places;
use super::plan::Entry;
use crate::inquiry::Inquiry;
use daemon::pid_file;
use protocol::diagnostic::Diagnostics;
use std::io::Write;

/// What stands where there is nothing to say.
const NONE: &str = "N/A";

/// The names, one a line.
pub(super) fn list(entries: &[&Entry]) -> Result<bool, Diagnostics> {
    print(entries.iter().map(|entry| entry.ups.clone()))
}

/// One row for each UPS, with tabs between: what its PID file says, then what its socket says.
/// True when every driver answers.
pub(super) fn status(entries: &[&Entry], places: &Places) -> Result<bool, Diagnostics> {
    let header = "UPSNAME\tUPSDRV\tRUNNING\tPF_PID\tS_RESPONSIVE\tS_PID\tS_STATUS".to_owned();
    let rows: Vec<(String, bool)> = entries.iter().map(|entry| row(entry, places)).collect();
    let all_answer = rows.iter().all(|(_, answers)| *answers);
    print(std::iter::once(header).chain(rows.into_iter().map(|(row, _)| row))).map(|printed| printed && all_answer)
}

fn row(entry: &Entry, places: &Places) -> (String, bool) {
    let pid = pid_file::read(&places.pids.join(entry.pid_file())).ok();
    let is_running = pid.is_some_and(|pid| pid_file::is_running(pid, &entry.driver));
    let portrait = Inquiry::connect(&places.sockets.join(entry.socket())).and_then(Inquiry::portrait);
    let answers = portrait.is_ok();
    let portrait = portrait.unwrap_or_default();
    let columns = [
        entry.ups.clone(),
        entry.driver.clone(),
        if is_running { "RUNNING" } else { NONE }.to_owned(),
        pid.map_or_else(|| NONE.to_owned(), |pid| pid.to_string()),
        if answers { "RESPONSIVE" } else { "NOT_RESPONSIVE" }.to_owned(),
        portrait.process_id.map_or_else(|| NONE.to_owned(), |pid| pid.to_string()),
        portrait.status.map_or_else(|| NONE.to_owned(), |status| format!("\"{status}\"")),
    ];
    (columns.join("\t"), answers)
}

/// False when nobody takes the lines.
fn print(lines: impl Iterator<Item = String>) -> Result<bool, Diagnostics> {
    let mut out = std::io::stdout().lock();
    for line in lines {
        if writeln!(out, "{line}").is_err() {
            return Ok(false);
        }
    }
    Ok(out.flush().is_ok())
}
