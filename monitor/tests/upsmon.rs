//! The program's edges: its exit codes, its messages, and the privileged process. Nothing here
//! starts a monitor.

#![expect(clippy::unwrap_used, reason = "a test ends at the first surprise")]

use std::fs;
use std::io::{Read, Write};
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

/// A command in a folder of configuration files.
#[expect(clippy::disallowed_methods, reason = "the program is a process")]
fn upsmon(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_upsmon"));
    command.env_clear().env("NUT_CONFPATH", folder).env("NUT_PIDPATH", folder);
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
    for order in ["fsd", "reload", "stop"] {
        let (code, errors) = run(folder.path(), &["-c", order]);
        assert_eq!(code, Some(1), "{order}");
        assert!(errors.contains("upsmon.pid"), "{errors}");
    }
    // A process that is not upsmon is never signalled.
    let (code, errors) = run(folder.path(), &["-c", "stop", "-P", &std::process::id().to_string()]);
    assert_eq!(code, Some(1));
    assert!(errors.contains("is not a running upsmon"), "{errors}");
    assert_eq!(run(folder.path(), &["-c", "halt"]).0, Some(2));
}

#[test]
fn the_privileged_process_obeys_three_bytes_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let (flag, proof) = (folder.path().join("killpower"), folder.path().join("proof"));
    let (mut ours, theirs) = UnixStream::pair().unwrap();
    ours.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    let mut child = upsmon(folder.path())
        .arg("--keep-privileges-for-errands")
        .stdin(OwnedFd::from(theirs))
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    for text in [flag.display().to_string(), format!("echo done >> {}; exit 3", proof.display())] {
        ours.write_all(&u16::try_from(text.len()).unwrap().to_be_bytes()).unwrap();
        ours.write_all(text.as_bytes()).unwrap();
    }
    let mut give = |order: &[u8]| {
        ours.write_all(order).unwrap();
        let mut answer = [0; 8];
        ours.read_exact(&mut answer).unwrap();
        answer
    };
    // Order, kind of outcome, its number, the length of its text.
    assert_eq!(give(b"F"), *b"F\0\0\0\0\0\0\0");
    assert_eq!(fs::read_to_string(&flag).unwrap(), "upsmon-shutdown-file");
    assert_eq!(give(b"xyzR"), *b"R\0\0\0\0\0\0\0");
    assert!(!flag.exists());
    assert_eq!(give(b"S"), *b"S\0\0\0\0\x03\0\0");
    assert_eq!(fs::read_to_string(&proof).unwrap(), "done\n");
    drop(ours);
    assert!(child.wait().unwrap().success());
}
