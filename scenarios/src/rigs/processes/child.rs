//! A process that this run started: starting it, listening to its log, ending it.
//!
//! Only processes that the run started are ever signalled, by their id, and only while they have
//! not been waited for. They ask the kernel to end with the rig (`setpriv --pdeathsig`), and the
//! runtime kills what is left when a run ends early.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use nix::sys::signal::{Signal, kill, killpg};
use nix::unistd::{Pid, User};
use tokio::io::{AsyncRead, BufReader};
use tokio::process::Command;
use tokio::sync::mpsc::UnboundedSender;
use tokio::sync::oneshot;

use super::faketime;
use super::inbox::Input;
use super::lines::next_line;
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
        let is_faked = what.faketime.is_some();
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
            if is_faked {
                faketime::clean_up_after(pid);
            }
            let status = status.ok().and_then(|status| status.code());
            let _ = inbox.send(Input::Exited { slot, generation, status });
        });
        Ok(Self { pid, _alive: alive })
    }

    /// Its process.
    pub fn pid(&self) -> Pid {
        self.pid
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
    if what.faketime.is_some() {
        words.extend(faketime::leader());
    }
    if Path::new(SETPRIV).exists() {
        words.extend([SETPRIV, "--pdeathsig", "KILL"].map(OsString::from));
        if let Some(user) = what.user {
            words.push(format!("--reuid={}", user.uid).into());
            words.push(format!("--regid={}", user.gid).into());
            words.push("--clear-groups".into());
        }
    }
    if let Some((library, _)) = what.faketime {
        words.extend(faketime::loader(library));
    }
    words.push(what.program.into());
    words.extend(what.arguments);
    #[expect(clippy::disallowed_methods, reason = "the processes rig starts real daemons")]
    let mut command = Command::new(&words[0]);
    command.args(&words[1..]).env_clear().stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command.env("LC_ALL", "C").kill_on_drop(true);
    if let Some((_, speed)) = what.faketime {
        command.env(faketime::SPEED, faketime::speed(speed));
    }
    for (name, value) in what.environment {
        command.env(name, value);
    }
    command
}

/// Runs a program to its end: its exit status, if it has one. When its time is over, or whoever holds the other end of
/// `dropped` lets go, it is killed with all that it has started.
pub async fn run_group(mut command: Command, limit: Duration, dropped: oneshot::Receiver<()>) -> Option<i32> {
    let mut child = command.process_group(0).spawn().ok()?;
    let group = child.id().and_then(|id| i32::try_from(id).ok()).map(Pid::from_raw)?;
    tokio::select! {
        status = child.wait() => return status.ok()?.code(),
        _ = tokio::time::timeout(limit, dropped) => {}
    }
    // Its id is not given away before it was waited for.
    let _ = killpg(group, Signal::SIGKILL);
    let _ = child.wait().await;
    None
}

async fn read_log(log: impl AsyncRead + Unpin, slot: usize, generation: u32, inbox: UnboundedSender<Input>) {
    let mut reader = BufReader::new(log);
    while let Some(mut text) = next_line(&mut reader).await {
        text.truncate(text.floor_char_boundary(LONGEST_LINE));
        if inbox.send(Input::Line { slot, generation, text }).is_err() {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::process::Output;

    use super::*;

    fn on_a_faster_clock<'a>(library: &'a Path, script: &str) -> Start<'a> {
        Start {
            program: "/bin/sh".into(),
            arguments: ["-c", script].map(OsString::from).into(),
            environment: Vec::new(),
            user: None,
            faketime: Some((library, 10)),
        }
    }

    async fn run(command: &mut Command) -> Output {
        let child = command.spawn().expect("starts");
        let pid = Pid::from_raw(i32::try_from(child.id().expect("runs")).expect("fits"));
        let output = child.wait_with_output().await.expect("ends");
        faketime::clean_up_after(pid);
        output
    }

    /// What a process says whose id a killed one had before, with what that one left.
    async fn said_on_leftovers(start: Start<'_>, clears_the_way: bool) -> String {
        let command = command(start);
        let all = [command.as_std().get_program()].into_iter().chain(command.as_std().get_args());
        let skipped = if clears_the_way { 0 } else { faketime::leader().count() };
        #[expect(clippy::disallowed_methods, reason = "the processes rig starts real daemons")]
        let mut shell = Command::new("/bin/sh");
        shell.args(["-c", r#": >"/dev/shm/faketime_shm_$$"; exec "$@""#, "sh"]).args(all.skip(skipped));
        shell.env(faketime::SPEED, faketime::speed(10)).stdout(Stdio::piped()).stderr(Stdio::piped());
        let output = run(&mut shell).await;
        let complains = String::from_utf8_lossy(&output.stderr).lines().any(faketime::is_complaint);
        assert_eq!(complains, output.stdout.is_empty(), "{output:?}");
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    #[tokio::test]
    async fn what_a_dead_process_left_keeps_no_daemon_from_starting() {
        // Without the library there is nothing to show; `ci/prepare` installs it.
        let Some(library) = faketime::find() else { return };
        let start = || on_a_faster_clock(&library, "echo alive");
        assert_eq!(said_on_leftovers(start(), true).await, "alive\n");
        assert_eq!(said_on_leftovers(start(), false).await, "", "the library minds leftovers no more");
    }

    #[tokio::test]
    async fn only_the_daemon_itself_has_the_library() {
        let Some(library) = faketime::find() else { return };
        let count = "grep -c libfaketime /proc/$$/maps; sh -c 'grep -c libfaketime /proc/$$/maps'; true";
        let output = run(&mut command(on_a_faster_clock(&library, count))).await;
        let counts: Vec<u32> =
            String::from_utf8_lossy(&output.stdout).lines().filter_map(|line| line.parse().ok()).collect();
        assert!(matches!(counts[..], [in_itself, 0] if in_itself > 0), "{output:?}");
    }
}
