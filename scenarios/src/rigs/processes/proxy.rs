//! Proxies: every connection of a run passes through one, so that the rig sees each line and can
//! put faults between.
//!
//! A proxy does no buffering of its own: what it reads it reports, then writes, in one piece.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpSocket, TcpStream, UnixListener, UnixStream};
use tokio::sync::mpsc::UnboundedSender;
use tokio::task::JoinHandle;

use super::inbox::Input;
use super::paths::{Verdict, View};
use crate::journal::Direction;
use crate::rigs::dice::Dice;
use crate::rigs::tap::Tap;

/// What is read at a time.
const CHUNK: usize = 64 * 1024;
/// How many connections a TCP listener holds.
const BACKLOG: u32 = 128;
/// A sender tries again after so long (Linux: 200 ms).
const RETRY: Duration = Duration::from_millis(200);

/// Numbers the links of a run.
#[derive(Debug, Clone, Default)]
pub struct Numbers(Arc<AtomicU32>);

impl Numbers {
    /// The next number.
    #[must_use]
    pub fn next(&self) -> u32 {
        self.0.fetch_add(1, Ordering::Relaxed)
    }
}

/// What every proxied connection reports to, and how fast time runs on it.
#[derive(Debug, Clone)]
pub struct Desk {
    /// The rig.
    pub inbox: UnboundedSender<Input>,
    /// Link numbers.
    pub numbers: Numbers,
    /// How many times as fast as the wall scenario time runs.
    pub speed: u32,
}

/// A listener that passes connections on; dropped, it takes no more. Connections end with their ends.
#[derive(Debug)]
pub struct Proxy {
    task: JoinHandle<()>,
    path: Option<PathBuf>,
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.task.abort();
        if let Some(path) = &self.path {
            // A socket without a listener is what a dead daemon leaves; a live one takes its own along.
            let _ = std::fs::remove_file(path);
        }
    }
}

/// A TCP port of this machine that is taken, so that nobody who asks for any port gets it, and refuses
/// connections. Whoever names it may listen on it beside this (`SO_REUSEADDR`), which is what a run's own
/// daemons do.
#[derive(Debug)]
pub struct Reserved {
    socket: TcpSocket,
    /// The port.
    pub port: u16,
}

impl Reserved {
    /// Any free port, or this one again.
    ///
    /// # Errors
    /// What the operating system says.
    pub fn take(port: u16) -> io::Result<Self> {
        let socket = TcpSocket::new_v4()?;
        socket.set_reuseaddr(true)?;
        socket.bind(([127, 0, 0, 1], port).into())?;
        let port = socket.local_addr()?.port();
        Ok(Self { socket, port })
    }
}

/// Passes TCP connections on to `port`; `lanes` makes the views from client to server and back.
///
/// # Errors
/// What the operating system says.
pub fn tcp(
    reserved: Reserved,
    port: u16,
    lanes: impl Fn() -> [View; 2] + Send + 'static,
    tap: impl Fn() -> Tap + Send + 'static,
    desk: Desk,
) -> io::Result<Proxy> {
    let listener: TcpListener = reserved.socket.listen(BACKLOG)?;
    let task = tokio::spawn(async move {
        while let Ok((client, _)) = listener.accept().await {
            let (tap, lanes, desk) = (tap(), lanes(), desk.clone());
            tokio::spawn(async move {
                let Ok(server) = TcpStream::connect(("127.0.0.1", port)).await else { return };
                // The daemons' own writes shall arrive as they were made.
                if client.set_nodelay(true).is_ok() && server.set_nodelay(true).is_ok() {
                    let (client, server) = (client.into_split(), server.into_split());
                    pass_on(client, server, Some(lanes), tap, &desk).await;
                }
            });
        }
    });
    Ok(Proxy { task, path: None })
}

/// Passes connections to the Unix socket `at` on to the one at `to`.
///
/// # Errors
/// What the operating system says.
pub fn unix(at: &Path, to: PathBuf, tap: impl Fn() -> Tap + Send + 'static, desk: Desk) -> io::Result<Proxy> {
    let _ = std::fs::remove_file(at);
    let listener = UnixListener::bind(at)?;
    let task = tokio::spawn(async move {
        while let Ok((client, _)) = listener.accept().await {
            let (tap, desk, to) = (tap(), desk.clone(), to.clone());
            tokio::spawn(async move {
                let Ok(server) = UnixStream::connect(to).await else { return };
                pass_on(client.into_split(), server.into_split(), None, tap, &desk).await;
            });
        }
    });
    Ok(Proxy { task, path: Some(at.to_path_buf()) })
}

