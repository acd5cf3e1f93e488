//! Going to the background: whoever started the daemon waits until it works, and hears when it does not.
//!
//! The process that was started leaves with 0 once the daemon listens, has its PID file and hears
//! signals. Until then the daemon keeps the terminal, so that a reason to give up is seen, and its
//! exit code becomes that of the process that was started.

use std::fs::OpenOptions;
use std::io::{self, PipeReader, PipeWriter, Read, Write};

use nix::sys::wait::{WaitStatus, waitpid};
use nix::unistd::{ForkResult, Pid, dup2_stderr, dup2_stdin, dup2_stdout, fork, setsid};

/// A daemon that has left its starter's session, and not yet its terminal.
pub(crate) struct Background {
    starter: PipeWriter,
}

/// Goes on in a process of its own; the one that was started never returns from here. The working
/// folder stays: files may be named relative to it.
pub(crate) fn enter() -> io::Result<Background> {
    let (daemon, starter) = io::pipe()?;
    match fork_alone()? {
        ForkResult::Parent { child } => {
            drop(starter);
            leave(wait_for(daemon, child))
        }
        ForkResult::Child => {
            setsid()?;
            Ok(Background { starter })
        }
    }
}

#[expect(unsafe_code, reason = "there is no safe call that leaves both processes to us")]
fn fork_alone() -> io::Result<ForkResult> {
    // SAFETY: `run` is called from a process of one thread, so that no lock can be held by a thread
    // that the child does not have.
    Ok(unsafe { fork() }?)
}

#[expect(clippy::disallowed_methods, reason = "without destructors: what they would undo is the daemon's by now")]
fn leave(code: i32) -> ! {
    std::process::exit(code)
}

/// The exit code for whoever started us.
fn wait_for(mut daemon: PipeReader, child: Pid) -> i32 {
    if daemon.read_exact(&mut [0]).is_ok() {
        return 0;
    }
    match waitpid(child, None) {
        Ok(WaitStatus::Exited(_, code)) => code,
        _ => 1,
    }
}

impl Background {
    /// The daemon works: leaves the terminal, and lets the starter go.
    pub(crate) fn release_starter(mut self) -> io::Result<()> {
        let nothing = OpenOptions::new().read(true).write(true).open("/dev/null")?;
        dup2_stdin(&nothing)?;
        dup2_stdout(&nothing)?;
        dup2_stderr(&nothing)?;
        // A starter that was ended meanwhile misses nothing.
        drop(self.starter.write_all(b"+"));
        Ok(())
    }
}
