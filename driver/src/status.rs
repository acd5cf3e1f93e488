//! How a driver says `ups.status` and `ups.alarm`: words in, one value out, with what every driver
//! owes on top (`ALARM`, `ignorelb`).
//!
//! ```text
//! composer.begin();
//! composer.add("OB");
//! composer.add("DISCHRG");
//! composer.alarm("replace battery");
//! composer.commit(&mut publisher);      // ups.status: ALARM OB DISCHRG, ups.alarm: replace battery
//! ```

use std::cmp::Ordering;

use crate::{DriverConfig, Publisher, publisher::Slot};
use protocol::Level;

/// `LB`, the one word that `ignorelb` takes away and gives back.
const LOW_BATTERY: &str = "LB";

/// Collects the words of one `ups.status` and publishes them.
#[derive(Debug)]
pub struct StatusComposer {
    status: Slot,
    alarm: Slot,
    limits: [Limit; 2],
    ignores_low_battery: bool,
    /// The device said `LB`, which `ignorelb` held back.
    held_back: bool,
    /// That nothing can stand in for it has been said.
    is_lack_said: bool,
    keeps_alarm: bool,
    words: String,
    alarms: String,
    published: String,
}

/// A quantity and the value below which the battery is low.
#[derive(Debug)]
struct Limit {
    quantity: Slot,
    low: Slot,
}

impl StatusComposer {
    /// For a driver with this configuration.
    pub fn new(config: &DriverConfig, publisher: &mut Publisher) -> Self {
        Self {
            status: publisher.slot("ups.status"),
            alarm: publisher.slot("ups.alarm"),
            limits: [
                Limit { quantity: publisher.slot("battery.charge"), low: publisher.slot("battery.charge.low") },
                Limit { quantity: publisher.slot("battery.runtime"), low: publisher.slot("battery.runtime.low") },
            ],
            ignores_low_battery: config.ignore_low_battery,
            held_back: false,
            is_lack_said: false,
            keeps_alarm: false,
            words: String::new(),
            alarms: String::new(),
            published: String::new(),
        }
    }

    /// Takes over `ignorelb` from a new configuration.
    pub fn reconfigure(&mut self, config: &DriverConfig) {
        self.ignores_low_battery = config.ignore_low_battery;
    }

    /// Forgets the words and alarms of last time.
    pub fn begin(&mut self) {
        self.words.clear();
        self.alarms.clear();
        self.held_back = false;
        self.keeps_alarm = false;
    }

    /// Adds one word, or several with spaces between, each once. The device's `LB` is held back under
    /// `ignorelb`.
    pub fn add(&mut self, words: &str) {
        for word in words.split_ascii_whitespace() {
            let is_held_back = self.ignores_low_battery && word == LOW_BATTERY;
            self.held_back |= is_held_back;
            let is_known = self.words.split(' ').any(|known| known == word);
            if !is_held_back && !is_known {
                append(&mut self.words, word);
            }
        }
    }

    /// Adds the text of one alarm.
    pub fn alarm(&mut self, text: &str) {
        append(&mut self.alarms, text);
    }

    /// Leaves `ups.alarm` as it is where no alarm was added: somebody else has set it.
    pub fn keep_alarm(&mut self) {
        self.keeps_alarm = true;
    }

    /// Publishes `ups.alarm` (or takes it back) and `ups.status`.
    pub fn commit(&mut self, publisher: &mut Publisher) {
        if self.ignores_low_battery && self.is_low(publisher) {
            append(&mut self.words, LOW_BATTERY);
        }
        self.published.clear();
        if self.alarms.is_empty() {
            if !self.keeps_alarm {
                publisher.remove(self.alarm);
            }
        } else {
            publisher.set(self.alarm, &self.alarms);
            self.published.push_str("ALARM");
        }
        if !self.words.is_empty() {
            append(&mut self.published, &self.words);
        }
        publisher.set(self.status, &self.published);
    }

    /// Whether charge and runtime, as far as they can be compared, lie above their limits.
    #[must_use]
    pub fn belies_low_battery(&self, publisher: &Publisher) -> bool {
        let mut known = self.limits.iter().filter_map(|limit| limit.compare(publisher)).peekable();
        known.peek().is_some() && known.all(Ordering::is_gt)
    }

    /// Whether charge or runtime says that the battery is low. Where neither can be compared with its
    /// limit, the device's word stands: a low battery that nobody tells of takes hosts down unprepared.
    fn is_low(&mut self, publisher: &mut Publisher) -> bool {
        let [charge, runtime] = self.limits.each_ref().map(|limit| limit.is_crossed(publisher));
        if charge.or(runtime).is_some() {
            self.is_lack_said = false;
            return charge == Some(true) || runtime == Some(true);
        }
        if self.held_back && !std::mem::replace(&mut self.is_lack_said, true) {
            publisher.say(
                Level::Warning,
                "ignorelb: neither battery.charge nor battery.runtime comes with its .low: the UPS's LB counts",
            );
        }
        self.held_back
    }
}

impl Limit {
    /// `None` where there is nothing to compare.
    fn is_crossed(&self, publisher: &Publisher) -> Option<bool> {
        self.compare(publisher).map(Ordering::is_lt)
    }

    /// The quantity beside its limit.
    fn compare(&self, publisher: &Publisher) -> Option<Ordering> {
        let value = |slot| publisher.get(slot).and_then(thousandths);
        // What is less than nothing is a word for unknown.
        let quantity = value(self.quantity).filter(|value| *value >= 0)?;
        Some(quantity.cmp(&value(self.low)?))
    }
}

fn append(words: &mut String, word: &str) {
    if !words.is_empty() {
        words.push(' ');
    }
    words.push_str(word);
}

/// A decimal number in thousandths; what lies behind them is cut.
fn thousandths(text: &str) -> Option<i64> {
    let (whole, decimals) = text.trim().split_once('.').unwrap_or((text.trim(), ""));
    let is_negative = whole.starts_with('-');
    let mut fraction = 0;
    for at in 0..3 {
        let digit = decimals.as_bytes().get(at).copied().unwrap_or(b'0');
        fraction = fraction * 10 + i64::from(digit.is_ascii_digit().then(|| digit - b'0')?);
    }
    let whole = whole.parse::<i64>().ok()?.checked_mul(1000)?;
    Some(if is_negative { whole - fraction } else { whole + fraction })
}
