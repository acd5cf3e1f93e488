//! `ridethrough schema`, `completions`: what the program says about itself, for other programs.

use super::programs::Program;
use crate::language::schema;
use std::io::{self, Write};

/// Prints the JSON Schema of scenario files.
pub fn schema() -> io::Result<u8> {
    let mut out = io::stdout().lock();
    serde_json::to_writer_pretty(&mut out, &schema::schema())?;
    writeln!(out)?;
    Ok(0)
}

/// Prints a program's completions for a shell.
pub fn completions(shell: clap_complete::Shell, program: Program) -> io::Result<u8> {
    let mut command = program.command();
    let name = command.get_name().to_owned();
    clap_complete::generate(shell, &mut command, name, &mut io::stdout().lock());
    Ok(0)
}
