//! Tells an operator: the log, every logged-in user, NOTIFYCMD.
//!
//! Nothing here can hold up a decision: NOTIFYCMD is a job of its own, and how many may run at once
//! is limited.

use crate::config::Config;
use crate::notice::Notice;
use crate::outbox::Outbox;
use protocol::effect::Program;
use protocol::{Command, JobId, JobOutcome, Level};
use std::time::Duration;

/// How many NOTIFYCMDs may run at once; the next is not started.
const RUNNING: usize = 32;

/// How long one may run: as long as `wall` waits for a dead terminal (wall(1)). A notice that tells
/// somebody something, or starts `upssched`, is done long before.
const LONGEST: Duration = Duration::from_secs(310);

/// What is under way.
#[derive(Debug, Default)]
pub(crate) struct Notifier {
    running: Vec<JobId>,
    /// The last NOTIFYCMD failed; said once.
    failing: bool,
}

impl Notifier {
    /// Sends a notice about `ups` (empty for one about this host).
    pub(crate) fn notify(&mut self, notice: Notice, ups: &str, about: &str, config: &Config, out: &mut Outbox) {
        let message = config.notices.message(notice, ups, about);
        self.send(notice, ups, message, config, out);
    }

    /// Says that a server refuses this host: of NOCOMM's kind, with a text of its own unless the
    /// operator wrote one.
    pub(crate) fn notify_refusal(&mut self, ups: &str, config: &Config, out: &mut Outbox) {
        if config.notices.is_custom(Notice::NoComm) {
            return self.notify(Notice::NoComm, ups, "", config, out);
        }
        let message = format!("UPS {ups}: its server refuses this host");
        self.send(Notice::NoComm, ups, message, config, out);
    }

    fn send(&mut self, notice: Notice, ups: &str, message: String, config: &Config, out: &mut Outbox) {
        let channels = config.notices.channels(notice);
        if channels.syslog {
            out.say(Level::Notice, message.clone());
        }
        if channels.wall {
            out.wall(message.clone());
        }
        if channels.exec
            && let Some(command) = &config.notify_command
        {
            self.run(command, notice, ups, message, out);
        }
    }

    /// Takes the end of a job; false when it was not a NOTIFYCMD.
    pub(crate) fn job_done(&mut self, job: JobId, outcome: &JobOutcome, out: &mut Outbox) -> bool {
        let Some(at) = self.running.iter().position(|running| *running == job) else { return false };
        self.running.swap_remove(at);
        if outcome.is_success() {
            self.failing = false;
        } else if !self.failing {
            self.failing = true;
            out.say(Level::Warning, format!("NOTIFYCMD failed: {outcome}"));
        }
        true
    }

    fn run(&mut self, command: &str, notice: Notice, ups: &str, message: String, out: &mut Outbox) {
        if self.running.len() >= RUNNING {
            out.say(Level::Warning, format!("NOTIFYCMD not started for {notice}: {RUNNING} of them still run"));
            return;
        }
        let job = out.run(Command {
            program: Program::Shell(command.to_owned()),
            arguments: vec![message],
            environment: vec![
                ("UPSNAME".to_owned(), ups.to_owned()),
                ("NOTIFYTYPE".to_owned(), notice.name().to_owned()),
            ],
            input: None,
            longest: Some(LONGEST),
            privileged: false,
        });
        self.running.push(job);
    }
}
