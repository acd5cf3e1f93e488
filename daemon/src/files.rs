//! Files read, written and removed away from the event loop, durably, each as it was wished last.
//!
//! A disk that hangs can hold a change up for longer than anybody waits, and let it go when a newer one has
//! been made. Nothing can call the old one back; so whoever made it looks whether it was still the newest, and
//! makes the newest again where it was not. No change ever waits for another.

use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use protocol::{JobId, JobOutcome};
use tokio::task::JoinSet;

use crate::aside;
use crate::news::{News, Outlet};
use crate::reserve::Reserve;

/// What to do with a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// Replace it, as [`replace`] does.
    Write(Vec<u8>),
    /// Remove it, as [`remove`] does.
    Remove,
}

impl Change {
    fn make(&self, path: &Path) -> io::Result<()> {
        match self {
            Self::Write(contents) => replace(path, contents),
            Self::Remove => remove(path),
        }
    }
}

/// The newest wish for a path that changes are under way to.
#[derive(Debug)]
struct Wish {
    change: Change,
    number: u64,
    under_way: usize,
}

/// The files that changes are under way to. Clones share them.
#[derive(Debug, Clone)]
pub struct Files {
    wishes: Arc<Mutex<BTreeMap<PathBuf, Wish>>>,
    make: fn(&Change, &Path) -> io::Result<()>,
}

impl Default for Files {
    fn default() -> Self {
        Self { wishes: Arc::default(), make: Change::make }
    }
}

impl Files {
    /// Takes a wish: newer than all before it. What is returned carries it out, and may block.
    #[must_use = "a wish is not carried out by itself"]
    pub fn wish(&self, path: &Path, change: Change) -> impl FnOnce() -> io::Result<()> + Send + use<> {
        let (files, path) = (self.clone(), path.to_owned());
        let mut wishes = files.lock();
        let (number, under_way) =
            wishes.get(&path).map_or((0, 0), |wish| (wish.number.wrapping_add(1), wish.under_way));
        wishes.insert(path.clone(), Wish { change, number, under_way: under_way + 1 });
        drop(wishes);
        move || files.carry_out(&path)
    }

    fn carry_out(&self, path: &Path) -> io::Result<()> {
        let mut done = Ok(());
        let mut made = None;
        while let Some((number, change)) = self.newer(path, made) {
            done = (self.make)(&change, path);
            made = Some(number);
        }
        done
    }

    /// What is wished, where that is not what has been `made`.
    fn newer(&self, path: &Path, made: Option<u64>) -> Option<(u64, Change)> {
        let mut wishes = self.lock();
        let wish = wishes.get_mut(path)?;
        if made != Some(wish.number) {
            return Some((wish.number, wish.change.clone()));
        }
        wish.under_way -= 1;
        if wish.under_way == 0 {
            wishes.remove(path);
        }
        None
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<PathBuf, Wish>> {
        self.wishes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Starts a change; its end is told as the job's. `under_way` lets the end of the daemon wait for it.
pub(crate) fn start(
    job: JobId,
    carry_out: impl FnOnce() -> io::Result<()> + Send + 'static,
    outlet: Outlet,
    (under_way, reserve): (&mut JoinSet<()>, &Reserve),
) {
    let done = aside::insist(reserve, carry_out);
    under_way.spawn(async move {
        let outcome = match done.await {
            Ok(Ok(())) => JobOutcome::Exited(0),
            Ok(Err(error)) => JobOutcome::Failed(error.to_string()),
            Err(error) => JobOutcome::Failed(error.to_string()),
        };
        outlet.tell(News::JobDone { job, outcome }).await;
    });
}

/// Starts to read a file; what is in it is told as the job's. Nothing waits for it, not even the daemon's end.
pub(crate) fn start_reading(job: JobId, path: String, limit: usize, outlet: Outlet) {
    let read = aside::start(move || read(Path::new(&path), limit));
    tokio::spawn(async move {
        let contents = match read.await {
            Ok(contents) => contents.map_err(|error| error.to_string()),
            Err(error) => Err(error.to_string()),
        };
        outlet.tell(News::FileRead { job, contents }).await;
    });
}

/// What a regular file holds; `None` where there is none. Whoever its folder belongs to can put anything there.
///
/// # Errors
///
/// What the operating system says, of a link as well; [`io::ErrorKind::InvalidData`] for what is no regular file, and
/// for one of more than `limit` bytes.
pub fn read(path: &Path, limit: usize) -> io::Result<Option<Vec<u8>>> {
    let flags = nix::libc::O_NONBLOCK | nix::libc::O_NOFOLLOW;
    let file = match OpenOptions::new().read(true).custom_flags(flags).open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    if !file.metadata()?.is_file() {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "not a regular file"));
    }
    let mut contents = Vec::new();
    file.take(u64::try_from(limit).unwrap_or(u64::MAX).saturating_add(1)).read_to_end(&mut contents)?;
    if contents.len() > limit {
        return Err(io::Error::new(io::ErrorKind::InvalidData, format!("more than {limit} bytes")));
    }
    Ok(Some(contents))
}

/// New contents that this process has written.
static FRESH: AtomicU64 = AtomicU64::new(0);

/// Replaces a file so that a power cut at any instant leaves the old content or the new.
///
/// # Errors
///
/// What the operating system says; the old content then stays.
pub fn replace(path: &Path, contents: &[u8]) -> io::Result<()> {
    let name = path.file_name().ok_or(io::ErrorKind::InvalidInput)?.to_string_lossy();
    // One that hangs is still writing its own.
    let number = FRESH.fetch_add(1, Ordering::Relaxed);
    let fresh = path.with_file_name(format!(".{name}.{}.{number}", std::process::id()));
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

/// The first bytes of a file, at most so many.
///
/// # Errors
///
/// What the operating system says, and whatever is not a regular file: a FIFO would block for ever.
pub fn beginning(path: &Path, most: usize) -> io::Result<Vec<u8>> {
    if !path.metadata()?.is_file() {
        return Err(io::ErrorKind::InvalidInput.into());
    }
    let mut contents = Vec::new();
    File::open(path)?.take(most as u64).read_to_end(&mut contents)?;
    Ok(contents)
}

fn sync_folder(path: &Path) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(folder)?.sync_all()
}

#[cfg(test)]
mod tests {
    use std::sync::OnceLock;

