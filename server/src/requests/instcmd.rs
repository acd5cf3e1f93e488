//! INSTCMD: something for the UPS to do now.

use protocol::driver_socket::ToDriver;
use protocol::net::ErrorCode;

use super::Desk;
use crate::audit;

impl Desk<'_> {
    pub(super) fn instcmd(&mut self, name: &str, cmd: &str, param: Option<&str>) -> Result<(), ErrorCode> {
        // Nothing in quotes is no parameter: a driver would read a number of 0 out of it.
        let param = param.filter(|param| !param.is_empty());
        let ups = self.service.find_fresh(name, self.now)?;
        if !ups.store.has_command(cmd) {
            return Err(ErrorCode::CmdNotSupported);
        }
        self.need(cmd, |user| user.may_command(cmd))?;
        let ups = self.service.find_fresh(name, self.now)?;
        let driver = ups.link.open().filter(|open| !open.is_full).ok_or(ErrorCode::InstcmdFailed)?.link;
        let tracking = self.track();
        self.service.tell(driver, &ToDriver::Instcmd { cmd, param, tracking: tracking.as_deref() });
        let with = param.map(|param| format!(" with {}", audit::value(param))).unwrap_or_default();
        self.say_done(name, &format!("does {cmd}{with}"), tracking.as_deref());
        self.reply_to_order(tracking.as_deref());
        Ok(())
    }
}
