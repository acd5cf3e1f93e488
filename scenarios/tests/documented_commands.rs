//! Every command line that a document or a help text shows is one that its program takes.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use clap::error::ErrorKind;
use clap::{Command, ValueEnum};
use scenarios::cli::programs::Program;
use scenarios::host::command::commands;
use std::fs;
use std::path::{Path, PathBuf};

/// A piece of text that shows commands, and where it stands.
struct Shown {
    by: String,
    text: String,
}

fn documents() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut found: Vec<PathBuf> = ["", "docs", "emulator/devices"]
        .iter()
        .flat_map(|folder| fs::read_dir(root.join(folder)).unwrap())
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "md"))
        // It names flags, not commands.
        .filter(|path| !path.ends_with("CHANGELOG.md"))
        .collect();
    found.sort();
    found
}

/// The lines of fenced blocks without a language, and what stands between backticks elsewhere.
fn of_document(path: &Path) -> Vec<Shown> {
    let by = path.file_name().unwrap().to_string_lossy().into_owned();
    let mut shown = Vec::new();
    let mut fence: Option<bool> = None;
    for line in fs::read_to_string(path).unwrap().lines() {
        if let Some(language) = line.trim_start().strip_prefix("```") {
            fence = fence.is_none().then_some(language.is_empty());
            continue;
        }
        match fence {
            Some(true) => shown.push(line.split(" #").next().unwrap().trim().to_owned()),
            Some(false) => {}
            None => shown.extend(line.split('`').skip(1).step_by(2).map(|span| span.replace("\\|", "|"))),
        }
    }
    shown.into_iter().map(|text| Shown { by: by.clone(), text }).collect()
}

/// The examples below the help of a program or of one of its verbs.
fn of_help(mut command: Command, shown: &mut Vec<Shown>) {
    let by = format!("{} --help", command.get_name());
    let help = command.render_long_help().to_string();
    let examples = help.split_once("\nExamples:\n").map_or("", |(_, examples)| examples);
    let lines = examples.lines().map_while(|line| line.strip_prefix("  "));
    shown.extend(lines.map(|line| Shown { by: by.clone(), text: line.split("  ").next().unwrap().to_owned() }));
    for verb in command.get_subcommands().filter(|verb| verb.get_name() != "help") {
        of_help(verb.clone(), shown);
    }
}

fn program(word: &str) -> Option<Command> {
    let name = word.rsplit('/').next().unwrap();
    Program::value_variants().iter().map(|program| program.command()).find(|command| command.get_name() == name)
}

/// What is wrong with a command, if it is one of ours and says more than names.
fn mistake(words: &[String]) -> Option<Result<(), String>> {
    let words: Vec<&String> = words.iter().skip_while(|word| word.contains('=')).collect();
    let command = program(words.first()?)?;
    let verb = words.get(1).filter(|word| command.find_subcommand(word.as_str()).is_some());
    if words.len() == 1 + usize::from(verb.is_some()) {
        return None;
    }
    let words = words.into_iter().take_while(|word| *word != ">");
    Some(match command.try_get_matches_from(words) {
        Ok(_) => Ok(()),
        Err(error) if matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion) => Ok(()),
        Err(error) => Err(error.to_string()),
    })
}

#[test]
fn every_command_line_that_is_shown_is_one_that_its_program_takes() {
    let mut shown: Vec<Shown> = documents().iter().flat_map(|path| of_document(path)).collect();
    for program in Program::value_variants() {
        let mut command = program.command();
        command.build();
        of_help(command, &mut shown);
    }
    let mut looked_at = 0;
    let mut wrong = Vec::new();
    for Shown { by, text } in &shown {
        for found in commands(text).iter().filter_map(|words| mistake(words)) {
            looked_at += 1;
            wrong.extend(found.err().map(|error| format!("{by}: {text}\n{error}")));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(looked_at > 40, "{looked_at} command lines were found");
}
