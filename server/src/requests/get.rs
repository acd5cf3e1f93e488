//! GET: one thing at a time.

use protocol::driver_socket::Outcome;
use protocol::net::{ErrorCode, Reply};

use super::Desk;
use crate::descriptions;
use crate::version::{BANNER, VERSION};

/// What GET UPSDESC says where `ups.conf` says nothing; LIST UPS has another word for it.
const NO_UPS_DESCRIPTION: &str = "Unavailable";
/// What GET DESC and GET CMDDESC say of what they do not know; never an error.
const NO_DESCRIPTION: &str = "Description unavailable";
/// Variables of the server itself, for which the UPS's name is not looked at.
const SERVER: &str = "server.";

impl Desk<'_> {
    pub(super) fn get_num_logins(&mut self, ups: &str) -> Result<(), ErrorCode> {
        let count = self.count_logins(ups)?;
        self.reply(&Reply::NumLogins { ups, count });
        Ok(())
    }

    pub(super) fn get_num_attach(&mut self, ups: &str) -> Result<(), ErrorCode> {
        let count = self.count_logins(ups)?;
        self.reply(&Reply::NumAttach { ups, count });
        Ok(())
    }

    fn count_logins(&mut self, ups: &str) -> Result<u32, ErrorCode> {
        let ups = self.service.find_fresh(ups, self.now)?;
        Ok(u32::try_from(ups.logins.len()).unwrap_or(u32::MAX))
    }

    pub(super) fn get_ups_desc(&mut self, ups: &str) -> Result<(), ErrorCode> {
        let at = self.service.find(ups)?;
        let text = self.service.upses[at].config.description.as_deref().unwrap_or(NO_UPS_DESCRIPTION);
        Reply::UpsDesc { ups, text }.emit(self.out);
        Ok(())
    }

    pub(super) fn get_var(&mut self, spelled: &str, var: &str) -> Result<(), ErrorCode> {
        if let Some(value) = server_variable(var)? {
            self.reply(&Reply::Var { ups: spelled, var, value });
            return Ok(());
        }
        let ups = self.service.find_fresh(spelled, self.now)?;
        let variable = ups.store.variable(var).ok_or(ErrorCode::VarNotSupported)?;
        ups.with_value(variable, |value| Reply::Var { ups: spelled, var, value }.emit(self.out));
        Ok(())
    }

    pub(super) fn get_type(&mut self, spelled: &str, var: &str) -> Result<(), ErrorCode> {
        let ups = self.service.find_fresh(spelled, self.now)?;
        let flags = ups.store.variable(var).ok_or(ErrorCode::VarNotSupported)?.type_flags();
        self.reply(&Reply::Type { ups: spelled, var, flags });
        Ok(())
    }

    pub(super) fn get_desc(&mut self, ups: &str, var: &str) -> Result<(), ErrorCode> {
        self.service.find_fresh(ups, self.now)?;
        let text = descriptions::of_variable(var).unwrap_or(NO_DESCRIPTION);
        self.reply(&Reply::Desc { ups, var, text });
        Ok(())
    }

    pub(super) fn get_cmd_desc(&mut self, ups: &str, cmd: &str) -> Result<(), ErrorCode> {
        self.service.find_fresh(ups, self.now)?;
        let text = descriptions::of_command(cmd).unwrap_or(NO_DESCRIPTION);
        self.reply(&Reply::CmdDesc { ups, cmd, text });
        Ok(())
    }

    pub(super) fn get_tracking(&mut self, id: Option<&str>) -> Result<(), ErrorCode> {
        let Some(id) = id else {
            self.reply(&Reply::Tracking { on: self.session.is_tracking });
            return Ok(());
        };
        if !self.session.is_tracking {
            return Err(ErrorCode::FeatureNotConfigured);
        }
        match self.service.tracking.outcome(id) {
            Some(None) => self.reply(&Reply::Pending),
            Some(Some(Outcome::Handled)) => self.reply(&Reply::Success),
            Some(Some(Outcome::Invalid | Outcome::ConversionFailed)) => return Err(ErrorCode::InvalidArgument),
            Some(Some(Outcome::Failed)) => return Err(ErrorCode::Failed),
            Some(Some(Outcome::Unknown)) | None => return Err(ErrorCode::Unknown),
        }
        Ok(())
    }
}

/// The server's own variables; `None` for a variable of a UPS.
fn server_variable(var: &str) -> Result<Option<&'static str>, ErrorCode> {
    let Some(name) = var.get(..SERVER.len()).filter(|head| head.eq_ignore_ascii_case(SERVER)) else { return Ok(None) };
    match &var[name.len()..] {
        rest if rest.eq_ignore_ascii_case("info") => Ok(Some(BANNER)),
        rest if rest.eq_ignore_ascii_case("version") => Ok(Some(VERSION)),
        _ => Err(ErrorCode::VarNotSupported),
    }
}
