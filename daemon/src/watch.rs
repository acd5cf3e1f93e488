//! Watched files: the content now, and after each change, noticed at once (inotify(7)).
//!
//! A file that is being written is read when its writer closes it or moves it into place: between
//! truncation and content there is nothing to tell.

use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::time::Duration;

use nix::sys::inotify::{AddWatchFlags, InitFlags, Inotify};
use tokio::io::unix::AsyncFd;

use crate::aside;
use crate::clock::Clock;
use crate::descriptor::{Descriptor, register};
use crate::news::{News, Outlet};

/// The largest file that is delivered; what lies beyond is not read.
const MAX_FILE: u64 = 4 * 1024 * 1024;
/// How often a file is looked at where inotify cannot: its folder is not there, no watches, no threads are left.
const FALLBACK: Duration = Duration::from_secs(2);

/// Delivers the file for as long as the daemon runs.
pub(crate) async fn watch(path: String, outlet: Outlet, clock: Clock) {
    let file = PathBuf::from(&path);
    let mut delivered = None;
    loop {
        // Armed before the file is read: a change between the two is noticed.
        let armed = arm(&file);
        let Some(contents) = read(file.clone()).await else {
            clock.pause(FALLBACK).await;
            continue;
        };
        if delivered.as_ref() != Some(&contents) {
            outlet.tell(News::FileChanged { path: path.clone(), contents: contents.clone() }).await;
            delivered = Some(contents);
        }
        match armed {
            Ok(inotify) => wait(&inotify, &file).await,
            Err(_) => clock.pause(FALLBACK).await,
        }
    }
}

/// Watches the folder, for files that come, go and are moved into place, and the file itself,
/// which may be a link to elsewhere.
fn arm(file: &Path) -> io::Result<AsyncFd<Descriptor<Inotify>>> {
    let inotify = Inotify::init(InitFlags::IN_NONBLOCK | InitFlags::IN_CLOEXEC)?;
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let changes = AddWatchFlags::IN_CLOSE_WRITE | AddWatchFlags::IN_ATTRIB;
    let comings = AddWatchFlags::IN_CREATE | AddWatchFlags::IN_DELETE | AddWatchFlags::IN_MOVE;
    let ends = AddWatchFlags::IN_DELETE_SELF | AddWatchFlags::IN_MOVE_SELF;
    inotify.add_watch(folder, changes | comings | ends)?;
    // While the file is not there, its folder says when it comes.
    let _ = inotify.add_watch(file, changes | ends);
    register(inotify)
}

/// Ends when something happened to the file, or might have.
async fn wait(inotify: &AsyncFd<Descriptor<Inotify>>, file: &Path) {
    loop {
        let Ok(mut ready) = inotify.readable().await else { return };
        let events = ready.try_io(|inotify| Ok(inotify.get_ref().0.read_events()?));
        match events {
            Ok(Ok(events)) => {
                // An event without a name is about the file itself, its folder, or an overflow.
                let ours = events.iter().any(|event| event.name.is_none() || event.name.as_deref() == file.file_name());
                if ours {
                    return;
                }
            }
            Ok(Err(_)) => return,
            Err(_) => {}
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
        tokio::spawn(watch(path.to_string_lossy().into_owned(), outlet, Clock::start()));
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
}
