//! The task of one link: it reads for the engine and writes what waits.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use protocol::LinkError;

use crate::clock::Clock;
use crate::lane::{Flushed, Lane};
use crate::news::{LinkNews, Outlet, Ticket};
use crate::stream::{Stream, link_error};

/// How long a closed link may take to write what waits.
const LAST_WORDS: Duration = Duration::from_secs(10);
/// How long a closed TCP link waits for the peer's end: closing with unread bytes would reset the
/// connection, and the reset can overtake the last reply (RFC 1122 §4.2.2.13).
const PEERS_END: Duration = Duration::from_secs(2);
/// How much of a peer's further talk is thrown away meanwhile.
const PEERS_LAST_BYTES: usize = 256 * 1024;

/// Serves a link until it ends.
pub(crate) async fn serve(ticket: Ticket, stream: Arc<Stream>, lane: Arc<Lane>, outlet: Outlet, clock: Clock) {
    if let Err(error) = exchange(ticket, &stream, &lane, &outlet).await {
        outlet.tell_of(ticket, LinkNews::Closed(link_error(&error))).await;
        return;
    }
    let written = clock.timeout(LAST_WORDS, write_rest(&stream, &lane)).await;
    if matches!(written, Ok(Ok(()))) {
        stream.finish_writing();
        if lane.is_hasty() {
            return;
        }
        let _ = clock.timeout(PEERS_END, wait_for_end(&stream)).await;
    }
}

/// Carries bytes both ways until the link is being closed; an error is the peer's or the network's.
async fn exchange(ticket: Ticket, stream: &Stream, lane: &Lane, outlet: &Outlet) -> io::Result<()> {
    let mut ended = false;
    loop {
        let wants = lane.wants();
        if wants.close {
            return Ok(());
        }
        tokio::select! {
            readable = stream.readable(), if wants.read && !ended => {
                readable?;
                match stream.read() {
                    Ok(bytes) if bytes.is_empty() => {
                        // Half-closed: replies under way still leave, then the event loop closes.
                        ended = true;
                        outlet.tell_of(ticket, LinkNews::Closed(LinkError::Closed)).await;
                    }
                    Ok(bytes) => {
                        lane.deliver();
                        outlet.tell_of(ticket, LinkNews::Received(bytes)).await;
                    }
                    Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                    Err(error) => return Err(error),
                }
            }
            writable = stream.writable(), if wants.write => {
                writable?;
                match lane.flush(stream)? {
                    Flushed::Quietly => {}
                    Flushed::Partly => outlet.tell_of(ticket, LinkNews::Draining).await,
                    Flushed::All => outlet.tell_of(ticket, LinkNews::Drained).await,
                }
            }
            // Reading would show it; where nothing is read it shows by itself.
            error = stream.broken(), if !wants.read => return Err(error),
            () = lane.changed() => {}
        }
    }
}

async fn write_rest(stream: &Stream, lane: &Lane) -> io::Result<()> {
    while lane.wants().write {
        stream.writable().await?;
        lane.flush(stream)?;
    }
    Ok(())
}

async fn wait_for_end(stream: &Stream) {
    let mut thrown_away = 0;
    while thrown_away <= PEERS_LAST_BYTES && stream.readable().await.is_ok() {
        match stream.read() {
            Ok(bytes) if !bytes.is_empty() => thrown_away += bytes.len(),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
            _ => return,
        }
    }
}
