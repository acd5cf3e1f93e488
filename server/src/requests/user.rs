//! USERNAME and PASSWORD: taken as they come, proved only when a right is asked for.

use protocol::Level;
use protocol::net::{ErrorCode, Reply};

use super::Desk;
use crate::users::{User, authenticate};

impl Desk<'_> {
    pub(super) fn set_user_name(&mut self, name: &str) -> Result<(), ErrorCode> {
        if self.session.credentials.name.is_some() {
            return Err(ErrorCode::AlreadySetUsername);
        }
        self.session.credentials.name = Some(name.into());
        self.reply(&Reply::Ok);
        Ok(())
    }

    pub(super) fn set_password(&mut self, password: &str) -> Result<(), ErrorCode> {
        if self.session.credentials.password.is_some() {
            return Err(ErrorCode::AlreadySetPassword);
        }
        self.session.credentials.password = Some(password.into());
        self.reply(&Reply::Ok);
        Ok(())
    }

    /// Asks for a name and a password, whichever they are.
    pub(super) fn need_user(&self) -> Result<(), ErrorCode> {
        if self.session.credentials.name.is_none() {
            return Err(ErrorCode::UsernameRequired);
        }
        if self.session.credentials.password.is_none() {
            return Err(ErrorCode::PasswordRequired);
        }
        Ok(())
    }

    /// Asks for a user who may do `what`.
    pub(super) fn need(&mut self, what: &str, is_allowed: impl FnOnce(&User) -> bool) -> Result<(), ErrorCode> {
        let user = authenticate(&self.service.users, &self.session.credentials);
        if user.is_some_and(is_allowed) {
            self.service.failures.succeeded(&self.session.address);
            return Ok(());
        }
        let mut failures = 1;
        if user.is_none() {
            let (fate, news) =
                self.service.failures.failed(&self.session.address, self.session.credentials.digest(), self.now);
            self.fate = fate;
            let Some(news) = news else { return Err(ErrorCode::AccessDenied) };
            failures = news;
        }
        let name = self.user_name();
        let address = &self.session.address;
        // Whether the password was wrong or the right is missing is for the operator alone.
        let reason = if user.is_some() { "may not" } else { "has not proved to be one who may" };
        let more = if failures > 1 {
            format!(" ({failures} such requests from there since the last one told)")
        } else {
            String::new()
        };
        let text = format!("{name} at {address} {reason} {what}{more}");
        self.service.say(Level::Notice, text);
        Err(ErrorCode::AccessDenied)
    }

    /// Who the session says it is.
    pub(super) fn user_name(&self) -> String {
        self.session.credentials.shown_name()
    }
}
