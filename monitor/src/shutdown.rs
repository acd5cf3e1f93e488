//! The forced shutdown, step by step. Once begun, nothing cancels it, power's return included.
//!
//! ```text
//! Watching ──decision──► Syncing ──secondaries gone, or HOSTSYNC──► Announced
//!     └──decision, primary of nothing────────────────────────────────►│
//!                                                              FINALDELAY
//!                                                                     ▼
//! Left ◄──SHUTDOWNEXIT── Commanded ◄──written, or too slow── RaisingFlag (primary with POWERDOWNFLAG)
//!   ▲                     │      ▲                                    │
//!   └──ended── LoggedOut ◄┘      └──────────FINALDELAY, no flag───────┘
//!            SHUTDOWNCMD still runs
//! ```
//!
//! A job that hangs (the flag on a dead disk, SHUTDOWNCMD itself) has a limit to how long it is
//! waited for; the next step then goes on without it. Only the end of the daemon waits for SHUTDOWNCMD:
//! a service manager ends what a daemon has left behind, and is made to wait where SHUTDOWNEXIT says so (`stay`). What could
//! not be started, or ended with an error, is tried again (`trial`) while this host stays logged in; what runs is never
//! started twice. Who is ordered down, and who is left alone, is decided in `exempt`; the list of the latter goes with the
//! flag (`flag`).

mod exempt;
mod flag;
mod stay;
mod trial;

use crate::config::ShutdownExit;
use crate::decision::Decision;
use crate::desk::Desk;
use crate::notice::Notice;
use crate::supply::Supply;
use flag::Raising;
use protocol::effect::Program;
use protocol::{Bequest, Command, Instant, JobId, JobOutcome, Level};
use stay::Stay;
use std::time::Duration;
use trial::Trial;

/// How often the primary asks who is still logged in.
const COUNT_EVERY: Duration = Duration::from_millis(250);
/// How long the write of POWERDOWNFLAG may take before SHUTDOWNCMD runs without it.
const FLAG_PATIENCE: Duration = Duration::from_secs(5);
/// How long SHUTDOWNCMD may run before this host logs out beside it.
const COMMAND_PATIENCE: Duration = Duration::from_secs(5);

/// How long after HOSTSYNC and FINALDELAY a monitor that has not run SHUTDOWNCMD counts as stuck: what the
/// flag may take, and as much again twice for a machine that is busy.
const STUCK: Duration = Duration::from_secs(15);

/// Where the shutdown stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Phase {
    /// No decision yet.
    Watching,
    /// FSD is ordered; the primary waits for its secondaries to log out.
    Syncing { give_up_at: Instant, count_at: Instant, rounds: u32 },
    /// The shutdown is announced; FINALDELAY runs.
    Announced { until: Instant },
    /// POWERDOWNFLAG is being written.
    RaisingFlag { flag: Raising, give_up_at: Instant },
    /// SHUTDOWNCMD has been ordered; a flag that could not be written is tried beside it.
    Commanded { command: Trial, flag: Raising, leave_at: Option<Instant>, stay: Stay, code: u8 },
    /// Logged out, while SHUTDOWNCMD still runs; the flag is tried as before.
    LoggedOut { command: Trial, flag: Raising },
    /// Logged out; the daemon ends.
    Left,
}

/// What a phase leads to.
enum Next {
    Stay,
    Announce,
    RaiseFlag,
    Command { flag: Raising },
    LogOut,
    Leave { code: u8 },
}

impl Phase {
    /// When `step` has something to do, if nothing happens before.
    pub(crate) fn deadline(&self) -> Option<Instant> {
        match self {
            Self::Watching | Self::Left => None,
            Self::Syncing { give_up_at, count_at, .. } => Some(*give_up_at.min(count_at)),
            Self::Announced { until } => Some(*until),
            Self::RaisingFlag { give_up_at, .. } => Some(*give_up_at),
            Self::Commanded { command, flag, leave_at, stay, .. } => {
                let next = command.again_at().or(*leave_at);
                next.into_iter().chain(flag.again_at()).chain(stay.ends_at()).min()
            }
            Self::LoggedOut { command, flag } => command.again_at().into_iter().chain(flag.again_at()).min(),
        }
    }

