//! The command line: exit codes, reports, what is said on which stream.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use clap::ValueEnum;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use scenarios::cli::programs::Program;
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::Duration;
use tempfile::TempDir;

const PASSING: &str = "two-second-blip.yaml";
/// Of which `check` has nothing to say.
const FLAWLESS: &str = "cut-that-could-not-be-told.yaml";

#[expect(clippy::disallowed_methods, reason = "the command line is what is tested")]
fn ridethrough(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_ridethrough"))
        .args(arguments)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .env("NO_COLOR", "1")
        .output()
        .unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// A copy of a shipped scenario with something changed, beside its configurations.
fn changed(directory: &TempDir, name: &str, old: &str, new: &str) -> PathBuf {
    let scenarios = Path::new(env!("CARGO_MANIFEST_DIR"));
    let scenario = fs::read_to_string(scenarios.join(name)).unwrap();
    assert!(scenario.contains(old), "{name} has no `{old}`");
    let here = format!("{}/configs/", scenarios.display());
    let file = directory.path().join(name);
    fs::write(&file, scenario.replace("config: configs/", &format!("config: {here}")).replacen(old, new, 1)).unwrap();
    file
}

#[test]
fn a_run_that_holds_exits_0_and_draws_the_outage() {
    let output = ridethrough(&["run", PASSING]);
    let said = text(&output.stdout);
    assert_eq!(output.status.code(), Some(0), "{said}{}", text(&output.stderr));
    for word in ["mains off", "ONBATT", "Invariants", "simulated in", "passed"] {
        assert!(said.contains(word), "`{word}` is not in:\n{said}");
    }
    assert!(!said.contains('\u{1b}'), "NO_COLOR is honoured");
}

#[test]
fn an_expectation_that_fails_exits_1() {
    let directory = TempDir::new().unwrap();
    let file = changed(
        &directory,
        PASSING,
        "expect:\n",
        "expect:\n  - { never: { hosts: any, notified: ONBATT }, because: a test says so }\n",
    );
    let output = ridethrough(&["run", file.to_str().unwrap()]);
    let said = text(&output.stdout);
    assert_eq!(output.status.code(), Some(1), "{said}{}", text(&output.stderr));
    assert!(said.contains("✘ never any host notified ONBATT") && said.contains("failed"), "{said}");
    assert!(said.contains("expected because a test says so"), "{said}");
    let quiet = text(&ridethrough(&["run", "-q", file.to_str().unwrap()]).stdout);
    assert!(quiet.starts_with("FAILED"), "{quiet}");
}

#[test]
fn a_foreseen_violation_that_does_not_happen_exits_1() {
    let directory = TempDir::new().unwrap();
    let file = changed(&directory, PASSING, "expect:\n", "violates: [{ invariant: 2, because: a test }]\nexpect:\n");
    assert_eq!(ridethrough(&["run", "-q", file.to_str().unwrap()]).status.code(), Some(1));
}

#[test]
fn a_file_or_a_command_line_that_is_wrong_exits_2() {
    let directory = TempDir::new().unwrap();
    let wrong = changed(&directory, PASSING, "mains: off", "mains: of");
    let wrong = wrong.to_str().unwrap();
    for arguments in
        [&["run", wrong][..], &["check", wrong], &["run", "no-such.yaml"], &["run", "--rig", "moon", PASSING], &[]]
    {
        assert_eq!(ridethrough(arguments).status.code(), Some(2), "{arguments:?}");
    }
    let said = text(&ridethrough(&["check", wrong]).stderr);
    assert!(said.contains("two-second-blip.yaml:") && said.contains("^^"), "{said}");
}

/// A copy of the rack's primary with one file changed, and a scenario that uses it.
fn configured(directory: &TempDir, file: &str, old: &str, new: &str) -> PathBuf {
    let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).join("configs/rack/primary");
    let copy = directory.path().join("primary");
    fs::create_dir(&copy).unwrap();
    for entry in fs::read_dir(&shipped).unwrap() {
        let entry = entry.unwrap();
        fs::copy(entry.path(), copy.join(entry.file_name())).unwrap();
    }
    // Nothing else is to be said of it.
    fs::write(copy.join("nut.conf"), "MODE=netserver\nPOWEROFF_WAIT=30\n").unwrap();
    let text = fs::read_to_string(copy.join(file)).unwrap();
    assert!(text.contains(old), "{file} has no `{old}`");
    fs::write(copy.join(file), text.replacen(old, new, 1)).unwrap();
    let scenario = fs::read_to_string(changed(directory, PASSING, "title", "title")).unwrap();
    let place = format!("config: {}", copy.display());
    let file = directory.path().join("configured.yaml");
    fs::write(&file, scenario.replacen(&format!("config: {}", shipped.display()), &place, 1)).unwrap();
    file
}

