//! A line on the terminal while a run in real time goes on: what runs, and for how long already.
//! Nobody but a person at a terminal sees it, and it is gone when the run is over.

use crate::language::wording::time;
use std::io::{IsTerminal, Write};
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread::{self, JoinHandle};
use std::time::Duration;

/// How often the line changes.
const TICK: Duration = Duration::from_secs(1);
/// To the beginning of the line, and the rest of it away.
const AGAIN: &str = "\r\u{1b}[2K";

/// The line, until it is dropped.
pub struct Progress {
    /// Dropped, it ends the thread.
    running: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Progress {
    /// Begins to show that `what` runs, `speed` times faster than the clock on the wall.
    pub fn show(what: &str, speed: u32) -> Self {
        if !std::io::stderr().is_terminal() {
            return Self { running: None, thread: None };
        }
        let (running, ended) = mpsc::channel();
        let what = what.to_owned();
        let thread = thread::spawn(move || {
            let mut passed = Duration::ZERO;
            loop {
                let faster =
                    if speed > 1 { format!(", {} of the outage", time(passed * speed)) } else { String::new() };
                // A terminal that is gone is no reason to end the run.
                let _ = write!(std::io::stderr(), "{AGAIN}{what} runs: {}{faster}", time(passed));
                match ended.recv_timeout(TICK) {
                    Err(RecvTimeoutError::Timeout) => passed += TICK,
                    Ok(()) | Err(RecvTimeoutError::Disconnected) => break,
                }
            }
            let _ = write!(std::io::stderr(), "{AGAIN}");
        });
        Self { running: Some(running), thread: Some(thread) }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.running = None;
        if let Some(thread) = self.thread.take() {
            // It only writes; if it ended early, the line stands where it was.
            let _ = thread.join();
        }
    }
}
