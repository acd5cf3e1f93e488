//! Commands as child processes: a process group of their own, no descriptor of ours, reaped.
//!
//! Each is started on a thread of its own: to start a program takes until the system has read it, and
//! a disk that hangs under it must hold up nothing else.

use std::io;
use std::process::Stdio;
use std::time::Duration;

use protocol::effect::Program;
use protocol::{Command, JobId, JobOutcome, printable};
use tokio::process::Child;
use tokio::runtime::Handle;
use tokio::sync::{Semaphore, oneshot};
use tokio::task::JoinSet;

use crate::aside;
use crate::life::see_through;
use crate::news::{News, Outlet};
use crate::reserve::Reserve;

/// `wall`s at a time, at most.
const MOST_WALLS: usize = 16;
/// How long one may take: `wall` itself gives up on a terminal after five minutes (wall(1)).
const LONGEST_WALL: Duration = Duration::from_secs(310);
static WALLS: Semaphore = Semaphore::const_new(MOST_WALLS);
/// Commands of a limited life at a time, at most: those whose life is over and whom nothing can end (a
/// dead disk) count as well.
const MOST_MORTALS: usize = 64;
static MORTALS: Semaphore = Semaphore::const_new(MOST_MORTALS);

/// Has a program started; it may block.
type Spawn = fn(&Command, bool) -> io::Result<Child>;

/// Starts a command; a task waits for its end, or has it end in time, and tells it. `under_way` lets the
/// end of the daemon wait until it runs, and `reserve` is there for a privileged one.
pub(crate) fn start(job: JobId, command: Command, outlet: Outlet, (under_way, reserve): (&mut JoinSet<()>, &Reserve)) {
    start_by(spawn, &MORTALS, (job, command), outlet, (under_way, reserve));
}

fn start_by(
    spawn: Spawn,
    mortals: &'static Semaphore,
    (job, mut command): (JobId, Command),
    outlet: Outlet,
    (under_way, reserve): (&mut JoinSet<()>, &Reserve),
) {
    let (input, longest) = (command.input.take(), command.longest);
    let tell = async move |outcome| outlet.tell(News::JobDone { job, outcome }).await;
    let room = longest.map(|_| mortals.try_acquire()).transpose();
    let Ok(room) = room else {
        let why = format!("{MOST_MORTALS} commands hang, and nothing ends them");
        tokio::spawn(async move { tell(JobOutcome::Failed(why)).await });
        return;
    };
    // No thread left for a notice is no reason to take the one that SHUTDOWNCMD will need.
    let reserve = if command.privileged { reserve } else { &Reserve::none() };
    let starting = launch(spawn, command, input.is_some(), reserve);
    let begun = watch_start(under_way);
    tokio::spawn(async move {
        see_through(starting, input, longest, begun, tell).await;
        drop(room);
    });
}

/// Tells every logged-in user, and waits for nothing: `wall` can hang on a dead terminal. One that
/// hangs for long is ended, and while too many do, nobody is told.
pub(crate) fn wall(text: &str, under_way: &mut JoinSet<()>) {
    tell_users(Program::Exec("wall".into()), text, LONGEST_WALL, under_way);
}

fn tell_users(program: Program, text: &str, longest: Duration, under_way: &mut JoinSet<()>) {
    let Ok(room) = WALLS.try_acquire() else { return };
    let command = Command {
        program,
        arguments: Vec::new(),
        environment: Vec::new(),
        input: None,
        longest: Some(longest),
        privileged: false,
    };
    let input = format!("{}\n", printable(text)).into_bytes();
    let starting = launch(spawn, command, true, &Reserve::none());
    let begun = watch_start(under_way);
    tokio::spawn(async move {
        // A machine without `wall` has nobody logged in who could read it.
        see_through(starting, Some(input), Some(longest), begun, async |_| {}).await;
        drop(room);
    });
}

/// Makes the end of the daemon wait until what is returned is dropped.
fn watch_start(under_way: &mut JoinSet<()>) -> oneshot::Sender<()> {
    let (begun, has_begun) = oneshot::channel();
    under_way.spawn(async { drop(has_begun.await) });
    begun
}

/// The child, once it runs.
fn launch(
    spawn: Spawn,
    command: Command,
    has_input: bool,
    reserve: &Reserve,
) -> impl Future<Output = io::Result<Child>> + use<> {
    let runtime = Handle::current();
    let starting = aside::insist(reserve, move || {
        // The runtime is who hears of a child's end.
        let _entered = runtime.enter();
        spawn(&command, has_input)
    });
    async { starting.await.map_err(io::Error::other).flatten() }
}

