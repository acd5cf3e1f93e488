//! Carries out a plan: starts driver programs and ends running ones.
//!
//! Part of the shell: it starts processes, and waits for them.

use super::Places;
use super::plan::{Entry, Run, Step, Stop};
use super::turns::{GRACE, Load, Outcome, Turns};
use crate::ending::Ending;
use crate::hook;
use crate::inquiry::Inquiry;
use daemon::Clock;
use daemon::pid_file::{self, Order};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use protocol::Instant;
use protocol::diagnostic::Diagnostics;
use std::io;
use std::path::Path;
use std::process::{Child, Command, ExitStatus};
use std::sync::mpsc::channel;
use std::time::Duration;

/// How long a driver may take to end after SIGTERM, and again after SIGKILL.
const GOODBYE: Duration = Duration::from_secs(5);

/// Does what a plan says.
#[derive(Debug)]
pub struct Executor {
    /// Where things are.
    pub places: Places,
    /// `-t`: says it all, does nothing.
    pub is_test: bool,
    /// 1: what is done for which UPS; 2: with which words.
    pub debug: u8,
    /// Whether to wait for drivers to have started (no `nowait`).
    pub waits: bool,
    /// When this `upsdrvctl` began.
    pub began: Clock,
    /// POWEROFF_WAIT.
    pub poweroff_wait: Duration,
    /// A shutdown is of all UPSes: nobody else tells one, and each driver's time is known.
    pub cuts_all: bool,
}

/// How one attempt to run a driver ended.
enum Attempt {
    Done,
    Failed,
    /// It has not ended in time.
    Late,
    /// The program is not there: trying again is of no use.
    NoProgram,
}

/// How one attempt is made.
struct How {
    /// How long it may take, on the wall.
    limit: Duration,
    /// Another one comes if it fails.
    is_repeated: bool,
    /// How long the driver may try a device that is away; its own affair otherwise.
    patience: Option<Duration>,
}

impl Executor {
    /// Takes every step, whatever becomes of the others; whether all went well.
    #[must_use]
    pub fn all(&self, steps: &[Step]) -> bool {
        if self.is_test {
            println!("*** Testing mode: not calling exec/kill");
        }
        let mut foreground = Vec::new();
        let mut cuts = Vec::new();
        let mut all_went_well = true;
        for step in steps {
            all_went_well &= match step {
                Step::Run(run) if run.is_shutdown => {
                    cuts.push(run);
                    true
                }
                Step::Run(run) => self.run(run, &mut foreground),
                Step::Stop(stop) => self.stop(stop),
            };
        }
        all_went_well &= self.cut(&cuts);
        for mut child in foreground {
            all_went_well &= child.wait().is_ok_and(|status| status.success());
        }
        all_went_well
    }

    /// Cuts the loads in turns; whether every UPS was told.
    fn cut(&self, cuts: &[&Run]) -> bool {
        let loads = cuts.iter().map(|run| Load { attempts: run.attempts, retry_delay: run.retry_delay });
        let mut turns = Turns::new(loads, self.poweroff_wait);
        while let Some(turn) = turns.next(self.elapsed()) {
            let run = cuts[turn.load];
            self.say(1, &format!("Shutdown UPS: {}", run.ups));
            pause(self.began.real(turn.pause));
            let began = self.elapsed();
            let limit = run.limit.min(turn.limit);
            let how = How {
                limit: self.began.real(limit) + GRACE,
                is_repeated: !turn.is_last,
                patience: self.cuts_all.then_some(turn.patience.min(limit)),
            };
            let outcome = match self.attempt(run, &how, &mut Vec::new()) {
                Attempt::Done => Outcome::Told,
                Attempt::Failed => Outcome::Failed,
                Attempt::Late => Outcome::Late,
                Attempt::NoProgram => Outcome::NoProgram,
            };
            let now = self.elapsed();
            turns.ended(outcome, now.saturating_sub(began), now);
        }
        turns.all_told()
    }

    /// Since this `upsdrvctl` began, which is as good as since the hook did.
    fn elapsed(&self) -> Duration {
        self.began.now() - Instant::START
    }

    fn run(&self, run: &Run, foreground: &mut Vec<Child>) -> bool {
        self.say(1, &format!("Starting UPS: {}", run.ups));
        for left in (0..run.attempts).rev() {
            let how = How { limit: run.limit, is_repeated: left > 0, patience: None };
            match self.attempt(run, &how, foreground) {
                Attempt::Done => return true,
                Attempt::Failed | Attempt::Late if left > 0 => {
                    self.say(1, &format!("{left} remaining attempts"));
                    pause(run.retry_delay);
                }
                Attempt::Failed | Attempt::Late | Attempt::NoProgram => return false,
            }
        }
        false
    }

