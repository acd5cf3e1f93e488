//! Watched files: the content now, and after each change, noticed at once (inotify(7)).
//!
//! A file that is being written is read when its writer closes it or moves it into place: between
//! truncation and content there is nothing to tell.
//!
//! One inotify instance serves a file for as long as it is watched: to close one waits for the
//! kernel, 8 to 24 ms in which its process notices nothing else.

use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use nix::sys::inotify::{AddWatchFlags, InitFlags, Inotify, WatchDescriptor};
use tokio::io::unix::AsyncFd;
use tokio::sync::Notify;

use crate::aside;
use crate::clock::Clock;
use crate::descriptor::{Descriptor, register};
use crate::news::{News, Outlet};

/// The largest file that is delivered; what lies beyond is not read.
const MAX_FILE: u64 = 4 * 1024 * 1024;
/// How often a file is looked at where inotify cannot: its folder is not there, no watches, no threads are left.
const FALLBACK: Duration = Duration::from_secs(2);

/// One watched file; it is watched for as long as the daemon runs.
pub(crate) struct Watch(Arc<Notify>);

impl Watch {
    /// Delivers the file now and after each change.
    pub(crate) fn start(path: String, outlet: Outlet, clock: Clock) -> Self {
        let asked_again = Arc::new(Notify::new());
        tokio::spawn(watch(path, outlet, clock, Arc::clone(&asked_again)));
        Self(asked_again)
    }

    /// Delivers it once more, changed or not.
    pub(crate) fn ask_again(&self) {
        self.0.notify_one();
    }
}

async fn watch(path: String, outlet: Outlet, clock: Clock, asked_again: Arc<Notify>) {
    let file = PathBuf::from(&path);
    let mut lookout = None;
    let mut delivered = None;
    loop {
        // Armed before the file is read: a change between the two is noticed.
        let is_armed = arm(&mut lookout, &file).is_ok();
        let contents = read(file.clone()).await;
        let has_no_thread = contents.is_none();
        if let Some(contents) = contents
            && delivered.as_ref() != Some(&contents)
        {
            outlet.tell(News::FileChanged { path: path.clone(), contents: contents.clone() }).await;
            delivered = Some(contents);
        }
        let change = async {
            match &lookout {
                Some(lookout) if is_armed && !has_no_thread => lookout.change().await,
                _ => clock.pause(FALLBACK).await,
            }
        };
        tokio::select! {
            () = change => {}
            () = asked_again.notified() => delivered = None,
        }
    }
}

/// Watches the file as it is now, on the one instance that was opened when that first worked.
fn arm(lookout: &mut Option<Lookout>, file: &Path) -> io::Result<()> {
    let lookout = match lookout {
        Some(lookout) => lookout,
        None => lookout.insert(Lookout::of(file)?),
    };
    lookout.arm()
}

/// The file and its folder, watched by one inotify instance.
struct Lookout {
    inotify: AsyncFd<Descriptor<Inotify>>,
    file: PathBuf,
    folder: Option<WatchDescriptor>,
    target: Option<WatchDescriptor>,
}

impl Lookout {
    fn of(file: &Path) -> io::Result<Self> {
        let inotify = Inotify::init(InitFlags::IN_NONBLOCK | InitFlags::IN_CLOEXEC)?;
        Ok(Self { inotify: register(inotify)?, file: file.to_owned(), folder: None, target: None })
    }

    /// Watches the folder, for files that come, go and are moved into place, and the file itself,
    /// which may be a link to elsewhere: whatever stands in the two places now. What is watched
    /// already stays so.
    fn arm(&mut self) -> io::Result<()> {
        let folder = self.file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let changes = AddWatchFlags::IN_CLOSE_WRITE | AddWatchFlags::IN_ATTRIB;
        let comings = AddWatchFlags::IN_CREATE | AddWatchFlags::IN_DELETE | AddWatchFlags::IN_MOVE;
        let ends = AddWatchFlags::IN_DELETE_SELF | AddWatchFlags::IN_MOVE_SELF;
        let inotify = &self.inotify.get_ref().0;
        let folder_now = inotify.add_watch(folder, changes | comings | ends)?;
        // While the file is not there, its folder says when it comes.
        let target_now = inotify.add_watch(&self.file, changes | ends).ok();
        let before = [self.folder.replace(folder_now), std::mem::replace(&mut self.target, target_now)];
        // One that was moved away would be watched for ever; of one that was deleted the kernel let go itself.
        for gone in before.into_iter().flatten().filter(|old| *old != folder_now && Some(*old) != target_now) {
            let _ = inotify.rm_watch(gone);
        }
        Ok(())
    }

