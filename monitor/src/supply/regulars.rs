//! How many secondaries log in here as a rule: what a server that has just come back, or that some have not
//! found again yet, is measured against.
//!
//! Numbers alone: behind NAT and DHCP nobody knows who is who.

use protocol::Instant;
use std::time::Duration;

/// How long a count must last to be believed: a login whose host has crashed is counted for a while yet.
const A_WHILE: Duration = Duration::from_secs(60);
/// After so long with fewer, those that are missing are missed no more.
const A_DAY: Duration = Duration::from_secs(24 * 3_600);

/// What the counts of one UPS have shown.
#[derive(Debug, Default)]
pub(super) struct Regulars {
    known: Option<u32>,
    /// The counts of a while.
    now: Option<Stretch>,
    /// The counts since there were fewer than are known.
    fewer: Option<Stretch>,
}

/// Counts from an instant on.
#[derive(Debug, Clone, Copy)]
struct Stretch {
    since: Instant,
    least: u32,
    most: u32,
}

impl Stretch {
    fn new(since: Instant, count: u32) -> Self {
        Self { since, least: count, most: count }
    }

    fn with(self, count: u32) -> Self {
        Self { least: self.least.min(count), most: self.most.max(count), ..self }
    }

    fn has_lasted(self, time: Duration, now: Instant) -> bool {
        now.saturating_since(self.since) >= time
    }
}

impl Regulars {
    /// How many there are; `None` before they have been counted for a while.
    pub(super) fn known(&self) -> Option<u32> {
        self.known
    }

    /// Takes what was known before this start. The day with fewer begins anew.
    pub(super) fn recall(&mut self, known: u32) {
        self.known = self.known.max(Some(known));
    }

    /// Takes a count of those that are logged in, this host not among them.
    pub(super) fn take(&mut self, others: u32, now: Instant) {
        let stretch = self.now.map_or_else(|| Stretch::new(now, others), |stretch| stretch.with(others));
        self.now = Some(stretch);
        if stretch.has_lasted(A_WHILE, now) {
            // Who has just come is believed to be one where nothing is known.
            let lasting = if self.known.is_none() { stretch.most } else { stretch.least };
            self.now = Some(Stretch::new(now, others));
            self.learn(lasting, now);
        }
    }

    fn learn(&mut self, lasting: u32, now: Instant) {
        let Some(known) = self.known.filter(|known| lasting < *known) else {
            (self.known, self.fewer) = (Some(lasting), None);
            return;
        };
        let fewer = self.fewer.map_or_else(|| Stretch::new(now, lasting), |fewer| fewer.with(lasting));
        let is_over = fewer.has_lasted(A_DAY, now);
        self.known = Some(if is_over { fewer.most } else { known });
        self.fewer = (!is_over).then_some(fewer);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Counts every ten seconds: `(count, seconds)`.
    fn after(counts: &[(u32, u64)]) -> Option<u32> {
        let (mut regulars, mut second) = (Regulars::default(), 0);
        for (count, seconds) in counts {
            for _ in 0..seconds / 10 {
                regulars.take(*count, Instant::from_micros(second * 1_000_000));
                second += 10;
            }
        }
        regulars.known()
    }

    #[test]
    fn who_is_missing_is_missed_for_a_day() {
        assert_eq!(after(&[(2, 60)]), None);
        assert_eq!(after(&[(2, 70)]), Some(2));
        assert_eq!(after(&[(2, 70), (0, 86_000)]), Some(2));
        assert_eq!(after(&[(2, 70), (1, 300), (0, 86_600)]), Some(1));
        assert_eq!(after(&[(2, 70), (0, 86_000), (2, 200), (0, 600)]), Some(2));
    }

    #[test]
    fn a_login_that_is_counted_twice_for_a_moment_is_not_missed_afterwards() {
        assert_eq!(after(&[(2, 120), (3, 50), (2, 600)]), Some(2));
        assert_eq!(after(&[(2, 120), (3, 200), (2, 600)]), Some(3));
    }
}
