//! Lines folded at the width of a terminal: between words, and what is folded begins where the
//! line's text began. Where there is no terminal, lines are as long as they are.

use std::io::{self, Write};

/// Narrower than this a column of text is not worth the folding.
const NARROWEST: usize = 24;

/// A stream that folds.
pub struct Folding<W> {
    out: W,
    width: Option<usize>,
    /// The line so far, with its colours.
    line: Vec<u8>,
    /// Where its text begins, in columns.
    hang: usize,
}

impl<W: Write> Folding<W> {
    pub fn new(out: W, width: Option<usize>) -> Self {
        Self { out, width, line: Vec::new(), hang: 0 }
    }

    /// What follows in this line is its text.
    pub fn hang_here(&mut self) {
        self.hang = columns(&String::from_utf8_lossy(&self.line));
    }

    /// Writes the line, folded.
    fn end_line(&mut self) -> io::Result<()> {
        let line = std::mem::take(&mut self.line);
        let hang = std::mem::take(&mut self.hang);
        let text = String::from_utf8_lossy(&line);
        let room = self.width.filter(|width| width.saturating_sub(hang) >= NARROWEST && columns(&text) > *width);
        let Some(width) = room else { return self.out.write_all(&line) };
        let (mut at, mut gap) = (0, 0);
        for word in text.trim_end_matches('\n').split(' ') {
            if word.is_empty() {
                gap += 1;
                continue;
            }
            // Where the line ends, the blanks before the next word go with it.
            if at > hang && at + gap + columns(word) > width {
                write!(self.out, "\n{:hang$}{word}", "")?;
                at = hang;
            } else {
                write!(self.out, "{:gap$}{word}", "")?;
                at += gap;
            }
            at += columns(word);
            gap = 1;
        }
        writeln!(self.out)
    }
}

impl<W: Write> Write for Folding<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        for part in bytes.split_inclusive(|byte| *byte == b'\n') {
            self.line.extend_from_slice(part);
            if part.ends_with(b"\n") {
                self.end_line()?;
            }
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// How many columns a text takes: its characters, colours apart.
fn columns(text: &str) -> usize {
    let mut columns = 0;
    let mut in_colour = false;
    for character in text.chars() {
        match character {
            '\u{1b}' => in_colour = true,
            'm' if in_colour => in_colour = false,
            _ if in_colour || character.is_control() => {}
            _ => columns += 1,
        }
    }
    columns
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folded(width: Option<usize>, before: &str, text: &str) -> String {
        let mut out = Vec::new();
        let mut folding = Folding::new(&mut out, width);
        write!(folding, "{before}").unwrap();
        folding.hang_here();
        writeln!(folding, "{text}").unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn a_long_line_goes_on_below_its_own_text() {
        let text = "nas SHUTDOWN_HOSTSYNC  Waiting for secondaries to log out";
        let expected = "  1:00.0  nas SHUTDOWN_HOSTSYNC\n          Waiting for secondaries\n          to log out\n";
        assert_eq!(folded(Some(34), "  1:00.0  ", text), expected);
    }

    #[test]
    fn a_word_that_just_fits_leaves_no_empty_line() {
        assert_eq!(folded(Some(24), "", "twenty-four columns here and more"), "twenty-four columns here\nand more\n");
    }

    #[test]
    fn colours_take_no_room() {
        let text = "\u{1b}[31mten letter\u{1b}[0m and ten more so";
        assert_eq!(folded(Some(34), "", text), format!("{text}\n"));
    }

    #[test]
    fn nothing_is_folded_without_a_terminal_or_in_too_narrow_a_one() {
        let text = "word ".repeat(40);
        assert_eq!(folded(None, "", &text), format!("{text}\n"));
        assert_eq!(folded(Some(40), &"x".repeat(30), &text), format!("{}{text}\n", "x".repeat(30)));
    }
}
