//! The machine that turns bytes, cut anywhere, into lines of words.

use super::line::{Cut, Line};
use super::{MAX_WORD, MAX_WORDS};

/// Splits a byte stream into [`Line`]s. What it holds is bounded by the lexer's limits.
///
/// ```
/// use protocol::lexer::LineReader;
///
/// let mut reader = LineReader::new();
/// let mut input = b"GET VAR rack \"ups.status\"\nVE".as_slice();
/// let line = reader.next_line(&mut input).unwrap();
/// assert_eq!(line.rest(0), "GET VAR rack ups.status");
/// assert!(reader.next_line(&mut input).is_none() && input.is_empty());
/// ```
///
/// An engine that keeps one reader per connection takes it out with [`std::mem::take`] while it
/// handles the lines, and puts it back: both are cheap.
#[derive(Debug, Clone, Default)]
pub struct LineReader {
    state: State,
    line: Line,
    /// A newline ends the line wherever it stands.
    is_line_bound: bool,
    /// The last line handed out still has to be cleared.
    is_handed_out: bool,
    /// Bytes taken before the current input.
    offset: usize,
    /// Where the current word starts: in the line's text, in the input.
    word: (usize, usize),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum State {
    #[default]
    Between,
    Comment,
    Plain,
    PlainEscape,
    Quoted,
    QuotedEscape,
}

impl LineReader {
    /// A reader at the start of its input.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A reader for which every newline ends a line, escaped and in quotes too: a client's, which
    /// must find its feet again after a reply that a server has cut.
    #[must_use]
    pub fn line_bound() -> Self {
        Self { is_line_bound: true, ..Self::default() }
    }

    /// The next whole line, and takes its bytes off the front of `input`. `None` when `input` is
    /// used up; what was read of an unfinished line is kept.
    pub fn next_line(&mut self, input: &mut &[u8]) -> Option<&Line> {
        self.begin();
        let bytes = *input;
        let mut at = 0;
        while let Some(&byte) = bytes.get(at) {
            let place = self.offset + at;
            if byte == b'\n' && self.is_line_bound {
                self.end_open_word(place);
                self.line.span.end = place;
                return Some(self.hand_out(input, at + 1));
            }
            match self.state {
                State::Plain => at += self.plain(&bytes[at..], place),
                State::Quoted => at += self.quoted(&bytes[at..], place),
                State::Between => {
                    at += 1;
                    if self.between(byte, place) {
                        return Some(self.hand_out(input, at));
                    }
                }
                State::Comment => match bytes[at..].iter().position(|&byte| byte == b'\n') {
                    Some(skipped) => {
                        self.line.span.end = place + skipped;
                        return Some(self.hand_out(input, at + skipped + 1));
                    }
                    None => at = bytes.len(),
                },
                State::PlainEscape | State::QuotedEscape => {
                    at += 1;
                    self.state = if self.state == State::PlainEscape { State::Plain } else { State::Quoted };
                    if byte != b'\n' {
                        self.push(&[byte], place);
                    }
                }
            }
        }
        self.offset += at;
        *input = &[];
        None
    }

    /// The line that the end of the input finishes, if there is one.
    pub fn last_line(&mut self) -> Option<&Line> {
        self.begin();
        self.end_open_word(self.offset);
        self.line.span.end = self.offset;
        self.state = State::Between;
        self.is_handed_out = true;
        (!self.line.is_empty()).then_some(&self.line)
    }

    fn end_open_word(&mut self, place: usize) {
        match self.state {
            State::Between | State::Comment => {}
            State::Plain | State::PlainEscape => self.end_word(place, false),
            State::Quoted | State::QuotedEscape => {
                self.line.flaws.open_quote = Some(self.word.1);
                self.end_word(place, true);
            }
        }
    }

    fn begin(&mut self) {
        if self.is_handed_out {
            self.is_handed_out = false;
            self.line.text.clear();
            self.line.cuts.clear();
            self.line.flaws = super::line::Flaws::default();
            self.line.span = self.offset..self.offset;
        }
    }

