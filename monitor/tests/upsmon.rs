//! The program's edges: its exit codes, its messages, going to the background, and the privileged
//! process. The one monitor that is started has nobody to listen to, and a command that does nothing.

#![expect(clippy::unwrap_used, reason = "a test ends at the first surprise")]

mod limits;

use limits::{Cgroup, fill_descriptors};
use std::fs;
use std::io::{Read, Write};
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// A command in a folder of configuration files.
#[expect(clippy::disallowed_methods, reason = "the program is a process")]
fn upsmon(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_upsmon"));
    command.env_clear().env("NUT_CONFPATH", folder).env("NUT_PIDPATH", folder);
    command.env("RIDETHROUGH_KEEP_PATH", folder);
    command
}

/// Exit code and standard error.
fn run(folder: &Path, arguments: &[&str]) -> (Option<i32>, String) {
    let ended = upsmon(folder).args(arguments).output().unwrap();
    (ended.status.code(), String::from_utf8(ended.stderr).unwrap())
}

#[test]
fn the_late_shutdown_script_asks_for_the_flag_by_exit_code() {
    let folder = tempfile::tempdir().unwrap();
    let flag = folder.path().join("killpower");
    let ask = || run(folder.path(), &["-K"]).0;
    assert_eq!(ask(), Some(1), "no configuration");
    // What else stands in the file is of no concern at that hour.
    fs::write(folder.path().join("upsmon.conf"), format!("MONITOR oops\nPOWERDOWNFLAG {}\n", flag.display())).unwrap();
    assert_eq!(ask(), Some(1), "no flag");
    fs::write(&flag, "upsmon-shutdown-file").unwrap();
    assert_eq!(ask(), Some(0));
    fs::write(&flag, "something else").unwrap();
    assert_eq!(ask(), Some(1), "somebody else's file");
}

#[test]
fn a_file_with_a_mistake_is_refused_with_its_place() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("upsmon.conf");
    fs::write(&file, "MONITOR rack@nas 1 primary\nSHUTDOWNCMD /bin/true\n").unwrap();
    let (code, errors) = run(folder.path(), &["-F"]);
    assert_eq!(code, Some(1));
    assert!(errors.contains(&format!("{}:1:1", file.display())), "{errors}");
    assert!(errors.contains("MONITOR takes five arguments"), "{errors}");
    fs::remove_file(file).unwrap();
    let (code, errors) = run(folder.path(), &["-F"]);
    assert_eq!(code, Some(1));
    assert!(errors.contains("can't open"), "{errors}");
}

#[test]
fn an_order_without_a_running_upsmon_fails() {
    let folder = tempfile::tempdir().unwrap();
    for order in ["fsd", "reload", "stop", "f", "rel"] {
        let (code, errors) = run(folder.path(), &["-c", order]);
        assert_eq!(code, Some(1), "{order}");
        assert!(errors.contains("upsmon.pid"), "{errors}");
    }
    // A process that is not upsmon is never signalled.
    let (code, errors) = run(folder.path(), &["-c", "stop", "-P", &std::process::id().to_string()]);
    assert_eq!(code, Some(1));
    assert!(errors.contains("is not a running upsmon"), "{errors}");
    for wrong in [["-c", "halt"], ["-c", "stopped"], ["-c", ""], ["-P", "x"]] {
        assert_eq!(run(folder.path(), &wrong).0, Some(1), "{wrong:?}");
    }
}

