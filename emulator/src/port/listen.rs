//! A Unix socket that is there while it is listened on, and gone afterwards.

use std::io;
use std::path::{Path, PathBuf};

use tokio::net::{UnixListener, UnixStream};
use tokio::task::JoinHandle;

/// A listener and its file.
pub struct Listening {
    path: PathBuf,
    task: JoinHandle<()>,
}

impl Listening {
    /// Listens at `path`, where at most a socket that nobody answers may be; hands each connection to `accepted`.
    ///
    /// # Errors
    ///
    /// Somebody listens there already, or the socket cannot be made.
    pub fn at(path: &Path, mut accepted: impl FnMut(UnixStream) + Send + 'static) -> io::Result<Self> {
        let listener = match UnixListener::bind(path) {
            Err(error) if error.kind() == io::ErrorKind::AddrInUse && is_abandoned(path) => {
                std::fs::remove_file(path)?;
                UnixListener::bind(path)
            }
            bound => bound,
        }
        .map_err(|error| io::Error::new(error.kind(), format!("{}: {error}", path.display())))?;
        let task = tokio::spawn(async move {
            // An accept that fails (no descriptors left) ends the port, not the emulation.
            while let Ok((stream, _)) = listener.accept().await {
                accepted(stream);
            }
        });
        Ok(Self { path: path.to_owned(), task })
    }
}

/// Whether the socket is left over from a process that is gone.
fn is_abandoned(path: &Path) -> bool {
    std::os::unix::net::UnixStream::connect(path).is_err_and(|error| error.kind() == io::ErrorKind::ConnectionRefused)
}

impl Drop for Listening {
    fn drop(&mut self) {
        self.task.abort();
        // It may be gone already; there is nobody to tell.
        let _ = std::fs::remove_file(&self.path);
    }
}
