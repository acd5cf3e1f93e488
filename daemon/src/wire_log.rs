//! An optional record of every byte on every link, for rigs: `RIDETHROUGH_WIRE_LOG=FILE`.
//!
//! One JSON object per line, appended: `program`, `at` (engine time, microseconds), `link`
//! (`accepted 0`, `opened 3`), `peer`, `way` (`sent`, `received`), `bytes` (each byte as the
//! character of its value, U+0000–U+00FF).

use std::fmt::Write as _;
use std::fs::{File, OpenOptions};
use std::io::Write as _;

use protocol::{Instant, LinkId};

/// The record, open for appending.
pub(crate) struct WireLog {
    program: &'static str,
    file: File,
}

impl WireLog {
    /// The record that the environment asks for.
    pub(crate) fn from_environment(program: &'static str) -> Option<Self> {
        let path = std::env::var_os("RIDETHROUGH_WIRE_LOG").filter(|path| !path.is_empty())?;
        let file = OpenOptions::new().create(true).append(true).open(path).ok()?;
        Some(Self { program, file })
    }

    /// Records bytes that were handed to a link.
    pub(crate) fn sent(&mut self, at: Instant, link: LinkId, peer: &str, bytes: &[u8]) {
        self.record(at, link, peer, "sent", bytes);
    }

    /// Records bytes that a link handed over.
    pub(crate) fn received(&mut self, at: Instant, link: LinkId, peer: &str, bytes: &[u8]) {
        self.record(at, link, peer, "received", bytes);
    }

    fn record(&mut self, at: Instant, link: LinkId, peer: &str, way: &str, bytes: &[u8]) {
        let line = line(self.program, at, link, peer, way, bytes);
        // One write: O_APPEND keeps lines of several processes whole. A failure loses a record only.
        drop(self.file.write_all(line.as_bytes()));
    }
}

fn line(program: &str, at: Instant, link: LinkId, peer: &str, way: &str, bytes: &[u8]) -> String {
    let side = if link.is_accepted() { "accepted" } else { "opened" };
    let mut line = format!(
        "{{\"program\":\"{program}\",\"at\":{},\"link\":\"{side} {}\",\"peer\":\"",
        at.as_micros(),
        link.number()
    );
    escape(peer.chars(), &mut line);
    let _ = write!(line, "\",\"way\":\"{way}\",\"bytes\":\"");
    escape(bytes.iter().map(|&byte| char::from(byte)), &mut line);
    line.push_str("\"}\n");
    line
}

/// JSON's string escapes (RFC 8259 §7).
fn escape(characters: impl Iterator<Item = char>, line: &mut String) {
    for character in characters {
        match character {
            '"' | '\\' => line.extend(['\\', character]),
            '\n' => line.push_str("\\n"),
            ' '..='~' => line.push(character),
            _ => {
                let mut units = [0; 2];
                for unit in character.encode_utf16(&mut units) {
                    let _ = write!(line, "\\u{unit:04x}");
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_survives_as_one_character() {
        let line = line("upsd", Instant::from_micros(7), LinkId::accepted(2), "unix", "sent", b"a\"b\\\n\x00\xff");
        assert_eq!(
            line,
            "{\"program\":\"upsd\",\"at\":7,\"link\":\"accepted 2\",\"peer\":\"unix\",\"way\":\"sent\",\
             \"bytes\":\"a\\\"b\\\\\\n\\u0000\\u00ff\"}\n"
        );
    }
}