#[test]
fn the_privileged_process_obeys_three_bytes_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let (flag, proof) = (folder.path().join("killpower"), folder.path().join("proof"));
    let command = format!("echo done >> {}; exit 3", proof.display());
    let (mut child, mut ours) = privileged_with(folder.path(), &command, Stdio::null());
    let mut give = |order: &[u8]| {
        ours.write_all(order).unwrap();
        let mut answer = [0; 8];
        ours.read_exact(&mut answer).unwrap();
        answer
    };
    // Order, kind of outcome, its number, the length of its text.
    assert_eq!(give(b"F\0\0"), *b"F\0\0\0\0\0\0\0");
    assert_eq!(fs::read_to_string(&flag).unwrap(), "upsmon-shutdown-file");
    // Whom the load of is not cut, by its place in the plan; nobody has the ninth.
    assert_eq!(give(b"F\0\x02\0\x01\0\x09"), *b"F\0\0\0\0\0\0\0");
    assert_eq!(fs::read_to_string(&flag).unwrap(), "upsmon-shutdown-file\nboot this\nnot-cut right\nend\n");
    assert_eq!(give(b"xyzR"), *b"R\0\0\0\0\0\0\0");
    assert!(!flag.exists());
    assert_eq!(give(b"S"), *b"S\0\0\0\0\x03\0\0");
    assert_eq!(fs::read_to_string(&proof).unwrap(), "done\n");
    drop(ours);
    assert!(child.wait().unwrap().success());
}

/// A privileged process whose plan is a flag in the folder, and a line more in `proof` for each shutdown.
fn privileged(folder: &Path) -> (Child, UnixStream) {
    privileged_with(folder, &proves(folder), Stdio::null())
}

/// A SHUTDOWNCMD that leaves a line in `proof`.
fn proves(folder: &Path) -> String {
    format!("echo done >> {}", folder.join("proof").display())
}

fn privileged_with(folder: &Path, command: &str, errors: impl Into<Stdio>) -> (Child, UnixStream) {
    let (child, mut ours) = planless(folder, errors);
    send_plan(&mut ours, &folder.join("killpower"), command);
    (child, ours)
}

/// One that has not been told its plan, and waits for it before it keeps anything.
fn planless(folder: &Path, errors: impl Into<Stdio>) -> (Child, UnixStream) {
    let (ours, theirs) = UnixStream::pair().unwrap();
    ours.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    let child = upsmon(folder)
        .arg("--keep-privileges-for-errands")
        .stdin(OwnedFd::from(theirs))
        .stderr(errors)
        .spawn()
        .unwrap();
    (child, ours)
}

/// What may be left alone in this boot: `middle` and `right`.
fn send_plan(to: &mut UnixStream, flag: &Path, command: &str) {
    let count = |count: usize| u16::try_from(count).unwrap().to_be_bytes().to_vec();
    let text = |text: &str| [count(text.len()), text.as_bytes().to_vec()].concat();
    let flag = flag.display().to_string();
    let plan = [text(&flag), text(command), text("this"), count(2), text("middle"), text("right")].concat();
    to.write_all(&plan).unwrap();
}

/// Gives an order; a flag leaves nobody alone.
fn order(to: &mut UnixStream, order: &[u8]) {
    let nobody: &[u8] = if matches!(order[0], b'F' | b'W') { b"\0\0" } else { b"" };
    to.write_all(&[order, nobody].concat()).unwrap();
    to.read_exact(&mut [0; 8]).unwrap();
}

#[test]
fn a_monitor_that_is_killed_in_the_middle_of_a_shutdown_has_left_a_last_will() {
    for (orders, flag, proof) in [
        (&[&b"W\0\0\0\x32\0\x01\0\0"[..]][..], true, "done\n"),
        (&[&b"C\0\0\0\0\0\x01\0\0"[..]][..], false, "done\n"),
        (&[&b"W\0\0\0\0\0\x01\0\0"[..], b"F", b"S"][..], true, "done\n"),
        (&[&b"S"[..], b"W\0\0\0\0\0\x01\0\0"][..], false, "done\n"),
        (&[&b"F"[..]][..], true, ""),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let (mut child, mut ours) = privileged(folder.path());
        orders.iter().for_each(|bytes| order(&mut ours, bytes));
        drop(ours);
        assert!(child.wait().unwrap().success(), "{orders:?}");
        assert_eq!(folder.path().join("killpower").exists(), flag, "{orders:?}");
        assert_eq!(fs::read_to_string(folder.path().join("proof")).unwrap_or_default(), proof, "{orders:?}");
    }
}

