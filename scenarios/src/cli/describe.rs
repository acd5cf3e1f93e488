//! `ridethrough schema`, `man`, `completions`: what the program says about itself.

use super::options::Options;
use crate::language::schema;
use clap::CommandFactory;
use std::io::{self, Write};

/// Prints the JSON Schema of scenario files.
pub fn schema() -> io::Result<u8> {
    let mut out = io::stdout().lock();
    serde_json::to_writer_pretty(&mut out, &schema::schema())?;
    writeln!(out)?;
    Ok(0)
}

/// Prints the manual page: the command, then each of its verbs.
pub fn man() -> io::Result<u8> {
    let mut out = io::stdout().lock();
    let mut command = Options::command();
    command.build();
    clap_mangen::Man::new(command.clone()).render(&mut out)?;
    for verb in command.get_subcommands().filter(|verb| verb.get_name() != "help") {
        writeln!(out, ".SH {}", verb.get_name().to_uppercase())?;
        let page = clap_mangen::Man::new(verb.clone());
        page.render_synopsis_section(&mut out)?;
        page.render_description_section(&mut out)?;
        page.render_options_section(&mut out)?;
    }
    Ok(0)
}

/// Prints completions for a shell.
pub fn completions(shell: clap_complete::Shell) -> io::Result<u8> {
    clap_complete::generate(shell, &mut Options::command(), "ridethrough", &mut io::stdout().lock());
    Ok(0)
}
