//! `ridethrough schema`, `man`, `completions`: what the program says about itself.

use super::options::Options;
use crate::language::schema;
use clap::{Command, CommandFactory};
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
    let page = clap_mangen::Man::new(command.clone());
    page.render_title(&mut out)?;
    page.render_name_section(&mut out)?;
    page.render_synopsis_section(&mut out)?;
    page.render_description_section(&mut out)?;
    examples(&command, ".SH", &mut out)?;
    for verb in command.get_subcommands().filter(|verb| verb.get_name() != "help") {
        writeln!(out, ".SH {}", verb.get_name().to_uppercase())?;
        let mut sections = Vec::new();
        let page = clap_mangen::Man::new(verb.clone());
        page.render_description_section(&mut sections)?;
        page.render_synopsis_section(&mut sections)?;
        page.render_options_section(&mut sections)?;
        // A verb is a section of this page, and what would be its sections are parts of it.
        for line in String::from_utf8_lossy(&sections).lines() {
            match line.strip_prefix(".SH ") {
                Some("DESCRIPTION") => {}
                Some(section) => writeln!(out, ".SS {section}")?,
                None => writeln!(out, "{line}")?,
            }
        }
        examples(verb, ".SS", &mut out)?;
    }
    Ok(0)
}

/// What stands below a command's help, line for line as it stands there.
fn examples(command: &Command, level: &str, out: &mut impl Write) -> io::Result<()> {
    let Some(text) = command.get_after_help() else { return Ok(()) };
    let text = text.to_string().replace('\\', "\\e").replace('-', "\\-");
    let text = text.strip_prefix("Examples:\n").unwrap_or(&text);
    writeln!(out, "{level} EXAMPLES\n.nf\n{}\n.fi", text.trim_end())
}

/// Prints completions for a shell.
pub fn completions(shell: clap_complete::Shell) -> io::Result<u8> {
    clap_complete::generate(shell, &mut Options::command(), "ridethrough", &mut io::stdout().lock());
    Ok(0)
}
