//! The primary's part of a forced shutdown: the order, and who has not logged out yet.
//!
//! A count that could not be had is not "nobody": the primary then waits for HOSTSYNC. Nor is one of a server
//! that some have not found yet: those that are missing are waited for as well, and where nobody knows how many
//! there are, it waits for HOSTSYNC.

use super::login::{Count, Login, Order};
use super::talk::Asked;
use super::{Conversation, Supply};
use crate::desk::Desk;
use crate::notice::Notice;
use crate::sight::Line;
use protocol::net::{ErrorCode, List, Request};
use protocol::{Instant, Level};

impl Supply {
    /// Has the server tell every host of this UPS to shut down.
    pub(crate) fn order_forced_shutdown(&mut self, desk: &mut Desk<'_>) {
        self.order = Order::Pending;
        self.count = match self.count {
            Count::Others(before) if self.sight.line == Line::OnBattery => Count::Before(before),
            _ => Count::Unknown,
        };
        // The order first: nobody waits for a notice.
        self.send_order(desk);
        if !self.sight.has.forced_shutdown {
            desk.notify(Notice::ForcedShutdown, &self.monitored.system, "");
        }
        if self.regulars.known().is_none() && !desk.config.host_sync.is_zero() {
            let text =
                format!("UPS {}: it is not known yet how many secondaries log in: waiting HOSTSYNC", self.name());
            desk.out.say(Level::Notice, text);
        }
        if self.order == Order::Pending {
            let text = format!("FSD set on UPS {} failed: not connected; sent once it is", self.name());
            desk.out.say(Level::Error, text);
        }
    }

    pub(super) fn send_order(&mut self, desk: &mut Desk<'_>) {
        if matches!(self.conversation, Conversation::Talking(_)) {
            self.order = Order::Sent;
            self.ordered_at = desk.now;
        }
        self.ask(desk, |supply, talk, now| {
            let ups = &supply.monitored.address.ups;
            talk.ask(Asked::ForcedShutdown, &Request::Fsd { ups }, now);
            talk.ask(Asked::Logins, &Request::GetNumLogins { ups }, now);
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

    /// Whether every other host of this UPS is known to have logged out: nobody is logged in, and nobody is
    /// missing that has not gone since the outage began. False where nobody knows how many there are.
    pub(crate) fn secondaries_have_left(&self) -> bool {
        let missing = self.regulars.known().map(|known| known.saturating_sub(self.gone));
        self.count == Count::Others(0) && missing == Some(0)
    }

    /// How many secondaries there are as a rule, once that is known.
    pub(crate) fn regulars(&self) -> Option<u32> {
        self.regulars.known()
    }

    /// Takes how many there were before this start.
    pub(crate) fn recall_regulars(&mut self, count: u32) {
        self.regulars.recall(count);
    }

    /// Whether its server may count this host among those that are up: not where that is gone, or refuses it.
    pub(crate) fn may_be_counted(&self) -> bool {
        match &self.conversation {
            Conversation::Resting { .. } => false,
            Conversation::Opening { .. } => true,
            Conversation::Talking(_) => !matches!(self.login, Login::Refused { .. }),
        }
    }

    pub(super) fn counted(&mut self, asked_at: Instant, count: u32, desk: &mut Desk<'_>) {
        if self.order == Order::Sent && asked_at < self.ordered_at {
            return;
        }
        let own = u32::from(self.login == Login::Granted);
        let others = count.saturating_sub(own);
        self.keep_count(others, desk);
        self.count = Count::Others(others);
    }

    fn keep_count(&mut self, others: u32, desk: &Desk<'_>) {
        if self.order == Order::None {
            self.regulars.take(others, desk.now);
        }
        let is_outage = self.sight.line == Line::OnBattery || self.order != Order::None;
        self.gone = match self.count {
            _ if !is_outage => 0,
            // Across a break of the connection nobody was seen to leave.
            Count::Unknown => self.gone,
            Count::Before(before) | Count::Others(before) => self.gone.saturating_add(before.saturating_sub(others)),
        };
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
