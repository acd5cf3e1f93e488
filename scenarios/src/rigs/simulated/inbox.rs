//! What waits for a process that does not run: its kernel keeps it, and one read takes all that came on a link.

use std::collections::VecDeque;

use protocol::{Event, LinkId};

use super::world::News;

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

    /// Everything that waited.
    pub fn take(&mut self) -> VecDeque<News> {
        std::mem::take(&mut self.waiting)
    }
}

fn link_of(news: &News) -> Option<LinkId> {
    match news {
        Event::Accepted { link, .. }
        | Event::Opened { link }
        | Event::Attached { link, .. }
        | Event::Sighted { link, .. }
        | Event::OpenFailed { link, .. }
        | Event::Received { link, .. }
        | Event::Closed { link, .. }
        | Event::Full { link }
        | Event::Draining { link }
        | Event::Drained { link }
        | Event::TransferDone { link, .. }
        | Event::Interrupt { link, .. } => Some(*link),
        Event::JobDone { .. }
        | Event::ErrandsLost
        | Event::FileRead { .. }
        | Event::FileChanged { .. }
        | Event::Signal(_)
        | Event::Reload(_) => None,
    }
}
