//! LIST: many things at once.

use protocol::net::{ErrorCode, List, Reply};

use super::Desk;
use crate::store::Variable;

/// What LIST UPS says where `ups.conf` says nothing.
const NO_UPS_DESCRIPTION: &str = "Description unavailable";

impl Desk<'_> {
    pub(super) fn list(&mut self, list: &List<'_>) -> Result<(), ErrorCode> {
        match *list {
            List::Ups => self.list_upses(),
            List::Var { ups } => self.service.find_fresh(ups, self.now)?.list_variables(ups, self.out),
            List::Rw { ups } => self.service.find_fresh(ups, self.now)?.list_changeable(ups, self.out),
            List::Cmd { ups } => self.service.find_fresh(ups, self.now)?.list_commands(ups, self.out),
            List::Client { ups } => self.list_clients(ups)?,
            List::Enum { ups, var } => {
                let variable = self.variable(ups, var)?;
                self.reply(&Reply::Begin(*list));
                for value in &variable.values {
                    self.reply(&Reply::Enum { ups, var, value });
                }
                self.reply(&Reply::End(*list));
            }
            List::Range { ups, var } => {
                let variable = self.variable(ups, var)?;
                self.reply(&Reply::Begin(*list));
                for (min, max) in &variable.ranges {
                    self.reply(&Reply::Range { ups, var, min: &min.to_string(), max: &max.to_string() });
                }
                self.reply(&Reply::End(*list));
            }
        }
        Ok(())
    }

    fn list_upses(&mut self) {
        Reply::Begin(List::Ups).emit(self.out);
        for ups in &self.service.upses {
            let description = ups.config.description.as_deref().unwrap_or(NO_UPS_DESCRIPTION);
            Reply::Ups { name: &ups.config.name, description }.emit(self.out);
        }
        Reply::End(List::Ups).emit(self.out);
    }

    fn list_clients(&mut self, ups: &str) -> Result<(), ErrorCode> {
        let at = self.service.find(ups)?;
        Reply::Begin(List::Client { ups }).emit(self.out);
        for login in &self.service.upses[at].logins {
            Reply::Client { ups, address: &login.address }.emit(self.out);
        }
        Reply::End(List::Client { ups }).emit(self.out);
        Ok(())
    }

    fn variable(&mut self, ups: &str, var: &str) -> Result<Variable, ErrorCode> {
        let ups = self.service.find_fresh(ups, self.now)?;
        ups.store.variable(var).cloned().ok_or(ErrorCode::VarNotSupported)
    }
}
