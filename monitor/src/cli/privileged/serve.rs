//! The privileged side: waits for a byte, obeys, says how it went.

use super::{Order, Plan, send_outcome};
use crate::power_down_flag::MAGIC;
use protocol::JobOutcome;
use std::io::{self, Read};
use std::os::fd::AsFd;
use std::os::unix::net::UnixStream;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{ExitCode, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

/// Serves on standard input, a socket, until the unprivileged side is gone.
pub(in super::super) fn serve() -> ExitCode {
    match attend() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("upsmon: privileged process: {error}");
            ExitCode::FAILURE
        }
    }
}

fn attend() -> io::Result<()> {
    let mut orders = UnixStream::from(io::stdin().as_fd().try_clone_to_owned()?);
    let answers = Arc::new(Mutex::new(orders.try_clone()?));
    let plan = Arc::new(Plan::receive(&mut orders)?);
    let mut at_work = Vec::new();
    let mut byte = [0];
    while orders.read(&mut byte)? == 1 {
        let Some(order) = Order::from_byte(byte[0]) else {
            eprintln!("upsmon: privileged process: no such order: {:#04x}", byte[0]);
            continue;
        };
        let (plan, answers) = (Arc::clone(&plan), Arc::clone(&answers));
        // A disk that hangs on the flag must not keep SHUTDOWNCMD from running.
        at_work.push(thread::Builder::new().spawn(move || {
            let outcome = obey(order, &plan);
            let mut answers = answers.lock().unwrap_or_else(PoisonError::into_inner);
            // The other side may be gone: the order is carried out all the same.
            drop(send_outcome(&mut *answers, order, &outcome));
        })?);
    }
    for work in at_work {
        drop(work.join());
    }
    Ok(())
}

fn obey(order: Order, plan: &Plan) -> JobOutcome {
    let flag = Path::new(&plan.power_down_flag);
    let done = match order {
        Order::RaiseFlag => daemon::files::replace(flag, MAGIC.as_bytes()),
        Order::LowerFlag => daemon::files::remove(flag),
        Order::ShutDown => return run(&plan.shutdown_command),
    };
    done.map_or_else(|error| JobOutcome::Failed(error.to_string()), |()| JobOutcome::Exited(0))
}

#[expect(clippy::disallowed_methods, reason = "this process is the executor of SHUTDOWNCMD")]
fn run(command: &str) -> JobOutcome {
    let ended = std::process::Command::new("/bin/sh").args(["-c", command]).stdin(Stdio::null()).status();
    match ended.map(|status| (status.code(), status.signal())) {
        Ok((Some(code), _)) => JobOutcome::Exited(code),
        Ok((None, signal)) => JobOutcome::Killed(signal.unwrap_or_default()),
        Err(error) => JobOutcome::Failed(error.to_string()),
    }
}
