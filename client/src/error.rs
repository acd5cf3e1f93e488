//! What can go wrong between a client and a server, worded as NUT's tools word it.

use crate::{AddressError, wording};
use protocol::net::ErrorCode;
use protocol::session::SessionError;
use std::io;

/// Why a request has no answer.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// The name of the UPS or of the server makes no sense.
    #[error(transparent)]
    Address(#[from] AddressError),
    /// The host name has no address.
    #[error("No such host")]
    NoSuchHost,
    /// The connection could not be opened.
    #[error("Connection failure: {}", reason(.0))]
    Connect(io::Error),
    /// A request could not be sent.
    #[error("Write error: {}", reason(.0))]
    Write(io::Error),
    /// An answer could not be read.
    #[error("Read error: {}", reason(.0))]
    Read(io::Error),
    /// The server closed the connection.
    #[error("Server disconnected")]
    Disconnected,
    /// The server refused.
    #[error("{}", wording(*.0))]
    Refused(ErrorCode),
    /// The server does not keep to the protocol.
    #[error("Invalid response from server")]
    Protocol(#[source] Option<SessionError>),
}

/// The operating system's words, without Rust's number behind them.
fn reason(error: &io::Error) -> String {
    let text = error.to_string();
    match text.split_once(" (os error") {
        Some((words, _)) => words.to_owned(),
        None => text,
    }
}

impl From<SessionError> for ClientError {
    fn from(error: SessionError) -> Self {
        Self::Protocol(Some(error))
    }
}
