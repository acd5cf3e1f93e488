//! A server may send anything. It must never bring the monitor down, and never a host that was on
//! line power.

use crate::script::World;
use monitor::sight::Line;
use proptest::prelude::*;
use protocol::{Event, Instant, LinkId};
use std::time::Duration;

const CONFIG: &str = r#"
    MONITOR rack@nas 1 mon secret primary
    SHUTDOWNCMD "/sbin/shutdown -h +0"
    POWERDOWNFLAG /etc/killpower
"#;

/// Bytes as a broken or malicious server may send them: pieces of the protocol, and rubbish.
fn bytes() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        Just("VAR rack ups.status \"OL\"\n".to_owned()),
        Just("VAR rack ups.status \"".to_owned()),
        Just("WATCH VAR rack ups.status \"OL LB\"\n".to_owned()),
        Just("WATCH LOST rack DATA-STALE\n".to_owned()),
        Just("WATCH ALIVE\n".to_owned()),
        Just("OK WATCH\n".to_owned()),
        Just("OK\n".to_owned()),
        Just("ERR DATA-STALE\n".to_owned()),
        Just("ERR\n".to_owned()),
        Just("BEGIN LIST CLIENT rack\n".to_owned()),
        Just("END LIST CLIENT rack\n".to_owned()),
        Just("NUMLOGINS rack 4294967296\n".to_owned()),
        Just("NUMLOGINS rack 0\n".to_owned()),
        "[ -~]{0,40}\n?",
    ];
    let rubbish = proptest::collection::vec(any::<u8>(), 0..64);
    proptest::collection::vec(prop_oneof![piece.prop_map(String::into_bytes), rubbish], 1..8)
        .prop_map(|pieces| pieces.concat())
        // What says that the UPS is on battery, off, or shutting down is obeyed, rightly.
        .prop_filter("no reason", |bytes| {
            let text = String::from_utf8_lossy(bytes);
            !["OB", "FSD", "OFF"].iter().any(|word| text.contains(word))
        })
}

/// What the server does next.
#[derive(Debug, Clone)]
enum Step {
    Bytes { on_the_watch: bool, bytes: Vec<u8> },
    Act(&'static str),
    Wait(u64),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => (any::<bool>(), bytes()).prop_map(|(on_the_watch, bytes)| Step::Bytes { on_the_watch, bytes }),
        2 => prop_oneof![
            Just("nas down"), Just("nas up"), Just("nas mute"), Just("nas talks"), Just("nas says OL"),
            Just("nas refuses DATA-STALE"), Just("nas says OL ALARM"), Just("nas logins 0"), Just("nas pushes"),
        ].prop_map(Step::Act),
        3 => (1u64..40_000).prop_map(Step::Wait),
    ]
}

proptest! {
    #[test]
    fn no_bytes_bring_down_a_host_that_was_last_seen_on_line_power(
        steps in proptest::collection::vec(step(), 1..40),
    ) {
        let mut world = World::new(CONFIG);
        let mut now = Instant::START + Duration::from_secs(1);
        world.run_until(now);
        for step in steps {
            match step {
                Step::Bytes { on_the_watch, bytes } => {
                    if let Some(link) = world.open_link(on_the_watch) {
                        world.give(Event::Received { link, bytes });
                    }
                }
                Step::Act(what) => world.act(what),
                Step::Wait(milliseconds) => now += Duration::from_millis(milliseconds),
            }
            world.run_until(now);
        }
        world.run_until(now + Duration::from_secs(600));
        prop_assert!(world.upsmon().decision().is_none(), "{}", world.log());
        let (_, sight) = world.upsmon().sights().next().expect("one UPS");
        prop_assert_ne!(sight.line, Line::OnBattery);
    }

    #[test]
    fn whatever_happens_a_decision_runs_the_shutdown_command_once(
        fates in proptest::collection::vec(
            prop_oneof![
                Just("nas down"), Just("nas up"), Just("nas mute"), Just("nas talks"), Just("nas says OL"),
                Just("nas says OB LB"), Just("nas refuses DATA-STALE"), Just("nas logins 1"), Just("nas logins 3"),
                Just("signal fsd"), Just("signal stop"), Just("disk hangs"), Just("disk fails"),
                Just("shutdown hangs"), Just("shutdown fails"), Just("shutdown is lost"), Just("asleep 30"),
                Just("nas denies FSD"),
            ],
            0..30,
        ),
    ) {
        let mut world = World::new(CONFIG);
        let mut now = Instant::START + Duration::from_secs(1);
        world.act("nas says OB LB");
        // What could not be started is tried again.
        let may_repeat = fates.contains(&"shutdown fails");
        for fate in fates {
            world.act(fate);
            now += Duration::from_millis(1_700);
            world.run_until(now);
        }
        world.act("nas says OB LB");
        world.run_until(world.now() + Duration::from_secs(120));
        let commands = world.log().matches("SHUTDOWNCMD /sbin").count();
        // Stopped before the decision, or never able to see a reason for it.
        let is_undecided = world.upsmon().decision().is_none();
        let is_right = if may_repeat { (commands > 0) != is_undecided } else { commands == usize::from(!is_undecided) };
        prop_assert!(is_right, "{}", world.log());
    }
}

/// NUT's clients refuse such an answer too.
#[test]
fn an_answer_about_another_ups_or_variable_is_no_status_of_this_one() {
    for answer in ["VAR closet ups.status \"FSD OB LB\"\n", "VAR rack ups.test.result \"FSD OB LB\"\n"] {
        let mut world = World::new(CONFIG);
        world.act("nas mute");
        world.run_until(Instant::START + Duration::from_secs(1));
        let link = world.open_link(false).expect("a connection");
        let bytes = format!("OK\nOK\nOK\nOK PRIMARY-GRANTED\n{answer}").into_bytes();
        world.give(Event::Received { link, bytes });
        assert!(world.upsmon().decision().is_none(), "{answer}: {}", world.log());
        assert!(world.log().contains("Invalid response from server"), "{answer}: {}", world.log());
    }
}

#[test]
fn a_link_that_was_closed_says_nothing_any_more() {
    let mut world = World::new(CONFIG);
    world.run_until(Instant::START + Duration::from_secs(1));
    world.give(Event::Received { link: LinkId::opened(99), bytes: b"VAR rack ups.status \"FSD OB LB\"\n".to_vec() });
    assert!(world.upsmon().decision().is_none());
}

/// `upsmon` read it for as long as it came, at half a core, and the server counted as slow.
#[test]
fn a_status_line_without_an_end_ends_the_connection_which_is_tried_again_later() {
    for on_the_watch in [false, true] {
        let mut world = World::new(CONFIG);
        world.act("nas pushes");
        world.run_until(Instant::START + Duration::from_secs(6));
        let link = world.open_link(on_the_watch).expect("a connection");
        world.give(Event::Received { link, bytes: b"VAR rack ups.status \"".to_vec() });
        for _ in 0..5 {
            world.give(Event::Received { link, bytes: vec![b'O'; 16 * 1024] });
        }
        assert_ne!(world.open_link(on_the_watch), Some(link), "{}", world.log());
        world.run_until(world.now() + Duration::from_secs(60));
        assert!(world.open_link(false).is_some(), "{}", world.log());
        assert!(world.upsmon().decision().is_none(), "{}", world.log());
    }
}
