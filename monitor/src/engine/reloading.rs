//! A new configuration while the monitor runs: connections whose line has not changed stay, and what is
//! known of a UPS does in any case.

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
        let mut supplies = Vec::new();
        self.turn(now, |_, _, desk| {
            for monitored in &desk.config.monitored {
                let known = before.iter().position(|supply| supply.monitored.is_same_ups(monitored));
                supplies.push(match known {
                    Some(at) => before.swap_remove(at).under(monitored.clone(), desk),
                    None => Supply::new(monitored.clone(), now),
                });
            }
            before.iter_mut().for_each(|gone| gone.leave(desk));
            supplies.iter_mut().for_each(|supply| supply.look_ahead(desk));
        });
        self.supplies = supplies;
        self.read_kept();
        self.out.say(Level::Notice, "configuration read again");
    }
}