    use super::*;

    async fn run(path: &Path, change: Change) -> JobOutcome {
        let (outlet, mut news) = crate::news::queue();
        let mut under_way = JoinSet::new();
        start(JobId(1), Files::default().wish(path, change), outlet, (&mut under_way, &Reserve::none()));
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

    #[test]
    fn only_a_regular_file_of_a_bounded_size_is_read_and_nothing_else_holds_anybody_up() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = |name: &str| folder.path().join(name);
        fs::write(path("file"), "0123").expect("written");
        std::os::unix::fs::symlink(path("file"), path("link")).expect("linked");
        nix::unistd::mkfifo(&path("fifo"), nix::sys::stat::Mode::S_IRWXU).expect("made");
        assert_eq!(read(&path("file"), 4).expect("read").as_deref(), Some(&b"0123"[..]));
        assert_eq!(read(&path("none"), 4).expect("nothing to read"), None);
        assert!(read(&path("file"), 3).is_err());
        for refused in [path("link"), path("fifo"), folder.path().to_owned(), "/dev/zero".into()] {
            assert!(read(&refused, 4).is_err(), "{}", refused.display());
        }
    }

    #[test]
    fn a_removal_that_hangs_does_not_take_away_what_was_written_meanwhile() {
        static HANGS: OnceLock<()> = OnceLock::new();
        static REVIVED: OnceLock<()> = OnceLock::new();
        let folder = tempfile::tempdir().expect("a folder");
        let flag = folder.path().join("killpower");
        let hang = |change: &Change, path: &Path| {
            if *change == Change::Remove {
                let _ = HANGS.set(());
                REVIVED.wait();
            }
            change.make(path)
        };
        let files = Files { make: hang, ..Files::default() };
        let removal = std::thread::spawn(files.wish(&flag, Change::Remove));
        HANGS.wait();
        files.wish(&flag, Change::Write(b"magic".to_vec()))().expect("it does not wait for the removal");
        assert_eq!(fs::read(&flag).expect("read"), b"magic");
        REVIVED.set(()).expect("once");
        removal.join().expect("ended").expect("made");
        assert_eq!(fs::read(&flag).expect("it is gone"), b"magic");
        assert!(files.lock().is_empty());
    }

    #[test]
    fn a_removal_that_gets_its_turn_late_is_not_made_at_all() {
        let folder = tempfile::tempdir().expect("a folder");
        let flag = folder.path().join("killpower");
        let files = Files::default();
        let (removal, write) = (files.wish(&flag, Change::Remove), files.wish(&flag, Change::Write(b"magic".to_vec())));
        write().expect("written");
        removal().expect("nothing to do");
        assert_eq!(fs::read(&flag).expect("it is gone"), b"magic");
        files.wish(&flag, Change::Remove)().expect("removed");
        assert!(!flag.exists() && files.lock().is_empty());
    }
}
