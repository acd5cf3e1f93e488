//! A connected byte stream, TCP or Unix.

use std::io;
use std::os::fd::AsRawFd;

use nix::sys::socket::sockopt::SndBuf;
use nix::sys::socket::{Shutdown, setsockopt, shutdown};
use protocol::LinkError;
use tokio::io::Interest;
use tokio::net::{TcpStream, UnixStream};

/// The most that one read hands to the engine: with one unread piece per link in the queue, it
/// bounds what a peer that floods can make others wait for.
const READ_AT_MOST: usize = 16 * 1024;

/// What the kernel keeps of what a TCP peer has not taken yet; it doubles this for what it needs itself. Left to grow
/// (to 4 MiB), it would hide for minutes that a slow peer takes something at all.
const SEND_BUFFER: usize = 64 * 1024;

/// A non-blocking stream that reader and writer share.
#[derive(Debug)]
pub(crate) enum Stream {
    Tcp(TcpStream),
    Unix(UnixStream),
}

impl Stream {
    /// A TCP stream whose every write leaves at once.
    pub(crate) fn tcp(stream: TcpStream) -> Self {
        // Nagle's algorithm and the peer's delayed ACK make 40 ms together (RFC 896, RFC 1122 §4.2.3.2).
        drop(stream.set_nodelay(true));
        // Refused, it is as large as the system has it.
        let _ = setsockopt(&stream, SndBuf, &SEND_BUFFER);
        Self::Tcp(stream)
    }

    pub(crate) async fn readable(&self) -> io::Result<()> {
        match self {
            Self::Tcp(stream) => stream.readable().await,
            Self::Unix(stream) => stream.readable().await,
        }
    }

    pub(crate) async fn writable(&self) -> io::Result<()> {
        match self {
            Self::Tcp(stream) => stream.writable().await,
            Self::Unix(stream) => stream.writable().await,
        }
    }

    /// Ends when the connection is broken, whether or not something waits to be read.
    pub(crate) async fn broken(&self) -> io::Error {
        let error = match self {
            Self::Tcp(stream) => stream.ready(Interest::ERROR).await.and_then(|_| stream.take_error()),
            Self::Unix(stream) => stream.ready(Interest::ERROR).await.and_then(|_| stream.take_error()),
        };
        error.map_or_else(|error| error, |error| error.unwrap_or_else(|| io::ErrorKind::ConnectionReset.into()))
    }

    /// What has arrived, empty at the end of the stream.
    pub(crate) fn read(&self) -> io::Result<Vec<u8>> {
        let mut buffer = [0; READ_AT_MOST];
        let size = match self {
            Self::Tcp(stream) => stream.try_read(&mut buffer),
            Self::Unix(stream) => stream.try_read(&mut buffer),
        }?;
        Ok(buffer[..size].to_vec())
    }

    /// Writes what the kernel takes now; zero when it takes nothing.
    pub(crate) fn write(&self, bytes: &[u8]) -> io::Result<usize> {
        let written = match self {
            Self::Tcp(stream) => stream.try_write(bytes),
            Self::Unix(stream) => stream.try_write(bytes),
        };
        match written {
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(0),
            other => other,
        }
    }

    /// Says that nothing more will be written.
    pub(crate) fn finish_writing(&self) {
        let descriptor = match self {
            Self::Tcp(stream) => stream.as_raw_fd(),
            Self::Unix(stream) => stream.as_raw_fd(),
        };
        // A stream that is already gone has nothing more to say either.
        let _ = shutdown(descriptor, Shutdown::Write);
    }
}

/// The engine's word for an operating system's error.
pub(crate) fn link_error(error: &io::Error) -> LinkError {
    use io::ErrorKind as Kind;
    match error.kind() {
        Kind::ConnectionRefused => LinkError::Refused,
        Kind::ConnectionReset | Kind::ConnectionAborted | Kind::BrokenPipe => LinkError::Reset,
        Kind::TimedOut => LinkError::TimedOut,
        Kind::NotFound => LinkError::NotFound,
        Kind::PermissionDenied => LinkError::Denied,
        Kind::HostUnreachable | Kind::NetworkUnreachable | Kind::NetworkDown | Kind::AddrNotAvailable => {
            LinkError::Unreachable
        }
        Kind::UnexpectedEof => LinkError::Closed,
        _ => LinkError::Io,
    }
}
