//! A file's lines of words, and what NUT would pass over in silence.

use super::{Item, MAX_FILE, Vital};
use crate::diagnostic::{Diagnostic, Diagnostics, Source};
use crate::lexer::{Line, LineReader, MAX_FILE_WORD, MAX_FILE_WORDS};

/// The words of one line; at least one.
pub(super) type Words = Vec<Item>;

/// Reads a whole file. Lines without words are left out.
pub(super) fn read(source: &Source, vital: Vital) -> (Vec<Words>, Diagnostics) {
    let mut lines = Vec::new();
    let mut diagnostics = Diagnostics::new();
    let mut input = source.bytes();
    if input.len() > MAX_FILE {
        let message = format!("configuration file of {} bytes", input.len());
        diagnostics.push(Diagnostic::error(source, MAX_FILE..MAX_FILE, message).hint(format!("at most {MAX_FILE}")));
        return (lines, diagnostics);
    }
    let mut reader = LineReader::of_file();
    let mut take = |line: &Line| {
        check(source, line, vital, &mut diagnostics);
        if !line.is_empty() {
            lines.push(line.words().map(Item::from).collect());
        }
    };
    while let Some(line) = reader.next_line(&mut input) {
        take(line);
    }
    if let Some(line) = reader.last_line() {
        take(line);
    }
    (lines, diagnostics)
}

fn check(source: &Source, line: &Line, vital: Vital, diagnostics: &mut Diagnostics) {
    let flaws = line.flaws();
    let warning = |place: usize, message: String| Diagnostic::warning(source, place..place + 1, message);
    if let Some(place) = flaws.open_quote {
        diagnostics.push(
            Diagnostic::error(source, place..place + 1, "quote without an end")
                .label("opened here")
                .hint("close it with `\"` on the same line; a `\"` that is part of the word is written `\\\"`"),
        );
    } else if let Some(newline) = flaws.broken_quote {
        let open = line.words().find(|word| word.span.contains(&newline)).map_or(newline, |word| word.span.start);
        diagnostics.push(
            warning(open, "quote runs on into the next line".to_owned())
                .label("opened here")
                .hint("close it with `\"` on the same line"),
        );
    }
    if let Some(place) = flaws.dropped {
        let length = character_length(source.bytes(), place);
        diagnostics.push(
            Diagnostic::warning(source, place..place + length, "character that no word can hold")
                .label("is dropped")
                .hint("NUT's files are ASCII"),
        );
    }
    let cut = |place: usize, message: String| match line.get(0) {
        Some(key) if vital(key) => Diagnostic::error(source, place..place + 1, message),
        _ => warning(place, message).mistake(),
    };
    if let Some(place) = flaws.long_word {
        diagnostics.push(cut(place, format!("word longer than {MAX_FILE_WORD} characters")).label("cut here"));
    }
    if let Some(place) = flaws.extra_word {
        let problem = cut(place, format!("more than {MAX_FILE_WORDS} words"));
        diagnostics.push(problem.label("this and what follows is dropped"));
    }
}

/// How many bytes the character at `place` has.
fn character_length(bytes: &[u8], place: usize) -> usize {
    let rest = bytes.get(place + 1..).unwrap_or_default();
    1 + rest.iter().take(3).take_while(|&&byte| byte & 0xc0 == 0x80).count()
}
