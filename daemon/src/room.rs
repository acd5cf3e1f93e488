//! Room kept from the start, for what must be done even where nothing more is to be had: places among the
//! tasks that the system allows (pids.max, RLIMIT_NPROC), and descriptors (RLIMIT_NOFILE).

use std::fs::File;
use std::sync::mpsc::{Sender, channel};
use std::sync::{Mutex, PoisonError};
use std::thread::{Builder, JoinHandle};

/// A shell, and what it starts.
const TASKS: usize = 4;
/// Those that a file and its folder, and the start of a child, take at once.
const DESCRIPTORS: usize = 10;
/// These threads do nothing.
const STACK: usize = 64 * 1024;

/// What is kept until it is freed.
#[derive(Debug)]
pub struct Room {
    descriptors: Mutex<Vec<File>>,
    tasks: Mutex<Vec<(Sender<()>, JoinHandle<()>)>>,
}

impl Room {
    /// Keeps as much as the system gives. Call it after going to the background: threads do not survive a fork.
    #[must_use]
    pub fn keep() -> Self {
        let descriptors = (0..DESCRIPTORS).map_while(|_| File::open("/dev/null").ok()).collect();
        let tasks = (0..TASKS).map_while(|_| place()).collect();
        Self { descriptors: Mutex::new(descriptors), tasks: Mutex::new(tasks) }
    }

    /// Gives the descriptors back.
    pub fn free_descriptors(&self) {
        self.descriptors.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// Gives the places back. It waits until the threads have ended, which nothing holds up.
    pub fn free_tasks(&self) {
        let tasks = std::mem::take(&mut *self.tasks.lock().unwrap_or_else(PoisonError::into_inner));
        for (held, thread) in tasks {
            drop(held);
            let _ = thread.join();
        }
    }
}

fn place() -> Option<(Sender<()>, JoinHandle<()>)> {
    let (held, end) = channel::<()>();
    // Its other end is dropped.
    let thread = Builder::new().stack_size(STACK).spawn(move || end.iter().for_each(drop)).ok()?;
    Some((held, thread))
}
