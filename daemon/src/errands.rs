//! Errands: what needs rights that the daemon has given up, and is handed to whoever kept them.
//!
//! Commands marked as privileged, and files. Where no errand runner is set, the daemon does them
//! itself. An errand runs on a thread of its own: one that hangs holds up neither the event loop
//! nor the next errand.

use std::sync::Arc;

use protocol::{Bequest, Command, JobId, JobOutcome};
use tokio::task::JoinSet;

use crate::aside;
use crate::news::{News, Outlet};
use crate::reserve::Reserve;

/// One thing to do elsewhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Errand {
    /// Run a privileged command.
    Run(Command),
    /// Replace a file.
    WriteFile {
        /// The file.
        path: String,
        /// Its new content.
        contents: Vec<u8>,
    },
    /// Do both, in this order, should the daemon end, or get stuck, before it has run its privileged command.
    Bequeath(Box<Bequest>),
    /// Remove a file, which need not exist.
    RemoveFile {
        /// The file.
        path: String,
    },
}

/// Does an errand and says how it ended. It may block.
pub type ErrandRunner = Arc<dyn Fn(&Errand) -> JobOutcome + Send + Sync>;

/// Whoever kept the rights that the daemon gives up.
pub struct Errands {
    /// Does one.
    pub run: ErrandRunner,
    /// Blocks until whoever does them is gone; runs on a thread of its own from the daemon's start on.
    pub attend: Box<dyn FnOnce() + Send>,
}

/// Hands an errand over at once; its end is told as the job's. `under_way` lets the end of the
/// daemon wait for it.
pub(crate) fn start(
    job: JobId,
    errand: Errand,
    runner: ErrandRunner,
    outlet: Outlet,
    (under_way, reserve): (&mut JoinSet<()>, &Reserve),
) {
    let done = aside::insist(reserve, move || runner(&errand));
    under_way.spawn(async move {
        let outcome = done.await.unwrap_or_else(|error| JobOutcome::Failed(error.to_string()));
        outlet.tell(News::JobDone { job, outcome }).await;
    });
}

/// Leaves a last will with whoever keeps the rights. Nobody waits for it.
pub(crate) fn bequeath(will: Errand, runner: ErrandRunner, reserve: &Reserve) {
    drop(aside::insist(reserve, move || runner(&will)));
}
