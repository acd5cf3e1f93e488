//! `ridethrough list`: the scenarios of a directory.

use super::{WRONG, load_all};
use crate::language::Scenario;
use serde_json::json;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Lists them, by name.
pub fn list(directory: &Path, as_json: bool) -> io::Result<u8> {
    let mut files: Vec<PathBuf> = match std::fs::read_dir(directory) {
        Ok(entries) => {
            entries.filter_map(|entry| entry.ok().map(|entry| entry.path())).filter(|path| is_scenario(path)).collect()
        }
        Err(error) => {
            anstream::eprintln!("{}: {error}", directory.display());
            return Ok(WRONG);
        }
    };
    files.sort();
    let mut code = 0;
    let mut scenarios = Vec::new();
    for file in files {
        match load_all(std::slice::from_ref(&file)) {
            Some(loaded) => scenarios.extend(loaded),
            None => code = WRONG,
        }
    }
    let mut out = anstream::stdout().lock();
    if as_json {
        let all: Vec<_> = scenarios.iter().map(described).collect();
        serde_json::to_writer_pretty(&mut out, &all)?;
        writeln!(out)?;
    } else {
        let width = scenarios.iter().map(|scenario| scenario.name.chars().count()).max().unwrap_or(0);
        let (dim, reset) = (anstyle::Style::new().dimmed(), anstyle::Reset);
        for scenario in &scenarios {
            writeln!(out, "{:width$}  {}  {dim}{}{reset}", scenario.name, scenario.title, scenario.tags.join(" "))?;
        }
    }
    Ok(code)
}

fn is_scenario(path: &Path) -> bool {
    path.is_file() && path.extension().is_some_and(|extension| extension == "yaml" || extension == "yml")
}

fn described(scenario: &Scenario) -> serde_json::Value {
    json!({
        "name": scenario.name,
        "file": scenario.path,
        "title": scenario.title,
        "from": scenario.from,
        "tags": scenario.tags,
        "ups": scenario.ups.len(),
        "hosts": scenario.hosts.len(),
    })
}
