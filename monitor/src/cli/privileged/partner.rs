//! The unprivileged side: sends the byte, and waits for how it went.
//!
//! When the privileged process is gone, the order is tried without its rights: that may fail, and
//! not to try fails for certain.

use super::deeds::Deeds;
use super::left_alone::LeftAlone;
use super::{FLAG, Order, Plan, receive_outcome};
use daemon::errands::{Errand, Errands};
use protocol::effect::Program;
use protocol::{Command, JobOutcome};
use std::collections::BTreeMap;
use std::io::{self, ErrorKind, Write};
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::process::Stdio;
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// How long the start waits for the privileged process.
const GREETING: Duration = Duration::from_secs(10);

/// Who waits for which order; closed once the privileged process is gone.
#[derive(Default)]
struct Waiting {
    orders: BTreeMap<Order, Sender<JobOutcome>>,
    is_closed: bool,
}

struct Partner {
    /// What is done here once the other side is gone.
    deeds: Arc<Deeds>,
    stream: UnixStream,
    waiting: Arc<Mutex<Waiting>>,
}

/// Starts the privileged process: call it while there are privileges to keep. It keeps our standard
/// error while we do, in the foreground.
pub(in super::super) fn start(plan: Plan, in_background: bool) -> io::Result<Errands> {
    let (mut ours, theirs) = UnixStream::pair()?;
    spawn(theirs.into(), in_background)?;
    plan.send(&mut ours)?;
    greet(&mut ours)?;
    let waiting = Arc::<Mutex<Waiting>>::default();
    let (answers, who) = (ours.try_clone()?, Arc::clone(&waiting));
    let partner = Partner { deeds: Deeds::without_room(plan), stream: ours, waiting };
    Ok(Errands { run: Arc::new(move |errand| partner.run(errand)), attend: Box::new(move || listen(answers, &who)) })
}

/// Waits until the privileged process is there: a limit that is reached later must not find it without what it needs. One
/// that takes its time is not waited for any longer.
fn greet(stream: &mut UnixStream) -> io::Result<()> {
    stream.write_all(&[Order::Greet.byte()])?;
    stream.set_read_timeout(Some(GREETING))?;
    let greeted = receive_outcome(stream);
    stream.set_read_timeout(None)?;
    match greeted {
        Err(error) if !matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => Err(error),
        Ok(_) | Err(_) => Ok(()),
    }
}

#[expect(clippy::disallowed_methods, reason = "the privileged process is this program again")]
fn spawn(socket: OwnedFd, in_background: bool) -> io::Result<()> {
    std::process::Command::new(std::env::current_exe()?)
        .arg(FLAG)
        .stdin(socket)
        .stdout(Stdio::null())
        .stderr(if in_background { Stdio::null() } else { Stdio::inherit() })
        .spawn()
        .map(drop)
}

impl Partner {
    fn run(&self, errand: &Errand) -> JobOutcome {
        match self.order(errand) {
            Some((order, left_alone)) => {
                let mut more = Vec::new();
                if let Errand::Bequeath(will) = errand {
                    more.extend([milliseconds(will.after), milliseconds(will.at_the_latest)].concat());
                }
                if matches!(order, Order::RaiseFlag | Order::BequeathAll) {
                    more.extend(left_alone.to_bytes());
                }
                self.give(order, &more).unwrap_or_else(|| self.deeds.take(order, &left_alone)())
            }
            None => JobOutcome::Failed("not what upsmon was started with".to_owned()),
        }
    }

    /// The order for an errand that was planned, and whom its flag leaves alone.
    fn order(&self, errand: &Errand) -> Option<(Order, LeftAlone)> {
        let plain = |is_planned: bool, order| is_planned.then(|| (order, LeftAlone::default()));
        match errand {
            Errand::Run(command) => plain(self.is_shutdown(command), Order::ShutDown),
            Errand::WriteFile { path, contents } => Some((Order::RaiseFlag, self.left_alone(path, contents)?)),
            Errand::Bequeath(will) => match &will.file {
                _ if !self.is_shutdown(&will.command) => None,
                Some((path, contents)) => Some((Order::BequeathAll, self.left_alone(path, contents)?)),
                None => plain(true, Order::BequeathCommand),
            },
            Errand::RemoveFile { path } => plain(*path == self.deeds.plan.power_down_flag, Order::LowerFlag),
        }
    }

    fn is_shutdown(&self, command: &Command) -> bool {
        command.program == Program::Shell(self.deeds.plan.shutdown_command.clone())
    }

    /// Whom the flag leaves alone, where it is the planned one.
    fn left_alone(&self, path: &str, contents: &[u8]) -> Option<LeftAlone> {
        let plan = &self.deeds.plan;
        LeftAlone::in_flag(contents, plan).filter(|_| path == plan.power_down_flag)
    }

    /// Gives the order; `None` when nobody is there to take it.
    fn give(&self, order: Order, more: &[u8]) -> Option<JobOutcome> {
        let (done, outcome) = channel();
        {
            let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
            if waiting.is_closed {
                return None;
            }
            waiting.orders.insert(order, done);
        }
        (&self.stream).write_all(&[&[order.byte()], more].concat()).ok()?;
        // An order that was taken is not given twice, whatever became of it.
        Some(outcome.recv().unwrap_or(JobOutcome::Lost))
    }
}

fn milliseconds(time: Duration) -> [u8; 4] {
    u32::try_from(time.as_millis()).unwrap_or(u32::MAX).to_be_bytes()
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
