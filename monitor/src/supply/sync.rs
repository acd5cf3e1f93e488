//! The primary's part of a forced shutdown: the order, and who has not logged out yet.
//!
//! A count that could not be had is not "nobody": the primary then waits for HOSTSYNC.

use super::login::{Count, Login, Order};
use super::talk::{Answer, Asked};
use super::{Conversation, Supply};
use crate::desk::Desk;
use crate::notice::Notice;
use protocol::net::{ErrorCode, List, Request};

impl Supply {
    /// Has the server tell every host of this UPS to shut down.
    pub(crate) fn order_forced_shutdown(&mut self, desk: &mut Desk<'_>) {
        self.order = Order::Pending;
        desk.notify(Notice::ForcedShutdown, &self.monitored.system, "");
        self.send_order(desk);
        if self.order == Order::Pending {
            let text = format!("FSD set on UPS {} failed: not connected, it is sent once connected", self.name());
            desk.out.say(protocol::Level::Error, text);
        }
    }

    pub(super) fn send_order(&mut self, desk: &mut Desk<'_>) {
        if !matches!(self.conversation, Conversation::Talking(_)) {
            return;
        }
        self.order = Order::Sent;
        self.ask(desk, |supply, talk, now, bytes| {
            talk.ask(Asked::ForcedShutdown, Request::Fsd { ups: &supply.monitored.address.ups }, now, bytes);
        });
    }

    /// Asks how many hosts are logged in, unless that question is under way.
    pub(crate) fn ask_logins(&mut self, desk: &mut Desk<'_>) {
        self.ask(desk, |supply, talk, now, bytes| {
            if !talk.waits_for(Asked::Logins) && !talk.waits_for(Asked::Clients) {
                talk.ask(Asked::Logins, Request::GetNumLogins { ups: &supply.monitored.address.ups }, now, bytes);
            }
        });
    }

    /// Whether every other host of this UPS is known to have logged out.
    pub(crate) fn secondaries_have_left(&self) -> bool {
        self.count == Count::Others(0)
    }

    pub(super) fn counted(&mut self, asked: Asked, answer: Answer<'_>, desk: &mut Desk<'_>) {
        self.count = match answer {
            Answer::Count(count) if self.settled_at <= desk.now => {
                Count::Others(count.saturating_sub(u32::from(self.login == Login::Granted)))
            }
            // NUMLOGINS is refused while the driver is gone or stale; the list of clients is not.
            Answer::Refused(ErrorCode::DataStale | ErrorCode::DriverNotConnected) if asked == Asked::Logins => {
                self.ask(desk, |supply, talk, now, bytes| {
                    let list = List::Client { ups: &supply.monitored.address.ups };
                    talk.ask(Asked::Clients, Request::List(list), now, bytes);
                });
                Count::Unknown
            }
            _ => Count::Unknown,
        };
    }
}
