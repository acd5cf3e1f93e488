//! The running driver of the same UPS: asked by `-c`, ended before another takes its place.

use super::Files;
use crate::ending::Ending;
use crate::inquiry::Inquiry;
use daemon::pid_file::{self, Order, PidFileError};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use std::io;
use std::process::ExitCode;
use std::time::Duration;

/// How long an older instance may take to end.
const GOODBYE: Duration = Duration::from_secs(5);

/// The orders of `-c`; each is the instant command `driver.…`.
pub(crate) const ORDERS: [&str; 4] = ["reload", "reload-or-error", "reload-or-exit", "exit"];

/// Why the running driver could not be asked, or does not go.
#[derive(Debug, thiserror::Error)]
pub(super) enum InstanceError {
    #[error("no driver answers on {path}: {source}")]
    NoAnswer { path: String, source: io::Error },
    #[error(transparent)]
    Signal(#[from] PidFileError),
    #[error("another instance of this driver does not end; end it, then try again")]
    Stays,
}

/// `-c`: through the socket, or with `-P` by a signal to that process.
pub(super) fn order(files: &Files, name: &str, pid: Option<i32>, order: &str) -> Result<ExitCode, InstanceError> {
    if pid.is_some() {
        let signal = if order == "exit" { Order::Stop } else { Order::Reload };
        pid_file::give_order(name, &files.pid, pid, signal)?;
        return Ok(ExitCode::SUCCESS);
    }
    let no_answer = |source| InstanceError::NoAnswer { path: files.socket.display().to_string(), source };
    let outcome = Inquiry::connect(&files.socket)
        .and_then(|inquiry| inquiry.instcmd(&format!("driver.{order}")))
        .map_err(no_answer)?;
    Ok(if outcome == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Ends a driver that already serves this UPS: two would fight for the device.
pub(super) fn end_older(files: &Files, name: &str) -> Result<(), InstanceError> {
    let from_file = pid_file::read(&files.pid).ok();
    let from_socket = || Inquiry::connect(&files.socket).and_then(Inquiry::portrait).ok();
    // One in the foreground has no PID file.
    let pid = from_file.filter(|&pid| pid_file::is_running(pid, name)).or_else(|| {
        let pid = i32::try_from(from_socket()?.process_id?).ok()?;
        pid_file::is_running(pid, name).then_some(pid)
    });
    let Some((pid, ending)) = pid.and_then(|pid| Some((pid, Ending::of(pid)?))) else { return Ok(()) };
    eprintln!("another instance of this driver serves this UPS (process {pid}), ending it");
    pid_file::give_order(name, &files.pid, Some(pid), Order::Stop)?;
    if ending.comes_within(GOODBYE) {
        return Ok(());
    }
    // One that hangs must not keep the load from being cut at the end of an outage.
    eprintln!("it does not end, killing it");
    let is_dead = kill(Pid::from_raw(pid), Signal::SIGKILL).is_ok() && ending.comes_within(GOODBYE);
    if !is_dead {
        return Err(InstanceError::Stays);
    }
    // It could not take its PID file with it, and while nobody has reaped it, it seems to be there.
    let _ = std::fs::remove_file(&files.pid);
    Ok(())
}
