//! The tokens after `ERR`.

use std::fmt;

macro_rules! codes {
    ($($(#[doc = $doc:literal])+ $Code:ident = $token:literal,)*) => {
        /// Why a request was refused.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum ErrorCode {
            $($(#[doc = $doc])+ $Code,)*
        }

        impl ErrorCode {
            /// Every code.
            pub const ALL: &[Self] = &[$(Self::$Code),*];

            /// The code's token on the wire.
            #[must_use]
            pub const fn token(self) -> &'static str {
                match self {
                    $(Self::$Code => $token,)*
                }
            }
        }
    };
}

codes! {
    /// Not allowed: wrong user, wrong password, or no right to do this.
    AccessDenied = "ACCESS-DENIED",
    /// No such UPS.
    UnknownUps = "UNKNOWN-UPS",
    /// The UPS has no such variable.
    VarNotSupported = "VAR-NOT-SUPPORTED",
    /// The UPS has no such command.
    CmdNotSupported = "CMD-NOT-SUPPORTED",
    /// Too few arguments, too many, or one that makes no sense.
    InvalidArgument = "INVALID-ARGUMENT",
    /// The command could not be passed to the driver.
    InstcmdFailed = "INSTCMD-FAILED",
    /// The new value could not be passed to the driver.
    SetFailed = "SET-FAILED",
    /// The variable cannot be changed.
    ReadOnly = "READONLY",
    /// The value is longer than the variable takes.
    TooLong = "TOO-LONG",
    /// The server cannot do this.
    FeatureNotSupported = "FEATURE-NOT-SUPPORTED",
    /// The server could do this, but is not set up for it.
    FeatureNotConfigured = "FEATURE-NOT-CONFIGURED",
    /// TLS is on already.
    AlreadySslMode = "ALREADY-SSL-MODE",
    /// The server has no connection to the driver.
    DriverNotConnected = "DRIVER-NOT-CONNECTED",
    /// The driver has gone silent, or says that its data is old.
    DataStale = "DATA-STALE",
    /// The connection is logged in to a UPS already.
    AlreadyLoggedIn = "ALREADY-LOGGED-IN",
    /// As [`Self::AlreadyLoggedIn`], for ATTACH (RFC 9271).
    AlreadyAttached = "ALREADY-ATTACHED",
    /// The password is wrong; no longer sent.
    InvalidPassword = "INVALID-PASSWORD",
    /// The user name is wrong; no longer sent.
    InvalidUsername = "INVALID-USERNAME",
    /// The connection has given a password already.
    AlreadySetPassword = "ALREADY-SET-PASSWORD",
    /// The connection has given a user name already.
    AlreadySetUsername = "ALREADY-SET-USERNAME",
    /// The request needs a user name first.
    UsernameRequired = "USERNAME-REQUIRED",
    /// The request needs a password first.
    PasswordRequired = "PASSWORD-REQUIRED",
    /// No such request.
    UnknownCommand = "UNKNOWN-COMMAND",
    /// The variable does not take this value.
    InvalidValue = "INVALID-VALUE",
    /// Of GET TRACKING: the driver does not know the command or variable, or the id is unknown.
    Unknown = "UNKNOWN",
    /// Of GET TRACKING: the driver tried and failed.
    Failed = "FAILED",
    /// Old servers' word for [`Self::VarNotSupported`].
    VarUnknown = "VAR-UNKNOWN",
    /// Old servers' word for a variable of unknown type.
    UnknownType = "UNKNOWN-TYPE",
    /// Old servers' word for [`Self::CmdNotSupported`].
    UnknownInstcmd = "UNKNOWN-INSTCMD",
    /// Old servers' word for too few arguments.
    MissingArgument = "MISSING-ARGUMENT",
    /// A token this list does not have.
    Other = "OTHER",
}

impl ErrorCode {
    /// The code of a token; [`Self::Other`] for one that is not known.
    #[must_use]
    pub fn parse(token: &str) -> Self {
        Self::ALL.iter().copied().find(|code| code.token().eq_ignore_ascii_case(token)).unwrap_or(Self::Other)
    }
}

impl fmt::Display for ErrorCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.token())
    }
}
