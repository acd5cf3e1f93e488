//! From a primary's commitment to SHUTDOWNCMD started, where the system gives no more tasks or descriptors.
//!
//! Each round starts one anew, with a privileged process and with a NOTIFYCMD that lasts a while, so that it is in
//! the way. It has no secondaries, and FINALDELAY is 0: SHUTDOWNCMD is due once the server has taken FSD. The clock
//! stops at the line that SHUTDOWNCMD's own shell writes.

use std::fs;
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::Receiver;
use std::time::{Duration, Instant};

use crate::limits::{Cgroup, fill_descriptors};
use crate::outage::Outage;
use crate::pairs::{median, percentile_99};
use crate::stack::{Stack, executable, lines_of, make_pipe, now, wait_for};

/// Rounds of ours and the peer's in turn, under each limit.
const ROUNDS: usize = 20;
/// The longest that SHUTDOWNCMD is waited for: longer than until the privileged process becomes it.
const PATIENCE: Duration = Duration::from_secs(8);
/// How long a line may be on its way once a monitor has ended.
const LAST_WORD: Duration = Duration::from_millis(500);

/// What the system gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Limit {
    None,
    /// So many tasks beyond those that run.
    Tasks(u32),
    /// No descriptor beyond those that are open.
    Descriptors,
}

/// In the order of the table.
const LIMITS: [(Limit, &str); 6] = [
    (Limit::None, "no limit"),
    (Limit::Tasks(0), "pids.max: tasks +0"),
    (Limit::Tasks(1), "pids.max: tasks +1"),
    (Limit::Tasks(2), "pids.max: tasks +2"),
    (Limit::Tasks(4), "pids.max: tasks +4"),
    (Limit::Descriptors, "RLIMIT_NOFILE full"),
];

/// The table.
pub fn table(stacks: &[Stack]) -> io::Result<String> {
    let desk = Desk::open()?;
    let mut text = format!(
        "Commitment: the server has taken FSD → SHUTDOWNCMD started, {ROUNDS} rounds under each limit\n  \
         {:<20} {:<44} {:<44} ratio\n",
        "", "ours: p50, p99", "NUT's: p50, p99"
    );
    for (limit, name) in LIMITS {
        let mut rounds = Vec::new();
        for _ in 0..ROUNDS {
            let both = stacks.iter().map(|&stack| desk.round(stack, limit)).collect::<io::Result<Vec<_>>>();
            match both {
                Ok(both) => rounds.push(both),
                Err(error) if error.kind() == io::ErrorKind::Unsupported => {
                    text += &format!("  {name:<20} skipped: {error}\n");
                    break;
                }
                Err(error) => return Err(error),
            }
        }
        if !rounds.is_empty() {
            text += &row(name, &rounds);
        }
    }
    Ok(text)
}

fn row(name: &str, rounds: &[Vec<Round>]) -> String {
    let of = |stack: usize| rounds.iter().filter_map(|both| both.get(stack).copied()).collect::<Vec<_>>();
    let ratios: Vec<f64> =
        rounds.iter().filter_map(|both| Some(both.get(1)?.command_ms? / both.first()?.command_ms?)).collect();
    let ratio = if ratios.is_empty() { "–".to_owned() } else { format!("{:.1}x", median(ratios)) };
    format!("  {name:<20} {:<44} {:<44} {ratio}\n", figures(&of(0)), figures(&of(1)))
}

fn figures(rounds: &[Round]) -> String {
    let times: Vec<f64> = rounds.iter().filter_map(|round| round.command_ms).collect();
    let flags = rounds.iter().filter(|round| round.has_flag).count();
    let all = rounds.len();
    match times.len() {
        _ if rounds.is_empty() => "–".to_owned(),
        0 => format!("never (flag {flags} of {all})"),
        ran => {
            let (p50, p99) = (median(times.clone()), percentile_99(times));
            format!("{p50:.1} ms, {p99:.1} ms ({ran} of {all}, flag {flags})")
        }
    }
}

/// How one shutdown came out.
#[derive(Debug, Clone, Copy)]
struct Round {
    /// How long until SHUTDOWNCMD; `None`: it never came.
    command_ms: Option<f64>,
    /// The power-down flag was written.
    has_flag: bool,
}

/// What all rounds share: a server, a folder of harmless commands, and what SHUTDOWNCMD writes.
struct Desk {
    outage: Outage,
    folder: tempfile::TempDir,
    commands: Receiver<(Instant, String)>,
}