    fn hand_out(&mut self, input: &mut &[u8], taken: usize) -> &Line {
        self.offset += taken;
        *input = &input[taken..];
        self.state = State::Between;
        self.is_handed_out = true;
        &self.line
    }

    /// One byte outside words; whether it ends the line.
    fn between(&mut self, byte: u8, place: usize) -> bool {
        match byte {
            b'\n' => {
                self.line.span.end = place;
                return true;
            }
            b' ' | b'\t' | b'\r' | 0x0b | 0x0c => {}
            b'#' => self.state = State::Comment,
            b'=' => {
                self.start_word(place);
                self.push(b"=", place);
                self.end_word(place + 1, false);
            }
            b'"' => {
                self.start_word(place);
                self.state = State::Quoted;
            }
            b'\\' => {
                self.start_word(place);
                self.state = State::PlainEscape;
            }
            _ => {
                self.start_word(place);
                self.push(&[byte], place);
                self.state = State::Plain;
            }
        }
        false
    }

    /// As much of an unquoted word as there is; how many bytes were taken. What ends the word is
    /// left to [`Self::between`], which sees it as well.
    fn plain(&mut self, bytes: &[u8], place: usize) -> usize {
        let end = bytes
            .iter()
            .position(|byte| matches!(byte, b'#' | b'=' | b'\\' | b' ' | b'\t'..=b'\r'))
            .unwrap_or(bytes.len());
        self.push(&bytes[..end], place);
        match bytes.get(end) {
            None => end,
            Some(b'\\') => {
                self.state = State::PlainEscape;
                end + 1
            }
            Some(_) => {
                self.end_word(place + end, false);
                self.state = State::Between;
                end
            }
        }
    }

    /// As much of a quoted word as there is; how many bytes were taken.
    fn quoted(&mut self, bytes: &[u8], place: usize) -> usize {
        let end = bytes.iter().position(|byte| matches!(byte, b'"' | b'\\' | b'\n')).unwrap_or(bytes.len());
        self.push(&bytes[..end], place);
        match bytes.get(end) {
            None => end,
            Some(b'\\') => {
                self.state = State::QuotedEscape;
                end + 1
            }
            Some(b'\n') if self.is_line_bound => end,
            Some(b'\n') => {
                self.line.flaws.broken_quote.get_or_insert(place + end);
                end + 1
            }
            Some(_) => {
                self.end_word(place + end + 1, true);
                self.state = State::Between;
                end + 1
            }
        }
    }

    fn start_word(&mut self, place: usize) {
        if self.line.is_empty() {
            self.line.span.start = place;
        } else {
            self.line.text.push(' ');
        }
        self.word = (self.line.text.len(), place);
    }

    fn end_word(&mut self, place: usize, quoted: bool) {
        let (start, began) = self.word;
        if self.line.cuts.len() == MAX_WORDS {
            self.line.flaws.extra_word.get_or_insert(began);
            self.line.text.truncate(start.saturating_sub(1));
        } else {
            self.line.cuts.push(Cut { text: start..self.line.text.len(), span: began..place, quoted });
        }
    }

    /// Adds to the current word what a word can hold.
    fn push(&mut self, bytes: &[u8], place: usize) {
        let room = MAX_WORD.saturating_sub(self.line.text.len() - self.word.0);
        if bytes.len() <= room
            && bytes.iter().all(|byte| (0x20..=0x7f).contains(byte))
            && let Ok(text) = str::from_utf8(bytes)
        {
            self.line.text.push_str(text);
        } else {
            self.push_some(bytes, place);
        }
    }

    #[cold]
    fn push_some(&mut self, bytes: &[u8], place: usize) {
        for (at, &byte) in bytes.iter().enumerate() {
            if !(0x20..=0x7f).contains(&byte) {
                self.line.flaws.dropped.get_or_insert(place + at);
            } else if self.line.text.len() - self.word.0 == MAX_WORD {
                self.line.flaws.long_word.get_or_insert(place + at);
            } else {
                self.line.text.push(char::from(byte));
            }
        }
    }
}
