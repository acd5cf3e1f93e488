//! A descriptor of `nix` that tokio can wait for.

use std::io;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, RawFd};

use tokio::io::unix::AsyncFd;

/// Gives the raw number beside the borrowed descriptor, which tokio asks for both.
pub(crate) struct Descriptor<T>(pub(crate) T);

impl<T: AsFd> AsFd for Descriptor<T> {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}

impl<T: AsFd> AsRawFd for Descriptor<T> {
    fn as_raw_fd(&self) -> RawFd {
        self.0.as_fd().as_raw_fd()
    }
}

/// Hands a descriptor to the event loop; it is closed when the result goes.
#[expect(
    deprecated,
    reason = "the wrapper owns its one descriptor, which `register` would have us promise by `unsafe`"
)]
pub(crate) fn register<T: AsFd>(descriptor: T) -> io::Result<AsyncFd<Descriptor<T>>> {
    AsyncFd::new(Descriptor(descriptor))
}
