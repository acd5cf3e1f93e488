//! How long the late shutdown hook may take.

use std::time::Duration;

/// When systemd ends it, counted from its start (systemd-system.conf(5): DefaultTimeoutStopSec).
pub const KILLED_AFTER: Duration = Duration::from_secs(90);
/// What it has altogether, its wait for the end included: a wait that is killed never boots the host again.
pub const HOOK_TIME: Duration = KILLED_AFTER.saturating_sub(Duration::from_secs(5));
/// How long a device that is away is tried where another UPS was told before, which may cut this host 20 s later.
pub const HURRIED: Duration = Duration::from_secs(10);
/// The longest POWEROFF_WAIT that leaves the drivers so much.
pub const LONGEST_WAIT: Duration = HOOK_TIME.saturating_sub(HURRIED);

/// What a wait for the end of this length leaves for cutting loads, counted from the hook's start.
#[must_use]
pub const fn time_to_cut(poweroff_wait: Duration) -> Duration {
    HOOK_TIME.saturating_sub(poweroff_wait)
}

/// How long the next attempt may take where one that began `elapsed` after the hook's start has failed; `None` where
/// there is to be none. A driver takes what time there is by itself: the same again, and the hook is killed.
#[must_use]
pub fn next_attempt(elapsed: Duration, pause: Duration, poweroff_wait: Duration) -> Option<Duration> {
    let left = time_to_cut(poweroff_wait).checked_sub(elapsed.saturating_add(pause))?;
    (!left.is_zero()).then_some(left)
}
