//! What waits to be written on one link, bounded in bytes, and whether the link may read.
//!
//! The event loop pushes; the link's task writes the rest when the peer takes it. At
//! [`SOFT_BOUND`] the engine hears `Full`, and the link stops reading, so that a peer that does
//! not take its answers cannot ask for more, as it does where the engine pauses it; `Drained` follows when everything has left. At
//! [`HARD_BOUND`] the link ends: an engine that pushes regardless cannot grow the process.

use std::io;
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

use crate::stream::Stream;

/// Above it the engine is told that the link is full: one `LIST VAR` of the largest device.
pub(crate) const SOFT_BOUND: usize = 64 * 1024;
/// Above it the link ends.
pub(crate) const HARD_BOUND: usize = 4 * 1024 * 1024;
/// A drained queue keeps no more memory than this.
const KEPT_CAPACITY: usize = 4 * 1024;

/// What became of bytes that were handed over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Pushed {
    /// They left, or wait within the bound.
    Taken,
    /// They wait, and the queue has just grown above [`SOFT_BOUND`].
    Full,
    /// The queue would grow above [`HARD_BOUND`].
    TooMuch,
}

/// What writing the queue has come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Flushed {
    /// Nothing that the engine waits for.
    Quietly,
    /// Some of a full queue has left.
    Partly,
    /// A full queue has drained.
    All,
}

/// What the link's task should wait for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Wants {
    pub(crate) read: bool,
    pub(crate) write: bool,
    pub(crate) close: bool,
}

#[derive(Debug, Default)]
struct State {
    queue: Vec<u8>,
    /// How much of `queue` has left already.
    sent: usize,
    full: bool,
    /// A piece that was read is with the event loop.
    delivering: bool,
    /// The engine wants nothing more for now.
    paused: bool,
    closing: bool,
    hasty: bool,
}

/// Shared by the event loop and the link's task, on one thread: the lock is never contended.
#[derive(Debug)]
pub(crate) struct Lane {
    state: Mutex<State>,
    changed: Notify,
}

impl Lane {
    pub(crate) fn new() -> Self {
        Self { state: Mutex::default(), changed: Notify::new() }
    }

    /// Hands bytes over: written at once where nothing waits before them, queued otherwise.
    pub(crate) fn push(&self, stream: &Stream, bytes: &[u8]) -> io::Result<Pushed> {
        let mut state = self.lock();
        let mut rest = bytes;
        if state.is_empty() {
            rest = &bytes[stream.write(bytes)?..];
        }
        if rest.is_empty() {
            return Ok(Pushed::Taken);
        }
        if state.waiting() + rest.len() > HARD_BOUND {
            return Ok(Pushed::TooMuch);
        }
        state.queue.extend_from_slice(rest);
        let fills = !state.full && state.waiting() > SOFT_BOUND;
        state.full |= fills;
        drop(state);
        self.changed.notify_one();
        Ok(if fills { Pushed::Full } else { Pushed::Taken })
    }

    /// Writes what the peer takes.
    pub(crate) fn flush(&self, stream: &Stream) -> io::Result<Flushed> {
        let mut state = self.lock();
        let written = stream.write(&state.queue[state.sent..])?;
        state.sent += written;
        if !state.is_empty() {
            return Ok(if state.full && written > 0 { Flushed::Partly } else { Flushed::Quietly });
        }
        state.queue.clear();
        state.queue.shrink_to(KEPT_CAPACITY);
        state.sent = 0;
        Ok(if std::mem::take(&mut state.full) { Flushed::All } else { Flushed::Quietly })
    }

    /// Stops reading until [`Self::delivered`]: one piece is on its way to the event loop.
    pub(crate) fn deliver(&self) {
        self.lock().delivering = true;
    }

    /// The event loop has dealt with the piece.
    pub(crate) fn delivered(&self) {
        self.lock().delivering = false;
        self.changed.notify_one();
    }

    /// Reads nothing more until told otherwise, or reads on once the queue allows it.
    pub(crate) fn pause(&self, on: bool) {
        self.lock().paused = on;
        self.changed.notify_one();
    }

    /// Lets the task write what waits, then end the link; in haste, without waiting for the peer's end.
    pub(crate) fn close(&self, in_haste: bool) {
        let mut state = self.lock();
        state.closing = true;
        state.hasty |= in_haste;
        drop(state);
        self.changed.notify_one();
    }

    /// Whether the peer's end is not waited for.
    pub(crate) fn is_hasty(&self) -> bool {
        self.lock().hasty
    }

    pub(crate) fn wants(&self) -> Wants {
        let state = self.lock();
        let read = !(state.delivering || state.paused || state.full || state.closing);
        Wants { read, write: !state.is_empty(), close: state.closing }
    }

    /// Ends when something that [`Self::wants`] speaks of has changed.
    pub(crate) async fn changed(&self) {
        self.changed.notified().await;
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn waiting(&self) -> usize {
        self.queue.len() - self.sent
    }

    fn is_empty(&self) -> bool {
        self.waiting() == 0
    }
}