impl Desk {
    fn open() -> io::Result<Self> {
        let (outage, folder) = (Outage::open()?, tempfile::Builder::new().prefix("bench-").tempdir()?);
        let path = |name: &str| folder.path().join(name);
        // Whom upsmon becomes runs the notices in it.
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755))?;
        fs::create_dir(path("bin"))?;
        executable(&path("bin/wall"), "#!/bin/sh\nexit 0\n")?;
        executable(&path("notice"), "#!/bin/sh\nexec sleep 0.3\n")?;
        make_pipe(&path("commands"))?;
        let commands = lines_of(&path("commands"))?;
        let directives = [
            format!("MONITOR bench@127.0.0.1:{} 1 mon secret primary", outage.port),
            // A shell with nearly no descriptors cannot redirect one command, only itself.
            format!("SHUTDOWNCMD \"exec > {}; echo SHUTDOWNCMD\"", path("commands").display()),
            format!("NOTIFYCMD {}", path("notice").display()),
            format!("POWERDOWNFLAG {}", path("killpower").display()),
            "RUN_AS_USER nobody\nMINSUPPLIES 1\nPOLLFREQ 1\nPOLLFREQALERT 1\nHOSTSYNC 0\nFINALDELAY 0".to_owned(),
        ];
        let notices =
            ["ONBATT", "LOWBATT", "FSD", "SHUTDOWN"].map(|kind| format!("NOTIFYFLAG {kind} SYSLOG+WALL+EXEC\n"));
        fs::write(path("upsmon.conf"), directives.join("\n") + "\n" + &notices.concat())?;
        fs::set_permissions(path("upsmon.conf"), fs::Permissions::from_mode(0o640))?;
        Ok(Self { outage, folder, commands })
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn round(&self, stack: Stack, limit: Limit) -> io::Result<Round> {
        let _ = fs::remove_file(self.path("killpower"));
        self.outage.end();
        self.commands.try_iter().for_each(drop);
        let mut monitor = self.start(stack)?;
        self.outage.wait_for_login()?;
        let confined = monitor.confine(limit)?;
        let taken = self.outage.begin()?;
        let ran = self.wait_for_command(&mut monitor);
        let has_flag = self.path("killpower").exists();
        monitor.end()?;
        // What the notices started ends by itself.
        wait_for(|| confined.tasks().is_ok_and(|tasks| tasks == 0))?;
        let command_ms = ran.map(|at| at.saturating_duration_since(taken).as_secs_f64() * 1000.0);
        Ok(Round { command_ms, has_flag })
    }

    fn wait_for_command(&self, monitor: &mut Monitor) -> Option<Instant> {
        let start = now();
        while start.elapsed() < PATIENCE {
            let has_ended = monitor.has_ended();
            if let Ok((at, _)) = self.commands.recv_timeout(LAST_WORD) {
                return Some(at);
            }
            if has_ended {
                break;
            }
        }
        None
    }

    fn start(&self, stack: Stack) -> io::Result<Monitor> {
        let path = format!("{}:{}", self.path("bin").display(), std::env::var("PATH").unwrap_or_default());
        #[expect(clippy::disallowed_methods, reason = "the benchmark is the shell that starts the daemons")]
        let child = Command::new(stack.program("upsmon"))
            .arg("-F")
            .env("PATH", path)
            .env("NUT_CONFPATH", self.folder.path())
            .env("NUT_STATEPATH", self.folder.path())
            .env("NUT_ALTPIDPATH", self.folder.path())
            .env("RIDETHROUGH_KEEP_PATH", self.folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|error| io::Error::other(format!("cannot start upsmon: {error}")))?;
        Ok(Monitor { child })
    }
}

/// A running upsmon: the process that was started, and the one that it has started.
struct Monitor {
    child: Child,
}

impl Monitor {
    fn pids(&self) -> Vec<u32> {
        let pid = self.child.id();
        let children = fs::read_to_string(format!("/proc/{pid}/task/{pid}/children")).unwrap_or_default();
        std::iter::once(pid).chain(children.split_whitespace().filter_map(|child| child.parse().ok())).collect()
    }

    fn confine(&self, limit: Limit) -> io::Result<Cgroup> {
        let pids = self.pids();
        let cgroup = Cgroup::around(&pids)?;
        match limit {
            Limit::None => {}
            Limit::Tasks(more) => cgroup.allow(cgroup.tasks()? + more)?,
            Limit::Descriptors => pids.iter().try_for_each(|&pid| fill_descriptors(pid))?,
        }
        Ok(cgroup)
    }

    fn has_ended(&mut self) -> bool {
        self.child.try_wait().is_ok_and(|status| status.is_some())
    }

    /// Its other process ends with it.
    fn end(&mut self) -> io::Result<()> {
        self.child.kill()?;
        self.child.wait().map(drop)
    }
}

impl Drop for Monitor {
    fn drop(&mut self) {
        let _ = self.end();
    }
}
