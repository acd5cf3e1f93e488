//! 8. Every line on every wire parses, and emits again byte for byte.

use super::{Breach, Finding};
use crate::checks::history::History;
use crate::journal::{Direction, What, WireBytes, WireProtocol};
use protocol::driver_socket::{FromDriver, ToDriver};
use protocol::lexer::{Line, LineReader};
use protocol::net::{Reply, Request};
use protocol::usb::frame::Frame;

/// Each line that does not.
pub fn check(history: &History<'_>) -> Finding {
    let mut breaches: Vec<Breach> = Vec::new();
    let mut wires = 0_usize;
    for record in history.records {
        let What::Wire { protocol, direction, bytes, .. } = &record.what else { continue };
        wires += 1;
        if let Err(why) = again(*protocol, *direction, bytes) {
            breaches.push(Breach { at: record.at, why });
        }
    }
    if wires == 0 { Finding::Untold("no wire is in the journal".to_owned()) } else { breaches.into() }
}

fn again(protocol: WireProtocol, direction: Direction, bytes: &WireBytes) -> Result<(), String> {
    let emitted = match protocol {
        WireProtocol::Usb => return usb(bytes),
        WireProtocol::Net => line(bytes, |line, out| match direction {
            Direction::Out => Request::parse(line).map(|request| request.emit(out)).is_ok(),
            Direction::In => {
                Reply::parse(line).emit(out);
                true
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
