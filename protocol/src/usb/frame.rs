//! Frames on the emulator bus: how [`Request`]s and their answers look on a Unix socket.
//!
//! ```text
//! frame   = length:u16le  kind:u8  transfer:u32le  body          (length counts what follows it)
//! kind 1    hello       device → host: identity (numbers, then strings as u8 length + UTF-8)
//! kind 2    request     host → device: op:u8, arguments
//! kind 3    done        device → host: status:u8 (0, then data; or a Failure and nothing more)
//! kind 4    interrupt   device → host: a report
//! kind 5    busy        device → host, before hello: another host has the device
//! ```
//!
//! The socket's end is the unplugged cable. A frame that breaks a rule ends the link: there is no
//! resynchronisation on a byte stream.

use super::{Data, Failure, Identity, ReportKind, Request};

/// The longest frame body: a control transfer's wLength is a `u16`, real devices stay under 4 KiB
/// except for report descriptors of up to 6 KiB.
pub const MAX_BODY: usize = 16 * 1024;

/// One frame.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Frame {
    /// The device introduces itself.
    Hello(Box<Identity>),
    /// The host starts a transfer.
    Request {
        /// Chosen by the host, echoed in `Done`.
        transfer: u32,
        /// What it asks.
        request: Request,
    },
    /// The device answers a transfer.
    Done {
        /// The transfer.
        transfer: u32,
        /// The data stage, or why it failed.
        result: Result<Data, Failure>,
    },
    /// A report on the interrupt pipe.
    Interrupt(Data),
    /// Another host has the device.
    Busy,
}

/// A frame that cannot be: the link must end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FrameError {
    /// Longer than [`MAX_BODY`].
    #[error("frame longer than {MAX_BODY} bytes")]
    TooLong,
    /// Not one of the five kinds, or its body does not parse.
    #[error("malformed frame")]
    Malformed,
}

impl Frame {
    /// Appends the frame's bytes to `out`. Data that would pass [`MAX_BODY`] is cut: a short
    /// transfer is something a peer can bear, a stream out of step is not.
    pub fn emit(&self, out: &mut Vec<u8>) {
        let start = out.len();
        out.extend([0, 0]);
        match self {
            Self::Hello(identity) => {
                head(out, 1, 0);
                for number in [identity.vendor_id, identity.product_id, identity.release] {
                    out.extend(number.to_le_bytes());
                }
                for text in [&identity.vendor, &identity.product, &identity.serial, &identity.bus, &identity.device] {
                    let bytes = &text.as_bytes()[..text.floor_char_boundary(255)];
                    out.push(u8::try_from(bytes.len()).unwrap_or(u8::MAX));
                    out.extend(bytes);
                }
            }
            Self::Request { transfer, request } => {
                head(out, 2, *transfer);
                emit_request(request, out);
            }
            Self::Done { transfer, result } => {
                head(out, 3, *transfer);
                match result {
                    Ok(data) => {
                        out.push(0);
                        out.extend(data);
                    }
                    Err(failure) => out.push(*failure as u8),
                }
            }
            Self::Interrupt(report) => {
                head(out, 4, 0);
                out.extend(report);
            }
            Self::Busy => head(out, 5, 0),
        }
        out.truncate(start + 2 + MAX_BODY);
        let length = u16::try_from(out.len() - start - 2).unwrap_or(u16::MAX);
        out[start..start + 2].copy_from_slice(&length.to_le_bytes());
    }

    /// Takes one frame from the front of `bytes`: the frame and its size, or `None` while it is incomplete.
    ///
    /// # Errors
    ///
    /// [`FrameError`] when no frame can start like this.
    pub fn parse(bytes: &[u8]) -> Result<Option<(Self, usize)>, FrameError> {
        let Some((length, rest)) = bytes.split_first_chunk::<2>() else { return Ok(None) };
        let length = usize::from(u16::from_le_bytes(*length));
        if length > MAX_BODY {
            return Err(FrameError::TooLong);
        }
        let Some(body) = rest.get(..length) else { return Ok(None) };
        let frame = parse_body(body).ok_or(FrameError::Malformed)?;
        Ok(Some((frame, length + 2)))
    }
}

fn head(out: &mut Vec<u8>, kind: u8, transfer: u32) {
    out.push(kind);
    out.extend(transfer.to_le_bytes());
}

fn emit_request(request: &Request, out: &mut Vec<u8>) {
    match request {
        Request::GetDescriptor { kind, index, length } => {
            out.extend([1, *kind, *index]);
            out.extend(length.to_le_bytes());
        }
        Request::GetString { index } => out.extend([2, *index]),
        Request::GetReport { kind, id, length } => {
            out.extend([3, *kind as u8, *id]);
            out.extend(length.to_le_bytes());
        }
        Request::SetReport { kind, id, data } => {
            out.extend([4, *kind as u8, *id]);
            out.extend(data);
        }
    }
}

fn parse_body(body: &[u8]) -> Option<Frame> {
    let (&kind, rest) = body.split_first()?;
    let (transfer, rest) = rest.split_first_chunk::<4>()?;
    let transfer = u32::from_le_bytes(*transfer);
    match kind {
        1 => parse_identity(rest).map(|identity| Frame::Hello(Box::new(identity))),
        2 => Some(Frame::Request { transfer, request: parse_request(rest)? }),
        3 => {
            let (&status, data) = rest.split_first()?;
            let result = match status {
                0 => Ok(Data::from_slice(data)),
                // What failed has no data.
                _ if data.is_empty() => Err(failure(status)?),
                _ => return None,
            };
            Some(Frame::Done { transfer, result })
        }
        4 => Some(Frame::Interrupt(Data::from_slice(rest))),
        5 => rest.is_empty().then_some(Frame::Busy),
        _ => None,
    }
}

fn parse_identity(mut rest: &[u8]) -> Option<Identity> {
    let mut number = || {
        let (number, tail) = rest.split_first_chunk::<2>()?;
        rest = tail;
        Some(u16::from_le_bytes(*number))
    };
    let (vendor_id, product_id, release) = (number()?, number()?, number()?);
    let mut text = || {
        let (&length, tail) = rest.split_first()?;
        let (text, tail) = tail.split_at_checked(usize::from(length))?;
        rest = tail;
        String::from_utf8(text.to_vec()).ok()
    };
    let (vendor, product, serial, bus, device) = (text()?, text()?, text()?, text()?, text()?);
    let port = String::new();
    rest.is_empty().then_some(Identity { vendor_id, product_id, release, vendor, product, serial, bus, device, port })
}

fn parse_request(rest: &[u8]) -> Option<Request> {
    match *rest {
        [1, kind, index, low, high] => {
            Some(Request::GetDescriptor { kind, index, length: u16::from_le_bytes([low, high]) })
        }
        [2, index] => Some(Request::GetString { index }),
        [3, kind, id, low, high] => {
            Some(Request::GetReport { kind: report_kind(kind)?, id, length: u16::from_le_bytes([low, high]) })
        }
        [4, kind, id, ref data @ ..] => {
            Some(Request::SetReport { kind: report_kind(kind)?, id, data: Data::from_slice(data) })
        }
        _ => None,
    }
}

fn report_kind(byte: u8) -> Option<ReportKind> {
    [ReportKind::Input, ReportKind::Output, ReportKind::Feature].into_iter().find(|kind| *kind as u8 == byte)
}

fn failure(byte: u8) -> Option<Failure> {
    [Failure::Stall, Failure::Timeout, Failure::Overflow, Failure::Io, Failure::NoDevice, Failure::Access]
        .into_iter()
        .find(|failure| *failure as u8 == byte)
}
