//! `INSTCMD driver.reload` and its sisters: the driver's part of `ups.conf`, read again.
//!
//! The file comes as an effect and an event like any other. What a running driver takes over
//! reaches it as [`Asked::Reload`], as SIGHUP's comes as `Event::Reload`.

use super::{ASKED_LIMIT, Asked, Outcome, Publisher, Ticket};
use crate::DriverConfig;
use protocol::diagnostic::{Diagnostic, Diagnostics, Severity, Source};
use protocol::{Effect, Level};

/// What to do about a change that a running driver cannot take over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Otherwise {
    /// `driver.reload`: take over the rest.
    GoOn,
    /// `driver.reload-or-error`: change nothing, and answer that it failed.
    Fail,
    /// `driver.reload-or-exit`: exit, so that whoever supervises starts the driver anew.
    Exit,
}

/// The configuration in force, and who waits for a new one.
#[derive(Debug)]
pub(super) struct Reload {
    current: DriverConfig,
    waiting: Vec<(Otherwise, Ticket)>,
}

impl Reload {
    pub fn new(current: DriverConfig) -> Self {
        Self { current, waiting: Vec::new() }
    }

    /// Another configuration is in force; whether a restart would take over more of it.
    pub fn replace(&mut self, config: &DriverConfig) -> bool {
        let needs_restart = config.needs_restart_after(&self.current);
        self.current.clone_from(config);
        needs_restart
    }
}

impl Publisher {
    /// A server wants the configuration read again.
    pub(super) fn reload(&mut self, otherwise: Otherwise, ticket: Ticket) {
        let Some(reread) = &self.reload.current.reread else {
            self.say(Level::Notice, "configured by the command line alone: nothing to read again");
            return self.answer(ticket, Outcome::Handled);
        };
        if self.reload.waiting.len() == ASKED_LIMIT {
            return self.answer(ticket, Outcome::Failed);
        }
        // As it is now, not as it was when somebody last looked.
        self.effects.push_back(Effect::WatchFile { path: reread.path.clone() });
        self.reload.waiting.push((otherwise, ticket));
    }

    /// Whether this is the file that reloads wait for.
    pub(super) fn awaits(&self, path: &str) -> bool {
        self.reload.current.reread.as_ref().is_some_and(|reread| reread.path == path)
    }

    /// `ups.conf` has come; or it has changed, which means nothing until somebody asks.
    pub(super) fn take_configuration(&mut self, contents: Option<&[u8]>) {
        for (otherwise, ticket) in std::mem::take(&mut self.reload.waiting) {
            self.decide(contents, otherwise, ticket);
        }
    }

    fn decide(&mut self, contents: Option<&[u8]>, otherwise: Otherwise, ticket: Ticket) {
        let config = match self.configuration(contents) {
            Ok(config) => config,
            Err(found) => {
                for one in &found {
                    self.say(Level::Error, one.one_line());
                }
                return self.answer(ticket, Outcome::Failed);
            }
        };
        let needs_restart = config.needs_restart_after(&self.reload.current);
        match otherwise {
            Otherwise::Fail if needs_restart => {
                self.say(Level::Warning, "the new configuration needs a restart of this driver: keeping the old one");
                self.answer(ticket, Outcome::Failed);
            }
            Otherwise::Exit if needs_restart => {
                self.say(Level::Notice, "exiting because the new configuration needs a restart of this driver");
                self.answer(ticket, Outcome::Handled);
                self.push(Effect::Exit { code: 0 });
            }
            _ => {
                self.asked.push_back(Asked::Reload { config: Box::new(config) });
                self.answer(ticket, Outcome::Handled);
            }
        }
    }

    fn configuration(&self, contents: Option<&[u8]>) -> Result<DriverConfig, Diagnostics> {
        let Some(reread) = &self.reload.current.reread else { return Err(Diagnostics::new()) };
        let Some(contents) = contents else {
            let message = format!("cannot read {}", reread.path);
            return Err(Diagnostic::unplaced(Severity::Error, message).into());
        };
        let (source, ups) = (Source::new(&reread.path, contents), &self.reload.current.ups);
        DriverConfig::from_file(&source, ups, reread.known, &reread.line).map(|(config, _)| config)
    }
}