#[test]
fn a_last_will_leaves_those_alone_that_its_monitor_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let (mut child, mut ours) = privileged(folder.path());
    for will in [&b"W\0\0\0\0\0\x01\0\0\0\x02\0\0\0\x01"[..], b"W\0\0\0\0\0\x01\0\0\0\x01\0\x01"] {
        ours.write_all(will).unwrap();
        ours.read_exact(&mut [0; 8]).unwrap();
    }
    drop(ours);
    assert!(child.wait().unwrap().success());
    let flag = fs::read_to_string(folder.path().join("killpower")).unwrap();
    assert_eq!(flag, "upsmon-shutdown-file\nboot this\nnot-cut right\nend\n", "the last word counts");
}

#[test]
fn a_monitor_that_is_stuck_in_the_middle_of_a_shutdown_is_not_waited_for() {
    for (will, flag) in [(b"W\0\0\0\0\0\0\0\x64", true), (b"C\0\0\0\0\0\0\0\x64", false)] {
        let folder = tempfile::tempdir().unwrap();
        let (fifo, proof) = (folder.path().join("fifo"), folder.path().join("proof"));
        nix::unistd::mkfifo(&fifo, nix::sys::stat::Mode::S_IRWXU).unwrap();
        let command = format!("echo done | tee -a {} > {}", proof.display(), fifo.display());
        let (mut child, mut ours) = privileged_with(folder.path(), &command, Stdio::null());
        order(&mut ours, will);
        // The other side lives, and says nothing more. The end of the file is the command's end.
        assert_eq!(fs::read_to_string(&fifo).unwrap(), "done\n");
        assert_eq!(folder.path().join("killpower").exists(), flag);
        // It wakes up, and hears of the one that ran.
        order(&mut ours, b"S");
        order(&mut ours, b"W\0\0\0\0\0\0\0\0");
        drop(ours);
        assert!(child.wait().unwrap().success());
        assert_eq!(fs::read_to_string(&proof).unwrap(), "done\n", "SHUTDOWNCMD ran twice");
    }
}

#[test]
fn a_monitor_that_shut_down_in_time_is_not_taken_for_stuck() {
    let folder = tempfile::tempdir().unwrap();
    let (mut child, mut ours) = privileged(folder.path());
    order(&mut ours, b"W\0\0\0\0\0\0\x07\xd0");
    order(&mut ours, b"S");
    // Past the time of the will, which is gone.
    ours.set_read_timeout(Some(Duration::from_millis(2500))).unwrap();
    assert!(ours.read(&mut [0]).is_err());
    drop(ours);
    assert!(child.wait().unwrap().success());
    assert!(!folder.path().join("killpower").exists(), "the will was carried out");
    assert_eq!(fs::read_to_string(folder.path().join("proof")).unwrap(), "done\n");
}

#[test]
fn a_log_that_nobody_empties_keeps_no_last_will_from_being_carried_out() {
    let folder = tempfile::tempdir().unwrap();
    let (_nobody_reads, mut errors) = std::io::pipe().unwrap();
    let room = nix::fcntl::fcntl(&errors, nix::fcntl::FcntlArg::F_GETPIPE_SZ).unwrap();
    errors.write_all(&vec![b'.'; usize::try_from(room).unwrap()]).unwrap();
    let command = format!("echo done >> {}", folder.path().join("proof").display());
    let (mut child, mut ours) = privileged_with(folder.path(), &command, errors);
    // Each of these is complained about.
    ours.write_all(b"xyz").unwrap();
    order(&mut ours, b"W\0\0\0\0\0\x01\0\0");
    drop(ours);
    assert!(child.wait().unwrap().success());
    assert!(folder.path().join("killpower").exists());
    assert_eq!(fs::read_to_string(folder.path().join("proof")).unwrap(), "done\n");
}

