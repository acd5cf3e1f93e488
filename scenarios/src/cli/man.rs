//! `ridethrough man`: the manual page of a program, from the declaration that its parser reads.
//!
//! `clap_mangen` writes its parts, but for two: a synopsis with what each option takes, and what
//! stands below the help. See man(7).

use super::programs::Program;
use clap::{Arg, ArgAction, Command};
use std::io::{self, Write};

/// Prints it: the command, then its options, or each of its verbs.
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
    synopsis(&page, &command, &mut out)?;
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
        synopsis(&page, verb, &mut sections)?;
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

/// The command line in short: each option with what it takes, then what stands behind the options. A
/// command that says its own usage is left to it.
fn synopsis(page: &clap_mangen::Man, command: &Command, out: &mut impl Write) -> io::Result<()> {
    if command.get_overridden_usage().is_some() {
        return page.render_synopsis_section(out);
    }
    let name = command.get_bin_name().unwrap_or_else(|| command.get_name());
    let shown = |arg: &&Arg| !arg.is_hide_set();
    let mut parts = vec![bold(name)];
    parts.extend(command.get_arguments().filter(|arg| !arg.is_positional()).filter(shown).map(part));
    parts.extend(command.get_positionals().filter(shown).map(part));
    if command.has_subcommands() {
        parts.push(italic("VERB"));
    }
    // A word of a command line is not taken apart, neither by hyphens nor between an option and its value.
    writeln!(out, ".SH SYNOPSIS\n.nh\n{}\n.hy", parts.join(" "))
}

/// One argument: `[--report KIND=FILE]...`.
fn part(arg: &Arg) -> String {
    let spellings: Vec<String> = arg
        .get_short()
        .map(|short| bold(&format!("-{short}")))
        .into_iter()
        .chain(arg.get_long().map(|long| bold(&format!("--{long}"))))
        .collect();
    let mut words = vec![spellings.join("|")];
    if arg.get_action().takes_values() {
        let values = arg.get_value_names().unwrap_or_default();
        words.extend(values.iter().map(|value| italic(value)));
    }
    words.retain(|word| !word.is_empty());
    let (open, close) = if arg.is_required_set() { ("", "") } else { ("[", "]") };
    let repeats = matches!(arg.get_action(), ArgAction::Append | ArgAction::Count);
    format!("{open}{}{close}{}", words.join("\\ "), if repeats { "..." } else { "" })
}

fn bold(text: &str) -> String {
    format!("\\fB{}\\fR", escaped(text))
}

fn italic(text: &str) -> String {
    format!("\\fI{}\\fR", escaped(text))
}

fn escaped(text: &str) -> String {
    text.replace('\\', "\\e").replace('-', "\\-")
}

/// What stands below a command's help, line for line as it stands there. A paragraph whose first line
/// ends with a colon begins a section.
fn below(command: &Command, level: &str, out: &mut impl Write) -> io::Result<()> {
    let Some(text) = command.get_after_help() else { return Ok(()) };
    let text = escaped(&text.to_string());
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
