//! Where a server pushes, its heartbeats stand in for polls: on line power, and only while they come.

use super::script::{check, run};

const QUIET: &str = "MONITOR rack@nas 1 mon secret secondary\nSHUTDOWNCMD /bin/true\nMINSUPPLIES 1";
const PUSHES: &str = "
    0  nas pushes";

/// A heartbeat every five seconds from the seventh second on, as long as it is said.
fn heartbeats(until: u32) -> String {
    (7..until).step_by(5).map(|at| format!("\n{at} nas lives")).collect()
}

/// The lines of an outcome that say when the server was polled.
fn polls(outcome: &str) -> Vec<&str> {
    outcome.lines().filter(|line| line.contains("GET VAR")).collect()
}

#[test]
fn on_line_power_a_server_whose_heart_beats_is_polled_twice_a_minute() {
    let outcome = run(QUIET, &format!("{PUSHES}\n1 nas shows polls{}\n93 end", heartbeats(93)));
    let expected = ["5.001000", "35.001000", "65.001000"].map(|at| format!("{at} sent GET VAR rack ups.status"));
    assert_eq!(polls(&outcome), expected, "{outcome}");
}

#[test]
fn a_missed_heartbeat_is_asked_after() {
    let outcome = run(QUIET, &format!("{PUSHES}\n1 nas shows polls{}\n30 nas mute\n50 end", heartbeats(30)));
    check(
        &outcome,
        "
        5.001000 sent GET VAR rack ups.status
        33.001000 sent GET VAR rack ups.status
        38.001000 warning Poll UPS [rack@nas] failed - no answer in time
        38.001000 Communications with UPS rack@nas lost (and wall)
        ",
    );
}

#[test]
fn on_battery_polls_and_pushes_go_on_side_by_side() {
    let outcome = run(QUIET, &format!("{PUSHES}{}\n20 nas shows polls\n20.5 nas says OB\n40 end", heartbeats(20)));
    assert_eq!(polls(&outcome).len(), 4, "{outcome}");
}

#[test]
fn heartbeats_that_come_less_often_than_polls_were_asked_for_replace_none() {
    let config = format!("{QUIET}\nPOLLFREQ 2");
    let outcome = run(&config, &format!("{PUSHES}\n1 nas shows polls{}\n21 end", heartbeats(20)));
    assert_eq!(polls(&outcome).len(), 10, "{outcome}");
}

#[test]
fn an_answer_that_is_no_status_brings_every_poll_back() {
    let beats: String = (12..60).step_by(5).map(|at| format!("\n{at} nas lives")).collect();
    let outcome = run(QUIET, &format!("{PUSHES}\n7 nas shows polls\n8 nas says WAIT{beats}\n30 end"));
    assert!(polls(&outcome).len() >= 4, "{outcome}");
}
