//! What waits for a process that does not run: its kernel keeps it, and one read takes all that came on a link.

use std::collections::VecDeque;

use protocol::Event;

use super::chance::{Chance, Lane};
use super::due::{News, lane_of, link_of};

/// How much a stopped process's sockets take before the rest is lost, in events.
const MOST: usize = 4096;
/// The most that one read takes (`daemon`'s links).
const READ_AT_MOST: usize = 16 * 1024;

/// News for a process that is stopped.
#[derive(Debug, Default)]
pub struct Inbox {
    waiting: VecDeque<News>,
}

impl Inbox {
    /// Keeps something until the process goes on.
    pub fn put(&mut self, news: News) {
        if let Event::Received { link, bytes } = &news
            && let Some(Event::Received { bytes: before, .. }) =
                self.waiting.iter_mut().rev().find(|earlier| link_of(earlier) == Some(*link))
            && before.len() + bytes.len() <= READ_AT_MOST
        {
            before.extend_from_slice(bytes);
        } else if self.waiting.len() < MOST {
            self.waiting.push_back(news);
        }
    }

    /// Everything that waited: what came on one link in its order, the links mixed by chance.
    pub fn take(&mut self, chance: &mut Chance) -> Vec<News> {
        let mut turns: Vec<Lane> = self.waiting.iter().map(|news| lane_of(0, news)).collect();
        chance.shuffle(&mut turns);
        let mut next = |lane| {
            let place = self.waiting.iter().position(|news| lane_of(0, news) == lane)?;
            self.waiting.remove(place)
        };
        turns.into_iter().filter_map(&mut next).collect()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use protocol::{LinkError, LinkId};

    use super::*;

    #[test]
    fn what_waited_is_mixed_by_chance_and_each_link_keeps_its_order() {
        let orders: BTreeSet<Vec<u32>> = (0..32)
            .map(|seed| {
                let mut inbox = Inbox::default();
                for link in [0, 1].map(LinkId::opened) {
                    inbox.put(Event::Opened { link });
                    inbox.put(Event::Closed { link, error: LinkError::Closed });
                }
                let waited = inbox.take(&mut Chance::new(seed));
                for link in [0, 1].map(LinkId::opened) {
                    let of_it: Vec<&News> = waited.iter().filter(|news| link_of(news) == Some(link)).collect();
                    assert!(matches!(of_it[..], [Event::Opened { .. }, Event::Closed { .. }]), "{waited:?}");
                }
                waited.iter().filter_map(link_of).map(LinkId::number).collect()
            })
            .collect();
        assert_eq!(orders.len(), 6, "every way in which two links can mix");
    }
}
