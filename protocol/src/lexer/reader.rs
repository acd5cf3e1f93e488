//! The machine that turns bytes, cut anywhere, into lines of words.

use super::line::{Cut, Line};
use super::{Limits, MAX_LINE};

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
    limits: Limits,
    /// A newline ends the line wherever it stands.
    is_line_bound: bool,
    /// The last line handed out still has to be cleared.
    is_handed_out: bool,
    /// Bytes taken before the current input.
    offset: usize,
    /// Where the line that is not finished began.
    began: usize,
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

/// What comes after a byte outside words.
enum Step {
    Next,
    /// The byte begins a word and belongs to it.
    Stay,
    EndLine,
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

    /// A reader with the limits of a file.
    #[must_use]
    pub fn of_file() -> Self {
        Self { limits: Limits::FILE, ..Self::default() }
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
                State::Between => match self.between(byte, place) {
                    Step::Next => at += 1,
                    Step::Stay => {}
                    Step::EndLine => return Some(self.hand_out(input, at + 1)),
                },
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
                    match byte {
                        b'\n' => {}
                        0x20..=0x7f => self.push(&[byte], place),
                        _ => {
                            self.drop_one(place);
                        }
                    }
                }
            }
        }
        self.offset += at;
        *input = &[];
        None
    }

    /// Whether the unfinished line has passed [`MAX_LINE`]: whoever sends it is not worth reading on. For a wire,
    /// to be asked when [`Self::next_line`] has no more.
    #[must_use]
    pub fn is_endless(&self) -> bool {
        self.offset - self.began > MAX_LINE
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
        self.began = self.offset;
        *input = &input[taken..];
        self.state = State::Between;
        self.is_handed_out = true;
        &self.line
    }

    /// One byte outside words.
    fn between(&mut self, byte: u8, place: usize) -> Step {
        match byte {
            b'\n' => {
                self.line.span.end = place;
                return Step::EndLine;
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
                self.state = State::Plain;
                return Step::Stay;
            }
        }
        Step::Next
    }

    /// As much of an unquoted word as there is; how many bytes were taken. What ends the word is
    /// left to [`Self::between`], which sees it as well.
    fn plain(&mut self, bytes: &[u8], place: usize) -> usize {
        let end = run(bytes, ENDS_PLAIN);
        self.push(&bytes[..end], place);
        match bytes.get(end) {
            None => end,
            Some(b'\\') => {
                self.state = State::PlainEscape;
                end + 1
            }
            Some(b'#' | b'=' | b' ' | b'\t'..=b'\r') => {
                self.end_word(place + end, false);
                self.state = State::Between;
                end
            }
            Some(_) => self.drop_one(place + end) + end,
        }
    }

    /// As much of a quoted word as there is; how many bytes were taken.
    fn quoted(&mut self, bytes: &[u8], place: usize) -> usize {
        let end = run(bytes, ENDS_QUOTED);
        self.push(&bytes[..end], place);
        match bytes.get(end) {
            None => end,
            Some(b'\\') => {
                self.state = State::QuotedEscape;
                end + 1
            }
            Some(b'"') => {
                self.end_word(place + end + 1, true);
                self.state = State::Between;
                end + 1
            }
            Some(b'\n') if self.is_line_bound => end,
            Some(b'\n') => {
                self.line.flaws.broken_quote.get_or_insert(place + end);
                end + 1
            }
            Some(_) => self.drop_one(place + end) + end,
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
        if self.line.cuts.len() == self.limits.words {
            self.line.flaws.extra_word.get_or_insert(began);
            self.line.text.truncate(start.saturating_sub(1));
        } else {
            self.line.cuts.push(Cut { text: start..self.line.text.len(), span: began..place, quoted });
        }
    }

    /// Adds to the current word; every byte is one that a word can hold.
    fn push(&mut self, bytes: &[u8], place: usize) {
        let room = self.limits.characters.saturating_sub(self.line.text.len() - self.word.0);
        let fits = &bytes[..bytes.len().min(room)];
        // Such bytes are ASCII, so this cannot fail.
        self.line.text.push_str(str::from_utf8(fits).unwrap_or_default());
        if fits.len() < bytes.len() {
            self.line.flaws.long_word.get_or_insert(place + room);
        }
    }

    /// Passes over a byte that no word can hold.
    fn drop_one(&mut self, place: usize) -> usize {
        self.line.flaws.dropped.get_or_insert(place);
        1
    }
}

/// A byte that ends a run of an unquoted word.
const ENDS_PLAIN: u8 = 1;
/// A byte that ends a run of a quoted word.
const ENDS_QUOTED: u8 = 2;

/// What each byte ends.
const ENDS: [u8; 256] = {
    let mut ends = [0; 256];
    let mut byte = 0;
    while byte < ends.len() {
        if byte < 0x20 || byte >= 0x80 || byte == b'\\' as usize {
            ends[byte] = ENDS_PLAIN | ENDS_QUOTED;
        }
        byte += 1;
    }
    ends[b'#' as usize] = ENDS_PLAIN;
    ends[b'=' as usize] = ENDS_PLAIN;
    ends[b' ' as usize] = ENDS_PLAIN;
    ends[b'"' as usize] = ENDS_QUOTED;
    ends
};

/// How many bytes there are before the next one that ends the run.
fn run(bytes: &[u8], end: u8) -> usize {
    bytes.iter().position(|&byte| ENDS[usize::from(byte)] & end != 0).unwrap_or(bytes.len())
}
