//! The lexer, and what every wire's parser makes of its lines: how the bytes were cut makes no
//! difference, no limit is passed, and what was understood says the same once it is written again.

#![no_main]

use libfuzzer_sys::fuzz_target;
use protocol::driver_socket::{FromDriver, ToDriver};
use protocol::lexer::{Line, LineReader, MAX_WORD, MAX_WORDS};
use protocol::net::{Reply, Request};

fuzz_target!(|data: &[u8]| {
    let Some((&cut, bytes)) = data.split_first() else { return };
    for new in [LineReader::new, LineReader::line_bound] {
        let whole = lines(new(), bytes, bytes.len().max(1));
        assert_eq!(lines(new(), bytes, usize::from(cut % 16) + 1), whole);
        whole.iter().for_each(|line| check(line, bytes.len()));
    }
});

fn lines(mut reader: LineReader, bytes: &[u8], cut: usize) -> Vec<Line> {
    let mut lines = Vec::new();
    for mut piece in bytes.chunks(cut) {
        while let Some(line) = reader.next_line(&mut piece) {
            lines.push(line.clone());
        }
    }
    lines.extend(reader.last_line().cloned());
    lines
}

fn check(line: &Line, length: usize) {
    assert!(line.len() <= MAX_WORDS);
    assert!(line.words().all(|word| word.text.len() <= MAX_WORD && word.span.end <= length));
    let again = |emit: &dyn Fn(&mut Vec<u8>)| {
        let mut out = Vec::new();
        emit(&mut out);
        let mut rest = out.as_slice();
        let line = LineReader::new().next_line(&mut rest).cloned();
        assert!(rest.is_empty(), "one line became several: {}", out.escape_ascii());
        line.unwrap_or_default()
    };
    if let Ok(request) = Request::parse(line) {
        assert_eq!(Request::parse(&again(&|out| request.emit(out))), Ok(request));
    }
    if let Ok(said) = ToDriver::parse(line) {
        assert_eq!(ToDriver::parse(&again(&|out| said.emit(out))), Ok(said));
    }
    if let Ok(said) = FromDriver::parse(line) {
        assert_eq!(FromDriver::parse(&again(&|out| said.emit(out))), Ok(said));
    }
    let reply = Reply::parse(line);
    // Free text is what it is, even where it looks like something.
    if !matches!(reply, Reply::Text(_)) {
        assert_eq!(Reply::parse(&again(&|out| reply.emit(out))), reply);
    }
}
