//! The last will of an upsmon that was killed, or got stuck, in the middle of a shutdown, carried out by the
//! privileged process.

use super::Order;
use super::deeds::Deeds;
use super::left_alone::LeftAlone;
use daemon::reserve::Reserve;
use std::io::{self, Read};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

/// How long the flag may take before SHUTDOWNCMD runs without it.
pub(super) const FLAG_PATIENCE: Duration = Duration::from_secs(5);

/// What is still to be done.
#[derive(Debug, Clone)]
pub(super) struct Will {
    /// The flag, and whom it leaves alone; none on a host that is primary of nothing.
    flag: Option<LeftAlone>,
    /// Secondaries have until then to log out.
    not_before: Instant,
    /// Whoever has not shut down by then never will.
    at_the_latest: Instant,
}

impl Will {
    /// Reads the rest of the order.
    pub(super) fn receive(order: Order, from: &mut impl Read) -> io::Result<Self> {
        let now = now();
        let mut time = || {
            let mut wait = [0; 4];
            from.read_exact(&mut wait)?;
            io::Result::Ok(now + Duration::from_millis(u32::from_be_bytes(wait).into()))
        };
        let (not_before, at_the_latest) = (time()?, time()?);
        let flag = (order == Order::BequeathAll).then(|| LeftAlone::receive(from)).transpose()?;
        Ok(Self { flag, not_before, at_the_latest })
    }

    /// How long the other side still has; `None` once it is overdue.
    pub(super) fn patience(&self) -> Option<Duration> {
        self.at_the_latest.checked_duration_since(now()).filter(|left| !left.is_zero())
    }

    /// Shuts this host down.
    pub(super) fn carry_out(self, deeds: &Arc<Deeds>, for_flags: &Reserve) {
        let (_nobody, never) = channel::<()>();
        wait(&never, self.not_before.saturating_duration_since(now()));
        if let Some(left_alone) = self.flag {
            let (done, raised) = channel();
            let raise = deeds.take(Order::RaiseFlag, &left_alone);
            for_flags.start(move || drop(done.send(raise())));
            wait(&raised, FLAG_PATIENCE);
        }
        deeds.insist();
    }
}

/// Waits until something comes, the other end is gone, or the time is over.
fn wait<T>(for_whom: &Receiver<T>, time: Duration) {
    drop(for_whom.recv_timeout(time));
}

#[expect(clippy::disallowed_methods, reason = "this process has no engine and no clock of one")]
fn now() -> Instant {
    Instant::now()
}
