//! Engine time, read from the machine: microseconds since the start, counting suspend.
//!
//! `RIDETHROUGH_SPEED` makes it run faster (`10`, `2.5`), for rehearsals that must not take an
//! hour: now and every deadline scale together, the configuration stays as written.

use std::future::Future;
use std::time::Duration;

use nix::sys::time::{TimeSpec, TimeValLike};
use nix::sys::timerfd::{ClockId as TimerClock, Expiration, TimerFd, TimerFlags, TimerSetTimeFlags};
use nix::time::{ClockId, clock_gettime};
use protocol::Instant;
use tokio::io::unix::AsyncFd;

use crate::descriptor::{Descriptor, register};

/// A day a second: beyond it microseconds would lose their meaning.
const MAX_SPEED_MILLI: u64 = 86_400_000;

/// The clock of one process.
#[derive(Debug, Clone, Copy)]
pub struct Clock {
    start: Duration,
    speed_milli: u64,
}

impl Clock {
    /// A clock that reads [`Instant::START`] now, at the speed that the environment asks for.
    #[must_use]
    pub fn start() -> Self {
        let speed = std::env::var("RIDETHROUGH_SPEED").ok().and_then(|text| parse_speed(&text));
        Self { start: boot_time(), speed_milli: speed.unwrap_or(1000) }
    }

    /// A clock that runs at a speed of its own.
    #[cfg(test)]
    pub(crate) fn at_speed(speed_milli: u64) -> Self {
        Self { start: boot_time(), speed_milli }
    }

    /// The time since the start.
    #[must_use]
    pub fn now(&self) -> Instant {
        let real = boot_time().saturating_sub(self.start).as_micros();
        let scaled = real * u128::from(self.speed_milli) / 1000;
        Instant::from_micros(u64::try_from(scaled).unwrap_or(u64::MAX))
    }

    /// How long `duration` of engine time takes on the wall.
    #[must_use]
    pub fn real(&self, duration: Duration) -> Duration {
        let micros = duration.as_micros() * 1000 / u128::from(self.speed_milli);
        Duration::from_micros(u64::try_from(micros).unwrap_or(u64::MAX))
    }

    /// Waits for `future`, but no longer than `duration` of engine time.
    ///
    /// # Errors
    ///
    /// [`tokio::time::error::Elapsed`] when it takes longer.
    pub async fn timeout<F: Future>(
        &self,
        duration: Duration,
        future: F,
    ) -> Result<F::Output, tokio::time::error::Elapsed> {
        tokio::time::timeout(self.real(duration), future).await
    }

    /// Waits `duration` of engine time; for back-off in shells only.
    #[expect(clippy::disallowed_methods, reason = "the shell's own back-off")]
    pub async fn pause(&self, duration: Duration) {
        tokio::time::sleep(self.real(duration)).await;
    }

    /// When the machine's clock will say `at`, rounded up to its next microsecond.
    fn boot_time_of(&self, at: Instant) -> Duration {
        let micros = (u128::from(at.as_micros()) * 1000).div_ceil(u128::from(self.speed_milli));
        self.start.saturating_add(Duration::from_micros(u64::try_from(micros).unwrap_or(u64::MAX)))
    }
}

fn boot_time() -> Duration {
    // The clock has been there since Linux 2.6.39; a kernel without it has no daemons of ours.
    clock_gettime(ClockId::CLOCK_BOOTTIME).map(Duration::from).unwrap_or_default()
}

/// `10`, `2.5`, `0.001`: thousandths.
fn parse_speed(text: &str) -> Option<u64> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let fraction: u64 = if fraction.len() > 3 { return None } else { format!("{fraction:0<3}").parse().ok()? };
    let milli = whole.parse::<u64>().ok()?.checked_mul(1000)?.checked_add(fraction)?;
    (1..=MAX_SPEED_MILLI).contains(&milli).then_some(milli)
}

/// One deadline that goes off to the microsecond, and at once after a suspend that it fell into.
pub(crate) struct Timer {
    clock: Clock,
    descriptor: AsyncFd<Descriptor<TimerFd>>,
    armed: Option<Instant>,
}

impl Timer {
    /// A timer that is not armed. Call it inside the runtime.
    pub(crate) fn new(clock: Clock) -> std::io::Result<Self> {
        let flags = TimerFlags::TFD_NONBLOCK | TimerFlags::TFD_CLOEXEC;
        let descriptor = TimerFd::new(TimerClock::CLOCK_BOOTTIME, flags)?;
        Ok(Self { clock, descriptor: register(descriptor)?, armed: None })
    }

    /// Sets or clears the deadline; without effect when it is the same.
    pub(crate) fn arm(&mut self, deadline: Option<Instant>) -> std::io::Result<()> {
        if self.armed == deadline {
            return Ok(());
        }
        self.armed = deadline;
        let timer = &self.descriptor.get_ref().0;
        match deadline {
            Some(at) => {
                // Zero would disarm it.
                let at = self.clock.boot_time_of(at).max(Duration::from_nanos(1));
                let at = TimeSpec::nanoseconds(i64::try_from(at.as_nanos()).unwrap_or(i64::MAX));
                timer.set(Expiration::OneShot(at), TimerSetTimeFlags::TFD_TIMER_ABSTIME)?;
            }
            None => timer.unset()?,
        }
        Ok(())
    }

    /// Ends when the deadline has passed; never while none is set.
    pub(crate) async fn expired(&mut self) {
        // Readiness is all that is asked: the expiry count stays unread, and arming again resets it.
        if let Ok(mut ready) = self.descriptor.readable().await {
            ready.clear_ready();
        }
        self.armed = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn speed_is_read_in_thousandths_and_refused_beyond_its_limits() {
        let speeds = ["1", "10", "2.5", "0.001", "0", "-1", "1.2345", "fast", "86401", ""].map(parse_speed);
        assert_eq!(speeds, [Some(1000), Some(10_000), Some(2500), Some(1), None, None, None, None, None, None]);
    }

    #[test]
    fn a_deadline_scales_like_now() {
        let clock = Clock { start: Duration::from_secs(100), speed_milli: 10_000 };
        assert_eq!(clock.boot_time_of(Instant::from_micros(5_000_000)), Duration::from_micros(100_500_000));
        assert_eq!(clock.real(Duration::from_secs(5)), Duration::from_millis(500));
    }

    #[tokio::test]
    async fn a_timer_goes_off_when_its_deadline_has_passed() {
        let clock = Clock { start: boot_time(), speed_milli: 1_000_000 };
        let mut timer = Timer::new(clock).expect("a timer");
        let deadline = clock.now() + Duration::from_secs(20);
        timer.arm(Some(deadline)).expect("armed");
        timer.expired().await;
        assert!(clock.now() >= deadline);
    }
}
