//! News that may be old: it waited in a socket while the monitor was held up, while the way to the server was
//! cut, or while a connection ended. It is asked about before it is obeyed, and never thrown away.
//!
//! ```text
//! None ──held up, a connection lost, pushes late──► On since T: what comes is held, the worst of it kept
//!   ▲                                                │
//!   ├──a status that was asked for at T or later─────┤
//!   │                                                └──5 s without one, or FSD and nobody to ask──► the worst
//!   └──such a status────────────────────────────────────────────────────────────── Spent ◄──counts──┘
//! ```
//!
//! Spent, whatever comes counts at once: a host that is held up time and again must decide all the same.

use super::{Conversation, Supply};
use crate::desk::Desk;
use protocol::status::StatusFlag;
use protocol::{Instant, Level};
use std::time::Duration;

/// How long an answer about what waited may take; then the worst of it counts.
const PATIENCE: Duration = Duration::from_secs(5);

/// Whether what comes now may be old.
#[derive(Debug, Default)]
pub(super) enum Doubt {
    /// It is as new as the way from the server allows.
    #[default]
    None,
    /// It may have waited: nothing that was asked for before this instant is an answer.
    On { since: Instant, held: Option<Held> },
    /// The worst of what waited has counted without an answer; the next answer ends it.
    Spent { since: Instant },
}

/// The worst of what waited.
#[derive(Debug)]
pub(super) struct Held {
    status: String,
    /// When the last of it was read: whatever is asked for from then on is newer than all of it.
    read_at: Instant,
    /// Until when an answer is waited for.
    until: Instant,
}

/// How bad a status is: FSD first, then a low battery without line power, then anything else without it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Gravity {
    OnLine,
    OffLine,
    LowBattery,
    ForcedShutdown,
}

impl Gravity {
    fn of(status: &str) -> Self {
        let has = |flag| status.split_ascii_whitespace().any(|word| StatusFlag::from_word(word) == Some(flag));
        if has(StatusFlag::ForcedShutdown) {
            Self::ForcedShutdown
        } else if has(StatusFlag::OnLine) {
            Self::OnLine
        } else if has(StatusFlag::LowBattery) && !has(StatusFlag::Calibration) {
            Self::LowBattery
        } else {
            Self::OffLine
        }
    }
}

impl Doubt {
    /// When the worst of what waited counts.
    pub(super) fn deadline(&self) -> Option<Instant> {
        match self {
            Self::On { held: Some(held), .. } => Some(held.until),
            Self::None | Self::On { .. } | Self::Spent { .. } => None,
        }
    }

    /// Whether something waits for an answer.
    pub(super) fn is_holding(&self) -> bool {
        self.deadline().is_some()
    }

    /// Whether nothing that waited is obeyed without an answer.
    pub(super) fn is_on(&self) -> bool {
        matches!(self, Self::On { .. })
    }

    /// Whether a connection of that age is from before it: what it said last may be the server's last word.
    pub(super) fn is_younger_than(&self, opened_at: Instant) -> bool {
        matches!(self, Self::On { since, .. } if opened_at < *since)
    }

    fn begin(&mut self, now: Instant) {
        match self {
            // No second delay: `until` stays as it is.
            Self::On { since, .. } | Self::Spent { since } => *since = now,
            Self::None => *self = Self::On { since: now, held: None },
        }
    }

    /// Keeps the worst of what waited; true where it is the first.
    fn hold(&mut self, status: &str, now: Instant) -> bool {
        let Self::On { held, .. } = self else { return false };
        let Some(held) = held else {
            *held = Some(Held { status: status.to_owned(), read_at: now, until: now + PATIENCE });
            return true;
        };
        held.read_at = now;
        if Gravity::of(status) >= Gravity::of(&held.status) {
            status.clone_into(&mut held.status);
        }
        false
    }
}

impl Supply {
    /// From now on, what comes may have waited.
    pub(super) fn doubt(&mut self, desk: &mut Desk<'_>) {
        self.doubt.begin(desk.now);
        self.poll_at = desk.now;
    }

    /// A pushed status that may have waited: asked about.
    pub(super) fn hold(&mut self, status: &str, desk: &mut Desk<'_>) {
        if status.split_ascii_whitespace().all(|word| word == "WAIT") {
            return;
        }
        if self.doubt.hold(status, desk.now) {
            let text = format!("UPS {}: may be old, asking: {status}", self.name());
            desk.out.say(Level::Info, text);
        }
        self.poll_at = desk.now;
        if let Conversation::Resting { retry_at } = &mut self.conversation {
            *retry_at = desk.now;
        }
    }

    /// A status that was asked for then. True where it is an answer to what waited, or nothing did; otherwise
    /// it has waited itself, and is held.
    pub(super) fn settles_doubt(&mut self, status: &str, asked_at: Instant, desk: &mut Desk<'_>) -> bool {
        match &mut self.doubt {
            Doubt::None => true,
            Doubt::Spent { since } if asked_at < *since => true,
            Doubt::On { since, held } if asked_at < *since => {
                // It is newer than what had been read when it was asked for.
                if let Some(held) = held.as_mut().filter(|held| held.read_at <= asked_at) {
                    status.clone_into(&mut held.status);
                }
                self.hold(status, desk);
                false
            }
            // Whoever has heard nothing from the driver yet cannot deny what it said before.
            Doubt::On { .. } | Doubt::Spent { .. } if super::seeing::is_nothing_yet(status) => true,
            Doubt::On { .. } | Doubt::Spent { .. } => {
                self.doubt = Doubt::None;
                // Whatever is still on its way there is older than this answer.
                self.renew_watch(desk);
                true
            }
        }
    }

    /// Nobody can be asked: an order to shut down is not waited with, everything else until its time is over.
    pub(super) fn miss_an_answer(&mut self, desk: &mut Desk<'_>) {
        if let Doubt::On { held: Some(held), .. } = &self.doubt
            && Gravity::of(&held.status) == Gravity::ForcedShutdown
        {
            self.count_the_worst(desk);
        }
    }

    pub(super) fn count_in_time(&mut self, desk: &mut Desk<'_>) {
        if self.doubt.deadline().is_some_and(|until| until <= desk.now) {
            self.count_the_worst(desk);
        }
    }

    fn count_the_worst(&mut self, desk: &mut Desk<'_>) {
        let Doubt::On { since, held: Some(held) } = &mut self.doubt else { return };
        let (status, since) = (std::mem::take(&mut held.status), *since);
        self.doubt = Doubt::Spent { since };
        self.ask_first_until = None;
        desk.out.say(Level::Warning, format!("UPS {}: no answer, so what waited counts: {status}", self.name()));
        if super::seeing::is_nothing_yet(&status) {
            self.sight.hear_order(desk.now, &mut self.news);
        } else {
            self.sight.recall(&status, desk.now, &mut self.news);
        }
        self.tell_news(desk);
        self.look_ahead(desk);
    }
}
