//! One TCP connection to a server, and what can be asked on it.

use crate::{ClientError, ServerAddress};
use protocol::net::{List, Request};
use protocol::session::{Answer, Incoming, Push, Row, Session, SessionError, Ticket};
use std::io;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpStream, lookup_host};
use tokio::time::error::Elapsed;
use tokio::time::timeout;

/// How long opening a connection may take (NUT's tools: `NUT_DEFAULT_CONNECT_TIMEOUT`).
pub const CONNECT_PATIENCE: Duration = Duration::from_secs(10);

/// How long an answer, or the next row of a list, may take (NUT's network time-out).
pub const ANSWER_PATIENCE: Duration = Duration::from_secs(5);

/// The most bytes read at once.
const CHUNK: usize = 16 * 1024;

/// A connection to a server.
#[derive(Debug)]
pub struct Client {
    stream: TcpStream,
    session: Session,
    /// What the server broke the protocol with, once what came before it has been taken.
    broken: Option<SessionError>,
    chunk: Vec<u8>,
    patience: Duration,
}

impl Client {
    /// Connects, with [`CONNECT_PATIENCE`].
    ///
    /// # Errors
    ///
    /// [`ClientError::NoSuchHost`] or [`ClientError::Connect`].
    pub async fn connect(server: &ServerAddress) -> Result<Self, ClientError> {
        Self::connect_within(server, CONNECT_PATIENCE).await
    }

    /// Connects, giving up after `patience`.
    ///
    /// # Errors
    ///
    /// [`ClientError::NoSuchHost`] or [`ClientError::Connect`].
    pub async fn connect_within(server: &ServerAddress, patience: Duration) -> Result<Self, ClientError> {
        let opened = timeout(patience, open(server)).await;
        let stream = opened.unwrap_or_else(|_| Err(ClientError::Connect(io::ErrorKind::TimedOut.into())))?;
        // A request is one write: waiting to join it with another gains nothing.
        stream.set_nodelay(true).map_err(ClientError::Connect)?;
        let chunk = vec![0; CHUNK];
        Ok(Self { stream, session: Session::new(), broken: None, chunk, patience: ANSWER_PATIENCE })
    }

    /// How long an answer, or the next row of a list, may take; [`ANSWER_PATIENCE`] unless this is called.
    pub fn set_patience(&mut self, patience: Duration) {
        self.patience = patience;
    }

    /// Asks, and waits for the answer; ERR is an error.
    ///
    /// # Errors
    ///
    /// [`ClientError`]; after any but [`ClientError::Refused`] the connection is of no more use.
    pub async fn ask(&mut self, request: &Request<'_>) -> Result<Answer, ClientError> {
        let asked = self.session.ask(request);
        if let Some(bytes) = self.session.take_output() {
            let written = timeout(self.patience, self.stream.write_all(&bytes)).await;
            written.unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into())).map_err(ClientError::Write)?;
        }
        loop {
            // Neither half a line nor news is an answer: a server cannot keep anybody waiting with them.
            match timeout(self.patience, self.progress()).await.map_err(silent)?? {
                Some((ticket, Answer::Err(code))) if ticket == asked => return Err(ClientError::Refused(code)),
                Some((ticket, answer)) if ticket == asked => return Ok(answer),
                // Answers to requests that a dropped future had asked, and rows of a list.
                _ => {}
            }
        }
    }

    /// The value of a variable.
    ///
    /// # Errors
    ///
    /// As [`Self::ask`].
    pub async fn variable(&mut self, ups: &str, var: &str) -> Result<String, ClientError> {
        match self.ask(&Request::GetVar { ups, var }).await? {
            Answer::Value(value) => Ok(value),
            _ => Err(ClientError::Protocol(None)),
        }
    }

    /// Any list, row by row.
    ///
    /// # Errors
    ///
    /// As [`Self::ask`].
    pub async fn list(&mut self, list: List<'_>) -> Result<Vec<Row>, ClientError> {
        match self.ask(&Request::List(list)).await? {
            Answer::List(rows) => Ok(rows),
            _ => Err(ClientError::Protocol(None)),
        }
    }

    /// Gives a user's name and password. Servers check them only when a request needs them.
    ///
    /// # Errors
    ///
    /// As [`Self::ask`].
    pub async fn authenticate(&mut self, user: &str, password: &str) -> Result<(), ClientError> {
        self.ask(&Request::Username(user)).await?;
        self.ask(&Request::Password(password)).await.map(drop)
    }

    /// Says goodbye.
    ///
    /// # Errors
    ///
    /// As [`Self::ask`].
    pub async fn log_out(mut self) -> Result<(), ClientError> {
        self.ask(&Request::Logout).await.map(drop)
    }

    /// Has the server push what changes in a UPS's status; the connection then serves that alone.
    ///
    /// # Errors
    ///
    /// As [`Self::ask`]; a server that cannot push refuses with UNKNOWN-COMMAND.
    pub async fn watch(mut self, ups: &str) -> Result<Watch, ClientError> {
        self.ask(&Request::Watch { ups }).await?;
        Ok(Watch { client: self })
    }

    /// The next answer, or `None` when rows of a list have come.
    async fn progress(&mut self) -> Result<Option<(Ticket, Answer)>, ClientError> {
        loop {
            match self.session.poll() {
                Some(Incoming::Answer { ticket, answer }) => return Ok(Some((ticket, answer))),
                Some(Incoming::Push(_)) => continue,
                None => {}
            }
            let has_whole_line = self.read().await?;
            if has_whole_line && self.session.is_in_list() {
                return Ok(None);
            }
        }
    }

    /// Hands what has come to the session; whether a line ended in it.
    async fn read(&mut self) -> Result<bool, ClientError> {
        if let Some(error) = self.broken {
            return Err(error.into());
        }
        match self.stream.read(&mut self.chunk).await.map_err(ClientError::Read)? {
            0 => Err(ClientError::Disconnected),
            length => {
                let bytes = &self.chunk[..length];
                self.broken = self.session.receive(bytes).err();
                Ok(bytes.contains(&b'\n'))
            }
        }
    }
}

/// A connection on which the server pushes.
#[derive(Debug)]
pub struct Watch {
    client: Client,
}

impl Watch {
    /// The next thing pushed: the present state first, then each change, and a heartbeat in silence.
    ///
    /// # Errors
    ///
    /// As [`Client::ask`]; silence beyond three heartbeats is a read error.
    pub async fn next(&mut self) -> Result<Push, ClientError> {
        timeout(protocol::net::WATCH_HEARTBEAT * 3, self.pushed()).await.map_err(silent)?
    }

    async fn pushed(&mut self) -> Result<Push, ClientError> {
        loop {
            match self.client.session.poll() {
                Some(Incoming::Push(push)) => return Ok(push),
                Some(Incoming::Answer { .. }) => {}
                None => {
                    self.client.read().await?;
                }
            }
        }
    }
}

fn silent(_: Elapsed) -> ClientError {
    ClientError::Read(io::ErrorKind::TimedOut.into())
}

async fn open(server: &ServerAddress) -> Result<TcpStream, ClientError> {
    let addresses = lookup_host((server.host.as_str(), server.port)).await.map_err(|_| ClientError::NoSuchHost)?;
    let mut failure = ClientError::NoSuchHost;
    for address in addresses {
        match TcpStream::connect(address).await {
            Ok(stream) => return Ok(stream),
            Err(error) => failure = ClientError::Connect(error),
        }
    }
    Err(failure)
}
