//! A process that this run started: starting it, listening to its log, ending it.
//!
//! Only processes that the run started are ever signalled, by their id, and only while they have
//! not been waited for. They ask the kernel to end with the rig (`setpriv --pdeathsig`), and the
//! runtime kills what is left when a run ends early.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use nix::sys::signal::{Signal, kill};
use nix::unistd::{Pid, User};
use tokio::io::{AsyncBufReadExt, AsyncRead, BufReader};
use tokio::process::Command;
use tokio::sync::mpsc::UnboundedSender;
use tokio::sync::oneshot;

use super::inbox::Input;
use super::programs::SETPRIV;

/// The longest line of a log that is kept.
const LONGEST_LINE: usize = 4096;

/// What to start.
#[derive(Debug)]
pub struct Start<'a> {
    /// The program.
    pub program: PathBuf,
    /// Its arguments.
    pub arguments: Vec<OsString>,
    /// Its environment, on top of a bare one.
    pub environment: Vec<(&'static str, OsString)>,
    /// Whom it runs as.
    pub user: Option<&'a User>,
    /// Its clock is not ours: this library makes it run so many times as fast.
    pub faketime: Option<(&'a Path, u32)>,
}

/// A process that runs.
#[derive(Debug)]
pub struct Child {
    pid: Pid,
    /// Dropped, the process is killed.
    _alive: oneshot::Sender<()>,
}

impl Child {
    /// Starts a process. Its log lines, and its end, arrive as inputs marked with `slot` and `generation`.
    ///
    /// # Errors
    /// What the operating system says.
    pub fn start(
        what: Start<'_>,
        slot: usize,
        generation: u32,
        inbox: &UnboundedSender<Input>,
    ) -> std::io::Result<Self> {
        let mut child = command(what).spawn()?;
        let pid = child.id().and_then(|id| i32::try_from(id).ok()).map(Pid::from_raw);
        let pid = pid.ok_or_else(|| std::io::Error::other("it ended before it began"))?;
        if let Some(log) = child.stderr.take() {
            tokio::spawn(read_log(log, slot, generation, inbox.clone()));
        }
        if let Some(log) = child.stdout.take() {
            tokio::spawn(read_log(log, slot, generation, inbox.clone()));
        }
        let (alive, dropped) = oneshot::channel::<()>();
        let inbox = inbox.clone();
        tokio::spawn(async move {
            let status = tokio::select! {
                status = child.wait() => status,
                _ = dropped => {
                    let _ = child.start_kill();
                    child.wait().await
                }
            };
            let status = status.ok().and_then(|status| status.code());
            let _ = inbox.send(Input::Exited { slot, generation, status });
        });
        Ok(Self { pid, _alive: alive })
    }

    /// Sends it a signal.
    pub fn signal(&self, signal: Signal) {
        // It may have ended meanwhile; its id is not given away before it was waited for.
        let _ = kill(self.pid, signal);
    }
}

/// The command line of a start, ready to spawn.
#[must_use]
pub fn command(what: Start<'_>) -> Command {
    let mut words: Vec<OsString> = Vec::new();
    if Path::new(SETPRIV).exists() {
        words.extend([SETPRIV, "--pdeathsig", "KILL"].map(OsString::from));
        if let Some(user) = what.user {
            words.push(format!("--reuid={}", user.uid).into());
            words.push(format!("--regid={}", user.gid).into());
            words.push("--clear-groups".into());
        }
    }
    if let Some((library, speed)) = what.faketime {
        // Not in setpriv's own environment: the library would make its things as root there.
        words.push("/usr/bin/env".into());
        words.push(format!("LD_PRELOAD={}", library.display()).into());
        words.push(format!("FAKETIME=+0 x{speed}").into());
    }
    words.push(what.program.into());
    words.extend(what.arguments);
    #[expect(clippy::disallowed_methods, reason = "the processes rig starts real daemons")]
    let mut command = Command::new(&words[0]);
    command.args(&words[1..]).env_clear().stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command.env("LC_ALL", "C").kill_on_drop(true);
    for (name, value) in what.environment {
        command.env(name, value);
    }
    command
}

async fn read_log(log: impl AsyncRead + Unpin, slot: usize, generation: u32, inbox: UnboundedSender<Input>) {
    let mut reader = BufReader::new(log);
    let mut line = Vec::new();
    while reader.read_until(b'\n', &mut line).await.is_ok_and(|read| read > 0) {
        line.truncate(LONGEST_LINE);
        let text = String::from_utf8_lossy(&line).trim_end().to_owned();
        line.clear();
        if inbox.send(Input::Line { slot, generation, text }).is_err() {
            return;
        }
    }
}
