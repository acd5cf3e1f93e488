//! The unprivileged side: sends the byte, and waits for how it went.

use super::{FLAG, Order, Plan, receive_outcome};
use crate::power_down_flag::MAGIC;
use daemon::errands::{Errand, ErrandRunner};
use protocol::JobOutcome;
use protocol::effect::Program;
use std::collections::BTreeMap;
use std::io::{self, Write};
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt;
use std::process::Stdio;
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex, Once, PoisonError};
use std::thread;

/// What every errand fails with once the privileged process is gone.
const GONE: &str = "the privileged process is gone";

/// Who waits for which order; closed once the privileged process is gone.
#[derive(Default)]
struct Waiting {
    orders: BTreeMap<Order, Sender<JobOutcome>>,
    is_closed: bool,
}

struct Partner {
    plan: Plan,
    stream: UnixStream,
    waiting: Arc<Mutex<Waiting>>,
    /// Threads do not survive going to the background: the listener starts with the first errand.
    listening: Once,
}

/// Starts the privileged process: call it while there are privileges to keep.
pub(in super::super) fn start(plan: Plan) -> io::Result<ErrandRunner> {
    let (mut ours, theirs) = UnixStream::pair()?;
    spawn(theirs.into())?;
    plan.send(&mut ours)?;
    let waiting = Arc::default();
    let partner = Partner { plan, stream: ours, waiting, listening: Once::new() };
    Ok(Arc::new(move |errand| partner.run(errand)))
}

#[expect(clippy::disallowed_methods, reason = "the privileged process is this program again")]
fn spawn(socket: OwnedFd) -> io::Result<()> {
    std::process::Command::new(std::env::current_exe()?)
        .arg(FLAG)
        .stdin(socket)
        .stdout(Stdio::null())
        // A signal to upsmon's group must not end a shutdown under way.
        .process_group(0)
        .spawn()
        .map(drop)
}

impl Partner {
    fn run(&self, errand: &Errand) -> JobOutcome {
        match self.order(errand) {
            Some(order) => self.give(order).unwrap_or_else(|error| JobOutcome::Failed(format!("{GONE}: {error}"))),
            None => JobOutcome::Failed("not what upsmon was started with".to_owned()),
        }
    }

    /// The order for an errand that was planned.
    fn order(&self, errand: &Errand) -> Option<Order> {
        match errand {
            Errand::Run(command) => {
                let Program::Shell(line) = &command.program else { return None };
                (*line == self.plan.shutdown_command).then_some(Order::ShutDown)
            }
            Errand::WriteFile { path, contents } => {
                let is_flag = *path == self.plan.power_down_flag && contents == MAGIC.as_bytes();
                is_flag.then_some(Order::RaiseFlag)
            }
            Errand::RemoveFile { path } => (*path == self.plan.power_down_flag).then_some(Order::LowerFlag),
        }
    }

    fn give(&self, order: Order) -> io::Result<JobOutcome> {
        let stream = self.stream.try_clone()?;
        let waiting = Arc::clone(&self.waiting);
        self.listening.call_once(|| drop(thread::Builder::new().spawn(move || listen(stream, &waiting))));
        let (done, outcome) = channel();
        {
            let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
            if waiting.is_closed {
                return Ok(JobOutcome::Failed(GONE.to_owned()));
            }
            waiting.orders.insert(order, done);
        }
        (&self.stream).write_all(&[order.byte()])?;
        Ok(outcome.recv().unwrap_or_else(|_| JobOutcome::Failed(GONE.to_owned())))
    }
}

fn listen(mut stream: UnixStream, waiting: &Mutex<Waiting>) {
    while let Ok((order, outcome)) = receive_outcome(&mut stream) {
        let done = waiting.lock().unwrap_or_else(PoisonError::into_inner).orders.remove(&order);
        // Nobody waits any more when the daemon has ended.
        drop(done.map(|done| done.send(outcome)));
    }
    let mut waiting = waiting.lock().unwrap_or_else(PoisonError::into_inner);
    waiting.is_closed = true;
    // Whoever waits hears it by their channel's end.
    waiting.orders.clear();
}
