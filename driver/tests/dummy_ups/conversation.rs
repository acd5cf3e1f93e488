//! The driver socket, as a server hears it: the conversation in `fixtures/driver-socket.txt`, and
//! what no conversation shows.

use crate::bench::{Bench, said, sent};
use driver::publisher::{ASKED_LIMIT, BACKLOG_LIMIT, LINKS_LIMIT};
use driver::{DriverConfig, Publisher};
use protocol::{Effect, Event, LinkError, LinkId, Peer};

const FILE: &str = "battery.charge: 100\nbattery.runtime: 1200\nups.id: lab\nups.status: OL\n";

fn lab() -> Bench {
    let mut config = DriverConfig::new("lab", "dummy-ups", "d.dev").with("mode", "dummy-loop");
    config.process_id = 28162;
    Bench::playing(config, FILE)
}

/// Versions change from release to release.
fn without_versions(text: &str) -> String {
    let hide = |line: &str| match line.split_once(" \"") {
        Some((start, _)) if start.starts_with("SETINFO driver.version") => format!("{start} \"[version]\"\n"),
        _ => format!("{line}\n"),
    };
    text.lines().map(hide).collect()
}

#[test]
fn a_server_hears_what_nut_s_drivers_say() {
    let mut lab = lab();
    let server = lab.connect(1);
    drop(lab.effects());
    let (mut script, mut heard) = (String::new(), String::new());
    let fixture = include_str!("../fixtures/driver-socket.txt");
    for line in fixture.lines() {
        if let Some(request) = line.strip_prefix("> ") {
            let effects = lab.say(server, format!("{request}\n"));
            heard.push_str(&format!("> {request}\n"));
            for reply in without_versions(&sent(&effects, server)).lines() {
                heard.push_str(&format!("< {reply}\n"));
            }
        }
        if line.starts_with(['>', '<']) {
            script.push_str(&format!("{line}\n"));
        }
    }
    assert_eq!(heard, script);
}

#[test]
fn goodbye_is_said_before_the_link_closes_and_nothing_waits() {
    let mut lab = lab();
    let server = lab.connect(1);
    drop(lab.effects());
    let effects = lab.say(server, "LOGOUT\nPING\n");
    assert_eq!(
        effects,
        [Effect::Send { link: server, bytes: b"OK Goodbye\n".to_vec() }, Effect::Close { link: server }]
    );
}

#[test]
fn what_was_not_read_is_not_called_fresh() {
    let mut lab = Bench::new(DriverConfig::new("lab", "dummy-ups", "d.dev"));
    let server = lab.connect(1);
    let dump = sent(&lab.say(server, "DUMPALL\n"), server);
    assert!(dump.starts_with("DATASTALE\n"), "{dump}");
    assert!(!dump.contains("DATAOK") && !dump.contains("ups.status"), "{dump}");
    assert!(dump.ends_with("DUMPDONE\n"), "{dump}");
}

#[test]
fn one_input_leaves_in_one_write() {
    let mut lab = lab();
    let server = lab.connect(1);
    drop(lab.effects());
    let effects = lab.say(server, "PING\nDUMPALL\nSET ups.id a\nSET ups.id b TRACKING 1\n");
    assert_eq!(effects.len(), 1, "{effects:?}");
}

#[test]
fn a_server_that_does_not_read_is_dropped_and_nobody_else_waits() {
    let mut lab = lab();
    let (deaf, awake) = (lab.connect(1), lab.connect(2));
    drop(lab.effects());
    lab.handle(Event::Full { link: deaf });
    let mut rounds = 0;
    let closed = loop {
        let changes: String = (0..1000).map(|n| format!("SET ups.id {rounds}-{n}\n")).collect();
        let effects = lab.say(awake, changes);
        assert_eq!(sent(&effects, deaf), "", "a full link is left alone");
        assert!(!sent(&effects, awake).is_empty());
        rounds += 1;
        if effects.contains(&Effect::Close { link: deaf }) {
            break effects;
        }
        assert!(rounds < BACKLOG_LIMIT / 1024, "the backlog has a bound");
    };
    assert_eq!(said(&closed), ["a server on the driver socket does not read, dropping it"]);
    assert_eq!(sent(&lab.say(awake, "PING\n"), awake), "PONG\n");
}

