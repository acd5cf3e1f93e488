//! What the privileged process does, whoever has it done: an order, or a last will.

use super::left_alone::LeftAlone;
use super::{Order, Plan};
use daemon::files::{Change, Files};
use daemon::room::Room;
use protocol::JobOutcome;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::Path;
use std::process::{Child, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How long SHUTDOWNCMD may be without a child to run in before this process becomes it.
const CHILDLESS: Duration = Duration::from_secs(5);
/// A place that was freed is counted as taken for a moment longer.
const AT_ONCE: u32 = 20;
const MOMENT: Duration = Duration::from_millis(1);
/// How long after a failure whoever has nobody to ask tries again.
const EVERY: Duration = Duration::from_secs(1);
/// After as many errors the pause grows no more.
const LONGEST_DOUBLINGS: u32 = 6;

/// With the rights that this process has.
#[derive(Debug)]
pub(super) struct Deeds {
    pub(super) plan: Plan,
    files: Files,
    room: Option<Room>,
    /// How often SHUTDOWNCMD has ended, or could not be started.
    ends: AtomicU32,
    /// Held while it runs.
    shut_down: Mutex<Shutdown>,
}

/// What became of SHUTDOWNCMD.
#[derive(Debug, Default)]
struct Shutdown {
    last: Option<JobOutcome>,
    childless_since: Option<Instant>,
}

impl Deeds {
    /// What the privileged process does: it keeps room, and may become SHUTDOWNCMD.
    pub(super) fn new(plan: Plan) -> Arc<Self> {
        Self::with(plan, Some(Room::keep()))
    }

    /// What is tried without its rights once it is gone.
    pub(super) fn without_room(plan: Plan) -> Arc<Self> {
        Self::with(plan, None)
    }

    fn with(plan: Plan, room: Option<Room>) -> Arc<Self> {
        Arc::new(Self { plan, files: Files::default(), room, ends: AtomicU32::new(0), shut_down: Mutex::default() })
    }

    /// Takes an order: newer than all before it; a flag leaves those alone. What is returned carries it out, and may block.
    #[must_use = "an order is not carried out by itself"]
    pub(super) fn take(
        self: &Arc<Self>,
        order: Order,
        left_alone: &LeftAlone,
    ) -> Box<dyn FnOnce() -> JobOutcome + Send> {
        let change = |change| {
            let carry_out = self.files.wish(Path::new(&self.plan.power_down_flag), change);
            Box::new(|| match carry_out() {
                Ok(()) => JobOutcome::Exited(0),
                Err(error) => JobOutcome::Failed(error.to_string()),
            })
        };
        match order {
            Order::RaiseFlag => {
                self.room.iter().for_each(Room::free_descriptors);
                change(Change::Write(left_alone.flag(&self.plan)))
            }
            Order::LowerFlag => change(Change::Remove),
            Order::ShutDown => {
                let deeds = Arc::clone(self);
                Box::new(move || deeds.shut_down())
            }
            // To have taken it is all there is to do.
            Order::Greet | Order::BequeathAll | Order::BequeathCommand => Box::new(|| JobOutcome::Exited(0)),
        }
    }

    /// Runs SHUTDOWNCMD, until it has ended well. Whoever has it run while it runs hears how that one ends; so
    /// does whoever has it run after it ended well.
    pub(super) fn shut_down(&self) -> JobOutcome {
        let ends = self.ends.load(Ordering::SeqCst);
        let mut shutdown = self.shut_down.lock().unwrap_or_else(PoisonError::into_inner);
        let ran_meanwhile = ends != self.ends.load(Ordering::SeqCst);
        if let Some(last) = shutdown.last.as_ref().filter(|last| ran_meanwhile || last.is_success()) {
            return last.clone();
        }
        if let Some(room) = &self.room {
            room.free_descriptors();
            room.free_tasks();
        }
        let outcome = self.attempt(&mut shutdown);
        shutdown.last = Some(outcome.clone());
        self.ends.fetch_add(1, Ordering::SeqCst);
        outcome
    }

    /// Runs SHUTDOWNCMD until it has ended well, where nobody else is left who would ask again.
    pub(super) fn insist(&self) {
        let mut errors = 0;
        loop {
            let pause = match self.shut_down() {
                JobOutcome::Exited(0) => return,
                JobOutcome::Failed(_) => EVERY,
                _ => {
                    errors += 1;
                    EVERY * (1 << (errors - 1).min(LONGEST_DOUBLINGS))
                }
            };
            sleep(pause);
        }
    }

    /// Whether SHUTDOWNCMD was asked for and could not even be started.
    pub(super) fn is_still_to_start(&self) -> bool {
        let shutdown = self.shut_down.lock().unwrap_or_else(PoisonError::into_inner);
        matches!(shutdown.last, Some(JobOutcome::Failed(_)))
    }

    fn attempt(&self, shutdown: &mut Shutdown) -> JobOutcome {
        let mut started = shell(&self.plan.shutdown_command).spawn();
        for _ in 0..AT_ONCE {
            if started.is_ok() {
                break;
            }
            sleep(MOMENT);
            started = shell(&self.plan.shutdown_command).spawn();
        }
        let error = match started {
            Ok(child) => {
                shutdown.childless_since = None;
                return see_through(child);
            }
            Err(error) => error,
        };
        let since = *shutdown.childless_since.get_or_insert_with(now);
        if self.room.is_some() && now().duration_since(since) >= CHILDLESS {
            // It returns only where it fails.
            let error = shell(&self.plan.shutdown_command).exec();
            return JobOutcome::Failed(error.to_string());
        }
        JobOutcome::Failed(error.to_string())
    }
}

#[expect(clippy::disallowed_methods, reason = "this process is the executor of SHUTDOWNCMD")]
fn shell(command: &str) -> std::process::Command {
    let mut shell = std::process::Command::new("/bin/sh");
    shell.args(["-c", command]).stdin(Stdio::null());
    shell
}

/// A child that runs is never taken for one that does not.
fn see_through(mut child: Child) -> JobOutcome {
    match child.wait().map(|status| (status.code(), status.signal())) {
        Ok((Some(code), _)) => JobOutcome::Exited(code),
        Ok((None, signal)) => JobOutcome::Killed(signal.unwrap_or_default()),
        Err(_) => JobOutcome::Lost,
    }
}

#[expect(clippy::disallowed_methods, reason = "this process has no engine and no clock of one")]
fn now() -> Instant {
    Instant::now()
}

#[expect(clippy::disallowed_methods, reason = "nobody else waits on this thread")]
fn sleep(time: Duration) {
    std::thread::sleep(time);
}
