//! The life of a child: its start, its input, its end, and the longest that it may have.

use std::future::Future;
use std::io;
use std::os::unix::process::ExitStatusExt;
use std::process::ExitStatus;
use std::time::Duration;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use protocol::JobOutcome;
use tokio::io::AsyncWriteExt;
use tokio::process::Child;
use tokio::sync::oneshot;

use crate::aside;

/// How many processes of one child are ended.
const MOST_ENDED: usize = 1024;

/// Sees a child through its life, and tells its outcome once: when it has ended, or when it should
/// have. Returns when nothing is left of it. `begun` is dropped when it runs, or nobody waits for that any more.
pub(crate) async fn see_through<T: Future<Output = ()>>(
    starting: impl Future<Output = io::Result<Child>>,
    input: Option<Vec<u8>>,
    longest: Option<Duration>,
    begun: oneshot::Sender<()>,
    tell: impl FnOnce(JobOutcome) -> T,
) {
    let mut starting = Box::pin(starting);
    let mut child = None;
    let life = async {
        let started = starting.as_mut().await;
        drop(begun);
        match started {
            Ok(started) => wait(child.insert(started), input).await,
            Err(error) => JobOutcome::Failed(error.to_string()),
        }
    };
    let Some(longest) = longest else { return tell(life.await).await };
    if let Ok(outcome) = tokio::time::timeout(longest, life).await {
        return tell(outcome).await;
    }
    match child {
        Some(child) => {
            let dying = end(child).await;
            tell(JobOutcome::outlived(longest)).await;
            dying.await;
        }
        // Nothing can call off a start.
        None => {
            tell(JobOutcome::Failed(format!("it could not be started within {} s", longest.as_secs()))).await;
            if let Ok(child) = starting.await {
                end(child).await.await;
            }
        }
    }
}

async fn wait(child: &mut Child, input: Option<Vec<u8>>) -> JobOutcome {
    let stdin = child.stdin.take();
    let feed = async move {
        if let (Some(mut stdin), Some(input)) = (stdin, input) {
            // A program that does not read its input is free not to.
            drop(stdin.write_all(&input).await);
        }
    };
    let (ended, ()) = tokio::join!(child.wait(), feed);
    // One that ran is never taken for one that did not start.
    ended.map_or(JobOutcome::Lost, outcome)
}

fn outcome(status: ExitStatus) -> JobOutcome {
    match (status.code(), status.signal()) {
        (Some(code), _) => JobOutcome::Exited(code),
        (None, Some(signal)) => JobOutcome::Killed(signal),
        (None, None) => JobOutcome::Lost,
    }
}

/// Ends a child with what it waits for; what is returned waits until it is gone.
async fn end(mut child: Child) -> impl Future<Output = ()> {
    // It was not waited for to its end, so its id is still its own.
    if let Some(pid) = child.id().and_then(|pid| i32::try_from(pid).ok()) {
        drop(aside::start(move || end_all(pid)).await);
    }
    async move { drop(child.kill().await) }
}

/// Kills a process and its descendants. What it has left in the background for good has another parent by now,
/// and lives: an `upssched` that a notice started has timers to keep.
fn end_all(pid: i32) {
    let mut found = vec![pid];
    let mut next = 0;
    while let Some(&parent) = found.get(next).filter(|_| found.len() < MOST_ENDED) {
        found.extend(children(parent));
        next += 1;
    }
    for pid in found {
        // It may have ended by itself.
        let _ = kill(Pid::from_raw(pid), Signal::SIGKILL);
    }
}

/// A kernel that does not tell them (`CONFIG_PROC_CHILDREN`) has none.
fn children(parent: i32) -> Vec<i32> {
    let tasks = std::fs::read_dir(format!("/proc/{parent}/task")).into_iter().flatten().flatten();
    let lists = tasks.filter_map(|task| std::fs::read_to_string(task.path().join("children")).ok());
    lists.flat_map(|list| list.split_whitespace().filter_map(|pid| pid.parse().ok()).collect::<Vec<i32>>()).collect()
}
