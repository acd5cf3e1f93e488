//! The recorder: what stands in the place of every command of a monitor.
//!
//! `ridethrough-recorder` is started as `shutdown`, `notify` or `wall`. It tells the rig what it
//! was started as and with, waits for the rig's word, and exits with it. It runs nothing.
//!
//! ```text
//! recorder → rig   {"host":"nas","role":"notify","arguments":["…"],"notice":"ONBATT","ups":"rack@…"}
//! rig → recorder   exit 0        (or nothing, for ever: the command hangs)
//! ```

use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::process::ExitCode;

use serde::{Deserialize, Serialize};

/// Where the rig listens.
pub const SOCKET: &str = "RIDETHROUGH_RIG";
/// Which host this is.
pub const HOST: &str = "RIDETHROUGH_HOST";
/// What `wall` reads of its standard input, at most.
const LONGEST_INPUT: u64 = 8 * 1024;
/// The exit status when there is no rig to ask.
const NO_RIG: u8 = 70;

/// What a recorder says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// On which host.
    pub host: String,
    /// What it was started as.
    pub role: String,
    /// With which arguments.
    pub arguments: Vec<String>,
    /// NOTIFYTYPE.
    #[serde(default)]
    pub notice: Option<String>,
    /// UPSNAME.
    #[serde(default)]
    pub ups: Option<String>,
    /// Its standard input (`wall` only).
    #[serde(default)]
    pub input: Option<String>,
}

/// The recorder's `main`.
#[must_use]
pub fn main() -> ExitCode {
    record().map_or_else(
        |error| {
            eprintln!("ridethrough-recorder: {error}");
            ExitCode::from(NO_RIG)
        },
        ExitCode::from,
    )
}

fn record() -> std::io::Result<u8> {
    let mut arguments = std::env::args();
    let program = arguments.next().unwrap_or_default();
    let role = Path::new(&program).file_name().unwrap_or_default().to_string_lossy().into_owned();
    let variable = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    let missing = |name: &str| std::io::Error::other(format!("{name} is not set: this is started by a rig alone"));
    let input = (role == "wall").then(|| {
        let mut text = Vec::new();
        let _ = std::io::stdin().take(LONGEST_INPUT).read_to_end(&mut text);
        String::from_utf8_lossy(&text).into_owned()
    });
    let report = Report {
        host: variable(HOST).ok_or_else(|| missing(HOST))?,
        role,
        arguments: arguments.collect(),
        notice: variable("NOTIFYTYPE"),
        ups: variable("UPSNAME"),
        input,
    };
    let mut rig = UnixStream::connect(variable(SOCKET).ok_or_else(|| missing(SOCKET))?)?;
    let mut line = serde_json::to_vec(&report)?;
    line.push(b'\n');
    rig.write_all(&line)?;
    let mut answer = String::new();
    BufReader::new(rig).read_line(&mut answer)?;
    Ok(answer.trim().strip_prefix("exit ").and_then(|status| status.parse().ok()).unwrap_or(NO_RIG))
}
