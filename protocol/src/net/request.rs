//! What a client asks.

mod codec;

use super::{List, Verb};

/// One request. Names and values borrow from the line it was read from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Request<'a> {
    /// `VER`
    Ver,
    /// `NETVER`
    NetVer,
    /// `PROTVER`, the newer word for NETVER.
    ProtVer,
    /// `HELP`
    Help,
    /// `STARTTLS`
    StartTls,
    /// `USERNAME name`
    Username(&'a str),
    /// `PASSWORD password`
    Password(&'a str),
    /// `LOGIN ups`
    Login {
        /// The UPS.
        ups: &'a str,
    },
    /// `ATTACH ups`: LOGIN in RFC 9271.
    Attach {
        /// The UPS.
        ups: &'a str,
    },
    /// `LOGOUT`
    Logout,
    /// `DETACH`: LOGOUT in RFC 9271.
    Detach,
    /// `PRIMARY ups`
    Primary {
        /// The UPS.
        ups: &'a str,
    },
    /// `MASTER ups`, the old word for PRIMARY.
    Master {
        /// The UPS.
        ups: &'a str,
    },
    /// `FSD ups`
    Fsd {
        /// The UPS.
        ups: &'a str,
    },
    /// `GET NUMLOGINS ups`
    GetNumLogins {
        /// The UPS.
        ups: &'a str,
    },
    /// `GET NUMATTACH ups`: NUMLOGINS in RFC 9271.
    GetNumAttach {
        /// The UPS.
        ups: &'a str,
    },
    /// `GET UPSDESC ups`
    GetUpsDesc {
        /// The UPS.
        ups: &'a str,
    },
    /// `GET VAR ups var`
    GetVar {
        /// The UPS.
        ups: &'a str,
        /// The variable.
        var: &'a str,
    },
    /// `GET TYPE ups var`
    GetType {
        /// The UPS.
        ups: &'a str,
        /// The variable.
        var: &'a str,
    },
    /// `GET DESC ups var`
    GetDesc {
        /// The UPS.
        ups: &'a str,
        /// The variable.
        var: &'a str,
    },
    /// `GET CMDDESC ups cmd`
    GetCmdDesc {
        /// The UPS.
        ups: &'a str,
        /// The command.
        cmd: &'a str,
    },
    /// `GET TRACKING [id]`: whether tracking is on, or what became of a SET or INSTCMD.
    GetTracking {
        /// The id from `OK TRACKING id`.
        id: Option<&'a str>,
    },
    /// `LIST …`
    List(List<'a>),
    /// `SET VAR ups var value`
    SetVar {
        /// The UPS.
        ups: &'a str,
        /// The variable.
        var: &'a str,
        /// Its new value.
        value: &'a str,
    },
    /// `SET TRACKING ON|OFF`
    SetTracking {
        /// ON.
        on: bool,
    },
    /// `INSTCMD ups cmd [param]`
    Instcmd {
        /// The UPS.
        ups: &'a str,
        /// The command.
        cmd: &'a str,
        /// Its parameter.
        param: Option<&'a str>,
    },
    /// `WATCH ups`; ours.
    Watch {
        /// The UPS.
        ups: &'a str,
    },
}

impl Request<'_> {
    /// Which verb it begins with.
    #[must_use]
    pub const fn verb(&self) -> Verb {
        match self {
            Self::Ver => Verb::Ver,
            Self::NetVer => Verb::NetVer,
            Self::ProtVer => Verb::ProtVer,
            Self::Help => Verb::Help,
            Self::StartTls => Verb::StartTls,
            Self::Username(_) => Verb::Username,
            Self::Password(_) => Verb::Password,
            Self::Login { .. } => Verb::Login,
            Self::Attach { .. } => Verb::Attach,
            Self::Logout => Verb::Logout,
            Self::Detach => Verb::Detach,
            Self::Primary { .. } => Verb::Primary,
            Self::Master { .. } => Verb::Master,
            Self::Fsd { .. } => Verb::Fsd,
            Self::GetNumLogins { .. }
            | Self::GetNumAttach { .. }
            | Self::GetUpsDesc { .. }
            | Self::GetVar { .. }
            | Self::GetType { .. }
            | Self::GetDesc { .. }
            | Self::GetCmdDesc { .. }
            | Self::GetTracking { .. } => Verb::Get,
            Self::List(_) => Verb::List,
            Self::SetVar { .. } | Self::SetTracking { .. } => Verb::Set,
            Self::Instcmd { .. } => Verb::Instcmd,
            Self::Watch { .. } => Verb::Watch,
        }
    }
}