#[test]
fn check_says_what_the_daemons_would_say_of_their_files() {
    for (file, old, new, code, says) in [
        ("upsd.users", "    password = first\n", "", 2, "user `primary` has no password"),
        ("ups.conf", "usbhid-ups", "usbhid-upss", 2, "did you mean `usbhid-ups`?"),
        ("ups.conf", "port = auto", "prot = auto", 2, "did you mean `port`?"),
        ("upsmon.conf", "POLLFREQ 5", "POLFREQ 5", 0, "did you mean `POLLFREQ`?"),
        ("upsmon.conf", "rack@localhost", "rakc@localhost", 0, "did you mean `rack`?"),
        ("upsmon.conf", "rack@localhost", "rack@nowhere", 0, "there is no host `nowhere`"),
        ("upsmon.conf", "1 primary first", "1 primray first", 0, "did you mean `primary`?"),
        ("upsmon.conf", "1 primary first", "1 primary last", 0, "another password for `primary`"),
        ("upsd.users", "upsmon primary", "upsmon secondary", 0, "does not let `primary` be a primary"),
    ] {
        let directory = TempDir::new().unwrap();
        let output = ridethrough(&["check", configured(&directory, file, old, new).to_str().unwrap()]);
        let said = text(&output.stderr);
        assert_eq!(output.status.code(), Some(code), "{file}, {new}: {said}");
        assert!(said.contains(says), "{file}, {new}: {said}");
        assert_eq!(text(&output.stdout).ends_with(": right, 1 warning\n"), code == 0);
    }
}

