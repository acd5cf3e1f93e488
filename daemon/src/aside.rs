//! What may block (a disk, a name service, another process) runs on a thread of its own.
//!
//! A shared pool would have an end: enough calls that hang, and a power-down flag waits behind them
//! for ever.

use tokio::sync::oneshot;

use crate::reserve::Reserve;

/// Starts `work`; what comes of it is received, or an error when there is no thread or it panicked.
pub(crate) fn start<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> oneshot::Receiver<T> {
    let (done, outcome) = oneshot::channel();
    // Nobody may wait any more.
    drop(std::thread::Builder::new().spawn(move || drop(done.send(work()))));
    outcome
}

/// As [`start`], but where the system gives no thread the one in reserve does the work.
pub(crate) fn insist<T: Send + 'static>(
    reserve: &Reserve,
    work: impl FnOnce() -> T + Send + 'static,
) -> oneshot::Receiver<T> {
    let (done, outcome) = oneshot::channel();
    // Nobody may wait any more.
    reserve.start(move || drop(done.send(work())));
    outcome
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use super::*;

    #[tokio::test]
    async fn what_hangs_does_not_keep_what_comes_later_from_its_turn() {
        let (free, hang) = std::sync::mpsc::channel::<()>();
        let hang = Arc::new(Mutex::new(hang));
        // More than any pool of the runtime has.
        let hanging: Vec<_> = (0..600)
            .map(|_| {
                let hang = Arc::clone(&hang);
                start(move || drop(hang.lock().map(|hang| hang.recv())))
            })
            .collect();
        assert_eq!(insist(&Reserve::none(), || "written").await, Ok("written"));
        drop(free);
        for hung in hanging {
            assert_eq!(hung.await, Ok(()));
        }
    }

    #[tokio::test]
    async fn a_panic_is_an_error_of_that_work_alone() {
        assert!(start(|| panic!("on purpose")).await.is_err());
        assert!(insist(&Reserve::of_a_system_without_threads(), || panic!("on purpose")).await.is_err());
    }
}