#[test]
fn a_service_manager_that_ends_everything_does_not_end_the_privileged_process() {
    let folder = tempfile::tempdir().unwrap();
    let (mut child, mut ours) = privileged(folder.path());
    order(&mut ours, b"R");
    let pid = nix::unistd::Pid::from_raw(i32::try_from(child.id()).unwrap());
    for signal in [nix::sys::signal::SIGTERM, nix::sys::signal::SIGINT, nix::sys::signal::SIGHUP] {
        nix::sys::signal::kill(pid, signal).unwrap();
    }
    order(&mut ours, b"S");
    assert_eq!(fs::read_to_string(folder.path().join("proof")).unwrap(), "done\n");
    drop(ours);
    assert!(child.wait().unwrap().success());
}

#[test]
fn whoever_starts_it_is_let_go_once_it_works_and_hears_when_it_does_not() {
    let folder = tempfile::tempdir().unwrap();
    let config = "MONITOR rack@127.0.0.1:1 1 u p secondary\nSHUTDOWNCMD /bin/true\nNOTIFYFLAG COMMBAD IGNORE\n";
    fs::write(folder.path().join("upsmon.conf"), config).unwrap();
    let pid = folder.path().join("upsmon.pid");
    // The output ends with the last process that holds it: the daemon must have let go of the terminal.
    let (code, errors) = run(folder.path(), &["-p"]);
    assert_eq!(code, Some(0), "{errors}");
    assert!(pid.exists(), "the PID file is there before the starter has left");
    let (code, errors) = run(folder.path(), &["-p"]);
    assert_eq!(code, Some(1));
    assert!(errors.contains("already running"), "{errors}");
    assert_eq!(run(folder.path(), &["-c", "stop"]).0, Some(0));
    while pid.exists() {
        std::thread::yield_now();
    }
}

#[test]
fn a_terminal_that_is_gone_keeps_nobody_from_starting() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("upsmon.conf"), "MONITOR oops\n").unwrap();
    let (gone, pipe) = std::io::pipe().unwrap();
    drop(gone);
    let ended = upsmon(folder.path()).arg("-F").stderr(pipe).status().unwrap();
    assert_eq!(ended.code(), Some(1), "a message that nobody reads is not a panic");
}

/// The same in a cgroup of its own; `None`, and said, where none can be made.
fn confined(folder: &Path) -> Option<(Child, UnixStream, Cgroup)> {
    let (mut child, ours) = privileged(folder);
    match Cgroup::around(&[child.id()]) {
        Ok(cgroup) => Some((child, ours, cgroup)),
        Err(why) => {
            drop(ours);
            child.wait().unwrap();
            eprintln!("skipped: {why}");
            None
        }
    }
}

/// It got EAGAIN, upsmon logged out, and the host stayed up into the cut.
#[test]
fn where_the_system_gives_no_more_tasks_the_flag_is_written_and_shutdowncmd_runs() {
    for more in 0..3 {
        let folder = tempfile::tempdir().unwrap();
        let Some((mut child, mut ours, cgroup)) = confined(folder.path()) else { return };
        order(&mut ours, b"R");
        cgroup.allow(cgroup.tasks().unwrap() + more).unwrap();
        order(&mut ours, b"F");
        assert!(folder.path().join("killpower").exists(), "{more}");
        order(&mut ours, b"S");
        assert_eq!(fs::read_to_string(folder.path().join("proof")).unwrap_or_default(), "done\n", "{more}");
        drop(ours);
        assert!(child.wait().unwrap().success());
    }
}

/// Somebody has taken what was freed, and does not give it back.
#[test]
fn a_privileged_process_that_gets_no_child_becomes_shutdowncmd() {
    let folder = tempfile::tempdir().unwrap();
    let Some((mut child, mut ours, cgroup)) = confined(folder.path()) else { return };
    order(&mut ours, b"F");
    cgroup.allow(1).unwrap();
    has_it_become_the_command(&mut ours);
    assert!(child.wait().unwrap().success());
    assert_eq!(fs::read_to_string(folder.path().join("proof")).unwrap(), "done\n");
}

