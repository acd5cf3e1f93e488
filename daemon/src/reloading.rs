//! Reading the configuration again: away from the event loop, one reading at a time.
//!
//! Orders that come while one is under way are one order: what was written last is what is read
//! last, and no storm of them can pile up behind a disk that hangs.

use protocol::Level;
use tokio::sync::mpsc;

use crate::aside;
use crate::options::{Reload, Reloaded};

/// Whether a reading is under way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Resting,
    Reading,
    /// It may have missed what was written meanwhile.
    ReadingAgain,
}

/// Reads when it is asked to.
pub(crate) struct Reloading<C> {
    reload: Reload<C>,
    state: State,
    readings: (mpsc::Sender<Reloaded<C>>, mpsc::Receiver<Reloaded<C>>),
}

impl<C: Send + 'static> Reloading<C> {
    pub(crate) fn new(reload: Reload<C>) -> Self {
        Self { reload, state: State::Resting, readings: mpsc::channel(1) }
    }

    /// Reads the configuration, now or after the reading that is under way.
    pub(crate) fn ask(&mut self) {
        match self.state {
            State::Resting => self.start(),
            State::Reading | State::ReadingAgain => self.state = State::ReadingAgain,
        }
    }

    /// What was read last; never while nothing was asked.
    pub(crate) async fn next(&mut self) -> Option<Reloaded<C>> {
        let reloaded = self.readings.1.recv().await?;
        match std::mem::replace(&mut self.state, State::Resting) {
            State::ReadingAgain => self.start(),
            State::Resting | State::Reading => {}
        }
        Some(reloaded)
    }

    fn start(&mut self) {
        self.state = State::Reading;
        let (reload, readings) = (self.reload.clone(), self.readings.0.clone());
        let reading = aside::start(move || reload());
        tokio::spawn(async move {
            let failed = || (Level::Error, "the configuration could not be read again".to_owned());
            let reloaded = reading.await.unwrap_or_else(|_| Reloaded { config: None, messages: vec![failed()] });
            // The event loop ends before its tasks only when the process does.
            drop(readings.send(reloaded).await);
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicU32, Ordering};
    use std::sync::{Arc, Mutex};

    #[tokio::test]
    async fn a_storm_of_orders_is_one_reading_under_way_and_one_after_it() {
        let (go, gate) = std::sync::mpsc::channel::<()>();
        let (gate, read) = (Mutex::new(gate), Arc::new(AtomicU32::new(0)));
        let count = Arc::clone(&read);
        let mut reloading = Reloading::new(Arc::new(move || {
            drop(gate.lock().map(|gate| gate.recv()));
            Reloaded { config: Some(count.fetch_add(1, Ordering::Relaxed)), messages: Vec::new() }
        }));
        (0..1000).for_each(|_| reloading.ask());
        drop(go);
        assert_eq!(reloading.next().await.and_then(|read| read.config), Some(0));
        assert_eq!(reloading.next().await.and_then(|read| read.config), Some(1));
        assert_eq!((reloading.state, read.load(Ordering::Relaxed)), (State::Resting, 2));
    }

    #[tokio::test]
    async fn a_reading_that_panics_leaves_the_old_configuration_and_the_next_is_tried() {
        let mut reloading = Reloading::<()>::new(Arc::new(|| panic!("on purpose")));
        for _ in 0..2 {
            reloading.ask();
            assert!(reloading.next().await.is_some_and(|read| read.config.is_none() && read.messages.len() == 1));
        }
    }
}
