//! The privileged process is gone: nobody is left who may shut this host down. Said until it is mended.

use super::Upsmon;
use crate::notice::Notice;
use protocol::Instant;
use std::time::Duration;

/// How often it is said (as NUT does).
const EVERY: Duration = Duration::from_secs(120);

impl Upsmon {
    pub(super) fn parent_is_gone(&mut self, now: Instant) {
        self.parent_missed_at = Some(now);
        self.miss_parent(now);
    }

    /// Says it when it is time to.
    pub(super) fn miss_parent(&mut self, now: Instant) {
        if self.parent_missed_at.is_some_and(|due| due <= now) {
            self.parent_missed_at = Some(now + EVERY);
            self.turn(now, |_, _, desk| desk.notify(Notice::NoParent, "", ""));
        }
    }
}