fn spawn(command: &Command, has_input: bool) -> io::Result<Child> {
    let mut child = prepare(command);
    child.stdin(if has_input { Stdio::piped() } else { Stdio::null() });
    // Its own group: a signal to the daemon's group must not end a shutdown under way.
    child.process_group(0).kill_on_drop(false).spawn()
}

#[expect(clippy::disallowed_methods, reason = "this is the executor that commands are effects for")]
fn prepare(command: &Command) -> tokio::process::Command {
    let mut child = match &command.program {
        Program::Shell(line) => {
            let mut shell = tokio::process::Command::new("/bin/sh");
            let line = if command.arguments.is_empty() { line.clone() } else { format!("{line} \"$@\"") };
            shell.args(["-c", &line, "sh"]);
            shell
        }
        Program::Exec(program) => tokio::process::Command::new(program),
    };
    child.args(&command.arguments);
    child.envs(command.environment.iter().map(|(name, value)| (name, value)));
    child
}

#[cfg(test)]
mod tests {
    use std::sync::OnceLock;

    use super::*;

    fn shell(line: &str, arguments: &[&str], input: Option<&str>) -> Command {
        Command {
            program: Program::Shell(line.into()),
            arguments: arguments.iter().map(|&argument| argument.into()).collect(),
            environment: vec![("NOTIFYTYPE".into(), "ONBATT".into())],
            input: input.map(|input| input.as_bytes().to_vec()),
            longest: None,
            privileged: false,
        }
    }

    async fn done(news: &mut tokio::sync::mpsc::Receiver<News>) -> (JobId, JobOutcome) {
        match tokio::time::timeout(Duration::from_secs(30), news.recv()).await {
            Ok(Some(News::JobDone { job, outcome })) => (job, outcome),
            _ => panic!("a command ends with its own job"),
        }
    }

    async fn run(command: Command) -> JobOutcome {
        let (outlet, mut news) = crate::news::queue();
        let mut under_way = JoinSet::new();
        start(JobId(7), command, outlet, (&mut under_way, &Reserve::none()));
        let (job, outcome) = done(&mut news).await;
        assert_eq!(job, JobId(7));
        outcome
    }

    #[tokio::test]
    async fn a_command_gets_its_arguments_as_data_and_its_environment() {
        let script = "test \"$NOTIFYTYPE\" = ONBATT && check() { test \"$1\" = 'a; exit 3'; } && check";
        assert_eq!(run(shell(script, &["a; exit 3"], None)).await, JobOutcome::Exited(0));
    }

    #[tokio::test]
    async fn a_command_gets_its_input_and_its_end_is_told() {
        assert_eq!(run(shell("read -r word && exit \"$word\"", &[], Some("42\n"))).await, JobOutcome::Exited(42));
        assert_eq!(run(shell("kill -9 $$", &[], None)).await, JobOutcome::Killed(9));
    }

    #[tokio::test]
    async fn a_command_leads_a_process_group_of_its_own() {
        let script = "test \"$(cut -d ' ' -f 5 /proc/self/stat)\" = $$";
        assert_eq!(run(shell(script, &[], None)).await, JobOutcome::Exited(0));
    }

    #[tokio::test]
    async fn a_wall_that_hangs_is_ended_and_too_many_are_not_started() {
        let folder = tempfile::tempdir().expect("a folder");
        let started = folder.path().join("started");
        let line = format!("echo $$ >>'{}'; exec sleep 600", started.display());
        let mut under_way = JoinSet::new();
        for _ in 0..3 * MOST_WALLS {
            tell_users(Program::Shell(line.clone()), "on battery", Duration::from_secs(2), &mut under_way);
        }
        assert_eq!(WALLS.available_permits(), 0);
        let all = tokio::time::timeout(Duration::from_secs(30), WALLS.acquire_many(16)).await;
        assert!(all.is_ok(), "a wall that hangs keeps its place");
        let started = std::fs::read_to_string(started).expect("some were started");
        assert_eq!(started.lines().count(), MOST_WALLS);
        for pid in started.lines() {
            assert!(!std::path::Path::new("/proc").join(pid).exists(), "{pid} runs on");
        }
    }

