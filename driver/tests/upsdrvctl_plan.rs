//! What `upsdrvctl` decides to do.

#![expect(clippy::expect_used, reason = "a test that cannot go on says why")]

use driver::upsdrvctl::entries;
use driver::upsdrvctl::plan::{Entry, PassedOn, Step, Task, plan};
use protocol::conf::ups_conf::UpsConf;
use protocol::diagnostic::Source;
use std::time::Duration;

fn entry(ups: &str, shutdown_order: i32) -> Entry {
    Entry {
        ups: ups.into(),
        driver: "usbhid-ups".into(),
        port: "/dev/usb/auto".into(),
        shutdown_order,
        start_limit: Duration::from_secs(75),
        shutdown_limit: Duration::from_secs(90),
        attempts: 3,
        retry_delay: Duration::from_secs(5),
    }
}

fn entries() -> [Entry; 5] {
    [entry("second", 1), entry("first", 0), entry("never", -1), entry("last", 7), entry("first-too", 0)]
}

fn passed_on() -> PassedOn {
    PassedOn { driver_path: "/lib/nut".into(), ..PassedOn::default() }
}

fn names(steps: &[Step]) -> Vec<&str> {
    let mut names = Vec::new();
    for step in steps {
        names.push(match step {
            Step::Run(run) => run.ups.as_str(),
            Step::Stop(stop) => stop.ups.as_str(),
        });
    }
    names
}

fn words(task: Task, passed_on: &PassedOn) -> String {
    match plan(task, Some("first"), &entries(), passed_on).expect("a known UPS").remove(0) {
        Step::Run(run) => run.command.join(" "),
        Step::Stop(stop) => format!("{} or {}", stop.pid_file, stop.old_pid_file),
    }
}

#[test]
fn loads_are_cut_in_the_order_of_sdorder_and_the_file() {
    let steps = plan(Task::Shutdown, None, &entries(), &passed_on()).expect("all");
    assert_eq!(names(&steps), ["first", "first-too", "second", "last"]);
}

#[test]
fn starts_and_stops_follow_the_file_and_leave_nobody_out() {
    for task in [Task::Start, Task::Stop] {
        let steps = plan(task, None, &entries(), &passed_on()).expect("all");
        assert_eq!(names(&steps), ["second", "first", "never", "last", "first-too"]);
    }
}

#[test]
fn a_name_on_the_command_line_wins_over_sdorder() {
    let steps = plan(Task::Shutdown, Some("NEVER"), &entries(), &passed_on()).expect("a known UPS");
    assert_eq!(names(&steps), ["never"]);
    assert_eq!(plan(Task::Start, Some("nobody"), &entries(), &passed_on()), Err("nobody"));
}

#[test]
fn drivers_are_told_what_nut_s_are_told() {
    assert_eq!(words(Task::Start, &passed_on()), "/lib/nut/usbhid-ups -a first");
    assert_eq!(words(Task::Shutdown, &passed_on()), "/lib/nut/usbhid-ups -a first -k");
    assert_eq!(words(Task::Stop, &passed_on()), "usbhid-ups-first.pid or usbhid-ups-auto.pid");
    let more = PassedOn { chroot: Some("/jail".into()), user: Some("nut".into()), debug: 2, ..passed_on() };
    assert_eq!(words(Task::Start, &more), "/lib/nut/usbhid-ups -a first -D -D -r /jail -u nut");
    let foreground = PassedOn { foreground: 2, ..passed_on() };
    assert_eq!(words(Task::Start, &foreground), "/lib/nut/usbhid-ups -a first -F -F");
    assert_eq!(words(Task::Shutdown, &foreground), "/lib/nut/usbhid-ups -a first -k");
    let background = PassedOn { background: true, debug: 1, ..passed_on() };
    assert_eq!(words(Task::Start, &background), "/lib/nut/usbhid-ups -a first -B -D");
}

#[test]
fn only_a_driver_that_stays_is_not_waited_for() {
    let stays = |task, passed_on: PassedOn| match &plan(task, Some("first"), &entries(), &passed_on).expect("a UPS")[0]
    {
        Step::Run(run) => run.stays_in_foreground,
        Step::Stop(_) => false,
    };
    assert!(!stays(Task::Start, passed_on()));
    assert!(stays(Task::Start, PassedOn { foreground: 1, ..passed_on() }));
    assert!(stays(Task::Start, PassedOn { debug: 1, ..passed_on() }));
    assert!(!stays(Task::Start, PassedOn { debug: 1, background: true, ..passed_on() }));
    assert!(!stays(Task::Shutdown, PassedOn { foreground: 1, ..passed_on() }));
}

/// Whoever says 75 s means it; who says nothing gives the driver the time that it takes by itself.
#[test]
fn a_maxstartdelay_that_is_the_usual_one_is_told_from_none_at_all() {
    let limits = |text: &str| {
        let text = format!("{text}[rack]\n driver = usbhid-ups\n port = auto\n");
        let (entries, found) = entries::of(&UpsConf::salvage(&Source::new("ups.conf", text.as_bytes())).0);
        (entries[0].start_limit.as_secs(), entries[0].shutdown_limit.as_secs(), found.is_empty())
    };
    assert_eq!(limits(""), (75, 90, true));
    assert_eq!(limits("maxstartdelay = 75\n"), (75, 75, true));
    assert_eq!(limits("maxstartdelay = 20\n"), (20, 20, true));
    assert_eq!(limits("maxstartdelay = soon\n"), (75, 90, false));
    assert_eq!(limits("maxstartdelay\n"), (75, 90, false));
}
