//! `ridethrough check`: whether scenario files, and the configurations they use, are right.

use super::{WRONG, load_all};
use crate::rigs::facts::Set;
use std::io::{self, Write};
use std::path::PathBuf;

/// Says of each file whether it is right.
pub fn check(files: &[PathBuf]) -> io::Result<u8> {
    let mut out = anstream::stdout().lock();
    let mut code = 0;
    for file in files {
        let Some(scenarios) = load_all(std::slice::from_ref(file)) else {
            code = WRONG;
            continue;
        };
        let mut right = 0;
        for scenario in &scenarios {
            match Set::read(scenario) {
                Ok(_) => right += 1,
                Err(error) => {
                    code = WRONG;
                    anstream::eprintln!("{}: {error}", file.display());
                }
            }
        }
        if right == scenarios.len() {
            let count = if right == 1 { String::new() } else { format!(", {right} scenarios") };
            writeln!(out, "{}: right{count}", file.display())?;
        }
    }
    Ok(code)
}
