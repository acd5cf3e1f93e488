//! A journal as JSON Lines: one record a line, read and written.

use super::record::Record;
use std::io::{self, BufRead, Write};

/// The longest line that is read back: a run's header with many hosts is the largest.
const LONGEST_LINE: usize = 4 * 1024 * 1024;

/// What the line of verdicts that a report puts after a journal calls itself.
pub const VERDICTS: &str = "verdicts";

/// Why a journal could not be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The file could not be read.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// A line is not a record.
    #[error("line {line} is not a record: {reason}")]
    Line {
        /// Which line, from 1.
        line: usize,
        /// What is wrong with it.
        reason: serde_json::Error,
    },
    /// A line is longer than any record.
    #[error("line {line} is longer than {LONGEST_LINE} bytes")]
    TooLong {
        /// Which line, from 1.
        line: usize,
    },
}

/// Writes records, one a line.
///
/// # Errors
/// What the writer says.
pub fn write(mut to: impl Write, records: &[Record]) -> io::Result<()> {
    for record in records {
        serde_json::to_writer(&mut to, record)?;
        to.write_all(b"\n")?;
    }
    Ok(())
}

/// Reads records, one a line; empty lines, and the verdicts that a report adds, are passed over.
///
/// # Errors
/// The first line that is not a record.
pub fn read(mut from: impl BufRead) -> Result<Vec<Record>, ReadError> {
    let mut records = Vec::new();
    let mut line = Vec::new();
    for number in 1.. {
        line.clear();
        let limit = u64::try_from(LONGEST_LINE).unwrap_or(u64::MAX).saturating_add(1);
        if io::Read::take(&mut from, limit).read_until(b'\n', &mut line)? == 0 {
            break;
        }
        if line.len() > LONGEST_LINE {
            return Err(ReadError::TooLong { line: number });
        }
        if line.trim_ascii().is_empty() {
            continue;
        }
        match serde_json::from_slice(&line) {
            Ok(record) => records.push(record),
            Err(_) if is_verdicts(&line) => {}
            Err(reason) => return Err(ReadError::Line { line: number, reason }),
        }
    }
    Ok(records)
}

fn is_verdicts(line: &[u8]) -> bool {
    serde_json::from_slice::<serde_json::Value>(line)
        .is_ok_and(|value| value.get("what").is_some_and(|what| what == VERDICTS))
}
