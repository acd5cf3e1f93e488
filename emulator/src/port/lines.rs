//! The control port: one line in, one line out.
//!
//! ```text
//! mains off            → ok
//! replace-battery on   → ok (no report field of this device shows it)
//! mains purple         → error: "purple" is not a voltage, such as `230 V`
//! time                 → ok 12345678           (microseconds of the emulator's clock)
//! read                 → ok charge 100 %, runtime 1140 s, …
//! watch                → ok, then one JSON line for everything seen so far and from now on
//! help                 → ok, after the grammar, each line behind `# `
//! ```

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::UnixStream;
use tokio::net::unix::OwnedWriteHalf;
use tokio::sync::mpsc;

use super::serve::{Inbox, Message};
use crate::control::{Control, GRAMMAR, NotAControl};

/// Bytes of a line; a longer one ends the connection.
const MAX_LINE: usize = 1024;
/// Lines that may wait for a peer that does not read; then its connection ends.
pub const MAX_WAITING: usize = 65_536;

/// What a line asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Line {
    /// Do this.
    Control(Control),
    /// Say the time.
    Time,
    /// Say what the meters read.
    Read,
    /// Say everything that is seen.
    Watch,
    /// Say what can be said.
    Help,
}

impl std::str::FromStr for Line {
    type Err = NotAControl;
    fn from_str(line: &str) -> Result<Self, NotAControl> {
        match line.trim() {
            "time" => Ok(Self::Time),
            "read" => Ok(Self::Read),
            "watch" => Ok(Self::Watch),
            "help" => Ok(Self::Help),
            "unplug" => "link unplug".parse().map(Self::Control),
            "plug" => "link plug".parse().map(Self::Control),
            other => other.parse().map(Self::Control),
        }
    }
}

/// The answer to `help`.
#[must_use]
pub fn help() -> String {
    let grammar = GRAMMAR.lines().map(|line| format!("# {line}\n"));
    let own = "# time | read | watch | help | plug | unplug\n";
    grammar.chain([own.to_owned(), "ok".to_owned()]).collect()
}

/// Serves one connection until its end.
pub(super) async fn serve(stream: UnixStream, inbox: Inbox) {
    let (reader, writer) = stream.into_split();
    let (answers, waiting) = mpsc::channel(MAX_WAITING);
    tokio::spawn(write(writer, waiting));
    let mut reader = BufReader::new(reader);
    let mut line = Vec::new();
    loop {
        line.clear();
        let room = u64::try_from(MAX_LINE).unwrap_or(u64::MAX);
        match (&mut reader).take(room).read_until(b'\n', &mut line).await {
            Ok(0) | Err(_) => return,
            Ok(_) if line.last() != Some(&b'\n') => return,
            Ok(_) => {}
        }
        let text = String::from_utf8_lossy(&line);
        let sent = match text.parse::<Line>() {
            _ if text.trim().is_empty() => Ok(()),
            Ok(line) => inbox.send(Message::Line(line, answers.clone())).await.map_err(drop),
            Err(error @ NotAControl::Unknown(_)) => {
                answers.send(format!("error: {error}; `help` lists them")).await.map_err(drop)
            }
            Err(error) => answers.send(format!("error: {error}")).await.map_err(drop),
        };
        if sent.is_err() {
            return;
        }
    }
}

async fn write(mut writer: OwnedWriteHalf, mut lines: mpsc::Receiver<String>) {
    while let Some(mut line) = lines.recv().await {
        line.push('\n');
        if writer.write_all(line.as_bytes()).await.is_err() {
            return;
        }
    }
}
