//! 8. Every line on every wire parses, and emits again byte for byte.
//!
//! Free text (`VER`, `HELP`, descriptions, counts) is a reply as well; on a connection whose client asked
//! for none, a reply that is nothing but text is a line that does not parse.

use super::{Breach, Finding};
use crate::checks::history::History;
use crate::journal::{Direction, What, WireBytes, WireProtocol};
use protocol::driver_socket::{FromDriver, ToDriver};
use protocol::lexer::{Line, LineReader};
use protocol::net::{Reply, Request};
use protocol::usb::frame::Frame;
use std::collections::BTreeSet;

/// Each line that does not.
pub fn check(history: &History<'_>) -> Finding {
    let mut breaches: Vec<Breach> = Vec::new();
    let mut wires = 0_usize;
    let mut wants_text: BTreeSet<u32> = BTreeSet::new();
    for record in history.records {
        let What::Wire { link, protocol, direction, bytes } = &record.what else { continue };
        wires += 1;
        if (*protocol, *direction) == (WireProtocol::Net, Direction::Out) && asks_for_text(bytes) {
            wants_text.insert(*link);
        }
        if let Err(why) = again(*protocol, *direction, bytes, wants_text.contains(link)) {
            breaches.push(Breach { at: record.at, why });
        }
    }
    if wires == 0 { Finding::Untold("no wire is in the journal".to_owned()) } else { breaches.into() }
}

/// Requests that are answered with a text of the server's own choice, or by none that is known.
fn asks_for_text(bytes: &WireBytes) -> bool {
    let mut known = false;
    line(bytes, |line, _| {
        known = Request::parse(line)
            .is_ok_and(|request| !matches!(request, Request::Ver | Request::NetVer | Request::ProtVer | Request::Help));
        true
    });
    !known
}

fn again(protocol: WireProtocol, direction: Direction, bytes: &WireBytes, wants_text: bool) -> Result<(), String> {
    let emitted = match protocol {
        WireProtocol::Usb => return usb(bytes),
        WireProtocol::Net => line(bytes, |line, out| match direction {
            Direction::Out => Request::parse(line).map(|request| request.emit(out)).is_ok(),
            Direction::In => {
                let reply = Reply::parse(line);
                reply.emit(out);
                wants_text || !matches!(reply, Reply::Text(_))
            }
        }),
        WireProtocol::DriverSocket => line(bytes, |line, out| match direction {
            Direction::Out => ToDriver::parse(line).map(|request| request.emit(out)).is_ok(),
            Direction::In => FromDriver::parse(line).map(|said| said.emit(out)).is_ok(),
        }),
    };
    match emitted {
        None => Err(format!("`{bytes}` does not parse")),
        Some(emitted) if emitted.trim_ascii_end() == bytes.as_bytes().trim_ascii_end() => Ok(()),
        Some(emitted) => Err(format!("`{bytes}` comes out as `{}`", String::from_utf8_lossy(&emitted).trim_end())),
    }
}

/// Parses one line and emits it again; `None` when it does not parse.
fn line(bytes: &WireBytes, emit: impl FnOnce(&Line, &mut Vec<u8>) -> bool) -> Option<Vec<u8>> {
    let mut reader = LineReader::new();
    let mut whole = bytes.as_bytes().to_vec();
    whole.push(b'\n');
    let mut input = whole.as_slice();
    let parsed = reader.next_line(&mut input)?;
    let mut out = Vec::new();
    emit(parsed, &mut out).then_some(out)
}

/// A frame of the emulator bus, without its length.
fn usb(bytes: &WireBytes) -> Result<(), String> {
    let body = bytes.as_bytes();
    let length = u16::try_from(body.len()).map_err(|_| "a USB frame longer than any".to_owned())?;
    let mut whole = length.to_le_bytes().to_vec();
    whole.extend_from_slice(body);
    let frame = Frame::parse(&whole).map_err(|error| format!("{bytes}: {error}"))?;
    let mut out = Vec::new();
    if let Some((frame, _)) = frame {
        frame.emit(&mut out);
    }
    if out == whole { Ok(()) } else { Err(format!("the USB frame {bytes} does not come out again")) }
}
