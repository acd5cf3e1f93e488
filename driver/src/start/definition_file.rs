//! `dummy-ups` looks at its file before it leaves the terminal: a missing one ends the start, a
//! mistake in it is shown with its line.

use crate::DriverConfig;
use crate::dummy;
use protocol::diagnostic::{Diagnostic, Diagnostics, Severity};
use std::fs::File;
use std::io::Read;

/// Reads the file once, for the terminal's sake; the engine hears of it when it runs.
///
/// # Errors
///
/// The file cannot be read.
pub fn check_definition_file(config: &DriverConfig) -> Result<(), Diagnostics> {
    let path = dummy::file_of(config);
    let mut contents = Vec::new();
    let limit = u64::try_from(dummy::FILE_LIMIT).unwrap_or(u64::MAX) + 1;
    let read = File::open(&path).and_then(|file| file.take(limit).read_to_end(&mut contents));
    if let Err(error) = read {
        let message = format!("cannot read the definition file {path}: {error}");
        return Err(Diagnostic::unplaced(Severity::Error, message).into());
    }
    let found = dummy::check(config, &contents);
    if !found.is_empty() {
        eprintln!("{found}");
    }
    Ok(())
}
