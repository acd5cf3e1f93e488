//! The other end of a control port, for a person without another tool: lines in, their answers out.
//!
//! It does not `watch`: what is seen later needs a connection that stays.

use std::io::{self, BufRead, BufReader, Write};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::Duration;

/// How long the emulator may take to answer.
const PATIENCE: Duration = Duration::from_secs(5);

/// Sends each line and writes its answer to `out`; whether all were obeyed.
///
/// # Errors
///
/// Nobody listens there, or no whole answer came in time.
pub fn tell(control: &Path, lines: &[String], out: &mut impl Write) -> io::Result<bool> {
    let stream = UnixStream::connect(control)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    let mut answers = BufReader::new(&stream).lines();
    let mut all_obeyed = true;
    for line in lines {
        // A line break would ask two things and wait for one answer.
        writeln!(&stream, "{}", line.replace(['\n', '\r'], " "))?;
        loop {
            let answer = answers.next().unwrap_or(Err(io::ErrorKind::UnexpectedEof.into()))?;
            writeln!(out, "{answer}")?;
            let is_refusal = answer.starts_with("error:");
            all_obeyed &= !is_refusal;
            if is_refusal || answer == "ok" || answer.starts_with("ok ") {
                break;
            }
        }
    }
    Ok(all_obeyed)
}
