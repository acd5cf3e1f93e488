//! Signals, by what they mean to a NUT daemon.

use std::io;

use protocol::Signal;
use tokio::signal::unix::{SignalKind, signal};

use crate::news::{News, Outlet};

/// Listens to the signals; they stay caught until the process ends.
pub(crate) fn start(outlet: &Outlet) -> io::Result<()> {
    for (kind, meaning) in [
        (SignalKind::terminate(), Some(Signal::Stop)),
        (SignalKind::interrupt(), Some(Signal::Stop)),
        (SignalKind::quit(), Some(Signal::Stop)),
        (SignalKind::user_defined1(), Some(Signal::ForcedShutdown)),
        (SignalKind::hangup(), None),
    ] {
        let mut arrivals = signal(kind)?;
        let outlet = outlet.clone();
        tokio::spawn(async move {
            while arrivals.recv().await.is_some() {
                outlet.tell(meaning.map_or(News::ReloadAsked, News::Signal)).await;
            }
        });
    }
    Ok(())
}
