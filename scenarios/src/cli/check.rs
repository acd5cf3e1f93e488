//! `ridethrough check`: whether scenario files, and the configurations they use, are right.

mod configurations;
mod delays;
mod late_wait;
mod monitors;
mod secondaries;

use super::{WRONG, said, surroundings};
use crate::language::load;
use crate::rigs::RigError;
use crate::rigs::facts::Set;
use protocol::diagnostic::{Diagnostic, Diagnostics, Severity};
use std::fmt;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Says of each file whether it is right.
pub fn check(files: &[PathBuf], as_json: bool) -> io::Result<u8> {
    let mut out = anstream::stdout().lock();
    let mut code = 0;
    for file in files {
        let findings = Findings::of(file);
        if !findings.is_right() {
            code = WRONG;
        }
        if as_json {
            serde_json::to_writer(&mut out, &said::object(file, findings.scenarios, &findings.said))?;
            writeln!(out)?;
            continue;
        }
        for said in &findings.said {
            anstream::eprintln!("{}\n", said.render(true));
        }
        if findings.is_right() {
            writeln!(out, "{}: {findings}", file.display())?;
        }
    }
    Ok(code)
}

/// What was found in one file and in the configurations of its scenarios.
struct Findings {
    scenarios: usize,
    /// Of the file, else of each scenario's configurations; a matrix has several with the same ones.
    said: Vec<Diagnostics>,
}

impl Findings {
    fn of(file: &Path) -> Self {
        let scenarios = match load(file, &surroundings()) {
            Ok(scenarios) => scenarios,
            Err(said) => return Self { scenarios: 0, said: vec![said] },
        };
        let mut findings = Self { scenarios: scenarios.len(), said: Vec::new() };
        for scenario in &scenarios {
            let said = match Set::read(scenario) {
                Ok(set) => configurations::review(scenario, &set),
                Err(RigError::Configuration(said) | RigError::Device(said)) => said,
                Err(other) => Diagnostic::unplaced(Severity::Error, other.to_string()).into(),
            };
            if !said.is_empty() && findings.said.last() != Some(&said) {
                findings.said.push(said);
            }
        }
        findings
    }

    /// Whether every daemon would start.
    fn is_right(&self) -> bool {
        !self.said.iter().any(Diagnostics::has_errors)
    }
}

/// Of a file that is right, what else there is to say of it.
impl fmt::Display for Findings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("right")?;
        if self.scenarios != 1 {
            write!(f, ", {} scenarios", self.scenarios)?;
        }
        match self.said.iter().map(|said| said.iter().count()).sum() {
            0 => Ok(()),
            1 => f.write_str(", 1 warning"),
            count => write!(f, ", {count} warnings"),
        }
    }
}