    /// Whether SHUTDOWNCMD is still to come.
    pub(crate) fn is_before_the_command(&self) -> bool {
        match self {
            Self::Syncing { .. } | Self::Announced { .. } | Self::RaisingFlag { .. } => true,
            Self::Commanded { command, .. } | Self::LoggedOut { command, .. } => command.is_still_to_start(),
            Self::Watching | Self::Left => false,
        }
    }

    /// Whether no server is to hear from this host any more.
    pub(crate) fn has_logged_out(&self) -> bool {
        matches!(self, Self::LoggedOut { .. } | Self::Left)
    }

    /// Whether SHUTDOWNCMD was run, and is neither under way nor to be tried again.
    pub(crate) fn is_done_with_the_command(&self) -> bool {
        matches!(self, Self::Commanded { command, .. } if command.job.is_none() && command.again_at().is_none())
    }

    /// Ends the daemon because it was asked to.
    pub(crate) fn stop(&mut self, supplies: &mut [Supply], desk: &mut Desk<'_>) {
        if let Self::Commanded { stay, .. } = self
            && stay.takes_its_time(supplies, desk)
        {
            return;
        }
        desk.out.say(Level::Notice, "exiting: asked to stop");
        self.go(Next::Leave { code: 0 }, supplies, desk);
    }

    /// Starts what the decision asks for.
    pub(crate) fn begin(
        &mut self,
        decision: &Decision,
        leaves_alone: bool,
        supplies: &mut [Supply],
        desk: &mut Desk<'_>,
    ) {
        desk.out.say(Level::Notice, format!("forced shutdown: {decision}"));
        let is_ordering = exempt::order(leaves_alone, supplies, desk);
        let wait = if is_ordering { desk.config.host_sync } else { Duration::ZERO };
        bequeath(wait + desk.config.final_delay, supplies, desk);
        *self = Self::Watching;
        if is_ordering {
            let give_up_at = desk.now + desk.config.host_sync;
            *self = Self::Syncing { give_up_at, count_at: desk.now, rounds: 0 };
            self.step(supplies, desk);
        } else {
            self.announce(desk);
        }
    }

    /// Acts on whatever is due or has become true.
    pub(crate) fn step(&mut self, supplies: &mut [Supply], desk: &mut Desk<'_>) {
        let now = desk.now;
        if self.is_before_the_command() && exempt::take_back(supplies, desk) {
            self.renew(supplies, desk);
        }
        let next = match self {
            Self::Syncing { give_up_at, count_at, rounds } => sync(*give_up_at, count_at, rounds, supplies, desk),
            Self::Announced { until } if now < *until => Next::Stay,
            Self::Announced { .. } => Next::RaiseFlag,
            Self::RaisingFlag { give_up_at, .. } if now < *give_up_at => Next::Stay,
            Self::RaisingFlag { flag, .. } => {
                desk.out.say(Level::Error, "POWERDOWNFLAG is not written yet: shutting down without it");
                Next::Command { flag: std::mem::take(flag) }
            }
            Self::Commanded { command, flag, leave_at, stay, code } => {
                flag.try_again(desk);
                if command.is_due(now) {
                    *leave_at = try_command(command, stay, desk);
                }
                match (command.job, *leave_at) {
                    _ if stay.is_over(supplies, now) => Next::Leave { code: *code },
                    _ if command.again_at().is_some() => Next::Stay,
                    (Some(_), Some(at)) if at <= now => Next::LogOut,
                    (None, Some(at)) if at <= now => Next::Leave { code: *code },
                    _ => Next::Stay,
                }
            }
            Self::LoggedOut { command, flag } => {
                flag.try_again(desk);
                if command.is_due(now) {
                    try_command(command, &mut Stay::default(), desk);
                }
                Next::Stay
            }
            Self::Watching | Self::Left => Next::Stay,
        };
        self.go(next, supplies, desk);
    }

