//! Requests, one file per family: each checks in NUT's order, since clients see which error
//! comes first.

mod get;
mod instcmd;
mod list;
mod login;
mod set;
mod user;
mod watch;

use protocol::lexer::Line;
use protocol::net::{ErrorCode, PROTOCOL_VERSION, Reply, Request, Verb};
use protocol::{Instant, LinkId};

use crate::failures::Fate;
use crate::service::Service;
use crate::session::{Held, Session};
use crate::version::{BANNER, HELP};

pub(crate) use watch::push;

/// What becomes of the session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Next {
    /// It goes on.
    Stay,
    /// It ends once the reply has left.
    Close,
}

/// Everything that a request can see and change.
pub(crate) struct Desk<'a> {
    pub(crate) service: &'a mut Service,
    pub(crate) session: &'a mut Session,
    pub(crate) link: LinkId,
    pub(crate) now: Instant,
    pub(crate) out: &'a mut Vec<u8>,
    /// When the answer to the request leaves.
    pub(crate) fate: Fate,
}

/// Answers one line.
pub(crate) fn answer(desk: &mut Desk<'_>, line: &Line) -> Next {
    match serve(desk, line) {
        Ok(next) => next,
        Err(error) => match std::mem::replace(&mut desk.fate, Fate::Now) {
            Fate::Now => {
                desk.reply(&Reply::Err(error));
                Next::Stay
            }
            Fate::At(until) => {
                let mut bytes = Vec::new();
                Reply::Err(error).emit(&mut bytes);
                desk.session.held = Some(Held { bytes, until });
                Next::Stay
            }
            Fate::Never => Next::Close,
        },
    }
}

fn serve(desk: &mut Desk<'_>, line: &Line) -> Result<Next, ErrorCode> {
    if line.get(0).and_then(Verb::parse).is_some_and(Verb::needs_user) {
        desk.need_user()?;
    }
    match Request::parse(line)? {
        Request::Ver => desk.reply(&Reply::Text(BANNER)),
        Request::NetVer | Request::ProtVer => desk.reply(&Reply::Text(PROTOCOL_VERSION)),
        Request::Help => desk.reply(&Reply::Text(HELP)),
        Request::StartTls => return Err(ErrorCode::FeatureNotConfigured),
        Request::Username(name) => desk.set_user_name(name)?,
        Request::Password(password) => desk.set_password(password)?,
        Request::Login { ups } => desk.log_in(ups, ErrorCode::AlreadyLoggedIn)?,
        Request::Attach { ups } => desk.log_in(ups, ErrorCode::AlreadyAttached)?,
        Request::Logout | Request::Detach => {
            desk.reply(&Reply::OkGoodbye);
            return Ok(Next::Close);
        }
        Request::Primary { ups } => desk.become_primary(ups, &Reply::OkPrimaryGranted)?,
        Request::Master { ups } => desk.become_primary(ups, &Reply::OkMasterGranted)?,
        Request::Fsd { ups } => desk.force_shutdown(ups)?,
        Request::GetNumLogins { ups } => desk.get_num_logins(ups)?,
        Request::GetNumAttach { ups } => desk.get_num_attach(ups)?,
        Request::GetUpsDesc { ups } => desk.get_ups_desc(ups)?,
        Request::GetVar { ups, var } => desk.get_var(ups, var)?,
        Request::GetType { ups, var } => desk.get_type(ups, var)?,
        Request::GetDesc { ups, var } => desk.get_desc(ups, var)?,
        Request::GetCmdDesc { ups, cmd } => desk.get_cmd_desc(ups, cmd)?,
        Request::GetTracking { id } => desk.get_tracking(id)?,
        Request::List(list) => desk.list(&list)?,
        Request::SetVar { ups, var, value } => desk.set_var(ups, var, value)?,
        Request::SetTracking { on } => {
            desk.session.is_tracking = on;
            desk.reply(&Reply::Ok);
        }
        Request::Instcmd { ups, cmd, param } => desk.instcmd(ups, cmd, param)?,
        Request::Watch { ups } => desk.watch(ups)?,
    }
    Ok(Next::Stay)
}

impl Desk<'_> {
    fn reply(&mut self, reply: &Reply<'_>) {
        reply.emit(self.out);
    }
}
