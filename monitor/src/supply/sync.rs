//! The primary's part of a forced shutdown: the order, and who has not logged out yet.
//!
//! A count that could not be had is not "nobody": the primary then waits for HOSTSYNC.

use super::login::{Count, Login, Order};
use super::talk::Asked;
use super::{Conversation, Supply};
use crate::desk::Desk;
use crate::notice::Notice;
use protocol::Level;
use protocol::net::{ErrorCode, List, Request};

impl Supply {
    /// Has the server tell every host of this UPS to shut down.
    pub(crate) fn order_forced_shutdown(&mut self, desk: &mut Desk<'_>) {
        self.order = Order::Pending;
        // The order first: nobody waits for a notice.
        self.send_order(desk);
        if !self.sight.has.forced_shutdown {
            desk.notify(Notice::ForcedShutdown, &self.monitored.system, "");
        }
        if self.order == Order::Pending {
            let text = format!("FSD set on UPS {} failed: not connected; sent once it is", self.name());
            desk.out.say(Level::Error, text);
        }
    }

    pub(super) fn send_order(&mut self, desk: &mut Desk<'_>) {
        if matches!(self.conversation, Conversation::Talking(_)) {
            self.order = Order::Sent;
        }
        self.ask(desk, |supply, talk, now| {
            talk.ask(Asked::ForcedShutdown, &Request::Fsd { ups: &supply.monitored.address.ups }, now);
        });
    }

    /// Asks how many hosts are logged in, unless that question is under way.
    pub(crate) fn ask_logins(&mut self, desk: &mut Desk<'_>) {
        self.ask(desk, |supply, talk, now| {
            if !talk.waits_for(Asked::Logins) && !talk.waits_for(Asked::Clients) {
                talk.ask(Asked::Logins, &Request::GetNumLogins { ups: &supply.monitored.address.ups }, now);
            }
        });
    }

    /// Whether every other host of this UPS is known to have logged out.
    pub(crate) fn secondaries_have_left(&self) -> bool {
        self.count == Count::Others(0)
    }

    pub(super) fn counted(&mut self, count: u32, desk: &mut Desk<'_>) {
        let own = u32::from(self.login == Login::Granted);
        let is_settled = self.settled_at <= desk.now;
        self.count = if is_settled { Count::Others(count.saturating_sub(own)) } else { Count::Unknown };
    }

    pub(super) fn not_counted(&mut self, asked: Asked, code: ErrorCode, desk: &mut Desk<'_>) {
        self.count = Count::Unknown;
        let is_blind = matches!(code, ErrorCode::DataStale | ErrorCode::DriverNotConnected);
        if asked == Asked::Logins && is_blind {
            // NUMLOGINS is refused while the driver is gone or stale; the list of clients is not.
            self.ask(desk, |supply, talk, now| {
                let list = List::Client { ups: &supply.monitored.address.ups };
                talk.ask(Asked::Clients, &Request::List(list), now);
            });
        }
    }
}
