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

/// In the environment of a driver that `upsdrvctl shutdown` runs: how long it may try, in milliseconds. Whoever knows nothing
/// of it decides by itself.
pub const PATIENCE: &str = "RIDETHROUGH_PATIENCE";

/// What stands in the environment; never more than the hook has.
#[must_use]
pub fn read_patience(text: &str) -> Option<Duration> {
    Some(Duration::from_millis(text.parse().ok()?).min(HOOK_TIME))
}
