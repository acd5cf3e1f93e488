//! Threads kept from the start, for what must be done even where the system gives no more of them.
//!
//! Whoever asks never does the work itself: it may hang, and so would they.

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};

type Work = Box<dyn FnOnce() + Send>;

/// Runs work on a new thread, or fails and drops it.
type Maker = fn(Work) -> io::Result<()>;

/// Has work done on a thread of its own or, where there is none, on the one in reserve, after what
/// that one was given before. Keep one for each kind of work that must not wait for another.
#[derive(Clone)]
pub struct Reserve {
    maker: Maker,
    last: Last,
}

/// Who works where the system gives no thread.
#[derive(Clone)]
enum Last {
    /// A thread that was kept for it.
    Spare(Sender<Work>),
    /// Whoever has it done.
    Asker,
    /// What gets no thread is not done.
    Nobody,
}

impl Reserve {
    /// Keeps a thread. Call it after going to the background: threads do not survive a fork.
    ///
    /// # Errors
    ///
    /// The system gives no thread even now.
    pub fn keep() -> io::Result<Self> {
        let (spare, work) = channel();
        make(Box::new(move || wait_for(&work)))?;
        Ok(Self { maker: make, last: Last::Spare(spare) })
    }

    /// Keeps a thread if the system gives one now. Else whoever asks later does the work, where they get none either: it
    /// may hang, and so may they, but it is done.
    #[must_use]
    pub fn keep_if_possible() -> Self {
        Self::keep().unwrap_or(Self { maker: make, last: Last::Asker })
    }

    /// Keeps none: what gets no thread is not done.
    pub(crate) const fn none() -> Self {
        Self { maker: make, last: Last::Nobody }
    }

    /// Keeps a thread, for a system that gives no other.
    #[cfg(test)]
    pub(crate) fn of_a_system_without_threads() -> Self {
        let kept = Self::keep().expect("a thread");
        Self { maker: |_| Err(io::ErrorKind::WouldBlock.into()), ..kept }
    }

    /// Has `work` done; dropped undone where there is nobody at all to do it.
    pub fn start(&self, work: impl FnOnce() + Send + 'static) {
        // Shared, because a thread that does not come about would take the work with it.
        let work = Arc::new(Mutex::new(Some(work)));
        let theirs = Arc::clone(&work);
        if (self.maker)(Box::new(move || do_once(&theirs))).is_ok() {
            return;
        }
        match &self.last {
            // It waits for as long as somebody may give it work.
            Last::Spare(spare) => drop(spare.send(Box::new(move || do_once(&work)))),
            Last::Asker => do_once(&work),
            Last::Nobody => {}
        }
    }
}

fn make(work: Work) -> io::Result<()> {
    std::thread::Builder::new().spawn(work).map(drop)
}

fn wait_for(work: &Receiver<Work>) {
    while let Ok(work) = work.recv() {
        // Said by the hook; the next is somebody else's.
        drop(catch_unwind(AssertUnwindSafe(work)));
    }
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

    #[test]
    fn where_the_system_gives_no_thread_the_one_in_reserve_works_and_whoever_asks_goes_on() {
        let (flag, command) = (Reserve::of_a_system_without_threads(), Reserve::of_a_system_without_threads());
        let (disk, dead) = channel::<()>();
        let (done, told) = channel();
        let raised = done.clone();
        // Had it been done here and now, this would wait for ever.
        flag.start(move || {
            let _ = dead.recv();
            let _ = raised.send("flag");
        });
        flag.start(|| panic!("on purpose"));
        let again = done.clone();
        flag.start(move || again.send("flag again").unwrap_or_default());
        command.start(move || done.send("command").unwrap_or_default());
        assert_eq!(told.recv(), Ok("command"), "a flag that hangs keeps SHUTDOWNCMD from running");
        drop(disk);
        assert_eq!([told.recv(), told.recv()], [Ok("flag"), Ok("flag again")]);
    }

    #[test]
    fn where_no_thread_could_be_kept_whoever_asks_does_it() {
        let asker = Reserve { last: Last::Asker, ..Reserve::of_a_system_without_threads() };
        let (done, told) = channel();
        asker.start(move || done.send(std::thread::current().id()).unwrap_or_default());
        assert_eq!(told.recv(), Ok(std::thread::current().id()));
    }

    #[test]
    fn what_nobody_can_do_is_given_up_and_said() {
        let (done, told) = channel::<()>();
        let nobody = Reserve { last: Last::Nobody, ..Reserve::of_a_system_without_threads() };
        nobody.start(move || done.send(()).unwrap_or_default());
        assert!(told.recv().is_err());
    }
}
