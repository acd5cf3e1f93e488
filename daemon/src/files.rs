//! Files written and removed away from the event loop, durably.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use protocol::{JobId, JobOutcome};
use tokio::task::JoinSet;

use crate::aside;
use crate::news::{News, Outlet};
use crate::reserve::Reserve;

/// What to do with a file.
pub(crate) enum Change {
    Write(Vec<u8>),
    Remove,
}

/// Starts a change; its end is told as the job's. `under_way` lets the end of the daemon wait for it.
pub(crate) fn start(
    job: JobId,
    path: String,
    change: Change,
    outlet: Outlet,
    (under_way, reserve): (&mut JoinSet<()>, &Reserve),
) {
    let done = aside::insist(reserve, move || match change {
        Change::Write(contents) => replace(Path::new(&path), &contents),
        Change::Remove => remove(Path::new(&path)),
    });
    under_way.spawn(async move {
        let outcome = match done.await {
            Ok(Ok(())) => JobOutcome::Exited(0),
            Ok(Err(error)) => JobOutcome::Failed(error.to_string()),
            Err(error) => JobOutcome::Failed(error.to_string()),
        };
        outlet.tell(News::JobDone { job, outcome }).await;
    });
}

/// Replaces a file so that a power cut at any instant leaves the old content or the new.
///
/// # Errors
///
/// What the operating system says; the old content then stays.
pub fn replace(path: &Path, contents: &[u8]) -> io::Result<()> {
    let name = path.file_name().ok_or(io::ErrorKind::InvalidInput)?.to_string_lossy();
    let fresh = path.with_file_name(format!(".{name}.{}", std::process::id()));
    let written = write_new(&fresh, contents).and_then(|()| fs::rename(&fresh, path));
    if let Err(error) = written {
        drop(fs::remove_file(&fresh));
        return Err(error);
    }
    sync_folder(path)
}

fn write_new(path: &Path, contents: &[u8]) -> io::Result<()> {
    drop(fs::remove_file(path));
    // `create_new` does not follow a link that somebody put there.
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o644).open(path)?;
    file.write_all(contents)?;
    file.sync_all()
}

/// Removes a file, which need not exist.
///
/// # Errors
///
/// What the operating system says.
pub fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error),
        Ok(()) => sync_folder(path),
    }
}

fn sync_folder(path: &Path) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(folder)?.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn run(path: &Path, change: Change) -> JobOutcome {
        let (outlet, mut news) = crate::news::queue();
        let mut under_way = JoinSet::new();
        start(JobId(1), path.to_string_lossy().into_owned(), change, outlet, (&mut under_way, &Reserve::none()));
        match news.recv().await {
            Some(News::JobDone { job: JobId(1), outcome }) => outcome,
            _ => panic!("a change ends with its own job"),
        }
    }

    #[tokio::test]
    async fn a_file_is_replaced_whole_and_nothing_else_is_left() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("killpower");
        fs::write(&path, "a much longer content than the new one").expect("written");
        assert!(run(&path, Change::Write(b"magic".to_vec())).await.is_success());
        assert_eq!(fs::read(&path).expect("read"), b"magic");
        assert_eq!(fs::read_dir(folder.path()).expect("listed").count(), 1);
    }

    #[tokio::test]
    async fn removing_a_file_that_is_not_there_succeeds() {
        let folder = tempfile::tempdir().expect("a folder");
        assert!(run(&folder.path().join("none"), Change::Remove).await.is_success());
    }

    #[tokio::test]
    async fn a_folder_that_is_not_there_is_said() {
        let folder = tempfile::tempdir().expect("a folder");
        let outcome = run(&folder.path().join("no/file"), Change::Write(Vec::new())).await;
        assert!(matches!(outcome, JobOutcome::Failed(_)), "{outcome:?}");
    }
}