    #[tokio::test]
    async fn a_disk_that_hangs_under_a_program_holds_up_neither_the_loop_nor_another_command() {
        static REVIVED: OnceLock<()> = OnceLock::new();
        let (outlet, mut news) = crate::news::queue();
        let mut under_way = JoinSet::new();
        let hang: Spawn = |command, has_input| {
            REVIVED.wait();
            spawn(command, has_input)
        };
        start_by(
            hang,
            &MORTALS,
            (JobId(1), shell("exit 1", &[], None)),
            outlet.clone(),
            (&mut under_way, &Reserve::none()),
        );
        start(JobId(2), shell("exit 2", &[], None), outlet, (&mut under_way, &Reserve::none()));
        assert_eq!(done(&mut news).await, (JobId(2), JobOutcome::Exited(2)));
        REVIVED.set(()).expect("once");
        assert_eq!(done(&mut news).await, (JobId(1), JobOutcome::Exited(1)));
    }

    #[tokio::test]
    async fn where_the_system_gives_no_threads_the_one_in_reserve_is_for_shutdowncmd_alone() {
        let (outlet, mut news) = crate::news::queue();
        let mut under_way = JoinSet::new();
        let reserve = Reserve::of_a_system_without_threads();
        let privileged = Command { privileged: true, ..shell("exit 4", &[], None) };
        start(JobId(1), privileged, outlet, (&mut under_way, &reserve));
        assert_eq!(done(&mut news).await, (JobId(1), JobOutcome::Exited(4)));
    }

    /// Whether a process runs; one that has ended and waits for its parent does not.
    fn runs(pid: &str) -> bool {
        let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
        stat.rsplit(") ").next().is_some_and(|rest| !rest.is_empty() && !rest.starts_with('Z'))
    }

    #[tokio::test]
    async fn a_notice_that_hangs_is_ended_with_what_it_waits_for_and_not_with_what_it_left_behind() {
        let folder = tempfile::tempdir().expect("a folder");
        let pids = folder.path().join("pids");
        // As NUT's upssched does: in the background, in the group of the notice.
        let behind = format!("(sleep 600 & echo $! >'{}')", pids.display());
        let line = format!("{behind}; sh -c 'echo $$ >>'\"'{}'\"'; sleep 601; :'; :", pids.display());
        let longest = Duration::from_secs(1);
        let notice = Command { longest: Some(longest), ..shell(&line, &[], None) };
        assert_eq!(run(notice).await, JobOutcome::outlived(longest));
        let pids = std::fs::read_to_string(pids).expect("started");
        let [left, waited_for] = pids.split_whitespace().collect::<Vec<_>>()[..] else { panic!("{pids}") };
        while runs(waited_for) {
            tokio::task::yield_now().await;
        }
        assert!(runs(left), "what was left in the background is ended");
        let left = nix::unistd::Pid::from_raw(left.parse().expect("a number"));
        nix::sys::signal::kill(left, nix::sys::signal::Signal::SIGKILL).expect("ended");
    }

    #[tokio::test]
    async fn a_notice_whose_start_hangs_is_told_in_time_and_ended_should_it_start_after_all() {
        static ROOM: Semaphore = Semaphore::const_new(1);
        static REVIVED: OnceLock<()> = OnceLock::new();
        let (outlet, mut news) = crate::news::queue();
        let mut under_way = JoinSet::new();
        let hang: Spawn = |command, has_input| {
            REVIVED.wait();
            spawn(command, has_input)
        };
        let notice = || Command { longest: Some(Duration::from_millis(50)), ..shell("sleep 600", &[], None) };
        let mut start = |job, outlet| {
            start_by(hang, &ROOM, (job, notice()), outlet, (&mut under_way, &Reserve::none()));
        };
        start(JobId(1), outlet.clone());
        assert!(matches!(done(&mut news).await, (JobId(1), JobOutcome::Failed(_))));
        // It has its place until nothing is left of it.
        start(JobId(2), outlet);
        assert!(matches!(done(&mut news).await, (JobId(2), JobOutcome::Failed(_))));
        REVIVED.set(()).expect("once");
        let freed = tokio::time::timeout(Duration::from_secs(30), ROOM.acquire()).await;
        assert!(freed.is_ok(), "it was not ended");
        assert!(news.recv().await.is_none(), "told twice");
    }

    #[tokio::test]
    async fn a_program_that_is_not_there_is_said() {
        let mut command = shell("", &[], None);
        command.program = Program::Exec("/no/such/program".into());
        assert!(matches!(run(command).await, JobOutcome::Failed(_)));
    }
}
