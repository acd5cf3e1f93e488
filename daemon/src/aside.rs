//! What may block (a disk, a name service, another process) runs on a thread of its own.
//!
//! A shared pool would have an end: enough calls that hang, and a power-down flag waits behind them
//! for ever.

use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::oneshot;

/// Starts `work`; what comes of it is received, or an error when there is no thread or it panicked.
pub(crate) fn start<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> oneshot::Receiver<T> {
    let (done, outcome) = oneshot::channel();
    // Nobody may wait any more.
    drop(std::thread::Builder::new().spawn(move || drop(done.send(work()))));
    outcome
}

/// As [`start`], but where the system gives no thread the work is done here and now rather than not at all.
pub(crate) fn insist<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> oneshot::Receiver<T> {
    let (done, outcome) = oneshot::channel();
    // Shared, because a thread that does not come about would take the work with it.
    let work = Arc::new(Mutex::new(Some(move || drop(done.send(work())))));
    let theirs = Arc::clone(&work);
    if std::thread::Builder::new().spawn(move || do_once(&theirs)).is_err() {
        do_once(&work);
    }
    outcome
}

fn do_once(work: &Mutex<Option<impl FnOnce()>>) {
    let work = work.lock().unwrap_or_else(PoisonError::into_inner).take();
    if let Some(work) = work {
        work();
    }
}

#[cfg(test)]
mod tests {
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
        assert_eq!(insist(|| "written").await, Ok("written"));
        drop(free);
        for hung in hanging {
            assert_eq!(hung.await, Ok(()));
        }
    }

    #[tokio::test]
    async fn a_panic_is_an_error_of_that_work_alone() {
        assert!(start(|| panic!("on purpose")).await.is_err());
        assert!(insist(|| panic!("on purpose")).await.is_err());
    }
}
