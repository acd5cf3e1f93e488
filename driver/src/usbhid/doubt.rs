//! A low battery on battery that charge and runtime belie is asked about again: half a second of it, or one garbled
//! report, must take nobody down, and a true one must not be lost.
//!
//! ```text
//!            claimed, belied              an answer of the second half still says it,
//! Nothing ───────────────────▶ Asking ──── or 2 s without a denial by all that tell ───▶ Believed
//!    ▲  │                        │                                                          │
//!    │  └── claimed, not belied ─┼──────────────────────────────────────────────────────▶   │
//!    └──────── denied ───────────┴──────────── claimed no more, and denied ─────────────────┘
//! ```

use std::time::Duration;

use protocol::Instant;

/// How long such a low battery is held back.
pub const DOUBTED: Duration = Duration::from_secs(2);
/// Answers to what was asked before that may be older than the claim.
const FIRST_HALF: Duration = Duration::from_secs(1);
/// When it is asked again: a device that lags by a second still claims then what it claimed at first.
const ASKED: [Duration; 2] = [Duration::from_millis(1250), Duration::from_millis(1700)];

/// What is thought of a low battery on battery.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Doubt {
    stage: Stage,
    /// Since when it has been claimed on line power.
    on_line_since: Option<Instant>,
    /// Rows that tell it and have not denied it in the second half.
    silent: Vec<usize>,
    /// How often it was asked again.
    asked: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Stage {
    #[default]
    Nothing,
    Asking {
        since: Instant,
    },
    Believed,
}

/// What the device says, as far as it bears on this.
#[derive(Debug, Clone, Copy)]
pub struct Said {
    /// The battery feeds the load.
    pub is_on_battery: bool,
    /// It claims a low battery.
    pub claims_low: bool,
    /// Charge and runtime, as far as they are known, lie above their limits.
    pub is_belied: bool,
}

impl Doubt {
    /// Takes in what the device says; `tellers` are the rows that tell a low battery.
    pub fn judge(&mut self, said: Said, tellers: impl Iterator<Item = usize>, now: Instant) {
        if !said.is_on_battery {
            let is_believed = said.claims_low && self.stage == Stage::Believed;
            *self = Self {
                stage: if is_believed { Stage::Believed } else { Stage::Nothing },
                on_line_since: said.claims_low.then(|| self.on_line_since.unwrap_or(now)),
                ..Self::default()
            };
            return;
        }
        let has_lasted = self.on_line_since.take().is_some_and(|since| since + DOUBTED <= now);
        match self.stage {
            Stage::Nothing if said.claims_low && said.is_belied && !has_lasted => {
                self.stage = Stage::Asking { since: now };
                self.silent = tellers.collect();
                self.asked = 0;
            }
            Stage::Nothing if said.claims_low => self.believe(),
            Stage::Asking { .. } if said.claims_low && !said.is_belied => self.believe(),
            Stage::Asking { since } if since + DOUBTED <= now => {
                let is_denied = !said.claims_low && self.silent.is_empty();
                self.stage = if is_denied { Stage::Nothing } else { Stage::Believed };
            }
            Stage::Believed if !said.claims_low && self.silent.is_empty() => self.stage = Stage::Nothing,
            Stage::Nothing | Stage::Asking { .. } | Stage::Believed => {}
        }
    }

    fn believe(&mut self) {
        self.stage = Stage::Believed;
        self.silent.clear();
    }

    /// A row was read that tells it; the report was asked for at `asked`. Whether that settles the matter.
    pub fn hear(&mut self, row: usize, says_low: bool, asked: Instant, now: Instant) -> bool {
        match self.stage {
            Stage::Asking { since } if now < since + FIRST_HALF => false,
            Stage::Asking { .. } if says_low => {
                self.believe();
                true
            }
            Stage::Asking { since } if asked < since + FIRST_HALF => false,
            Stage::Nothing => false,
            Stage::Asking { .. } => {
                self.silent.retain(|silent| *silent != row);
                false
            }
            Stage::Believed => {
                let was_open = !self.silent.is_empty();
                if !says_low {
                    self.silent.retain(|silent| *silent != row);
                }
                was_open && self.silent.is_empty()
            }
        }
    }

    /// Nobody is left who could be asked: what is in doubt counts.
    pub fn give_up(&mut self) -> bool {
        let is_asking = matches!(self.stage, Stage::Asking { .. });
        if is_asking {
            self.stage = Stage::Believed;
        }
        is_asking
    }