    fn attempt(&self, run: &Run, how: &How, foreground: &mut Vec<Child>) -> Attempt {
        self.say(2, &format!("exec:  {}", run.command.join(" ")));
        let [program, arguments @ ..] = run.command.as_slice() else { return Attempt::NoProgram };
        if self.is_test {
            return if Path::new(program).exists() { Attempt::Done } else { cannot_start(program, &missing()) };
        }
        let child = match start(program, arguments, how.patience) {
            Ok(child) => child,
            Err(error) => return cannot_start(program, &error),
        };
        if run.stays_in_foreground {
            foreground.push(child);
            return Attempt::Done;
        }
        if !self.waits {
            self.say(1, "'nowait' set, continuing");
            return Attempt::Done;
        }
        let ending = i32::try_from(child.id()).ok().and_then(Ending::of);
        match wait(child, how.limit) {
            Some(Ok(status)) if status.success() => self.greet(run),
            Some(Ok(status)) => failed(run, &status.to_string()),
            Some(Err(error)) => failed(run, &error.to_string()),
            None => {
                // The next attempt wants the device for itself; a last one may still come through.
                if let Some(ending) = ending.filter(|_| how.is_repeated) {
                    end_attempt(&ending);
                }
                failed(run, &format!("not done after {} s, not waiting any longer", how.limit.as_secs()));
                Attempt::Late
            }
        }
    }

    /// A driver is started when it answers: what has only left the terminal may still fail, and has
    /// no PID file yet.
    fn greet(&self, run: &Run) -> Attempt {
        let Some(socket) = &run.socket else { return Attempt::Done };
        match Inquiry::connect(&self.places.sockets.join(socket)).and_then(Inquiry::portrait) {
            Ok(_) => Attempt::Done,
            Err(error) => failed(run, &format!("no answer on {socket}: {error}")),
        }
    }

    fn stop(&self, stop: &Stop) -> bool {
        self.say(1, &format!("Stopping UPS: {}", stop.ups));
        let paths = [&stop.pid_file, &stop.old_pid_file].map(|name| self.places.pids.join(name));
        let found = paths.iter().find_map(|path| Some((path, pid_file::read(path).ok()?)));
        let Some((path, pid)) = found else {
            eprintln!("Can't open {}: {}", paths[0].display(), missing());
            eprintln!("Can't open {} either: {}", paths[1].display(), missing());
            return false;
        };
        self.say(2, &format!("Sending signal to {}", path.display()));
        self.is_test || Self::end(stop, path, pid)
    }

    /// SIGTERM; SIGKILL when that is not enough.
    fn end(stop: &Stop, path: &Path, pid: i32) -> bool {
        let Some(ending) = Ending::of(pid) else {
            eprintln!("Stopping {} failed: no process {pid}", path.display());
            return false;
        };
        if let Err(error) = pid_file::give_order(&stop.driver, path, Some(pid), Order::Stop) {
            eprintln!("Stopping {} failed: {error}", path.display());
            return false;
        }
        if ending.comes_within(GOODBYE) {
            return true;
        }
        eprintln!("Stopping {} failed, retrying harder", path.display());
        kill(Pid::from_raw(pid), Signal::SIGKILL).is_ok() && ending.comes_within(GOODBYE)
    }

    fn say(&self, level: u8, text: &str) {
        if self.debug >= level {
            eprintln!("[D{level}] {text}");
        }
    }
}

/// `-c`: the order to every chosen driver; whether all obeyed.
///
/// # Errors
///
/// None so far: what went wrong has been printed.
pub fn order(order: &str, entries: &[&Entry], places: &Places) -> Result<bool, Diagnostics> {
    let mut all_obeyed = true;
    for entry in entries {
        let socket = places.sockets.join(entry.socket());
        match Inquiry::connect(&socket).and_then(|inquiry| inquiry.instcmd(&format!("driver.{order}"))) {
            Ok(0) => {}
            Ok(outcome) => {
                eprintln!("{}: driver answers {outcome} to {order}", entry.ups);
                all_obeyed = false;
            }
            Err(error) => {
                eprintln!("Can't ask {}: {error}", socket.display());
                all_obeyed = false;
            }
        }
    }
    Ok(all_obeyed)
}

fn cannot_start(program: &str, error: &io::Error) -> Attempt {
    eprintln!("Can't start {program}: {error}");
    Attempt::NoProgram
}

fn failed(run: &Run, how: &str) -> Attempt {
    let what = if run.is_shutdown { "Driver failed to shut down the UPS" } else { "Driver failed to start" };
    eprintln!("{what}: {} ({how})", run.ups);
    Attempt::Failed
}

fn missing() -> io::Error {
    io::Error::from_raw_os_error(nix::libc::ENOENT)
}

#[expect(clippy::disallowed_methods, reason = "starting the driver programs of ups.conf is what upsdrvctl is for")]
fn start(program: &str, arguments: &[String], patience: Option<Duration>) -> io::Result<Child> {
    let mut command = Command::new(program);
    command.args(arguments).env_remove(hook::PATIENCE);
    if let Some(patience) = patience {
        command.env(hook::PATIENCE, patience.as_millis().to_string());
    }
    command.spawn()
}

/// Ends a driver that was started here and took too long: SIGTERM, then SIGKILL.
fn end_attempt(ending: &Ending) {
    let has_ended = ending.ask_for().is_ok() && ending.comes_within(GOODBYE);
    if !has_ended && ending.force().is_ok() && !ending.comes_within(GOODBYE) {
        eprintln!("a driver that was started before does not end");
    }
}

/// How the child ended, or nothing when it has not within `limit`; it is left running then.
fn wait(mut child: Child, limit: Duration) -> Option<io::Result<ExitStatus>> {
    let (told, ended) = channel();
    std::thread::spawn(move || told.send(child.wait()));
    ended.recv_timeout(limit).ok()
}

#[expect(clippy::disallowed_methods, reason = "retrydelay is a promise of ups.conf(5)")]
fn pause(time: Duration) {
    std::thread::sleep(time);
}
