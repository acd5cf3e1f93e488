//! `ci/bench`: ours and the peer alternately in one run, as medians of pairwise ratios.
//!
//! Wall time is noisy where this runs, so every figure stands beside the peer's from the same
//! minute, and nothing here is a gate. The peer is Debian's NUT; without it only ours is printed.

mod detection;
mod list_var;
mod memory;
mod pairs;
mod simulation;
mod stack;

use std::process::ExitCode;

use stack::Stack;

/// Measures the stacks given and returns a table to print.
type Table = fn(&[Stack]) -> std::io::Result<String>;

fn main() -> ExitCode {
    let peers = if Stack::Nut.is_installed() {
        vec![Stack::Ours, Stack::Nut]
    } else {
        println!("Debian's nut-server is not installed: ours alone\n");
        vec![Stack::Ours]
    };
    let tables: [Table; 4] = [simulation::table, list_var::table, detection::table, memory::table];
    let mut code = ExitCode::SUCCESS;
    for table in tables {
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
