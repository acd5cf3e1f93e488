//! What is made of a status, or of an attempt that gave none: news, and a new outlook.

use super::login::Order;
use super::{Supply, URGENT};
use crate::desk::Desk;
use crate::notice::Notice;
use protocol::Level;

/// Whether the driver has said nothing yet: all there is are words of the server's own.
pub(super) fn is_nothing_yet(status: &str) -> bool {
    status.split_ascii_whitespace().all(|word| matches!(word, "WAIT" | "FSD"))
}

impl Supply {
    /// Takes a status, polled or pushed.
    pub(super) fn see(&mut self, value: &str, desk: &mut Desk<'_>) {
        desk.out.detail(|| format!("UPS {}: {value}", self.name()));
        if is_nothing_yet(value) {
            return self.see_nothing_yet(value, desk);
        }
        let every = desk.config.replace_battery_warn_every;
        self.failure = None;
        self.ask_first_until = None;
        let had_alarm = self.sight.has.alarm;
        self.sight.see(value, every, desk.now, &mut self.news);
        self.silent_since = desk.now;
        self.hurry(desk);
        self.tell_news(desk);
        self.look_ahead(desk);
        self.open_watch(desk);
        if self.sight.has.alarm && !had_alarm {
            self.ask_alarm(desk);
        }
    }

    /// A driver that has just connected has said nothing yet: neither news nor, for DEADTIME, a loss.
    fn see_nothing_yet(&mut self, value: &str, desk: &mut Desk<'_>) {
        self.polled_at = None;
        let is_ordered = value.contains("FSD");
        if is_ordered {
            // The server's own word needs no driver.
            self.sight.hear_order(desk.now, &mut self.news);
            self.tell_news(desk);
            self.look_ahead(desk);
        }
        let since = self.sight.last_heard.unwrap_or(self.silent_since);
        if !is_ordered && desk.now >= since + desk.config.dead_time {
            self.poll_failed("no status yet", desk);
        } else {
            self.poll_at = self.poll_at.min(desk.now + URGENT);
        }
    }

    /// The server answers, but not with a status.
    pub(super) fn poll_failed(&mut self, why: &str, desk: &mut Desk<'_>) {
        self.lose(format!("Poll UPS [{}] failed - {why}", self.name()), desk);
    }

    /// An attempt to see it failed; said once.
    pub(super) fn lose(&mut self, why: String, desk: &mut Desk<'_>) {
        if self.failure.as_ref() != Some(&why) {
            desk.out.say(Level::Warning, why.clone());
            self.failure = Some(why);
        }
        if self.sight.lose(desk.now, &mut self.news) {
            self.hurry(desk);
        }
        self.tell_news(desk);
        self.look_ahead(desk);
    }

    /// Brings the next poll forward to the pace of now.
    pub(super) fn hurry(&mut self, desk: &Desk<'_>) {
        self.poll_at = self.poll_at.min(desk.now + self.pace(desk));
    }

    pub(super) fn tell_news(&mut self, desk: &mut Desk<'_>) {
        for (notice, about) in std::mem::take(&mut self.news) {
            // Whoever gave the order has already told.
            if notice == Notice::ForcedShutdown && self.order != Order::None {
                continue;
            }
            desk.notify(notice, &self.monitored.system, &about);
        }
    }
}