    /// Takes the end of a job; harmless when it is none of the shutdown's.
    pub(crate) fn job_done(&mut self, done: JobId, outcome: &JobOutcome, supplies: &mut [Supply], desk: &mut Desk<'_>) {
        let next = match self {
            Self::RaisingFlag { flag, .. } if flag.is_by(done) => {
                let is_over = flag.done(outcome, desk);
                if !outcome.is_success() {
                    desk.out.say(Level::Error, format!("POWERDOWNFLAG could not be written: {outcome}"));
                }
                if is_over { Next::Command { flag: std::mem::take(flag) } } else { Next::Stay }
            }
            Self::Commanded { flag, .. } | Self::LoggedOut { flag, .. } if flag.is_by(done) => {
                if flag.done(outcome, desk) && outcome.is_success() {
                    desk.out.say(Level::Notice, "POWERDOWNFLAG is written");
                }
                Next::Stay
            }
            Self::Commanded { command, leave_at, code, .. } if command.job == Some(done) => match outcome {
                JobOutcome::Exited(0) => {
                    command.job = None;
                    let at_once = desk.config.shutdown_exit == ShutdownExit::After(Duration::ZERO);
                    if at_once { Next::Leave { code: 0 } } else { Next::Stay }
                }
                JobOutcome::Lost => {
                    // It may run: a supervisor that restarts what fails gets another attempt.
                    desk.out.say(Level::Error, format!("SHUTDOWNCMD failed: {outcome}"));
                    (command.job, *code) = (None, 1);
                    *leave_at = leave_at.map(|_| desk.now + COMMAND_PATIENCE);
                    Next::Stay
                }
                _ => {
                    command_failed(command, outcome, desk);
                    Next::Stay
                }
            },
            Self::LoggedOut { command, .. } if command.job == Some(done) => match outcome {
                JobOutcome::Exited(0) => Next::Leave { code: 0 },
                JobOutcome::Lost => Next::Leave { code: 1 },
                _ => {
                    command_failed(command, outcome, desk);
                    Next::Stay
                }
            },
            _ => Next::Stay,
        };
        self.go(next, supplies, desk);
    }

    fn go(&mut self, next: Next, supplies: &mut [Supply], desk: &mut Desk<'_>) {
        match next {
            Next::Stay => {}
            Next::Announce => self.announce(desk),
            Next::RaiseFlag => self.raise_flag(supplies, desk),
            Next::Command { flag } => self.command(flag, desk),
            Next::LogOut => {
                let Self::Commanded { command, flag, .. } = self else { return };
                let (command, flag) = (std::mem::take(command), std::mem::take(flag));
                desk.out.say(Level::Notice, "SHUTDOWNCMD still runs: logged out, waiting for its end");
                supplies.iter_mut().for_each(|supply| supply.leave(desk));
                *self = Self::LoggedOut { command, flag };
            }
            Next::Leave { code } => {
                supplies.iter_mut().for_each(|supply| supply.leave(desk));
                desk.out.exit(code);
                *self = Self::Left;
            }
        }
    }

    fn announce(&mut self, desk: &mut Desk<'_>) {
        const TEXT: &str = "Executing automatic power-fail shutdown";
        desk.out.say(Level::Notice, TEXT);
        desk.out.wall(TEXT);
        desk.notify(Notice::Shutdown, "", "");
        *self = Self::Announced { until: desk.now + desk.config.final_delay };
    }

