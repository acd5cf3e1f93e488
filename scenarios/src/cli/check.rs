//! `ridethrough check`: whether scenario files, and the configurations they use, are right.

mod configurations;

use super::{WRONG, load_all};
use crate::language::Scenario;
use crate::rigs::facts::Set;
use protocol::diagnostic::Diagnostics;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Says of each file whether it is right.
pub fn check(files: &[PathBuf]) -> io::Result<u8> {
    let mut out = anstream::stdout().lock();
    let mut code = 0;
    for file in files {
        let Some(scenarios) = load_all(std::slice::from_ref(file)) else {
            code = WRONG;
            continue;
        };
        match configurations(file, &scenarios) {
            None => code = WRONG,
            Some(warnings) => {
                let several =
                    if scenarios.len() == 1 { String::new() } else { format!(", {} scenarios", scenarios.len()) };
                let warned = match warnings {
                    0 => String::new(),
                    1 => ", 1 warning".to_owned(),
                    count => format!(", {count} warnings"),
                };
                writeln!(out, "{}: right{several}{warned}", file.display())?;
            }
        }
    }
    Ok(code)
}

/// Reviews the configurations of a file's scenarios (a matrix has several with the same ones): how
/// many warnings there are, or `None` where a daemon would not start.
fn configurations(file: &Path, scenarios: &[Scenario]) -> Option<usize> {
    let mut warnings = 0;
    let mut is_right = true;
    let mut before = Diagnostics::new();
    for scenario in scenarios {
        let found = match Set::read(scenario) {
            Ok(set) => configurations::review(scenario, &set),
            Err(error) => {
                is_right = false;
                anstream::eprintln!("{}: {error}", file.display());
                continue;
            }
        };
        is_right &= !found.has_errors();
        if !found.is_empty() && found != before {
            anstream::eprintln!("{}\n", found.render(true));
            warnings += found.iter().count();
            before = found;
        }
    }
    is_right.then_some(warnings)
}
