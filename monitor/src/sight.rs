//! What is known of one UPS: its last status, since when, and whether it can be seen at all.
//!
//! Line state is sticky, as in NUT: a status that says neither OL nor OB leaves it as it was.
//! [`Sight::see`] turns a status into notices; it decides nothing.

mod flags;

pub use flags::Flags;

use crate::notice::Notice;
use protocol::Instant;
use protocol::status::StatusFlag;
use std::time::Duration;

/// Whether the UPS can be seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comm {
    /// Not one answer yet, and not one failure.
    Untried,
    /// The last attempt gave a status.
    InSight,
    /// Attempts fail.
    OutOfSight {
        /// Since the first that failed.
        since: Instant,
    },
}

/// Where its load's power comes from, as last stated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Line {
    /// Never stated. Counts as on line: there is no reason yet.
    Unknown,
    /// From the line.
    OnLine,
    /// From the battery.
    OnBattery,
}

/// A notice that a status gave rise to, with what it is about where its text wants to know.
pub type News = (Notice, String);

/// What is known of one UPS.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sight {
    /// Whether it can be seen.
    pub comm: Comm,
    /// When a status was last heard.
    pub last_heard: Option<Instant>,
    /// The line state.
    pub line: Line,
    /// Whether the last status itself says OL.
    pub says_on_line: bool,
    /// The other flags of the last status.
    pub has: Flags,
    /// Since when the status says FSD.
    pub forced_shutdown_since: Option<Instant>,
    /// Since when it is on battery and low, and not because it calibrates.
    pub on_low_battery_since: Option<Instant>,
    /// Since when it says OFF.
    pub off_since: Option<Instant>,
    replace_battery_told: Option<Instant>,
    alarm: Option<String>,
    other: String,
    value: String,
}

impl Default for Sight {
    fn default() -> Self {
        Self {
            comm: Comm::Untried,
            last_heard: None,
            line: Line::Unknown,
            says_on_line: false,
            has: Flags::default(),
            forced_shutdown_since: None,
            on_low_battery_since: None,
            off_since: None,
            replace_battery_told: None,
            alarm: None,
            other: String::new(),
            value: String::new(),
        }
    }
}

impl Sight {
    /// Takes a status; adds what is new to `news`. True when anything but the time changed.
    pub fn see(&mut self, value: &str, rb_every: Duration, now: Instant, news: &mut Vec<News>) -> bool {
        self.last_heard = Some(now);
        let reappeared = match std::mem::replace(&mut self.comm, Comm::InSight) {
            Comm::InSight => false,
            Comm::Untried => true,
            Comm::OutOfSight { .. } => {
                news.push((Notice::CommOk, String::new()));
                true
            }
        };
        let changed = value != self.value;
        if changed {
            value.clone_into(&mut self.value);
            self.take_apart(now, news);
        }
        self.tell_replace_battery(rb_every, now, news);
        changed || reappeared
    }

    /// Takes the server's FSD where the driver has said nothing yet.
    pub fn hear_order(&mut self, now: Instant, news: &mut Vec<News>) {
        if !std::mem::replace(&mut self.has.forced_shutdown, true) {
            self.forced_shutdown_since = Some(now);
            // The next status counts, whatever it says: it may be the one from before the order.
            self.value.clear();
            news.push((Notice::ForcedShutdown, String::new()));
        }
    }

    /// Takes the words of a status that was said at an instant nobody knows: what it says counts, but the UPS
    /// is no more in sight for it.
    pub fn recall(&mut self, value: &str, now: Instant, news: &mut Vec<News>) {
        self.last_heard.get_or_insert(now);
        value.clone_into(&mut self.value);
        self.take_apart(now, news);
        // The next status counts, whatever it says.
        self.value.clear();
    }

    /// An attempt to see it failed. True, with its notice, when it could be seen until now.
    pub fn lose(&mut self, now: Instant, news: &mut Vec<News>) -> bool {
        if matches!(self.comm, Comm::OutOfSight { .. }) {
            return false;
        }
        self.comm = Comm::OutOfSight { since: now };
        news.push((Notice::CommBad, String::new()));
        true
    }

    /// Takes the text of `ups.alarm`; a text that was told before is not told again.
    pub fn hear_alarm(&mut self, text: &str, news: &mut Vec<News>) {
        if self.has.alarm && self.alarm.as_deref() != Some(text) {
            news.push((Notice::Alarm, text.to_owned()));
            self.alarm = Some(text.to_owned());
        }
    }

