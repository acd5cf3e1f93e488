//! One monitored UPS: a polling connection, a push connection beside it, and what they let us see.
//!
//! Each stands on its own: none waits for another. The polling connection is the judge of whether
//! the UPS can be seen; a pushed status only comes sooner. While there is line power, heartbeats
//! stand in for most polls (see [`watch`]).
//!
//! ```text
//! Resting ──retry──► Opening ──opened──► Talking ──┐ login, then GET VAR ups.status at POLLFREQ
//!    ▲                  │ failed            │ ◄────┘
//!    └──────────────────┴──lost, silent─────┘
//! ```

mod answers;
mod doubt;
mod exempt;
mod login;
mod polling;
mod regulars;
mod seeing;
mod sync;
mod talk;
mod watch;

use crate::config::{Monitored, Role};
use crate::criticality::{Outlook, Reason, outlook};
use crate::desk::Desk;
use crate::notice::Notice;
use crate::sight::{Comm, Line, News, Sight};
use doubt::Doubt;
use login::{Count, Login, Order};
use protocol::{Instant, Level, LinkError, LinkId};
use regulars::Regulars;
use std::time::Duration;
use talk::Talk;
use watch::Watch;

/// How often a UPS that was lost on battery is looked for, unless POLLFREQALERT is shorter.
const URGENT: Duration = Duration::from_secs(1);
/// How long before it turns critical a UPS is asked, or looked for, a last time: time enough for an
/// answer.
const LAST_LOOK: Duration = Duration::from_millis(250);

/// The polling connection.
#[derive(Debug)]
enum Conversation {
    /// None; opened at this instant.
    Resting { retry_at: Instant },
    /// Being opened.
    Opening { link: LinkId, give_up_at: Instant },
    /// Open.
    Talking(Box<Talk>),
}

/// One monitored UPS.
#[derive(Debug)]
pub(crate) struct Supply {
    pub(crate) monitored: Monitored,
    conversation: Conversation,
    /// How long the next connection waits for each byte.
    patience: Duration,
    watch: Watch,
    /// Whether what comes now may be old.
    doubt: Doubt,
    sight: Sight,
    outlook: Option<Outlook>,
    login: Login,
    order: Order,
    /// The shutdown under way leaves it alone.
    left_alone: bool,
    /// When the order was sent: a count that was asked for before it is no answer to it.
    ordered_at: Instant,
    count: Count,
    /// How many secondaries there are as a rule.
    regulars: Regulars,
    /// How many have logged out since the outage began.
    gone: u32,
    /// When they are counted again while nothing happens.
    count_at: Instant,
    poll_at: Instant,
    /// When the last poll was asked that a status answered; `None` once one was answered otherwise.
    polled_at: Option<Instant>,
    /// When the last status was pushed; a poll that was asked before it is older news.
    pushed_at: Option<Instant>,
    /// What went wrong last; said once.
    failure: Option<String>,
    /// Since when it is asked, hold-ups of this monitor not counted.
    asked_since: Instant,
    /// From when the silence counts for NOCOMM.
    silent_since: Instant,
    /// Reused between events.
    news: Vec<News>,
    critical_told: bool,
    /// After the monitor was held up: until then it asks before it decides. Granted once until a status
    /// is heard, for a host that is held up time and again must decide all the same.
    ask_first_until: Option<Instant>,
    /// When the operator was last told that the server refuses this host.
    refusal_told: Option<Instant>,
}

impl Supply {
    pub(crate) fn new(monitored: Monitored, now: Instant) -> Self {
        Self {
            monitored,
            conversation: Conversation::Resting { retry_at: now },
            patience: talk::ANSWER_PATIENCE,
            watch: Watch::default(),
            doubt: Doubt::default(),
            sight: Sight::default(),
            outlook: None,
            login: Login::default(),
            order: Order::default(),
            left_alone: false,
            ordered_at: Instant::START,
            count: Count::default(),
            regulars: Regulars::default(),
            gone: 0,
            count_at: now,
            poll_at: now,
            polled_at: None,
            pushed_at: None,
            failure: None,
            asked_since: now,
            silent_since: now,
            news: Vec::new(),
            critical_told: false,
            ask_first_until: None,
            refusal_told: None,
        }
    }

    pub(crate) fn name(&self) -> &str {
        &self.monitored.system
    }

    pub(crate) fn is_primary(&self) -> bool {
        self.monitored.role == Role::Primary
    }

    /// From when it is critical, if nothing changes.
    pub(crate) fn outlook(&self) -> Option<Outlook> {
        self.outlook
    }

    /// From when it cannot be counted on beside a supply that was heard to be critical: it was asked for so long, and
    /// nobody knows whether it feeds anything.
    pub(crate) fn unheard_at(&self, dead_time: Duration) -> Option<Instant> {
        self.sight.last_heard.is_none().then(|| self.asked_since + dead_time)
    }

    /// The instant that has yet to come at which it turns critical.
    pub(crate) fn turns_critical_at(&self) -> Option<Instant> {
        self.outlook.map(|outlook| outlook.at).filter(|_| !self.critical_told)
    }

    /// The same UPS under another `MONITOR` line. What is known of it stays; its connections do where the
    /// line differs in its power value at most.
    pub(crate) fn under(mut self, monitored: Monitored, desk: &mut Desk<'_>) -> Self {
        if self.monitored.is_same_login(&monitored) {
            // POLLFREQ may be shorter than it was.
            self.hurry(desk);
            return Self { monitored, ..self };
        }
        self.leave(desk);
        Self {
            sight: self.sight,
            failure: self.failure,
            asked_since: self.asked_since,
            regulars: self.regulars,
            silent_since: self.silent_since,
            critical_told: self.critical_told,
            ..Self::new(monitored, desk.now)
        }
    }

