//! `ridethrough list`: the scenarios of a directory.

use super::{WRONG, said, surroundings};
use crate::language::{Scenario, load};
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
    let surroundings = surroundings();
    let (mut scenarios, mut wrong) = (Vec::new(), Vec::new());
    for file in files {
        match load(&file, &surroundings) {
            Ok(loaded) => scenarios.extend(loaded),
            Err(found) => wrong.push((file, found)),
        }
    }
    let code = if wrong.is_empty() { 0 } else { WRONG };
    let mut out = anstream::stdout().lock();
    if as_json {
        let broken = wrong.iter().map(|(file, found)| said::object(file, 0, std::slice::from_ref(found)));
        let all: Vec<_> = scenarios.iter().map(described).chain(broken).collect();
        serde_json::to_writer_pretty(&mut out, &all)?;
        writeln!(out)?;
        return Ok(code);
    }
    for (_, found) in &wrong {
        anstream::eprintln!("{}\n", found.render(true));
    }
    let width = scenarios.iter().map(|scenario| scenario.name.chars().count()).max().unwrap_or(0);
    let (dim, reset) = (anstyle::Style::new().dimmed(), anstyle::Reset);
    for scenario in &scenarios {
        writeln!(out, "{:width$}  {}  {dim}{}{reset}", scenario.name, scenario.title, scenario.tags.join(" "))?;
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
        "right": true,
        "title": scenario.title,
        "from": scenario.from,
        "about": scenario.about,
        "tags": scenario.tags,
        "ups": scenario.ups.len(),
        "hosts": scenario.hosts.len(),
    })
}
