//! Listeners: opened before the daemon goes to the background, so that a failure is seen.

mod tcp;
mod unix;

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use protocol::{Level, Peer};

use crate::clock::Clock;
use crate::log::Log;
use crate::news::{News, Outlet};
use crate::options::Listener;
use crate::privileges;
use crate::stream::Stream;

/// How long accepting pauses when there is no descriptor or no memory for more.
const BACK_OFF: Duration = Duration::from_millis(100);

/// A listening socket, not yet in the event loop.
pub(crate) enum Socket {
    Tcp(std::net::TcpListener),
    Unix(std::os::unix::net::UnixListener, UnixPath),
}

/// The path of a Unix listener; the socket goes with it.
pub(crate) struct UnixPath(PathBuf);

impl Drop for UnixPath {
    fn drop(&mut self) {
        drop(fs::remove_file(&self.0));
    }
}

/// Why the daemon cannot listen.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ListenError {
    #[error("listen on {place}: {source}")]
    Refused { place: String, source: io::Error },
    #[error("no listener could be opened")]
    None,
}

/// Opens every listener, Unix sockets for `user` to own; what failed without being required comes back beside those that work.
pub(crate) fn open(listeners: &[Listener], user: Option<&str>) -> Result<(Vec<Socket>, Vec<String>), ListenError> {
    let (mut open, mut failed) = (Vec::new(), Vec::new());
    let (mut hosts, mut required) = (Vec::new(), Vec::new());
    for listener in listeners {
        match listener {
            Listener::Tcp { host, port, required: is_required } => {
                hosts.push((host.as_str(), *port));
                required.push(*is_required);
            }
            Listener::Unix { path } => open.push(open_unix_for(path, user)?),
        }
    }
    for (tcp, is_required) in tcp::open(&hosts).into_iter().zip(required) {
        let refused = |(place, source)| ListenError::Refused { place, source };
        let mut problems: Vec<ListenError> = tcp.problems.into_iter().map(refused).collect();
        // A name or `*` may stand for several addresses: one of them is enough.
        if let Some(problem) = problems.pop_if(|_| is_required && !tcp.is_served) {
            return Err(problem);
        }
        failed.extend(problems.iter().map(ToString::to_string));
        open.extend(tcp.sockets.into_iter().map(Socket::Tcp));
    }
    if open.is_empty() && !listeners.is_empty() { Err(ListenError::None) } else { Ok((open, failed)) }
}

fn open_unix_for(path: &Path, user: Option<&str>) -> Result<Socket, ListenError> {
    let made = unix::open(path).and_then(|socket| {
        privileges::hand_over(path, user)?;
        Ok(socket)
    });
    let place = path.display().to_string();
    let socket = made.map_err(|source| ListenError::Refused { place, source })?;
    Ok(Socket::Unix(socket, UnixPath(path.to_path_buf())))
}

/// Starts one task per listener; the returned paths keep the Unix sockets in place.
pub(crate) fn start(sockets: Vec<Socket>, outlet: &Outlet, clock: Clock, log: &Log) -> io::Result<Vec<UnixPath>> {
    let mut paths = Vec::new();
    for socket in sockets {
        let acceptor = match socket {
            Socket::Tcp(listener) => Acceptor::Tcp(tokio::net::TcpListener::from_std(listener)?),
            Socket::Unix(listener, path) => {
                paths.push(path);
                Acceptor::Unix(tokio::net::UnixListener::from_std(listener)?)
            }
        };
        tokio::spawn(accept_all(acceptor, outlet.clone(), clock, log.clone()));
    }
    Ok(paths)
}

enum Acceptor {
    Tcp(tokio::net::TcpListener),
    Unix(tokio::net::UnixListener),
}

impl Acceptor {
    async fn accept(&self) -> io::Result<(Stream, Peer)> {
        match self {
            Self::Tcp(listener) => {
                let (stream, address) = listener.accept().await?;
                Ok((Stream::tcp(stream), Peer::Tcp(address.ip().to_canonical().to_string())))
            }
            Self::Unix(listener) => {
                let (stream, _) = listener.accept().await?;
                Ok((Stream::Unix(stream), Peer::Unix))
            }
        }
    }
}

async fn accept_all(acceptor: Acceptor, outlet: Outlet, clock: Clock, log: Log) {
    let mut backing_off = false;
    loop {
        match acceptor.accept().await {
            Ok((stream, peer)) => {
                if std::mem::replace(&mut backing_off, false) {
                    log.say(Level::Notice, "accepting connections again");
                }
                outlet.tell(News::Accepted { stream: Arc::new(stream), peer }).await;
            }
            // The connection is at fault, not we (accept(2)).
            Err(error) if error.kind() == io::ErrorKind::ConnectionAborted => {}
            Err(error) => {
                if !std::mem::replace(&mut backing_off, true) {
                    log.say(Level::Error, format!("cannot accept connections for now: {error}"));
                }
                clock.pause(BACK_OFF).await;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listener(host: &str, port: u16, required: bool) -> Listener {
        Listener::Tcp { host: host.into(), port, required }
    }

    #[test]
    fn an_address_that_is_taken_ends_the_start_only_where_it_is_required() {
        let taken = std::net::TcpListener::bind("127.0.0.1:0").and_then(|socket| socket.local_addr()).unwrap();
        let _holder = tcp::bind_tcp(taken).unwrap();
        assert!(open(&[listener("127.0.0.1", taken.port(), true)], None).is_err());
        assert!(matches!(open(&[listener("127.0.0.1", taken.port(), false)], None), Err(ListenError::None)));
        let (sockets, failures) =
            open(&[listener("127.0.0.1", taken.port(), false), listener("127.0.0.1", 0, true)], None).unwrap();
        assert_eq!((sockets.len(), failures.len()), (1, 1));
    }

    #[test]
    fn a_socket_left_behind_is_replaced_and_one_that_answers_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("driver");
        let unix = [Listener::Unix { path: path.clone() }];
        drop(std::os::unix::net::UnixListener::bind(&path).unwrap());
        let (first, _) = open(&unix, None).unwrap();
        assert!(open(&unix, None).is_err());
        drop(first);
        assert!(!path.exists());
        fs::write(&path, "somebody's file").unwrap();
        assert!(open(&unix, None).is_err());
        assert_eq!(fs::read(&path).unwrap(), b"somebody's file");
    }
}
