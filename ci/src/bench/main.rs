//! `ci/bench`: ours and the peer alternately in one run, as medians of pairwise ratios.
//!
//! Wall time is noisy where this runs, so every figure stands beside the peer's from the same
//! minute, and nothing here is a gate. The peer is Debian's NUT; without it only ours is printed.

mod commit;
mod detection;
#[path = "../../../monitor/tests/limits/mod.rs"]
mod limits;
mod list_var;
mod memory;
mod outage;
mod pairs;
mod simulation;
mod stack;

use std::process::ExitCode;

use stack::Stack;

/// Measures the stacks given and returns a table to print.
type Table = fn(&[Stack]) -> std::io::Result<String>;

/// The tables, by the names that choose some of them.
const TABLES: [(&str, Table); 5] = [
    ("simulation", simulation::table),
    ("list-var", list_var::table),
    ("detection", detection::table),
    ("commit", commit::table),
    ("memory", memory::table),
];

fn main() -> ExitCode {
    let peers = if Stack::Nut.is_installed() {
        vec![Stack::Ours, Stack::Nut]
    } else {
        println!("Debian's nut-server is not installed: ours alone\n");
        vec![Stack::Ours]
    };
    let wanted: Vec<String> = std::env::args().skip(1).collect();
    if let Some(unknown) = wanted.iter().find(|name| TABLES.iter().all(|(table, _)| table != name)) {
        let known = TABLES.map(|(name, _)| name).join(", ");
        eprintln!("error: no table is called \"{unknown}\"; there are {known}");
        return ExitCode::from(2);
    }
    let mut code = ExitCode::SUCCESS;
    for (_, table) in TABLES.iter().filter(|(name, _)| wanted.is_empty() || wanted.iter().any(|wish| wish == name)) {
        match table(&peers) {
            Ok(text) => println!("{text}"),
            Err(error) => {
                eprintln!("error: {error}");
                code = ExitCode::FAILURE;
            }
        }
    }
    code
}
