//! What is wrong with the paths between hosts, as the proxies see it.

use std::time::Duration;

use tokio::sync::watch;

use crate::rigs::READS_A_SECOND;

/// One way between two hosts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Path {
    /// Chance that what is sent is lost and must be sent again, in thousandths; 1000 is a cut cable.
    pub drop_permille: u32,
    /// On top of what the machine takes.
    pub delay: Duration,
    /// Bytes a second that the reader takes; 0: as many as come.
    pub rate: u32,
}

/// All paths, as they are now; a lane holds a receiver of its own.
#[derive(Debug)]
pub struct Paths {
    hosts: usize,
    sender: watch::Sender<Vec<Path>>,
    /// Hosts without power: whatever they sent last is the last that is heard of them.
    dark: watch::Sender<Vec<u32>>,
}

/// One lane's view.
#[derive(Debug, Clone)]
pub struct View {
    from: usize,
    to: usize,
    index: usize,
    paths: watch::Receiver<Vec<Path>>,
    dark: watch::Receiver<Vec<u32>>,
    born: (u32, u32),
}

/// What a lane may do with what it has read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Pass it on, with what is wrong with the path.
    Pass(Path),
    /// Hold it until something changes.
    Hold,
    /// One end is gone, and the other must not hear of it.
    Vanished,
}

impl Paths {
    /// Paths without faults.
    #[must_use]
    pub fn new(hosts: usize) -> Self {
        Self {
            hosts,
            sender: watch::Sender::new(vec![Path::default(); hosts * hosts]),
            dark: watch::Sender::new(vec![0; hosts]),
        }
    }

    /// The view of a lane between two hosts.
    #[must_use]
    pub fn view(&self, from: usize, to: usize) -> View {
        let (paths, dark) = (self.sender.subscribe(), self.dark.subscribe());
        let born = (dark.borrow()[from], dark.borrow()[to]);
        View { from, to, index: from * self.hosts + to, paths, dark, born }
    }

    /// Changes one way.
    pub fn change(&self, from: usize, to: usize, change: impl FnOnce(&mut Path)) {
        let index = from * self.hosts + to;
        self.sender.send_modify(|paths| change(&mut paths[index]));
    }

    /// A host loses its power: its connections vanish.
    pub fn darken(&self, host: usize) {
        self.dark.send_modify(|dark| dark[host] += 1);
    }
}

impl View {
    /// How many bytes pass at once: a slow reader takes a few at a time.
    #[must_use]
    pub fn piece(&self) -> usize {
        match self.verdict() {
            Verdict::Pass(Path { rate: rate @ 1.., .. }) => usize::try_from(rate / READS_A_SECOND).unwrap_or(1).max(1),
            _ => usize::MAX,
        }
    }

    /// What to do now.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        let dark = self.dark.borrow();
        if (dark[self.from], dark[self.to]) != self.born {
            return Verdict::Vanished;
        }
        let path = self.paths.borrow()[self.index];
        if self.from != self.to && path.drop_permille >= 1000 { Verdict::Hold } else { Verdict::Pass(path) }
    }

    /// Waits for a change. `false`: there will be none, the run is over.
    pub async fn changed(&mut self) -> bool {
        tokio::select! {
            changed = self.paths.changed() => changed.is_ok(),
            changed = self.dark.changed() => changed.is_ok(),
        }
    }
}
