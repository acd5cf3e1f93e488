//! LOGIN, PRIMARY and FSD: the three steps of a shutdown in order.

use protocol::Level;
use protocol::net::{ErrorCode, Reply};

use super::Desk;
use crate::ups::Login;
use crate::users::Action;

impl Desk<'_> {
    /// Counts the session among those that hang on the UPS, whose driver may be absent.
    pub(super) fn log_in(&mut self, ups: &str, already: ErrorCode) -> Result<(), ErrorCode> {
        if self.session.login.is_some() {
            let text = format!("{} at {} tries to log in a second time", self.user_name(), self.session.address);
            self.service.say(Level::Info, text);
            return Err(already);
        }
        let at = self.service.find(ups)?;
        self.need("log in", |user| user.may(Action::Login))?;
        let login = Login { session: self.link, address: self.session.address.clone() };
        let text = format!("{} at {} logged in to {ups}", self.user_name(), login.address);
        let ups = &mut self.service.upses[at];
        self.session.login = Some(ups.id);
        ups.logins.push(login);
        self.service.say(Level::Info, text);
        self.reply(&Reply::Ok);
        Ok(())
    }

    pub(super) fn become_primary(&mut self, ups: &str, granted: &Reply<'_>) -> Result<(), ErrorCode> {
        self.service.find(ups)?;
        self.need("be primary", |user| user.may(Action::Primary))?;
        self.reply(granted);
        Ok(())
    }

    /// Latches a forced shutdown; what state the UPS is in does not matter.
    pub(super) fn force_shutdown(&mut self, ups: &str) -> Result<(), ErrorCode> {
        let at = self.service.find(ups)?;
        self.need("begin a forced shutdown", |user| user.may(Action::Fsd))?;
        let text = format!("{} at {} begins a forced shutdown on {ups}", self.user_name(), self.session.address);
        self.service.upses[at].force_shutdown();
        self.service.has_forced = true;
        self.service.say(Level::Warning, text);
        self.reply(&Reply::OkFsdSet);
        Ok(())
    }
}