async fn pass_on<R, W>(client: (R, W), server: (R, W), lanes: Option<[View; 2]>, tap: Tap, desk: &Desk)
where
    R: AsyncRead + Unpin,
    W: AsyncWrite + Unpin,
{
    let link = desk.numbers.next();
    let _ = desk.inbox.send(Input::Opened { link, tap: Box::new(tap) });
    let [there, back] = lanes.map_or([None, None], |[there, back]| [Some(there), Some(back)]);
    let ended_by = {
        let there = lane(client.0, server.1, there, (link, Direction::Out), desk);
        let back = lane(server.0, client.1, back, (link, Direction::In), desk);
        tokio::select! {
            () = there => true,
            () = back => false,
        }
    };
    let _ = desk.inbox.send(Input::Over { link, by_opener: ended_by });
}

/// One direction, until its source ends.
async fn lane(
    mut from: impl AsyncRead + Unpin,
    mut to: impl AsyncWrite + Unpin,
    mut view: Option<View>,
    name: (u32, Direction),
    desk: &Desk,
) {
    let (link, direction) = name;
    let mut buffer = vec![0; CHUNK];
    let mut dice = Dice::new(u64::from(link) * 2 + u64::from(direction == Direction::In));
    loop {
        let read = from.read(&mut buffer).await.unwrap_or(0);
        let mut rest = &buffer[..read];
        loop {
            let piece = rest.len().min(view.as_ref().map_or(usize::MAX, View::piece));
            if let Some(view) = &mut view {
                admit(view, &mut dice, piece, desk).await;
            }
            if read == 0 {
                return;
            }
            let bytes = rest.split_off(..piece).unwrap_or_default();
            let heard = Input::Heard { link, direction, bytes: bytes.to_vec() };
            if desk.inbox.send(heard).is_err() || to.write_all(bytes).await.is_err() {
                return;
            }
            if rest.is_empty() {
                break;
            }
        }
    }
}

/// Returns when the path lets these bytes (or the end of the stream) through.
async fn admit(view: &mut View, dice: &mut Dice, size: usize, desk: &Desk) {
    let mut tries = 0;
    loop {
        match view.verdict() {
            Verdict::Pass(path) if path.drop_permille > 0 && dice.hits(path.drop_permille * 1000) => {
                wait(RETRY * (1 << tries), desk).await;
                tries = (tries + 1).min(8);
            }
            Verdict::Pass(path) => {
                let reading = if path.rate == 0 { 0 } else { size as u64 * 1_000_000 / u64::from(path.rate) };
                let delay = path.delay + Duration::from_micros(reading);
                if !delay.is_zero() {
                    wait(delay, desk).await;
                }
                return;
            }
            // Nothing passes, in neither direction, and nobody is told: until the run ends.
            Verdict::Vanished => std::future::pending().await,
            Verdict::Hold => {
                if !view.changed().await {
                    std::future::pending::<()>().await;
                }
            }
        }
    }
}

/// Lets so much scenario time pass: this *is* the delay of a path, not a wait for something else.
async fn wait(time: Duration, desk: &Desk) {
    let _ = tokio::time::timeout(time / desk.speed.max(1), std::future::pending::<()>()).await;
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::{Ipv4Addr, TcpListener};

    #[test]
    fn a_port_that_is_kept_is_got_by_name_alone() {
        let kept: Vec<Reserved> = (0..20).map(|_| Reserved::take(0).expect("a port")).collect();
        for _ in 0..500 {
            let any = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).and_then(|any| any.local_addr()).expect("a port");
            assert!(kept.iter().all(|kept| kept.port != any.port()));
        }
        for kept in &kept {
            let again = Reserved::take(kept.port).expect("the same port");
            drop(TcpListener::bind((Ipv4Addr::LOCALHOST, again.port)).expect("a daemon of the run listens on it"));
        }
    }
}
