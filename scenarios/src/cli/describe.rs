//! `ridethrough schema`, `man`, `completions`: what the program says about itself.

use super::programs::Program;
use crate::language::schema;
use clap::Command;
use std::io::{self, Write};

/// Prints the JSON Schema of scenario files.
pub fn schema() -> io::Result<u8> {
    let mut out = io::stdout().lock();
    serde_json::to_writer_pretty(&mut out, &schema::schema())?;
    writeln!(out)?;
    Ok(0)
}

/// Prints a program's manual page: the command, then its options, or each of its verbs.
pub fn man(program: Program) -> io::Result<u8> {
    let mut out = io::stdout().lock();
    let mut command = program.command();
    // What it calls itself elsewhere may be several words.
    let name = command.get_name().to_owned();
    command = command.display_name(name);
    command.build();
    let page = clap_mangen::Man::new(command.clone())
        .section(program.section())
        .source(concat!("ridethrough ", env!("CARGO_PKG_VERSION")));
    page.render_title(&mut out)?;
    page.render_name_section(&mut out)?;
    page.render_synopsis_section(&mut out)?;
    page.render_description_section(&mut out)?;
    if !command.has_subcommands() {
        page.render_options_section(&mut out)?;
    }
    below(&command, ".SH", &mut out)?;
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
        below(verb, ".SS", &mut out)?;
    }
    Ok(0)
}

/// What stands below a command's help, line for line as it stands there. A paragraph whose first line
/// ends with a colon begins a section.
fn below(command: &Command, level: &str, out: &mut impl Write) -> io::Result<()> {
    let Some(text) = command.get_after_help() else { return Ok(()) };
    let text = text.to_string().replace('\\', "\\e").replace('-', "\\-");
    let mut begun = false;
    for paragraph in text.trim_end().split("\n\n") {
        let (first, rest) = paragraph.split_once('\n').unwrap_or((paragraph, ""));
        let heading = first.strip_suffix(':').filter(|_| !rest.is_empty());
        match heading.and_then(|heading| heading.split(',').next()) {
            Some(heading) => {
                let end = if begun { ".fi\n" } else { "" };
                writeln!(out, "{end}{level} {}\n.nf\n{rest}", heading.to_uppercase())?;
                begun = true;
            }
            None => writeln!(out, "\n{paragraph}")?,
        }
    }
    writeln!(out, ".fi")
}

/// Prints a program's completions for a shell.
pub fn completions(shell: clap_complete::Shell, program: Program) -> io::Result<u8> {
    let mut command = program.command();
    let name = command.get_name().to_owned();
    clap_complete::generate(shell, &mut command, name, &mut io::stdout().lock());
    Ok(0)
}
