//! What every part of the engine has at hand while it acts: the time, the configuration, the
//! outbox and the notifier.

use crate::config::Config;
use crate::notice::Notice;
use crate::notifier::Notifier;
use crate::outbox::Outbox;
use protocol::Instant;

/// One turn of the engine.
pub(crate) struct Desk<'a> {
    pub(crate) now: Instant,
    pub(crate) config: &'a Config,
    pub(crate) out: &'a mut Outbox,
    pub(crate) notifier: &'a mut Notifier,
}

impl Desk<'_> {
    /// Sends a notice about `ups` (empty for one about this host).
    pub(crate) fn notify(&mut self, notice: Notice, ups: &str, about: &str) {
        self.notifier.notify(notice, ups, about, self.now, self.config, self.out);
    }
}
