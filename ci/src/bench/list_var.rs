//! LIST VAR on one long-lived connection, one request after the other: the median round trip.

use std::io::{self, BufRead, BufReader, Write};
use std::net::TcpStream;

use crate::pairs::{Pair, heading, median, row};
use crate::stack::{Stack, Trio, now};

/// Rounds of ours and the peer's in turn.
const ROUNDS: usize = 7;
/// Requests per round: NUT's take 44 ms each.
const REQUESTS: usize = 30;

/// The table.
pub fn table(stacks: &[Stack]) -> io::Result<String> {
    let trios = stacks.iter().map(|&stack| Trio::start(stack)).collect::<io::Result<Vec<_>>>()?;
    let mut pairs = Vec::new();
    for _ in 0..ROUNDS {
        let figures = trios.iter().map(round_trip_ms).collect::<io::Result<Vec<_>>>()?;
        pairs.push(Pair { ours: figures[0], peer: figures.get(1).copied().unwrap_or(f64::NAN) });
    }
    Ok(heading("LIST VAR, one connection") + &row("p50 of the round trip", "ms", &pairs))
}

fn round_trip_ms(trio: &Trio) -> io::Result<f64> {
    let mut stream = TcpStream::connect(("127.0.0.1", trio.port))?;
    let mut replies = BufReader::new(stream.try_clone()?);
    let mut times = Vec::new();
    let mut line = String::new();
    for _ in 0..REQUESTS {
        let start = now();
        stream.write_all(b"LIST VAR bench\n")?;
        loop {
            line.clear();
            if replies.read_line(&mut line)? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            if line.starts_with("END LIST") {
                break;
            }
        }
        times.push(start.elapsed().as_secs_f64() * 1000.0);
    }
    Ok(median(times))
}