    /// Ends when something happened to the file, or might have.
    async fn change(&self) {
        loop {
            let Ok(mut ready) = self.inotify.readable().await else { return };
            let events = ready.try_io(|inotify| Ok(inotify.get_ref().0.read_events()?));
            match events {
                Ok(Ok(events)) => {
                    // An event without a name is about the file itself, its folder, or an overflow.
                    let name = self.file.file_name();
                    if events.iter().any(|event| event.name.is_none() || event.name.as_deref() == name) {
                        return;
                    }
                }
                Ok(Err(_)) => return,
                Err(_) => {}
            }
        }
    }
}

/// What is in it, if it is there; `None` when there is no thread to read it.
async fn read(file: PathBuf) -> Option<Option<Vec<u8>>> {
    let read = move || {
        let mut contents = Vec::new();
        std::fs::File::open(file)?.take(MAX_FILE).read_to_end(&mut contents)?;
        io::Result::Ok(contents)
    };
    aside::start(read).await.ok().map(io::Result::ok)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    async fn next(news: &mut tokio::sync::mpsc::Receiver<News>) -> Option<Vec<u8>> {
        match tokio::time::timeout(Duration::from_secs(10), news.recv()).await {
            Ok(Some(News::FileChanged { contents, .. })) => contents,
            _ => panic!("the change was not noticed"),
        }
    }

    #[tokio::test]
    async fn each_change_is_delivered_once_however_it_is_made() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("rack.dev");
        let (outlet, mut news) = crate::news::queue();
        let _watch = Watch::start(path.to_string_lossy().into_owned(), outlet, Clock::start());
        assert_eq!(next(&mut news).await, None);
        fs::write(&path, "ups.status: OL").expect("created");
        assert_eq!(next(&mut news).await.as_deref(), Some(&b"ups.status: OL"[..]));
        fs::write(folder.path().join("other"), "x").expect("a neighbour");
        fs::write(folder.path().join("fresh"), "ups.status: OB").expect("written beside it");
        fs::rename(folder.path().join("fresh"), &path).expect("moved into place");
        assert_eq!(next(&mut news).await.as_deref(), Some(&b"ups.status: OB"[..]));
        fs::remove_file(&path).expect("removed");
        assert_eq!(next(&mut news).await, None);
    }

    /// The number of the kernel's watch of this file; an instance counts its watches from 1.
    fn watch_number(file: &Path) -> Option<u64> {
        use std::os::unix::fs::MetadataExt;
        let inode = format!("ino:{:x} ", fs::metadata(file).ok()?.ino());
        let about = fs::read_dir("/proc/self/fdinfo").ok()?.flatten();
        let lines: Vec<String> = about.filter_map(|entry| fs::read_to_string(entry.path()).ok()).collect();
        let line = lines.iter().flat_map(|text| text.lines()).find(|line| line.contains(&inode))?;
        line.strip_prefix("inotify wd:")?.split(' ').next()?.parse().ok()
    }

    #[tokio::test]
    async fn a_change_closes_no_inotify_instance_which_would_wait_for_the_kernel() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("rack.dev");
        let (outlet, mut news) = crate::news::queue();
        fs::write(&path, "0").expect("created");
        let _watch = Watch::start(path.to_string_lossy().into_owned(), outlet, Clock::start());
        assert!(next(&mut news).await.is_some());
        for round in 1..=5_u64 {
            fs::write(folder.path().join("fresh"), round.to_string()).expect("written beside it");
            fs::rename(&path, folder.path().join("rack.dev~")).expect("the old one kept, as editors do");
            fs::rename(folder.path().join("fresh"), &path).expect("moved into place");
            while next(&mut news).await != Some(round.to_string().into_bytes()) {}
            assert!(watch_number(&path).is_some_and(|number| number > round + 1), "the instance is a new one");
            // What was moved away is not watched any more.
            assert_eq!(watch_number(&folder.path().join("rack.dev~")), None);
        }
    }

    #[tokio::test]
    async fn asked_again_it_delivers_what_has_not_changed() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("rack.dev");
        let (outlet, mut news) = crate::news::queue();
        fs::write(&path, "ups.status: OL").expect("created");
        let watch = Watch::start(path.to_string_lossy().into_owned(), outlet, Clock::start());
        for _ in 0..3 {
            assert_eq!(next(&mut news).await.as_deref(), Some(&b"ups.status: OL"[..]));
            watch.ask_again();
        }
    }
}
