//! A UPS that has no part in the shutdown under way: nobody is told to go down for it, and its load is not cut.

use super::login::Order;
use super::{Conversation, Supply};
use crate::desk::Desk;
use crate::sight::{Comm, Line};
use protocol::Level;

impl Supply {
    /// Whether FSD is ordered for it.
    pub(crate) fn is_ordered(&self) -> bool {
        self.order != Order::None
    }

    /// Whether the shutdown under way leaves it alone.
    pub(crate) fn is_left_alone(&self) -> bool {
        self.left_alone
    }

    /// Leaves it alone from now on.
    pub(crate) fn leave_alone(&mut self, desk: &mut Desk<'_>) {
        self.left_alone = true;
        self.poll_at = desk.now;
        let text = format!("UPS {} has no part in this shutdown: no FSD, and its load is not cut", self.name());
        desk.out.say(Level::Notice, text);
    }

    /// What is no longer known to be well gets FSD like all others.
    pub(crate) fn take_back(&mut self, desk: &mut Desk<'_>) {
        self.left_alone = false;
        desk.out.say(Level::Notice, format!("UPS {} is no longer known to be on line power: FSD", self.name()));
        self.order_forced_shutdown(desk);
    }

    /// Whether it is known to feed its load from the line, and nobody has ordered it down: what is not known, or
    /// waits to be asked about, is no good news.
    pub(crate) fn is_known_to_be_well(&self, desk: &Desk<'_>) -> bool {
        let is_on_line = self.sight.line == Line::OnLine && self.sight.says_on_line;
        let is_heard = matches!(self.sight.comm, Comm::InSight)
            && matches!(self.conversation, Conversation::Talking(_))
            && self.polled_at.is_some()
            && !self.doubt.is_holding();
        let is_critical = self.outlook.is_some_and(|outlook| outlook.due(desk.now).is_some());
        is_on_line && is_heard && !is_critical && !self.sight.has.forced_shutdown
    }
}
