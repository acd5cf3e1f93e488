//! The file of what is kept across boots: read once, written when something in it has changed.
//!
//! A disk that hangs, fails or is full delays nothing else: without the file a primary that has just started
//! does not know how many secondaries there are, and waits for HOSTSYNC.

use super::Upsmon;
use crate::kept::{Kept, LIMIT};
use crate::shutdown::Phase;
use crate::supply::Supply;
use protocol::{Instant, JobId, JobOutcome, Level};
use std::time::Duration;

/// How long after a failure the file is written again.
const AGAIN: Duration = Duration::from_secs(600);

/// How far it is.
#[derive(Debug, Default)]
pub(super) struct Keeping {
    reading: Option<JobId>,
    /// What the file holds; `None` before it is known.
    kept: Option<Kept>,
    writing: Option<(JobId, Kept)>,
    /// Until when it is not written again, after it failed.
    again_at: Option<Instant>,
    /// The last attempt failed, which is said once.
    is_failing: bool,
}

impl Keeping {
    pub(super) fn deadline(&self) -> Option<Instant> {
        self.again_at
    }
}

impl Upsmon {
    /// Asks for the file, unless it was asked for before. Whoever is no primary waits for nobody.
    pub(super) fn read_kept(&mut self) {
        if let Some(path) = self.config.kept.clone().filter(|_| self.config.is_primary())
            && self.keeping.reading.is_none()
        {
            self.keeping.reading = Some(self.out.read_file(path, LIMIT));
        }
    }

    pub(super) fn kept_was_read(&mut self, job: JobId, contents: Result<Option<Vec<u8>>, String>) {
        if self.keeping.reading != Some(job) || self.keeping.kept.is_some() {
            return;
        }
        let kept = match contents {
            Ok(None) => Ok(Kept::default()),
            Ok(Some(contents)) => Kept::read(&contents).ok_or_else(|| "upsmon did not write it".to_owned()),
            Err(why) => Err(why),
        };
        let kept = kept.unwrap_or_else(|why| {
            let path = self.config.kept.as_deref().unwrap_or_default();
            self.out.say(Level::Warning, format!("how many secondaries log in is counted anew: {path}: {why}"));
            Kept::default()
        });
        for supply in &mut self.supplies {
            if let Some(count) = kept.of(supply.name()) {
                supply.recall_regulars(count);
            }
        }
        self.keeping.kept = Some(kept);
    }

    /// Writes the file where something in it has changed.
    pub(super) fn keep(&mut self, now: Instant) {
        let Keeping { kept: Some(kept), writing: None, again_at, .. } = &mut self.keeping else { return };
        again_at.take_if(|at| *at <= now);
        if self.phase != Phase::Watching || again_at.is_some() || kept.says(counts(&self.supplies)) {
            return;
        }
        let fresh: Kept = counts(&self.supplies).collect();
        if let Some(path) = self.config.kept.clone().filter(|_| !fresh.is_empty()) {
            let job = self.out.write_own_file(path, fresh.write());
            self.keeping.writing = Some((job, fresh));
        }
    }

    /// Takes the end of a job; whether it was the file's.
    pub(super) fn kept_was_written(&mut self, job: JobId, outcome: &JobOutcome, now: Instant) -> bool {
        let Some((_, written)) = self.keeping.writing.take_if(|(writing, _)| *writing == job) else { return false };
        let has_failed_before = std::mem::replace(&mut self.keeping.is_failing, !outcome.is_success());
        if outcome.is_success() {
            self.keeping.kept = Some(written);
            return true;
        }
        self.keeping.again_at = Some(now + AGAIN);
        if !has_failed_before {
            let path = self.config.kept.as_deref().unwrap_or_default();
            let text = format!(
                "how many secondaries log in cannot be kept across boots: {path}: {outcome}; after a boot in an \
                 outage this host would wait for HOSTSYNC"
            );
            self.out.say(Level::Warning, text);
        }
        true
    }
}

/// What is known of each UPS that this host waits for others of.
fn counts(supplies: &[Supply]) -> impl Iterator<Item = (&str, u32)> {
    let primaries = supplies.iter().filter(|supply| supply.is_primary());
    // What a line of the file could not hold is not kept.
    let plain = primaries.filter(|supply| !supply.name().contains('\n'));
    plain.filter_map(|supply| Some((supply.name(), supply.regulars()?)))
}
