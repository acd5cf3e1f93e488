//! The privileged side: waits for a byte, obeys, says how it went.
//!
//! It hears no signal that asks for its end: it ends with the other side. Service managers send SIGTERM to
//! every process of a daemon, and the other side does not give in to it in the middle of a shutdown.

use super::super::NAME;
use super::deeds::Deeds;
use super::left_alone::LeftAlone;
use super::will::{FLAG_PATIENCE, Will};
use super::{Order, Plan, send_outcome};
use daemon::Log;
use daemon::reserve::Reserve;
use nix::sys::signal::{SigSet, Signal};
use protocol::{JobOutcome, Level};
use std::io::{self, ErrorKind, Read};
use std::os::fd::AsFd;
use std::os::unix::net::UnixStream;
use std::process::ExitCode;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

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
    let deeds = Deeds::new(Plan::receive(&mut orders)?);
    let (flags, commands) = (Lane::open(), Lane::open());
    let (mut will, mut is_settled) = (None::<Will>, false);
    loop {
        let byte = match hear(&mut orders, will.as_ref()) {
            Heard::Byte(byte) => byte,
            Heard::End => break,
            Heard::Nothing => {
                if let Some(will) = will.take() {
                    is_settled = true;
                    log.say(Level::Error, "privileged process: upsmon is stuck in a shutdown: going on in its place");
                    let (deeds, for_flags) = (Arc::clone(&deeds), flags.reserve.clone());
                    commands.start(move || will.carry_out(&deeds, &for_flags));
                }
                continue;
            }
        };
        let Some(order) = Order::from_byte(byte) else {
            log.say(Level::Warning, format!("privileged process: no such order: {byte:#04x}"));
            continue;
        };
        let mut left_alone = LeftAlone::default();
        match order {
            // Half an order is the other side's end.
            Order::BequeathAll | Order::BequeathCommand => {
                let Ok(left) = Will::receive(order, &mut orders) else { break };
                // One that a command has overtaken has been carried out.
                will = (!is_settled).then_some(left);
            }
            Order::ShutDown => (is_settled, will) = (true, None),
            Order::RaiseFlag => {
                let Ok(those) = LeftAlone::receive(&mut orders) else { break };
                left_alone = those;
            }
            Order::Greet => {
                answer(order, &JobOutcome::Exited(0), &answers);
                continue;
            }
            Order::LowerFlag => {}
        }
        let (deed, answers) = (deeds.take(order, &left_alone), Arc::clone(&answers));
        let lane = if order == Order::ShutDown { &commands } else { &flags };
        lane.start(move || answer(order, &deed(), &answers));
    }
    if let Some(will) = will {
        log.say(Level::Error, "privileged process: upsmon is gone in the middle of a shutdown: going on in its place");
        will.carry_out(&deeds, &flags.reserve);
    }
    commands.end(Duration::MAX);
    if deeds.is_still_to_start() {
        log.say(
            Level::Error,
            "privileged process: upsmon is gone and SHUTDOWNCMD has not started: going on in its place",
        );
        deeds.insist();
    }
    flags.end(FLAG_PATIENCE);
    Ok(())
}

/// What comes from the other side.
enum Heard {
    Byte(u8),
    /// The time of its last will is over.
    Nothing,
    /// An end by error is an end as well.
    End,
}

fn hear(orders: &mut UnixStream, will: Option<&Will>) -> Heard {
    let mut byte = [0];
    loop {
        let patience = will.map(Will::patience);
        if patience == Some(None) {
            return Heard::Nothing;
        }
        let read = orders.set_read_timeout(patience.flatten()).and_then(|()| orders.read(&mut byte));
        // The rest of an order comes with its first byte.
        match read.and_then(|count| orders.set_read_timeout(None).map(|()| count)) {
            Ok(1) => return Heard::Byte(byte[0]),
            // Stopped and continued, or the time is over.
            Err(error) if matches!(error.kind(), ErrorKind::Interrupted | ErrorKind::WouldBlock) => {}
            Ok(_) | Err(_) => return Heard::End,
        }
    }
}

/// Orders under way: a disk that hangs on the flag must not keep SHUTDOWNCMD from running.
struct Lane {
    reserve: Reserve,
    /// What is under way has the sender.
    under_way: (Sender<()>, Receiver<()>),
}

impl Lane {
    /// A process that has no thread to spare when it starts shuts its host down all the same.
    fn open() -> Self {
        Self { reserve: Reserve::keep_if_possible(), under_way: channel() }
    }

    fn start(&self, work: impl FnOnce() + Send + 'static) {
        let under_way = self.under_way.0.clone();
        self.reserve.start(move || {
            work();
            drop(under_way);
        });
    }

    fn end(self, patience: Duration) {
        let (ours, theirs) = self.under_way;
        drop(ours);
        let _ = theirs.recv_timeout(patience);
    }
}

fn answer(order: Order, outcome: &JobOutcome, answers: &Mutex<UnixStream>) {
    let mut answers = answers.lock().unwrap_or_else(PoisonError::into_inner);
    // The other side may be gone.
    drop(send_outcome(&mut *answers, order, outcome));
}
