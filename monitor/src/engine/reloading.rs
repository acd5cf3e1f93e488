//! A new configuration while the monitor runs: connections whose line has not changed stay.

use super::Upsmon;
use crate::config::Config;
use crate::shutdown::Phase;
use crate::supply::Supply;
use protocol::{Instant, Level};

impl Upsmon {
    /// Takes a whole, checked configuration.
    pub(super) fn reload(&mut self, config: Config, now: Instant) {
        if self.phase != Phase::Watching {
            self.out.say(Level::Warning, "configuration not read again: a forced shutdown is under way");
            return;
        }
        let mut before = std::mem::take(&mut self.supplies);
        self.config = config;
        self.out.debug(self.config.debug_min > 0);
        for monitored in &self.config.monitored {
            let kept = before.iter().position(|supply| supply.monitored.is_same_login(monitored));
            self.supplies.push(match kept {
                Some(at) => before.swap_remove(at).with(monitored.clone()),
                None => Supply::new(monitored.clone(), now),
            });
        }
        self.turn(now, |supplies, _, desk| {
            before.iter_mut().for_each(|gone| gone.leave(desk));
            supplies.iter_mut().for_each(|supply| supply.look_ahead(desk));
        });
        self.out.say(Level::Notice, "configuration read again");
    }
}
