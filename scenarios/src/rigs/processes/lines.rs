//! Lines that a daemon, an emulator or a recorder writes, none longer than any line protocol allows.

use protocol::lexer::MAX_LINE;
use tokio::io::{AsyncBufRead, AsyncBufReadExt, AsyncReadExt};

/// The next line, without what ends it; `None` at the end of the stream. Of a line that is longer than
/// [`MAX_LINE`] each such piece counts as one.
pub async fn next_line(reader: &mut (impl AsyncBufRead + Unpin)) -> Option<String> {
    let mut line = Vec::new();
    let room = u64::try_from(MAX_LINE).unwrap_or(u64::MAX);
    let read = reader.take(room).read_until(b'\n', &mut line).await.ok()?;
    (read > 0).then(|| String::from_utf8_lossy(&line).trim_end().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::BufReader;

    #[tokio::test]
    async fn a_line_without_an_end_makes_nothing_grow() {
        let text = [vec![b'a'; 3 * MAX_LINE], b"\nlast\n".to_vec()].concat();
        let mut reader = BufReader::new(text.as_slice());
        let mut lengths = Vec::new();
        while let Some(line) = next_line(&mut reader).await {
            lengths.push(line.len());
        }
        assert_eq!(lengths, [MAX_LINE, MAX_LINE, MAX_LINE, 0, 4]);
    }
}
