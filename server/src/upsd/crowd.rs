//! Who makes room when nearly all connections are taken.
//!
//! ```text
//! nearly full ── a new one ──► one of those who have not logged in goes:
//!                              of a source with more than its share, then strangers, then loopback, then neighbours
//!                              of hosts that hang here; among those who do not watch, the idle, the oldest
//! ```
//!
//! The new one is never the one that goes while anybody else can: a monitor logs in with its first bytes, and is then
//! safe. Nobody is counted by his address while there is room: many hosts may stand behind one (NAT, containers).

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use std::time::Duration;

use protocol::{Effect, Instant, Level, LinkId};

use super::Upsd;
use crate::origin::Origin;
use crate::session::Session;

/// Connections at once where neither MAXCONN nor the system says less.
pub(super) const MOST: usize = 4096;
/// The part of all connections that is kept for loopback, and the part that is made free at a time: an eighth, and a
/// sixty-fourth.
const KEPT: usize = 8;
const MADE_FREE: usize = 64;
/// The part of all connections beyond which a source has more than its share: a quarter.
const SHARE: usize = 4;
/// Who has said nothing for so long is idle.
const IDLE: Duration = Duration::from_secs(10);

/// Who goes first, smallest first.
type Rank = (bool, Standing, bool, bool, LinkId);

/// What speaks for a connection that has not logged in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Standing {
    Stranger,
    Loopback,
    /// From where somebody has logged in.
    Neighbour,
}

impl Upsd {
    /// Makes room for a connection that has just been taken.
    pub(super) fn make_room(&mut self, newcomer: LinkId) {
        let most = self.most.saturating_sub(self.service.upses.len()).max(1);
        let is_local = self.sessions.get(&newcomer).is_some_and(|session| is_loopback(&session.address));
        let room = if is_local { most } else { most - most / KEPT };
        if self.sessions.len() <= room {
            self.is_crowded &= self.sessions.len() > room / 2;
            return;
        }
        let mut leaving = first_to_go(&self.sessions, newcomer, most / SHARE, self.now);
        leaving.truncate((self.sessions.len() - room).max(most / MADE_FREE));
        if leaving.is_empty() {
            leaving.push(newcomer);
        }
        if !std::mem::replace(&mut self.is_crowded, true) {
            let from = leaving.first().and_then(|link| self.sessions.get(link)).map(|session| session.address.clone());
            let text = format!(
                "{} connections: those who have not logged in make room, one from {} first",
                self.sessions.len(),
                from.unwrap_or_default()
            );
            self.service.say(Level::Warning, text);
        }
        for link in leaving {
            self.forget(link);
            self.service.effects.push_back(Effect::Close { link });
        }
    }
}

/// Everybody but the newcomer who may have to go, in that order.
fn first_to_go(sessions: &BTreeMap<LinkId, Session>, newcomer: LinkId, share: usize, now: Instant) -> Vec<LinkId> {
    let mut counts = BTreeMap::<Origin, usize>::new();
    let mut homes = BTreeSet::<&str>::new();
    for session in sessions.values() {
        if session.login.is_some() {
            homes.insert(&session.address);
        } else {
            *counts.entry(Origin::of(&session.address)).or_default() += 1;
        }
    }
    let rank = |link: LinkId, session: &Session| -> Rank {
        let address = &*session.address;
        let standing = match () {
            () if homes.contains(address) => Standing::Neighbour,
            () if is_loopback(address) => Standing::Loopback,
            () => Standing::Stranger,
        };
        let is_within_share = counts.get(&Origin::of(address)).is_none_or(|&count| count <= share);
        let is_idle = !session.has_asked || session.heard + IDLE <= now;
        (is_within_share, standing, !session.watches.is_empty(), !is_idle, link)
    };
    let others = sessions.iter().filter(|&(&link, session)| link != newcomer && session.login.is_none());
    let mut ranks: Vec<Rank> = others.map(|(&link, session)| rank(link, session)).collect();
    ranks.sort_unstable();
    ranks.into_iter().map(|(.., link)| link).collect()
}

fn is_loopback(address: &str) -> bool {
    address == "localhost" || address.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}