#[test]
fn a_server_that_asks_faster_than_it_reads_is_made_to_wait_and_gets_every_answer() {
    let mut lab = lab();
    let (hasty, other) = (lab.connect(1), lab.connect(2));
    drop(lab.effects());
    let one = sent(&lab.say(hasty, "DUMPALL\n"), hasty).len();
    let effects = lab.say(hasty, "DUMPALL\n".repeat(2000));
    assert!(effects.contains(&Effect::Pause { link: hasty }), "{effects:?}");
    let mut bytes = sent(&effects, hasty).len();
    loop {
        assert!(bytes.is_multiple_of(one));
        lab.handle(Event::Full { link: hasty });
        assert_eq!(sent(&lab.say(other, "PING\n"), other), "PONG\n");
        lab.handle(Event::Drained { link: hasty });
        let effects = lab.next_deadline();
        let size = sent(&effects, hasty).len();
        assert!(size < 128 * 1024 + one, "{size} bytes at once");
        bytes += size;
        if effects.contains(&Effect::Resume { link: hasty }) {
            break;
        }
    }
    assert_eq!(bytes, 2000 * one);
}

#[test]
fn a_server_that_reads_again_in_time_misses_nothing() {
    let mut lab = lab();
    let slow = lab.connect(1);
    drop(lab.effects());
    lab.handle(Event::Full { link: slow });
    assert_eq!(sent(&lab.say(slow, "SET ups.id a\n"), slow), "");
    lab.handle(Event::Drained { link: slow });
    assert_eq!(sent(&lab.effects(), slow), "SETINFO ups.id \"a\"\n");
}

#[test]
fn servers_beyond_the_limit_are_refused() {
    let mut lab = lab();
    let limit = u32::try_from(LINKS_LIMIT).expect("a small number");
    for number in 0..limit {
        lab.connect(number);
    }
    drop(lab.effects());
    let refused = lab.connect(limit);
    let effects = lab.effects();
    assert!(effects.contains(&Effect::Close { link: refused }));
    assert_eq!(said(&effects), [format!("{LINKS_LIMIT} servers on the driver socket: new ones are refused")]);
    lab.connect(limit + 1);
    assert_eq!(said(&lab.effects()), [""; 0], "said once");
    lab.handle(Event::Closed { link: LinkId::accepted(0), error: LinkError::Closed });
    let next = lab.connect(limit + 1);
    assert_eq!(sent(&lab.say(next, "PING\n"), next), "PONG\n");
}

#[test]
fn driver_exit_answers_then_exits() {
    let mut lab = lab();
    let server = lab.connect(1);
    drop(lab.effects());
    let effects = lab.say(server, "INSTCMD driver.exit TRACKING 1\n");
    assert_eq!(sent(&effects, server), "TRACKING 1 0\n");
    assert_eq!(effects.last(), Some(&Effect::Exit { code: 0 }));
}

#[test]
fn more_requests_than_a_busy_driver_keeps_are_answered_as_failed() {
    let config = DriverConfig::new("lab", "busy", "x");
    let mut publisher = Publisher::new(&config, "1");
    let server = LinkId::accepted(1);
    let accepted: Event<DriverConfig> = Event::Accepted { link: server, peer: Peer::Unix };
    assert_eq!(publisher.handle(accepted), None);
    let many: String = (0..1000).map(|n| format!("INSTCMD load.off TRACKING {n}\n")).collect();
    let received: Event<DriverConfig> = Event::Received { link: server, bytes: many.into() };
    assert_eq!(publisher.handle(received), None);
    let effects: Vec<Effect> = std::iter::from_fn(|| publisher.poll_effect()).collect();
    let refused = sent(&effects, server);
    assert_eq!(refused.lines().count(), 1000 - ASKED_LIMIT);
    assert!(refused.lines().all(|line| line.ends_with(" 3")), "{refused}");
    assert_eq!(std::iter::from_fn(|| publisher.next_asked()).count(), ASKED_LIMIT);
}

#[test]
fn overridden_values_stay_and_defaults_return() {
    let mut config = DriverConfig::new("lab", "dummy-ups", "d.dev");
    config.overrides.push(("battery.charge.low".into(), "30".into()));
    config.defaults.push(("battery.voltage".into(), "12.3".into()));
    let mut lab = Bench::playing(config, "battery.charge.low: 10\nbattery.voltage: 13\n");
    assert_eq!(lab.engine.publisher().value("battery.charge.low"), Some("30"));
    assert_eq!(lab.engine.publisher().value("battery.voltage"), Some("13"));
    let server = lab.connect(1);
    drop(lab.effects());
    assert_eq!(
        sent(&lab.say(server, "SET battery.voltage \"\"\nDUMPVALUE battery.charge.low\n"), server),
        "SETINFO battery.voltage \"12.3\"\nSETINFO battery.charge.low \"30\"\nDATAOK\nDUMPDONE\n"
    );
}
