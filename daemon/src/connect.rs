//! Opens connections away from the event loop: names, time-outs, addresses that do not answer.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use protocol::{Endpoint, LinkError};
use tokio::net::{TcpStream, UnixStream};
use tokio::task::JoinSet;

use crate::clock::Clock;
use crate::lookup::Names;
use crate::news::{LinkNews, Outlet, Ticket};
use crate::stream::{Stream, link_error};
use crate::{paths, usb_bus};

/// How long all of it may take: what NUT's tools allow.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// When the next address of a name is tried beside one that does not answer (RFC 8305 §5).
const NEXT_ADDRESS: Duration = Duration::from_millis(250);

/// Opens `to` and tells how it went.
pub(crate) async fn open(ticket: Ticket, to: Endpoint, names: Names, outlet: Outlet, clock: Clock) {
    let opened = clock.timeout(CONNECT_TIMEOUT, connect(ticket, &to, &names, &outlet, clock)).await;
    let news = match opened {
        Ok(Ok(news)) => news,
        Ok(Err(error)) => LinkNews::OpenFailed(error),
        Err(_) => LinkNews::OpenFailed(LinkError::TimedOut),
    };
    outlet.tell_of(ticket, news).await;
}

async fn connect(
    ticket: Ticket,
    to: &Endpoint,
    names: &Names,
    outlet: &Outlet,
    clock: Clock,
) -> Result<LinkNews, LinkError> {
    match to {
        Endpoint::Tcp { host, port } => {
            let host = host.trim_start_matches('[').trim_end_matches(']');
            let addresses = names.addresses(host, *port).await?;
            let stream = first_to_answer(addresses, clock).await?;
            Ok(LinkNews::Connected(Arc::new(Stream::tcp(stream))))
        }
        Endpoint::Unix { path } => {
            let stream = UnixStream::connect(path).await.map_err(|error| link_error(&error))?;
            Ok(LinkNews::Connected(Arc::new(Stream::Unix(stream))))
        }
        Endpoint::Usb(matcher) => usb_bus::attach(ticket, matcher, paths::usb_bus(), outlet, clock).await,
    }
}

async fn first_to_answer(addresses: Vec<SocketAddr>, clock: Clock) -> Result<TcpStream, LinkError> {
    let mut attempts = JoinSet::new();
    let mut addresses = addresses.into_iter();
    let mut failure = LinkError::Unreachable;
    loop {
        let next = addresses.next();
        let last = next.is_none();
        if let Some(address) = next {
            attempts.spawn(TcpStream::connect(address));
        }
        let attempt = match last {
            true => attempts.join_next().await,
            false => match clock.timeout(NEXT_ADDRESS, attempts.join_next()).await {
                Ok(attempt) => attempt,
                Err(_) => continue,
            },
        };
        match attempt {
            Some(Ok(Ok(stream))) => return Ok(stream),
            Some(Ok(Err(error))) => failure = link_error(&error),
            Some(Err(_)) => {}
            None => return Err(failure),
        }
    }
}
