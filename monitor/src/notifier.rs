//! Tells an operator: the log, every logged-in user, NOTIFYCMD.
//!
//! Nothing here can hold up a decision: NOTIFYCMD is a job of its own, and how many may run at once
//! is limited.

use crate::config::Config;
use crate::notice::Notice;
use crate::outbox::Outbox;
use protocol::effect::Program;
use protocol::{Command, Instant, JobId, JobOutcome, Level};
use std::time::Duration;

/// How many NOTIFYCMDs may run at once, those that last not counted; the next is not started.
const RUNNING: usize = 32;
/// How many may run at all.
const MOST: usize = 256;
/// One that runs longer gives its place up to the next and runs on: an operator's command may watch a whole outage,
/// and shut the host down at its end. As long as `wall` waits for a dead terminal (wall(1)).
const LASTS: Duration = Duration::from_secs(310);

/// What is under way.
#[derive(Debug, Default)]
pub(crate) struct Notifier {
    /// The commands, and when each was started.
    running: Vec<(JobId, Instant)>,
    /// The last NOTIFYCMD failed; said once.
    failing: bool,
}

impl Notifier {
    /// Sends a notice about `ups` (empty for one about this host).
    pub(crate) fn notify(
        &mut self,
        notice: Notice,
        ups: &str,
        about: &str,
        now: Instant,
        config: &Config,
        out: &mut Outbox,
    ) {
        let message = config.notices.message(notice, ups, about);
        self.send((notice, ups, message), now, config, out);
    }

    /// Says that a server refuses this host: of NOCOMM's kind, with a text of its own unless the
    /// operator wrote one.
    pub(crate) fn notify_refusal(&mut self, ups: &str, now: Instant, config: &Config, out: &mut Outbox) {
        if config.notices.is_custom(Notice::NoComm) {
            return self.notify(Notice::NoComm, ups, "", now, config, out);
        }
        let message = format!("UPS {ups}: its server refuses this host");
        self.send((Notice::NoComm, ups, message), now, config, out);
    }

    fn send(
        &mut self,
        (notice, ups, message): (Notice, &str, String),
        now: Instant,
        config: &Config,
        out: &mut Outbox,
    ) {
        let channels = config.notices.channels(notice);
        if channels.syslog {
            out.say(Level::Notice, message.clone());
        }
        if channels.wall {
            out.wall(message.clone());
        }
        if channels.exec && config.notify_command.is_some() {
            self.run((notice, ups, message), now, config, out);
        }
    }

    /// Takes the end of a job; false when it was not a NOTIFYCMD.
    pub(crate) fn job_done(&mut self, job: JobId, outcome: &JobOutcome, out: &mut Outbox) -> bool {
        let Some(at) = self.running.iter().position(|(running, _)| *running == job) else { return false };
        self.running.swap_remove(at);
        if outcome.is_success() {
            self.failing = false;
        } else if !self.failing {
            self.failing = true;
            out.say(Level::Warning, format!("NOTIFYCMD failed: {outcome}"));
        }
        true
    }

    fn run(&mut self, (notice, ups, message): (Notice, &str, String), now: Instant, config: &Config, out: &mut Outbox) {
        let Some(command) = &config.notify_command else { return };
        let young = self.running.iter().filter(|(_, started)| now < *started + LASTS).count();
        if young >= RUNNING || self.running.len() >= MOST {
            let running = self.running.len();
            out.say(Level::Warning, format!("NOTIFYCMD not started for {notice}: {running} of them still run"));
            return;
        }
        let job = out.run(Command {
            program: Program::Shell(command.clone()),
            arguments: vec![message],
            environment: vec![
                ("UPSNAME".to_owned(), ups.to_owned()),
                ("NOTIFYTYPE".to_owned(), notice.name().to_owned()),
            ],
            input: None,
            longest: config.notify_command_for,
            privileged: false,
        });
        self.running.push((job, now));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use protocol::Effect;

    /// How many are started by so many notices at one instant.
    fn started((notifier, out): (&mut Notifier, &mut Outbox), notices: usize, now: Instant) -> Vec<JobId> {
        let config = b"MONITOR rack@nas 1 mon secret primary\nSHUTDOWNCMD /bin/true\nNOTIFYCMD /bin/watch\n\
            NOTIFYFLAG ONBATT EXEC\n";
        let (config, _) = Config::load_from(config, "upsmon.conf").expect("a configuration");
        for _ in 0..notices {
            notifier.notify(Notice::OnBattery, "rack@nas", "", now, &config, out);
        }
        std::iter::from_fn(|| out.next())
            .filter_map(|effect| match effect {
                Effect::Run { job, command } => {
                    assert_eq!(command.longest, None, "nobody ends it");
                    Some(job)
                }
                _ => None,
            })
            .collect()
    }

    #[test]
    fn a_command_that_lasts_gives_its_place_up_and_runs_on() {
        let (mut notifier, mut out) = (Notifier::default(), Outbox::default());
        assert_eq!(started((&mut notifier, &mut out), RUNNING + 3, Instant::START).len(), RUNNING);
        let later = Instant::START + LASTS;
        assert_eq!(started((&mut notifier, &mut out), RUNNING + 3, later).len(), RUNNING);
        // One that ends makes room as ever.
        let (job, _) = notifier.running[RUNNING];
        assert!(notifier.job_done(job, &JobOutcome::Exited(0), &mut out));
        assert_eq!(started((&mut notifier, &mut out), 3, later).len(), 1);
        for turn in 2..40 {
            started((&mut notifier, &mut out), RUNNING, Instant::START + LASTS * turn);
        }
        assert_eq!(notifier.running.len(), MOST);
    }
}