    fn raise_flag(&mut self, supplies: &[Supply], desk: &mut Desk<'_>) {
        let Some(file) = flag::file(supplies, desk) else { return self.command(Raising::default(), desk) };
        *self = Self::RaisingFlag { flag: Raising::start(file, desk), give_up_at: desk.now + FLAG_PATIENCE };
    }

    /// A UPS that was left alone is so no longer: whatever says who is has to be told.
    fn renew(&mut self, supplies: &[Supply], desk: &mut Desk<'_>) {
        let left = match self {
            Self::Syncing { give_up_at, .. } => give_up_at.saturating_since(desk.now) + desk.config.final_delay,
            Self::Announced { until } => until.saturating_since(desk.now),
            _ => Duration::ZERO,
        };
        bequeath(left, supplies, desk);
        if let Self::RaisingFlag { flag, .. } | Self::Commanded { flag, .. } = self {
            flag.renew(flag::file(supplies, desk), desk);
        }
    }

    /// `flag` is what is still to be done for POWERDOWNFLAG.
    fn command(&mut self, flag: Raising, desk: &mut Desk<'_>) {
        let mut command = Trial::default();
        let mut stay = Stay::default();
        let leave_at = try_command(&mut command, &mut stay, desk);
        if command.job.is_none() {
            desk.out.say(Level::Error, "no SHUTDOWNCMD is defined: this host stays up");
        }
        *self = Self::Commanded { command, flag, leave_at, stay, code: 0 };
    }
}

/// Runs SHUTDOWNCMD; when this host logs out beside it.
fn try_command(trial: &mut Trial, stay: &mut Stay, desk: &mut Desk<'_>) -> Option<Instant> {
    if let Some(command) = shutdown_command(desk) {
        trial.started(desk.out.run(command));
        stay.begin(desk.now);
    }
    match desk.config.shutdown_exit {
        ShutdownExit::Never => None,
        ShutdownExit::After(Duration::ZERO) if trial.job.is_some() => Some(desk.now + COMMAND_PATIENCE),
        ShutdownExit::After(wait) => Some(desk.now + wait),
    }
}

fn command_failed(trial: &mut Trial, outcome: &JobOutcome, desk: &mut Desk<'_>) {
    if trial.failed(outcome, desk.now) {
        desk.out.say(Level::Error, format!("SHUTDOWNCMD failed, and is tried again: {outcome}"));
    }
}

/// Should this monitor be killed or stuck from here on, the privileged process shuts the host down in its place.
fn bequeath(after: Duration, supplies: &[Supply], desk: &mut Desk<'_>) {
    let Some(command) = shutdown_command(desk) else { return };
    desk.out.bequeath(Bequest { file: flag::file(supplies, desk), command, after, at_the_latest: after + STUCK });
}

fn shutdown_command(desk: &Desk<'_>) -> Option<Command> {
    desk.config.shutdown_command.clone().map(|line| Command {
        program: Program::Shell(line),
        arguments: Vec::new(),
        environment: Vec::new(),
        input: None,
        longest: None,
        privileged: true,
    })
}

fn sync(
    give_up_at: Instant,
    count_at: &mut Instant,
    rounds: &mut u32,
    supplies: &mut [Supply],
    desk: &mut Desk<'_>,
) -> Next {
    if supplies.iter().filter(|supply| supply.is_ordered()).all(Supply::secondaries_have_left) {
        return Next::Announce;
    }
    if desk.now >= give_up_at {
        desk.out.say(Level::Notice, "Host sync timer expired, forcing shutdown");
        return Next::Announce;
    }
    if desk.now >= *count_at {
        // The first answer has had its time, and somebody is still there.
        if *rounds == 1 {
            desk.notify(Notice::ShutdownHostSync, "", "");
        }
        *rounds = rounds.saturating_add(1);
        *count_at = desk.now + COUNT_EVERY;
        for supply in supplies.iter_mut().filter(|supply| supply.is_ordered()) {
            supply.ask_logins(desk);
        }
    }
    Next::Stay
}