    /// The monitor was held up for so long, in which it could hear nobody: that time does not count.
    pub fn excuse_silence(&mut self, held_up: Duration, now: Instant) {
        for since in [&mut self.last_heard, &mut self.on_low_battery_since, &mut self.off_since] {
            *since = since.map(|since| now.min(since + held_up));
        }
        if let Comm::OutOfSight { since } = &mut self.comm {
            *since = now.min(*since + held_up);
        }
    }

    /// The last status, word for word.
    #[must_use]
    pub fn status(&self) -> &str {
        &self.value
    }

    fn take_apart(&mut self, now: Instant, news: &mut Vec<News>) {
        let before = self.has;
        let line_before = self.line;
        let mut other = String::new();
        self.has = Flags::default();
        self.says_on_line = false;
        for word in self.value.split_ascii_whitespace() {
            match StatusFlag::from_word(word) {
                Some(StatusFlag::OnLine) => (self.line, self.says_on_line) = (Line::OnLine, true),
                Some(StatusFlag::OnBattery) => (self.line, self.says_on_line) = (Line::OnBattery, false),
                Some(StatusFlag::LowBattery) => self.has.low_battery = true,
                Some(StatusFlag::ForcedShutdown) => self.has.forced_shutdown = true,
                Some(StatusFlag::ReplaceBattery) => self.has.replace_battery = true,
                Some(StatusFlag::Calibration) => self.has.calibration = true,
                Some(StatusFlag::Off) => self.has.off = true,
                Some(StatusFlag::Bypass) => self.has.bypass = true,
                Some(StatusFlag::Eco) => self.has.eco = true,
                Some(StatusFlag::Alarm) => self.has.alarm = true,
                Some(StatusFlag::Overload) => self.has.overload = true,
                Some(StatusFlag::Trim) => self.has.trim = true,
                Some(StatusFlag::Boost) => self.has.boost = true,
                Some(StatusFlag::Charging | StatusFlag::Discharging | StatusFlag::HighBattery | StatusFlag::Wait) => {}
                _ => {
                    let gap = if other.is_empty() { "" } else { " " };
                    other.extend([gap, word]);
                }
            }
        }
        self.tell_line(line_before, news);
        self.tell_flags(before, news);
        self.tell_other(other, news);
        self.keep_time(now);
    }

    fn tell_flags(&mut self, before: Flags, news: &mut Vec<News>) {
        for &(has, comes, goes) in flags::NOTICES {
            let told = match (has(&before), has(&self.has)) {
                (false, true) => comes,
                (true, false) => goes,
                _ => None,
            };
            news.extend(told.map(|notice| (notice, String::new())));
        }
        if !self.has.alarm {
            self.alarm = None;
        }
    }

    fn tell_line(&self, before: Line, news: &mut Vec<News>) {
        match (before, self.line) {
            // The first OL after the start is no news.
            (Line::OnBattery, Line::OnLine) => news.push((Notice::Online, String::new())),
            (Line::Unknown | Line::OnLine, Line::OnBattery) => news.push((Notice::OnBattery, String::new())),
            _ => {}
        }
    }

    fn tell_other(&mut self, other: String, news: &mut Vec<News>) {
        if other == self.other {
            return;
        }
        let notice = if other.is_empty() { Notice::NotOther } else { Notice::Other };
        news.push((notice, other.clone()));
        self.other = other;
    }

    fn tell_replace_battery(&mut self, every: Duration, now: Instant, news: &mut Vec<News>) {
        let due = self.replace_battery_told.is_none_or(|told| now.saturating_since(told) >= every);
        if self.has.replace_battery && due {
            self.replace_battery_told = Some(now);
            news.push((Notice::ReplaceBattery, String::new()));
        }
    }

    fn keep_time(&mut self, now: Instant) {
        // A battery that is drained on purpose is no emergency, and what a calibration took is not counted.
        let low = self.has.low_battery && self.line == Line::OnBattery && !self.has.calibration;
        keep(&mut self.on_low_battery_since, low, now);
        keep(&mut self.off_since, self.has.off, now);
        keep(&mut self.forced_shutdown_since, self.has.forced_shutdown, now);
    }
}

fn keep(since: &mut Option<Instant>, holds: bool, now: Instant) {
    *since = holds.then(|| since.unwrap_or(now));
}
