//! POWERDOWNFLAG on its way to the disk, with the list of who is left alone.

use super::trial::Trial;
use crate::config::Exemption;
use crate::desk::Desk;
use crate::supply::Supply;
use protocol::power_down_flag::contents;
use protocol::{Instant, JobId, JobOutcome};

/// A path, and what is to stand there.
pub(super) type File = (String, Vec<u8>);

/// POWERDOWNFLAG, which a primary alone writes.
pub(super) fn file(supplies: &[Supply], desk: &Desk<'_>) -> Option<File> {
    let config = desk.config;
    let path = config.power_down_flag.clone().filter(|_| config.is_primary())?;
    let boot = config.listing.as_ref().map_or("", |listing| &listing.boot);
    let left_alone = supplies.iter().filter(|supply| supply.is_left_alone());
    let names = left_alone.filter_map(|supply| match config.exemption(&supply.monitored)? {
        Exemption::Listed(name) => Some(name),
        Exemption::Elsewhere => None,
    });
    Some((path, contents(boot, names)))
}

/// A flag that is being written, or tried again. Never two writes at once: the last one has to be the newest.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Raising {
    trial: Trial,
    /// What is wanted.
    file: Option<File>,
    /// The write under way is of what was wanted before.
    is_outdated: bool,
}

impl Raising {
    pub(super) fn start(file: File, desk: &mut Desk<'_>) -> Self {
        let mut raising = Self { file: Some(file), ..Self::default() };
        raising.write(desk);
        raising
    }

    /// Takes what is wanted now.
    pub(super) fn renew(&mut self, file: Option<File>, desk: &mut Desk<'_>) {
        if self.file == file {
            return;
        }
        self.file = file;
        self.is_outdated = self.trial.job.is_some();
        if !self.is_outdated && self.trial.again_at().is_none() {
            self.write(desk);
        }
    }

    /// Whether the job is the write under way.
    pub(super) fn is_by(&self, job: JobId) -> bool {
        self.trial.job == Some(job)
    }

    /// Takes the end of the write; false if another one is under way.
    pub(super) fn done(&mut self, outcome: &JobOutcome, desk: &mut Desk<'_>) -> bool {
        if !outcome.is_success() {
            self.is_outdated = false;
            self.trial.failed(outcome, desk.now);
            return true;
        }
        self.trial = Trial::default();
        if self.is_outdated {
            self.write(desk);
            return false;
        }
        true
    }

    /// When it is tried again.
    pub(super) fn again_at(&self) -> Option<Instant> {
        self.trial.again_at()
    }

    pub(super) fn try_again(&mut self, desk: &mut Desk<'_>) {
        if self.trial.is_due(desk.now) {
            self.write(desk);
        }
    }

    fn write(&mut self, desk: &mut Desk<'_>) {
        self.is_outdated = false;
        if let Some((path, contents)) = self.file.clone() {
            self.trial.started(desk.out.write_file(path, contents));
        }
    }
}
