//! WATCH: changes of `ups.status` as they happen, the present state first. Ours; NUT's clients
//! never ask.

use protocol::net::{ErrorCode, Reply};

use super::Desk;
use crate::session::{MAX_WATCHES, Watch};
use crate::ups::{STATUS, Sight};

impl Desk<'_> {
    pub(super) fn watch(&mut self, spelled: &str) -> Result<(), ErrorCode> {
        let at = self.service.find(spelled)?;
        let max_age = self.service.max_age;
        let ups = &mut self.service.upses[at];
        if !self.session.watches.iter().any(|watch| watch.ups == ups.id) {
            if self.session.watches.len() == MAX_WATCHES {
                return Err(ErrorCode::FeatureNotSupported);
            }
            self.session.watches.push(Watch { ups: ups.id, spelled: spelled.into() });
            ups.watchers.push(self.link);
        }
        let sight = ups.sight(self.now, max_age);
        self.session.pushed = self.now;
        Reply::OkWatch.emit(self.out);
        push(spelled, &sight, self.out);
        // Others have been told of it already, or will be told together when it changes.
        ups.announced.get_or_insert(sight);
        Ok(())
    }
}

/// Appends what a watcher is told.
pub(crate) fn push(spelled: &str, sight: &Sight, out: &mut Vec<u8>) {
    match sight {
        Sight::Status(value) => Reply::WatchVar { ups: spelled, var: STATUS, value }.emit(out),
        Sight::Lost(error) => Reply::WatchLost { ups: spelled, error: *error }.emit(out),
    }
}