    /// What is known of it.
    pub(crate) fn sight(&self) -> &Sight {
        &self.sight
    }

    /// Whether the link is one of its two.
    pub(crate) fn owns(&self, link: LinkId) -> bool {
        self.polling_link() == Some(link) || self.watch.link() == Some(link)
    }

    pub(crate) fn opened(&mut self, link: LinkId, desk: &mut Desk<'_>) {
        if self.polling_link() == Some(link) { self.start_talking(link, desk) } else { self.start_watching(desk) }
    }

    pub(crate) fn received(&mut self, link: LinkId, bytes: &[u8], desk: &mut Desk<'_>) {
        if self.polling_link() == Some(link) { self.hear(bytes, desk) } else { self.hear_push(bytes, desk) }
    }

    /// A connection could not be opened, or ended.
    pub(crate) fn lost(&mut self, link: LinkId, error: LinkError, desk: &mut Desk<'_>) {
        if self.polling_link() == Some(link) { self.conversation_lost(error, desk) } else { self.watch_lost(desk) }
    }

    /// Acts on every deadline that is due.
    pub(crate) fn act_in_time(&mut self, desk: &mut Desk<'_>) {
        self.count_in_time(desk);
        self.poll_in_time(desk);
        self.watch_in_time(desk);
        self.warn_of_silence(desk);
    }

    /// Its earliest deadline, decisions not counted.
    pub(crate) fn deadline(&self, no_comm_every: Duration) -> Option<Instant> {
        let silence = self.is_silent().then(|| self.silent_since + no_comm_every);
        Instant::first_of([self.polling_deadline(), self.watch.deadline(), silence, self.doubt.deadline()])
    }

    /// Ends both connections, politely.
    pub(crate) fn leave(&mut self, desk: &mut Desk<'_>) {
        self.log_out(desk);
        self.drop_watch(desk);
    }

    /// The monitor was held up or asleep for so long: that time counts for nothing.
    pub(crate) fn excuse_silence(&mut self, held_up: Duration, desk: &mut Desk<'_>) {
        self.sight.excuse_silence(held_up, desk.now);
        self.ask_first_until.get_or_insert(desk.now + desk.config.dead_time);
        self.asked_since += held_up;
        self.excuse_answers(desk.now);
        self.watch.excuse_silence(desk.now);
        self.doubt(desk);
        self.look_ahead(desk);
    }

    /// How often it is polled now, or its server tried.
    fn pace(&self, desk: &Desk<'_>) -> Duration {
        let is_alert = self.sight.line == Line::OnBattery || self.order != Order::None;
        let every = if is_alert { desk.config.poll_alert_every } else { desk.config.poll_every };
        // DEADTIME runs: whoever is back before its end must be found before its end.
        let is_urgent = is_alert && self.is_silent() || self.may_die() || self.doubt.is_holding();
        // A primary's order stands for seconds only: who knows nothing yet must not miss it.
        let is_unheard = self.sight.last_heard.is_none() && matches!(self.sight.comm, Comm::OutOfSight { .. });
        // What is left alone is so for as long as it is known to be on line power.
        let is_urgent = is_urgent || is_unheard || self.left_alone;
        let every = if is_urgent { every.min(URGENT) } else { every };
        match self.outlook.map(|outlook| outlook.at - desk.now) {
            Some(left) if left > LAST_LOOK => every.min(left - LAST_LOOK),
            _ => every,
        }
    }

    /// Whether DEADTIME runs, or has run out.
    fn may_die(&self) -> bool {
        self.outlook.is_some_and(|outlook| matches!(outlook.reason, Reason::Dead { .. }))
    }

    /// Works out anew when it turns critical, and says when that changes.
    pub(crate) fn look_ahead(&mut self, desk: &mut Desk<'_>) {
        let asked_by = self.ask_first_until.unwrap_or(Instant::START);
        self.outlook = outlook(&self.sight, self.monitored.role, desk.config)
            .map(|outlook| Outlook { at: outlook.at.max(asked_by), ..outlook });
        if self.outlook.is_some_and(|outlook| outlook.at > desk.now) {
            self.hurry(desk);
        }
        self.tell_criticality(desk);
    }

    /// Says, once, that it is critical or that it no longer is.
    pub(crate) fn tell_criticality(&mut self, desk: &mut Desk<'_>) {
        if self.order != Order::None {
            // The decision is made, and has been said.
            return;
        }
        let reason = self.outlook.and_then(|outlook| outlook.due(desk.now));
        if reason.is_some() == self.critical_told {
            return;
        }
        self.critical_told = reason.is_some();
        match reason {
            Some(reason) => desk.out.say(Level::Notice, format!("UPS {} is critical: {reason}", self.name())),
            None => desk.out.say(Level::Notice, format!("UPS {} is no longer critical", self.name())),
        }
    }

    fn is_silent(&self) -> bool {
        !matches!(self.sight.comm, Comm::InSight)
    }

    fn warn_of_silence(&mut self, desk: &mut Desk<'_>) {
        let every = desk.config.no_comm_warn_every;
        if self.is_silent() && desk.now >= self.silent_since + every {
            self.silent_since = desk.now;
            desk.notify(Notice::NoComm, &self.monitored.system, "");
        }
    }
}