    /// The device is opened again: its first readings are as good as denials.
    pub fn start_anew(&mut self) {
        self.silent.clear();
    }

    /// Whether a low battery counts, where this knows better than the last claims.
    #[must_use]
    pub const fn verdict(&self) -> Option<bool> {
        match self.stage {
            Stage::Nothing => None,
            Stage::Asking { .. } => Some(false),
            Stage::Believed => Some(true),
        }
    }

    /// When it is decided without an answer.
    #[must_use]
    pub fn ends_at(&self) -> Option<Instant> {
        match self.stage {
            Stage::Asking { since } => Some(since + DOUBTED),
            Stage::Nothing | Stage::Believed => None,
        }
    }

    /// When the device is to be asked next.
    #[must_use]
    pub fn asks_at(&self) -> Option<Instant> {
        match self.stage {
            Stage::Asking { since } => ASKED.get(self.asked).map(|after| since + *after),
            Stage::Nothing | Stage::Believed => None,
        }
    }

    /// Whether it is to be asked now, once.
    pub fn asks(&mut self, now: Instant) -> bool {
        let is_due = self.asks_at().is_some_and(|at| at <= now);
        self.asked += usize::from(is_due);
        is_due
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CLAIMED: Said = Said { is_on_battery: true, claims_low: true, is_belied: true };
    const DENIED: Said = Said { claims_low: false, ..CLAIMED };

    fn at(millis: u64) -> Instant {
        Instant::START + Duration::from_millis(10_000 + millis)
    }

    fn claimed() -> Doubt {
        let mut doubt = Doubt::default();
        doubt.judge(CLAIMED, [3, 7].into_iter(), at(0));
        assert_eq!(doubt.verdict(), Some(false));
        doubt
    }

    #[test]
    fn reports_that_lag_by_a_second_deny_no_low_battery() {
        let mut doubt = claimed();
        // What is read shows what was a second ago; the last of it was asked for before the second half.
        for (asked, now) in [(200, 210), (700, 710), (990, 1010)] {
            assert!(!doubt.hear(3, false, at(asked), at(now)));
            doubt.judge(DENIED, [3, 7].into_iter(), at(now));
            assert_eq!(doubt.verdict(), Some(false));
        }
        assert!(doubt.asks(at(1250)) && !doubt.asks(at(1260)));
        assert!(doubt.hear(3, true, at(1250), at(1260)));
        assert_eq!(doubt.verdict(), Some(true));
    }

    #[test]
    fn only_a_denial_by_all_that_tell_it_takes_a_low_battery_back() {
        for (deny, expected) in [(&[3, 7][..], None), (&[3], Some(true)), (&[], Some(true))] {
            let mut doubt = claimed();
            for &row in deny {
                assert!(!doubt.hear(row, false, at(1250), at(1260)));
            }
            doubt.judge(DENIED, [3, 7].into_iter(), at(2000));
            assert_eq!(doubt.verdict(), expected, "{deny:?}");
            // What was published for want of an answer ends with one.
            doubt.hear(3, false, at(2500), at(2510));
            doubt.hear(7, false, at(2500), at(2510));
            doubt.judge(DENIED, [3, 7].into_iter(), at(2510));
            assert_eq!(doubt.verdict(), None, "{deny:?}");
        }
    }

    #[test]
    fn a_low_battery_is_not_doubted_twice() {
        let mut doubt = claimed();
        doubt.judge(CLAIMED, [3].into_iter(), at(2000));
        // Line power for a moment, and none again.
        doubt.judge(Said { is_on_battery: false, ..CLAIMED }, [3].into_iter(), at(3000));
        doubt.judge(CLAIMED, [3].into_iter(), at(3500));
        assert_eq!(doubt.verdict(), Some(true));
        // One that has lasted on line power.
        let mut doubt = Doubt::default();
        doubt.judge(Said { is_on_battery: false, ..CLAIMED }, [3].into_iter(), at(0));
        doubt.judge(CLAIMED, [3].into_iter(), at(2000));
        assert_eq!(doubt.verdict(), Some(true));
    }

    #[test]
    fn what_charge_or_runtime_bears_out_is_published_at_once() {
        let mut doubt = Doubt::default();
        doubt.judge(Said { is_belied: false, ..CLAIMED }, [3].into_iter(), at(0));
        assert_eq!(doubt.verdict(), Some(true));
        let mut doubt = claimed();
        doubt.judge(Said { is_belied: false, ..CLAIMED }, [3].into_iter(), at(300));
        assert_eq!(doubt.verdict(), Some(true));
    }
}
