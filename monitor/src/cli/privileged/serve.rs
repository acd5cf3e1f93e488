//! The privileged side: waits for a byte, obeys, says how it went.
//!
//! It hears no signal that asks for its end: it ends with the other side. Service managers send SIGTERM to
//! every process of a daemon, and the other side does not give in to it in the middle of a shutdown.

use super::super::NAME;
use super::will::Will;
use super::{Order, Plan, send_outcome};
use crate::power_down_flag::MAGIC;
use daemon::Log;
use nix::sys::signal::{SigSet, Signal};
use protocol::{JobOutcome, Level};
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
    ready_for_signals();
    // It never waits: standard error is inherited, and may be a pipe that nobody empties.
    let log = Log::start(NAME, Level::Notice, false);
    let ended = attend(&log);
    if let Err(error) = &ended {
        log.say(Level::Error, format!("privileged process: {error}"));
    }
    log.flush();
    if ended.is_ok() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Holds for every thread to come; commands start without it.
fn ready_for_signals() {
    // A signal to upsmon's group or terminal must not end a shutdown under way. It fails for a leader only.
    let _ = nix::unistd::setsid();
    let ends = [Signal::SIGTERM, Signal::SIGINT, Signal::SIGQUIT, Signal::SIGHUP];
    // It fails for an unknown way to change the mask only.
    let _ = ends.into_iter().collect::<SigSet>().thread_block();
}

fn attend(log: &Log) -> io::Result<()> {
    let mut orders = UnixStream::from(io::stdin().as_fd().try_clone_to_owned()?);
    let answers = Arc::new(Mutex::new(orders.try_clone()?));
    let plan = Arc::new(Plan::receive(&mut orders)?);
    let mut at_work = Vec::new();
    let (mut will, mut shut_down) = (None, false);
    let mut byte = [0];
    // An end by error is an end as well.
    while orders.read(&mut byte).is_ok_and(|count| count == 1) {
        let Some(order) = Order::from_byte(byte[0]) else {
            log.say(Level::Warning, format!("privileged process: no such order: {:#04x}", byte[0]));
            continue;
        };
        match order {
            Order::BequeathAll | Order::BequeathCommand => {
                let left = Will::receive(order, &mut orders)?;
                // One that a command has overtaken has been carried out.
                will = (!shut_down).then_some(left);
            }
            Order::ShutDown => (shut_down, will) = (true, None),
            Order::RaiseFlag | Order::LowerFlag => {}
        }
        let work = {
            let (plan, answers) = (Arc::clone(&plan), Arc::clone(&answers));
            move || carry_out(order, &plan, &answers)
        };
        // A disk that hangs on the flag must not keep SHUTDOWNCMD from running.
        match thread::Builder::new().spawn(work.clone()) {
            Ok(thread) => at_work.push(thread),
            // No thread to be had: the order is carried out all the same.
            Err(_) => work(),
        }
    }
    if let Some(will) = will {
        // Nothing is said before: what is said can hang, and this cannot wait.
        will.carry_out(&plan);
        log.say(
            Level::Error,
            "privileged process: upsmon was gone in the middle of a shutdown: shut down in its place",
        );
    }
    for work in at_work {
        drop(work.join());
    }
    Ok(())
}

fn carry_out(order: Order, plan: &Plan, answers: &Mutex<UnixStream>) {
    let outcome = obey(order, plan);
    let mut answers = answers.lock().unwrap_or_else(PoisonError::into_inner);
    // The other side may be gone.
    drop(send_outcome(&mut *answers, order, &outcome));
}

/// Carries out an order with the rights that this process has.
pub(super) fn obey(order: Order, plan: &Plan) -> JobOutcome {
    let flag = Path::new(&plan.power_down_flag);
    let done = match order {
        Order::RaiseFlag => daemon::files::replace(flag, MAGIC.as_bytes()),
        Order::LowerFlag => daemon::files::remove(flag),
        Order::ShutDown => return run(&plan.shutdown_command),
        // To have taken it is all there is to do.
        Order::BequeathAll | Order::BequeathCommand => Ok(()),
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
