//! The small process that keeps root's rights when upsmon gives them up.
//!
//! It is started before privileges are dropped, told the power-down flag's path and SHUTDOWNCMD
//! from the configuration that root read, and from then on obeys orders of one byte. What comes over
//! the network can make the unprivileged side send a byte, never choose a command or a file.
//!
//! ```text
//! upsmon (RUN_AS_USER)  ── plan, then H | F | R | S | W, C + milliseconds twice ──►  upsmon (root)
//!                       ◄── order, outcome ──────────────────────────────────
//! ```
//!
//! `H` is answered once the other side keeps what its orders need: nothing else of upsmon starts before, which could
//! take it. `F` and `W` say as well which UPSes are left alone: the places that their names have in the plan.
//!
//! `W` and `C` are last wills: should the other side end before it has sent `S`, this one raises the flag
//! (`W` alone) and runs SHUTDOWNCMD once the first time has passed since the order; should it neither end nor send
//! `S`, it is stuck, and this one does so once the second has. However it comes about, SHUTDOWNCMD runs once.

mod deeds;
mod left_alone;
mod partner;
mod serve;
mod will;

pub(super) use partner::start;
pub(super) use serve::serve;

use crate::config::Listing;
use protocol::JobOutcome;
use std::io::{self, Read, Write};

/// The hidden flag that makes a process the privileged one.
pub(super) const FLAG: &str = "--keep-privileges-for-errands";

/// The longest text either side sends: a command or a path, which is taken whole.
const MAX_TEXT: usize = protocol::lexer::MAX_FILE_WORD;

/// What it may be told to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Order {
    /// Say that all that orders need is kept.
    Greet,
    /// Write the power-down flag.
    RaiseFlag,
    /// Remove the power-down flag.
    LowerFlag,
    /// Run SHUTDOWNCMD.
    ShutDown,
    /// Should the other side end, or get stuck: raise the flag, run SHUTDOWNCMD.
    BequeathAll,
    /// Should the other side end, or get stuck: run SHUTDOWNCMD.
    BequeathCommand,
}

impl Order {
    const fn byte(self) -> u8 {
        match self {
            Self::Greet => b'H',
            Self::RaiseFlag => b'F',
            Self::LowerFlag => b'R',
            Self::ShutDown => b'S',
            Self::BequeathAll => b'W',
            Self::BequeathCommand => b'C',
        }
    }

    const fn from_byte(byte: u8) -> Option<Self> {
        match byte {
            b'H' => Some(Self::Greet),
            b'F' => Some(Self::RaiseFlag),
            b'R' => Some(Self::LowerFlag),
            b'S' => Some(Self::ShutDown),
            b'W' => Some(Self::BequeathAll),
            b'C' => Some(Self::BequeathCommand),
            _ => None,
        }
    }
}

/// What the orders mean: fixed at the start.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Plan {
    pub(super) power_down_flag: String,
    pub(super) shutdown_command: String,
    pub(super) listing: Option<Listing>,
}

impl Plan {
    fn send(&self, to: &mut impl Write) -> io::Result<()> {
        send_text(to, &self.power_down_flag)?;
        send_text(to, &self.shutdown_command)?;
        let (boot, names) = self.listing.as_ref().map_or(("", &[][..]), |listing| (&listing.boot, &listing.names));
        send_text(to, boot)?;
        send_count(to, names.len())?;
        names.iter().try_for_each(|name| send_text(to, name))
    }

    fn receive(from: &mut impl Read) -> io::Result<Self> {
        let (power_down_flag, shutdown_command) = (receive_text(from)?, receive_text(from)?);
        let (boot, count) = (receive_text(from)?, receive_count(from)?);
        let names = (0..count).map(|_| receive_text(from)).collect::<io::Result<_>>()?;
        let listing = (!boot.is_empty()).then_some(Listing { boot, names });
        Ok(Self { power_down_flag, shutdown_command, listing })
    }
}

fn send_outcome(to: &mut impl Write, order: Order, outcome: &JobOutcome) -> io::Result<()> {
    let (kind, number, text) = match outcome {
        JobOutcome::Exited(code) => (0, *code, ""),
        JobOutcome::Killed(signal) => (1, *signal, ""),
        JobOutcome::Failed(why) => (2, 0, why.as_str()),
        JobOutcome::Lost => (3, 0, ""),
    };
    to.write_all(&[order.byte(), kind])?;
    to.write_all(&number.to_be_bytes())?;
    send_text(to, text)
}

fn receive_outcome(from: &mut impl Read) -> io::Result<(Order, JobOutcome)> {
    let mut head = [0; 6];
    from.read_exact(&mut head)?;
    let [order, kind, number @ ..] = head;
    let number = i32::from_be_bytes(number);
    let text = receive_text(from)?;
    let outcome = match kind {
        0 => JobOutcome::Exited(number),
        1 => JobOutcome::Killed(number),
        3 => JobOutcome::Lost,
        _ => JobOutcome::Failed(text),
    };
    Ok((Order::from_byte(order).ok_or(io::ErrorKind::InvalidData)?, outcome))
}

fn send_text(to: &mut impl Write, text: &str) -> io::Result<()> {
    let text = &text.as_bytes()[..text.floor_char_boundary(MAX_TEXT)];
    send_count(to, text.len())?;
    to.write_all(text)
}

fn send_count(to: &mut impl Write, count: usize) -> io::Result<()> {
    let count = u16::try_from(count).map_err(|_| io::ErrorKind::InvalidInput)?;
    to.write_all(&count.to_be_bytes())
}

fn receive_count(from: &mut impl Read) -> io::Result<usize> {
    let mut count = [0; 2];
    from.read_exact(&mut count)?;
    Ok(usize::from(u16::from_be_bytes(count)))
}

fn receive_text(from: &mut impl Read) -> io::Result<String> {
    let length = receive_count(from)?;
    if length > MAX_TEXT {
        return Err(io::ErrorKind::InvalidData.into());
    }
    let mut text = vec![0; length];
    from.read_exact(&mut text)?;
    String::from_utf8(text).map_err(|_| io::ErrorKind::InvalidData.into())
}