/// Orders SHUTDOWNCMD again and again, until nobody is there who could answer.
fn has_it_become_the_command(ours: &mut UnixStream) {
    let mut failures = 0;
    loop {
        ours.write_all(b"S").unwrap();
        let mut head = [0; 8];
        // Its end of the socket goes with it.
        if ours.read_exact(&mut head).is_err() {
            break;
        }
        assert_eq!(head[..2], *b"S\x02", "it could not be started");
        let mut why = vec![0; usize::from(u16::from_be_bytes([head[6], head[7]]))];
        ours.read_exact(&mut why).unwrap();
        failures += 1;
        assert!(failures < 100_000);
    }
    assert!(failures > 1);
}

/// It ended without a word, and the monitor said later that its parent had died.
#[test]
fn a_privileged_process_that_gets_no_thread_at_its_start_shuts_its_host_down_all_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let (mut child, mut ours) = planless(folder.path(), Stdio::null());
    let cgroup = match Cgroup::around(&[child.id()]) {
        Ok(cgroup) => cgroup,
        Err(why) => {
            drop(ours);
            child.wait().unwrap();
            return eprintln!("skipped: {why}");
        }
    };
    cgroup.allow(1).unwrap();
    send_plan(&mut ours, &folder.path().join("killpower"), &proves(folder.path()));
    order(&mut ours, b"H");
    order(&mut ours, b"F");
    assert!(folder.path().join("killpower").exists());
    has_it_become_the_command(&mut ours);
    assert!(child.wait().unwrap().success());
    assert_eq!(fs::read_to_string(folder.path().join("proof")).unwrap(), "done\n");
}

#[test]
fn a_monitor_that_is_killed_before_shutdowncmd_could_start_has_it_started_all_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let Some((mut child, mut ours, cgroup)) = confined(folder.path()) else { return };
    order(&mut ours, b"F");
    cgroup.allow(1).unwrap();
    order(&mut ours, b"S");
    drop(ours);
    cgroup.allow(100).unwrap();
    assert!(child.wait().unwrap().success());
    assert_eq!(fs::read_to_string(folder.path().join("proof")).unwrap(), "done\n");
}

#[test]
fn a_last_will_whose_shutdowncmd_ends_with_an_error_is_carried_out_again() {
    let folder = tempfile::tempdir().unwrap();
    let (proof, tried) = (folder.path().join("proof"), folder.path().join("tried"));
    let command =
        format!("test -e {0} || {{ echo > {0}; exit 1; }}; echo done >> {1}", tried.display(), proof.display());
    let (mut child, mut ours) = privileged_with(folder.path(), &command, Stdio::null());
    order(&mut ours, b"C\0\0\0\0\0\x01\0\0");
    drop(ours);
    assert!(child.wait().unwrap().success());
    assert_eq!(fs::read_to_string(&proof).unwrap(), "done\n");
}

#[test]
fn where_the_system_gives_no_more_descriptors_the_flag_is_written_and_shutdowncmd_runs() {
    let folder = tempfile::tempdir().unwrap();
    let (mut child, mut ours) = privileged(folder.path());
    ours.write_all(b"W\0\x0f\0\0\0\x0f\0\0\0\0").unwrap();
    ours.read_exact(&mut [0; 8]).unwrap();
    if let Err(why) = fill_descriptors(child.id()) {
        return eprintln!("skipped: {why}");
    }
    order(&mut ours, b"F");
    assert!(folder.path().join("killpower").exists());
    order(&mut ours, b"S");
    assert_eq!(fs::read_to_string(folder.path().join("proof")).unwrap(), "done\n");
    drop(ours);
    assert!(child.wait().unwrap().success());
}
