//! The walk of ARCHITECTURE.md is what happens: a debugger lets the simulated home lab run from hop to
//! hop, and each function is reached after the one above it.

#![expect(clippy::expect_used, reason = "a test says what it needs")]

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// `path/from/the/root.rs::function`, as the document writes it.
struct Function {
    file: String,
    name: String,
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn architecture() -> String {
    fs::read_to_string(root().join("ARCHITECTURE.md")).expect("ARCHITECTURE.md is readable")
}

/// Every function that a text names between backticks.
fn functions(text: &str) -> Vec<Function> {
    text.split('`')
        .skip(1)
        .step_by(2)
        .filter_map(|code| code.split_once(".rs::"))
        .map(|(file, name)| Function { file: format!("{file}.rs"), name: name.to_owned() })
        .collect()
}

/// The last column of the walk's table: where each hop happens on the simulated rig.
fn hops(text: &str) -> Vec<Function> {
    let table = text.split("## One outage, hop by hop").nth(1).expect("the walk is there");
    table
        .lines()
        .skip_while(|line| !line.starts_with('|'))
        .take_while(|line| line.starts_with('|'))
        .skip(2)
        .map(|row| functions(row).pop().expect("a hop names its function"))
        .collect()
}

impl Function {
    /// The line on which it begins, in a file that has one function of this name.
    fn line(&self) -> Result<usize, String> {
        let text = fs::read_to_string(root().join(&self.file)).unwrap_or_default();
        let begins =
            |line: &&str| line.contains(&format!("fn {}(", self.name)) || line.contains(&format!("fn {}<", self.name));
        let found: Vec<usize> =
            text.lines().enumerate().filter(|(_, line)| begins(line)).map(|(at, _)| at + 1).collect();
        match found[..] {
            [line] => Ok(line),
            _ => Err(format!("{} has {} functions `{}`", self.file, found.len(), self.name)),
        }
    }
}

#[test]
fn every_function_that_the_document_names_is_there() {
    let wrong: Vec<String> = functions(&architecture()).iter().filter_map(|function| function.line().err()).collect();
    assert!(wrong.is_empty(), "ARCHITECTURE.md names what is not there: {wrong:#?}");
}

/// Runs the home lab under a debugger that stops at each line in turn, once the one before was reached.
#[expect(clippy::disallowed_methods, reason = "a whole run is what is looked at")]
fn run_from_stop_to_stop(stops: &[String]) -> std::io::Result<Output> {
    let mut script = String::from("set pagination off\nset debuginfod enabled off\n");
    for (nth, stop) in stops.iter().enumerate() {
        let go = if nth == 0 { "run" } else { "continue" };
        writeln!(script, "tbreak {stop}\n{go}").expect("a string takes what is written");
    }
    script.push_str("kill\n");
    let file = tempfile::NamedTempFile::new()?;
    fs::write(file.path(), script)?;
    Command::new("gdb")
        .args(["-nx", "-batch", "-x"])
        .arg(file.path())
        .args(["--args", env!("CARGO_BIN_EXE_ridethrough"), "run", "-q", "qnap-home-lab.yaml"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
}

#[test]
fn an_outage_passes_every_hop_of_the_walk_in_this_order() {
    if !cfg!(debug_assertions) {
        return println!("skipped: walk: an optimised program has not every function left");
    }
    let hops = hops(&architecture());
    assert!(hops.len() >= 20, "the walk has {} hops", hops.len());
    let stops: Vec<String> =
        hops.iter().map(|hop| format!("{}:{}", hop.file, hop.line().expect("the other test looks it up"))).collect();
    let Ok(output) = run_from_stop_to_stop(&stops) else {
        return println!("skipped: walk: gdb is not installed");
    };
    let said = String::from_utf8_lossy(&output.stdout);
    let complaints = String::from_utf8_lossy(&output.stderr);
    if complaints.contains("Operation not permitted") {
        return println!("skipped: walk: no process may be traced here");
    }
    // `Temporary breakpoint 7, …` is a stop; without the comma it is the setting of one.
    let stop = |line: &&str| {
        line.strip_prefix("Temporary breakpoint ")
            .is_some_and(|rest| rest.split(' ').next().unwrap_or_default().ends_with(','))
    };
    let reached = said.lines().filter(stop).count();
    let missed = hops.get(reached).map_or("none", |hop| hop.name.as_str());
    assert_eq!(reached, hops.len(), "hop {} ({missed}) is not reached:\n{said}\n{complaints}", reached + 1);
}
