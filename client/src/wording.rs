//! How NUT's tools word a server's refusals; scripts compare these texts.

use protocol::net::ErrorCode;

/// NUT's sentence for a token after `ERR`; tokens it does not know are an "Unknown error" there too.
#[must_use]
pub const fn wording(code: ErrorCode) -> &'static str {
    match code {
        ErrorCode::AccessDenied => "Access denied",
        ErrorCode::UnknownUps => "Unknown UPS",
        ErrorCode::VarNotSupported => "Variable not supported by UPS",
        ErrorCode::CmdNotSupported => "Instant command not supported",
        ErrorCode::InstcmdFailed => "Instant command failed",
        ErrorCode::SetFailed => "Set command failed",
        ErrorCode::ReadOnly => "Read-only variable",
        ErrorCode::TooLong => "New value is too long",
        ErrorCode::DriverNotConnected => "Driver not connected",
        ErrorCode::DataStale => "Data stale",
        ErrorCode::AlreadyLoggedIn | ErrorCode::AlreadyAttached => "Already logged in",
        ErrorCode::InvalidPassword => "Invalid password",
        ErrorCode::InvalidUsername => "Invalid username",
        ErrorCode::AlreadySetPassword => "Already set password",
        ErrorCode::AlreadySetUsername => "Already set username",
        ErrorCode::UsernameRequired => "Username required",
        ErrorCode::PasswordRequired => "Password required",
        ErrorCode::UnknownCommand => "Unknown command",
        ErrorCode::InvalidValue => "Invalid value for variable",
        ErrorCode::VarUnknown => "Variable unknown",
        ErrorCode::UnknownType => "Unknown variable type",
        ErrorCode::UnknownInstcmd => "Unknown instant command",
        ErrorCode::MissingArgument => "Missing argument",
        ErrorCode::InvalidArgument
        | ErrorCode::FeatureNotSupported
        | ErrorCode::FeatureNotConfigured
        | ErrorCode::AlreadySslMode
        | ErrorCode::Unknown
        | ErrorCode::Failed
        | ErrorCode::Other => "Unknown error",
    }
}
