//! Seeing another process end: a pidfd becomes readable at that moment, and, unlike a number, cannot
//! come to mean another process (pidfd_open(2)).

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fd::OwnedFd;
use rustix::process::{Pid, PidfdFlags, Signal, pidfd_open, pidfd_send_signal};
use std::io;
use std::time::Duration;

/// A process that has not ended, or had not when this was made.
#[derive(Debug)]
pub struct Ending(OwnedFd);

impl Ending {
    /// Of this process; nothing when there is none.
    #[must_use]
    pub fn of(pid: i32) -> Option<Self> {
        pidfd_open(Pid::from_raw(pid)?, PidfdFlags::empty()).ok().map(Self)
    }

    /// SIGTERM.
    ///
    /// # Errors
    ///
    /// It has ended, or may not be signalled.
    pub fn ask_for(&self) -> io::Result<()> {
        Ok(pidfd_send_signal(&self.0, Signal::TERM)?)
    }

    /// SIGKILL.
    ///
    /// # Errors
    ///
    /// It has ended, or may not be signalled.
    pub fn force(&self) -> io::Result<()> {
        Ok(pidfd_send_signal(&self.0, Signal::KILL)?)
    }

    /// Waits for the end; false when it does not come in `limit`.
    #[must_use]
    pub fn comes_within(&self, limit: Duration) -> bool {
        let limit = Timespec::try_from(limit).ok();
        matches!(poll(&mut [PollFd::new(&self.0, PollFlags::IN)], limit.as_ref()), Ok(1..))
    }
}