/// What `check` warns of where the shipped configurations of a scenario are changed, `host/file: old, new` each.
fn warned(scenario: &str, changes: &[(&str, &str, &str)]) -> String {
    let directory = TempDir::new().unwrap();
    let mut text_of = fs::read_to_string(scenario).unwrap();
    let configs = Path::new(scenario).parent().unwrap().join("configs");
    for family in ["rack", "twin", "pair"] {
        for host in fs::read_dir(configs.join(family)).unwrap().flatten() {
            let copy = directory.path().join(family).join(host.file_name());
            fs::create_dir_all(&copy).unwrap();
            for file in fs::read_dir(host.path()).unwrap().flatten() {
                fs::copy(file.path(), copy.join(file.file_name())).unwrap();
            }
        }
    }
    if !changes.iter().any(|(file, ..)| file.ends_with("nut.conf")) {
        // Else each of them is advised to set it.
        fs::write(directory.path().join("rack/primary/nut.conf"), "MODE=netserver\nPOWEROFF_WAIT=30\n").unwrap();
    }
    for (file, old, new) in changes {
        let path = directory.path().join(file);
        let before = fs::read_to_string(&path).unwrap();
        assert!(before.contains(old), "{file} has no {old}");
        fs::write(&path, before.replacen(old, new, 1)).unwrap();
    }
    text_of = text_of.replace("configs/", &format!("{}/", directory.path().display()));
    let file = directory.path().join("fleet.yaml");
    fs::write(&file, text_of).unwrap();
    let output = ridethrough(&["check", file.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    text(&output.stderr).replace(directory.path().to_str().unwrap(), "")
}

#[test]
fn check_says_which_secondary_would_halt_for_ever_where_its_primary_stays_up() {
    let late = ("rack/primary/upsmon.conf", "HOSTSYNC 15", "HOSTSYNC 15\nOBLBDURATION 10");
    let hasty = ("rack/secondary/upsmon.conf", "HOSTSYNC 15", "HOSTSYNC 5");
    let said = warned(PASSING, &[late, hasty]);
    assert!(said.contains("after 5 s of a low battery (HOSTSYNC)"), "{said}");
    assert!(said.contains("hint: HOSTSYNC 25 or more here, or the OBLBDURATION of primary"), "{said}");
    // A secondary that waits as long, and one more HOSTSYNC, comes after its primary.
    let waits = ("rack/secondary/upsmon.conf", "HOSTSYNC 15", "HOSTSYNC 5\nOBLBDURATION 10");
    assert_eq!(warned(PASSING, &[late, waits]), "");
    assert_eq!(warned(PASSING, &[hasty]), "");

    let patient = ("rack/primary/upsmon.conf", "DEADTIME 15", "DEADTIME 25");
    let said = warned(PASSING, &[patient]);
    assert!(said.contains("out of sight on battery for 15 s") && said.contains("after 25 s (DEADTIME)"), "{said}");
    assert_eq!(warned(PASSING, &[patient, ("rack/secondary/upsmon.conf", "DEADTIME 15", "DEADTIME 25")]), "");

    let second_supply =
        ("rack/primary/upsmon.conf", "MINSUPPLIES 1", "MONITOR other@localhost 1 primary first primary");
    let section = ("rack/primary/ups.conf", "[rack]", "[other]\n  driver = dummy-ups\n  port = other.dev\n[rack]");
    let said = warned(PASSING, &[second_supply, section]);
    assert!(said.contains("its primary primary stays up with a power value of 1 (MINSUPPLIES 1)"), "{said}");
    let watches_only = (
        "rack/primary/upsmon.conf",
        "MONITOR rack@localhost 1 primary first primary",
        "MONITOR other@localhost 1 primary first primary\nMONITOR rack@localhost 0 primary first primary",
    );
    let said = warned(PASSING, &[watches_only, section]);
    assert!(said.contains("its primary primary does not hang on this UPS (power value 0)"), "{said}");
    assert!(said.contains("while it is down nobody reads this UPS"), "{said}");
    assert!(said.contains("`sdorder = -1`"), "{said}");
    // Without a flag nothing can say that the load is not to be cut.
    let no_flag = ("rack/primary/upsmon.conf", "POWERDOWNFLAG", "# ");
    let said = warned(PASSING, &[watches_only, section, no_flag]);
    assert!(said.contains("on line power too") && said.contains("with POWERDOWNFLAG"), "{said}");
    let needs_both =
        ("rack/primary/upsmon.conf", "MINSUPPLIES 1", "MONITOR other@localhost 1 primary first primary\nMINSUPPLIES 2");
    assert_eq!(warned(PASSING, &[needs_both, section]), "");
}

#[test]
fn check_says_which_secondary_stays_logged_in_for_longer_than_anybody_waits() {
    let stays = |exit: &str, sync: &str| {
        let long = ("rack/primary/upsmon.conf", "HOSTSYNC 15", sync);
        warned(PASSING, &[long, ("rack/secondary/upsmon.conf", "HOSTSYNC 15", &format!("HOSTSYNC 15\n{exit}"))])
    };
    let said = stays("SHUTDOWNEXIT 30", "HOSTSYNC 15");
    assert!(said.contains("logged in for 35 s") && said.contains("hint: HOSTSYNC 40 or more"), "{said}");
    assert_eq!(stays("SHUTDOWNEXIT 30", "HOSTSYNC 40"), "");
    let said = stays("SHUTDOWNEXIT 100", "HOSTSYNC 200");
    assert!(said.contains("kills what has not ended after 90 s") && said.contains("TimeoutStopSec=105"), "{said}");
    assert_eq!(stays("SHUTDOWNEXIT no", "HOSTSYNC 15"), "");
}

#[test]
fn check_says_what_is_wrong_with_a_wait_for_the_end() {
    let wait = |text: &str| warned(PASSING, &[("rack/primary/nut.conf", "POWEROFF_WAIT=30", text)]);
    assert_eq!(wait("POWEROFF_WAIT=30"), "");
    assert!(wait("POWEROFF_WAIT=15").contains("rack cuts 20 s after it was told"));
    assert!(wait("POWEROFF_WAIT=15m").contains("systemd ends the late shutdown after 90 s"));
    assert!(wait("POWEROFF_WAIT=0.5m").contains("the drivers take this for no wait at all"));
    // Debian's hook is no shell that reads the file.
    for (text, taken) in [
        ("POWEROFF_WAIT=\"30\"", "`\"30\"`"),
        ("POWEROFF_WAIT=30 # s", "`30 # s`"),
        ("POWEROFF_WAIT=20\nPOWEROFF_WAIT=30", "`20 30`"),
        ("export POWEROFF_WAIT=30", "``"),
    ] {
        let said = wait(text);
        assert!(said.contains(&format!("as it stands, here {taken}, for its wait")), "{said}");
    }
}

#[test]
fn check_advises_a_wait_to_a_host_that_would_stay_off_where_the_mains_return_and_its_load_is_not_cut() {
    let said = |changes: &[(&str, &str, &str)]| {
        let without = ("rack/primary/nut.conf", "POWEROFF_WAIT=30", "");
        warned(PASSING, &[changes, &[without]].concat())
    };
    assert!(said(&[]).contains("without POWEROFF_WAIT this host stays off for ever"), "{}", said(&[]));
    assert!(said(&[]).contains("POWEROFF_WAIT=30 boots it again, later than rack cuts (20 s)"), "{}", said(&[]));
    let delay = |seconds: u32| {
        said(&[("rack/primary/ups.conf", "port = auto", &format!("port = auto\n offdelay = {seconds}"))])
    };
    assert!(delay(70).contains("POWEROFF_WAIT=75"), "{}", delay(70));
    assert!(!delay(75).contains("POWEROFF_WAIT"), "none fits: {}", delay(75));
    let cuts_nothing = said(&[("rack/primary/upsmon.conf", "POWERDOWNFLAG /etc/killpower", "")]);
    assert!(!cuts_nothing.contains("POWEROFF_WAIT"), "{cuts_nothing}");
}

/// The passing scenario with another model, beside the shipped configurations.
fn of_model(directory: &TempDir, model: &str) -> PathBuf {
    let text = fs::read_to_string(PASSING).unwrap().replace("apc-back-ups-650", model);
    let scenario = directory.path().join("model.yaml");
    let configs = Path::new(env!("CARGO_MANIFEST_DIR")).join("configs");
    std::os::unix::fs::symlink(configs, directory.path().join("configs")).unwrap();
    fs::write(&scenario, text).unwrap();
    scenario
}

#[test]
fn check_says_that_a_cut_lands_on_a_host_that_has_booted_because_the_ups_takes_longer_than_asked() {
    let wait = |scenario: &str, nut_conf, line, seconds| {
        let text = format!("MODE=standalone\nPOWEROFF_WAIT={seconds}");
        let own = ("rack/primary/ups.conf", "port = auto", "port = auto\n offdelay = 20\n ondelay = 120");
        warned(scenario, &[(nut_conf, line, &text), own])
    };
    let directory = TempDir::new().unwrap();
    let minutes = of_model(&directory, "cyberpower-cp1500epfclcd");
    let minutes = |seconds| wait(minutes.to_str().unwrap(), "rack/primary/nut.conf", "POWEROFF_WAIT=30", seconds);
    assert!(minutes(30).contains("rack cuts 60 s after it was told"), "{}", minutes(30));
    assert!(minutes(60).contains("rack cuts 60 s after it was told"), "{}", minutes(60));
    assert_eq!(minutes(61), "");
    // Held back until the other has cut.
    let pair = |seconds| wait("pairs-that-cut-one-host.yaml", "pair/host/nut.conf", "MODE=standalone", seconds);
    assert!(pair(75).contains("left cuts 120 s after it was told"), "{}", pair(75));
}

#[test]
fn check_says_that_a_start_is_due_before_the_cut() {
    let directory = TempDir::new().unwrap();
    let scenario = of_model(&directory, "eaton-3s");
    let delays = |text| warned(scenario.to_str().unwrap(), &[("rack/primary/ups.conf", "port = auto", text)]);
    let said = delays("port = auto\n ondelay = 20");
    assert!(said.contains("comes before the cut, 20 s after it") && said.contains("raised to 30 s"), "{said}");
    assert!(delays("port = auto\n ondelay = 40\n offdelay = 60").contains("raised to 70 s"));
    assert_eq!(delays("port = auto\n ondelay = -1"), "");
    assert_eq!(delays("port = auto\n ondelay = 40"), "");
}

/// What `check --json` says of a scenario with one mistake, and what stands in the file where its first
/// message points.
fn found(file: &str, old: &str, new: &str) -> (serde_json::Value, Option<String>) {
    let directory = TempDir::new().unwrap();
    let scenario = match file {
        PASSING => changed(&directory, file, old, new),
        _ => configured(&directory, file, old, new),
    };
    let output = ridethrough(&["check", "--json", scenario.to_str().unwrap(), FLAWLESS]);
    let said = text(&output.stdout);
    let objects: Vec<serde_json::Value> = said.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(objects.len(), 2, "{said}");
    assert!(output.stderr.is_empty(), "{}", text(&output.stderr));
    assert_eq!(objects[0]["file"], scenario.to_str().unwrap());
    assert_eq!(output.status.code() == Some(0), objects[0]["right"] == true, "{said}");
    let right = serde_json::json!({
        "file": FLAWLESS, "right": true, "scenarios": 1, "diagnostics": [], "left_out": 0,
    });
    assert_eq!(objects[1], right);
    let one = &objects[0]["diagnostics"][0];
    let pointed_at = one["path"].as_str().map(|path| {
        let number = |key: &str| usize::try_from(one[key].as_u64().unwrap()).unwrap() - 1;
        let file = fs::read_to_string(path).unwrap();
        file.lines().nth(number("line")).unwrap().chars().skip(number("column")).collect()
    });
    (objects[0].clone(), pointed_at)
}

#[test]
fn check_tells_another_program_the_place_and_the_hint_of_every_message() {
    // In the scenario, what a daemon would say, what only warns, what has no place, what no daemon could read.
    for (file, old, new, is_right, at, severity, message, hint) in [
        (PASSING, "mains: off", "mains: of", false, Some("of"), "error", "of", ""),
        ("ups.conf", "usbhid-ups", "usbhid-upss", false, Some("usbhid-upss"), "error", "no driver", "`usbhid-ups`"),
        ("ups.conf", "[rack]", "[rack", false, Some("[rack"), "error", "", ""),
        ("upsmon.conf", "POLLFREQ 5", "POLFREQ 5", true, Some("POLFREQ"), "warning", "POLFREQ", "`POLLFREQ`"),
        ("upsmon.conf", "rack@localhost", "rakc@localhost", true, None, "warning", "rakc", "`rack`"),
    ] {
        let (object, pointed_at) = found(file, old, new);
        assert_eq!(object["right"], is_right, "{object:#}");
        let one = &object["diagnostics"][0];
        assert_eq!(one["severity"], severity, "{object:#}");
        assert!(one["message"].as_str().unwrap().contains(message), "{object:#}");
        assert!(one["hint"].as_str().unwrap_or_default().contains(hint), "{object:#}");
        assert_eq!(pointed_at.is_some(), at.is_some(), "{object:#}");
        assert!(pointed_at.unwrap_or_default().starts_with(at.unwrap_or_default()), "{object:#}");
    }
}

#[test]
fn what_hit_nothing_is_said_even_where_everything_holds() {
    let directory = TempDir::new().unwrap();
    let file = changed(
        &directory,
        PASSING,
        "mains: off",
        "mains: off\n  - after: 1 s\n    process: { host: secondary, kill: upsd }",
    );
    let summary = text(&ridethrough(&["run", "--summary", file.to_str().unwrap()]).stdout);
    assert!(summary.contains("! 0:31.0: secondary has no upsd"), "{summary}");
    let directory = TempDir::new().unwrap();
    let file = configured(&directory, "ups.conf", "usbhid-ups", "usbhid-upss");
    let said = text(&ridethrough(&["run", file.to_str().unwrap()]).stdout);
    assert!(said.contains("usbhid-upss on primary does not start"), "{said}");
}

#[test]
fn what_cannot_run_here_is_skipped_and_counted() {
    let output = ridethrough(&["run", "--summary", "--stack", "server=nut", PASSING]);
    assert!(text(&output.stderr).starts_with("skipped  two-second-blip: "), "{}", text(&output.stderr));
    assert!(text(&output.stdout).contains("0 passed, 0 failed, 1 skipped"));
    assert_eq!(output.status.code(), Some(2), "nothing that was asked for could be had");
}

/// A run on real processes that is stopped now and then until the rig has been held up so often: how it
/// came out, and what it said.
#[expect(clippy::disallowed_methods, reason = "the command line is what is tested")]
fn held_up(times: usize, arguments: &[&str]) -> (Option<i32>, String, Vec<String>) {
    let mut rig = Command::new(env!("CARGO_BIN_EXE_ridethrough"))
        .args(["run", "--rig", "processes", "--speed", "10", "--summary", PASSING])
        .args(arguments)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let pid = Pid::from_raw(rig.id().try_into().unwrap());
    let (send, lines) = channel();
    let errors = BufReader::new(rig.stderr.take().unwrap());
    std::thread::spawn(move || errors.lines().map_while(Result::ok).for_each(|line| send.send(line).unwrap()));
    let mut said = Vec::new();
    while said.len() < times {
        match lines.recv_timeout(Duration::from_millis(500)) {
            Ok(line) => said.push(line),
            Err(RecvTimeoutError::Disconnected) => break,
            Err(RecvTimeoutError::Timeout) => {
                kill(pid, Signal::SIGSTOP).unwrap();
                std::thread::sleep(Duration::from_millis(300));
                kill(pid, Signal::SIGCONT).unwrap();
            }
        }
    }
    let output = rig.wait_with_output().unwrap();
    said.extend(lines);
    (output.status.code(), text(&output.stdout), said)
}

#[test]
fn a_run_whose_rig_was_held_up_runs_again() {
    let (code, said, errors) = held_up(1, &[]);
    if errors.iter().any(|line| line.starts_with("skipped")) {
        return println!("skipped: {}", errors.concat());
    }
    assert!(errors[0].starts_with("held up  two-second-blip: the rig was held up for "), "{errors:?}");
    assert!(errors[0].ends_with(" of the run: it runs again"), "{errors:?}");
    // A machine that is busy with other tests may hold it up by itself.
    let counts = if code == Some(3) { "0 passed, 0 failed, 1 skipped\n" } else { "1 passed, 0 failed, 0 skipped\n" };
    assert!(matches!(code, Some(0 | 3)) && said.ends_with(counts), "{code:?} {said} {errors:?}");
}

#[test]
fn a_rig_that_is_held_up_every_time_has_neither_passed_nor_failed() {
    let directory = TempDir::new().unwrap();
    let journal = directory.path().join("last.jsonl");
    let report = format!("json={}", journal.display());
    let (code, said, errors) = held_up(3, &["--report", &report]);
    if errors.iter().any(|line| line.starts_with("skipped")) {
        return println!("skipped: {}", errors.concat());
    }
    assert_eq!((code, said.as_str()), (Some(3), "0 passed, 0 failed, 1 skipped\n"), "{errors:?}");
    assert_eq!(errors.len(), 3, "{errors:?}");
    assert!(errors[2].ends_with(", and not judged"), "{errors:?}");
    let judged = ridethrough(&["judge", journal.to_str().unwrap()]);
    assert!(text(&judged.stderr).ends_with(" of the run: not judged\n"), "{}", text(&judged.stderr));
    assert_eq!(judged.status.code(), Some(3), "nobody can judge it later either");
}

#[test]
fn several_files_give_a_line_each_and_a_summary() {
    let output = ridethrough(&["run", PASSING, "drill.yaml"]);
    let said = text(&output.stdout);
    assert_eq!(said.lines().count(), 3, "{said}");
    assert!(said.ends_with("2 passed, 0 failed, 0 skipped\n"), "{said}");
}

#[test]
fn reports_are_written_and_the_journal_can_be_judged_again() {
    let directory = TempDir::new().unwrap();
    let file = |name: &str| directory.path().join(name).to_str().unwrap().to_owned();
    let (html, junit, json) = (file("a.html"), file("a.xml"), file("a.jsonl"));
    let reports = [format!("html={html}"), format!("junit={junit}"), format!("json={json}")];
    let [a, b, c] = reports.each_ref().map(String::as_str);
    let output = ridethrough(&["run", "-q", "--report", a, "--report", b, "--report", c, PASSING]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    assert!(output.stdout.is_empty(), "-q says nothing of what passed");
    assert!(fs::read_to_string(&html).unwrap().contains("<svg"));
    assert!(fs::read_to_string(&junit).unwrap().contains("<testsuite name=\"two-second-blip\""));
    let again = ridethrough(&["judge", &json, "--scenario", PASSING]);
    let said = text(&again.stdout);
    assert_eq!(again.status.code(), Some(0), "{said}");
    assert!(said.contains("✔ never any host stopping"), "{said}");
    assert!(again.stderr.is_empty(), "{}", text(&again.stderr));
    let other = ridethrough(&["judge", &json, "--scenario", "drill.yaml"]);
    let warned = "warning: the journal is of `two-second-blip`, and judged by `drill`";
    assert!(text(&other.stderr).contains(warned), "{}", text(&other.stderr));
    let verdicts = ridethrough(&["judge", "--json", &json, "--scenario", PASSING]);
    let verdicts: serde_json::Value = serde_json::from_slice(&verdicts.stdout).unwrap();
    assert_eq!((&verdicts["passed"], &verdicts["scenario"]), (&true.into(), &"two-second-blip".into()));
    let last = fs::read_to_string(&json).unwrap().lines().last().map(str::to_owned).unwrap();
    let judged: serde_json::Value = serde_json::from_str(&last).unwrap();
    assert_eq!(verdicts["expectations"], judged["expectations"], "as the run itself judged");
    fs::write(&json, "{\"at\":0}\n").unwrap();
    assert_eq!(ridethrough(&["judge", &json]).status.code(), Some(2));
}

#[test]
fn a_report_that_cannot_be_written_is_named_before_anything_runs() {
    let output = ridethrough(&["run", "--report", "html=no-such-directory/a.html", PASSING]);
    assert_eq!(output.status.code(), Some(2));
    assert!(output.stdout.is_empty(), "{}", text(&output.stdout));
    let said = text(&output.stderr);
    assert!(said.contains("failed to write no-such-directory/a.html"), "{said}");
}

#[test]
fn the_same_file_and_seed_give_the_same_bytes() {
    let run = |seed: &str| ridethrough(&["run", "--json", "--seed", seed, PASSING]).stdout;
    let first = run("7");
    assert!(text(&first).lines().count() > 50);
    assert_eq!(first, run("7"));
}

#[test]
fn wires_show_the_protocols_own_lines() {
    let said = text(&ridethrough(&["run", "--wires", PASSING]).stdout);
    for line in ["secondary/upsmon → primary/upsd", "LOGIN rack", "SETINFO ups.status \"OL\"", "DUMPALL"] {
        assert!(said.contains(line), "`{line}` is not in:\n{said}");
    }
}

#[test]
fn a_list_for_a_program_has_the_broken_files_too() {
    let directory = TempDir::new().unwrap();
    changed(&directory, PASSING, "title:", "titel:");
    changed(&directory, "wrong-password.yaml", "title:", "title:");
    let output = ridethrough(&["list", directory.path().to_str().unwrap(), "--json"]);
    assert_eq!(output.status.code(), Some(2));
    let listed: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let right: Vec<&serde_json::Value> = listed.as_array().unwrap().iter().map(|entry| &entry["right"]).collect();
    assert_eq!(right, [true, false]);
    assert_eq!(listed[1]["diagnostics"][0]["line"], 2, "{listed:#}");
    assert!(output.stderr.is_empty());
}

#[test]
fn it_describes_itself() {
    let schema: serde_json::Value = serde_json::from_slice(&ridethrough(&["schema"]).stdout).unwrap();
    assert_eq!(schema["title"], "a scenario");
    let listed: serde_json::Value = serde_json::from_slice(&ridethrough(&["list", ".", "--json"]).stdout).unwrap();
    assert!(listed.as_array().unwrap().iter().any(|scenario| scenario["name"] == "two-second-blip"));
    assert!(text(&ridethrough(&["list", "."]).stdout).contains("A two-second blip disturbs nobody"));
    let man = text(&ridethrough(&["man"]).stdout);
    assert!(man.contains(".TH ridethrough 1") && man.contains(".SH RUN") && man.contains("\n.nf\n"), "{man}");
    for verb in ["run", "judge", "check", "list", "schema", "man", "completions"] {
        let help = text(&ridethrough(&[verb, "--help"]).stdout);
        assert!(help.contains("Examples:\n  ridethrough "), "{help}");
    }
    assert!(text(&ridethrough(&["completions", "zsh"]).stdout).contains("#compdef ridethrough"));
    assert!(text(&ridethrough(&["check", PASSING]).stdout).contains("two-second-blip.yaml: right"));
}

/// The programs that the manifests build for users: what only stands in for something is not one.
fn shipped_programs() -> Vec<String> {
    let mut names = Vec::new();
    for room in ["driver", "server", "client", "monitor", "emulator", "scenarios"] {
        let manifest = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(room).join("Cargo.toml");
        let manifest = fs::read_to_string(manifest).unwrap();
        let binaries = manifest.split("[[bin]]").skip(1);
        names.extend(binaries.map(|binary| binary.split('"').nth(1).unwrap().to_owned()));
    }
    names.retain(|name| name != "ridethrough-recorder");
    names.sort();
    names
}

#[test]
fn every_program_has_examples_a_manual_page_and_completions_with_all_its_flags() {
    let mut names = Vec::new();
    for program in Program::value_variants() {
        let mut command = program.command();
        command.build();
        let name = command.get_name().to_owned();
        for help in [command.render_help(), command.render_long_help()] {
            let help = help.to_string();
            let example =
                help.split_once("\nExamples:\n").unwrap_or_else(|| panic!("{help}")).1.lines().next().unwrap();
            assert!(example.starts_with(&format!("  {name}")), "{example}");
        }
        let man = text(&ridethrough(&["man", &name]).stdout).replace("\\-", "-");
        assert!(man.contains(&format!(".TH {name} {} ", program.section())), "{man}");
        // What an option takes stands beside it, in the synopsis too.
        for option in std::iter::once(&command).chain(command.get_subcommands()).flat_map(clap::Command::get_opts) {
            let value = option.get_value_names().unwrap_or_default().first().map_or("", |value| value.as_str());
            let takes = format!("\\fR\\ \\fI{value}\\fR");
            assert!(man.contains(&takes) || command.get_overridden_usage().is_some(), "{takes} is not in\n{man}");
        }
        assert_eq!(man.matches("EXAMPLES\n.nf\n").count(), 1 + man.matches(".SS EXAMPLES").count(), "{man}");
        let bash = text(&ridethrough(&["completions", "bash", &name]).stdout);
        assert!(
            bash.lines().any(|line| line.trim_start().starts_with("complete ") && line.ends_with(&format!(" {name}"))),
            "{bash}"
        );
        let offered: Vec<&str> = bash.lines().filter(|line| line.contains(" opts=\"")).collect();
        let offered: Vec<&str> = offered.iter().flat_map(|line| line.split(['"', ' '])).collect();
        let verbs = command.get_subcommands().filter(|verb| verb.get_name() != "help");
        for argument in std::iter::once(&command).chain(verbs).flat_map(clap::Command::get_arguments) {
            let short = argument.get_short().map(|short| format!("-{short}"));
            for flag in short.into_iter().chain(argument.get_long().map(|long| format!("--{long}"))) {
                assert!(man.contains(&format!("\\fB{flag}\\fR")), "{name}'s manual page lacks {flag}:\n{man}");
                assert!(offered.contains(&flag.as_str()), "{name}'s completions lack {flag}: {offered:?}");
            }
            for value in argument.get_possible_values() {
                assert!(bash.contains(value.get_name()), "{name}'s completions lack {}", value.get_name());
            }
        }
        names.push(name);
    }
    for (program, word) in [("upsdrvctl", "shutdown"), ("usbhid-ups", "reload-or-exit"), ("upsmon", "fsd")] {
        let bash = text(&ridethrough(&["completions", "bash", program]).stdout);
        let offers = |line: &str| {
            (line.contains(" -W \"") || line.contains(" opts=\""))
                && line.split(['"', ' ']).any(|offered| offered == word)
        };
        assert!(bash.lines().any(offers), "{program} {word}:\n{bash}");
    }
    names.sort();
    assert_eq!(names, shipped_programs());
}
