//! Rubbish on the driver socket and in files: no panic, and no growth without a bound.

use crate::bench::Bench;
use driver::DriverConfig;
use driver::dummy::{VARIABLES_LIMIT, check};
use driver::publisher::BACKLOG_LIMIT;
use proptest::prelude::*;
use protocol::driver_socket::FromDriver;
use protocol::lexer::LineReader;
use protocol::{Effect, Event};

/// What a server might say if it wanted trouble: whole requests, halves, quotes, controls.
fn noise() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        Just(b"DUMPALL\n".to_vec()),
        Just(b"SET a.b \"".to_vec()),
        Just(b"SET ups.status \"\"\n".to_vec()),
        Just(b"INSTCMD driver.exit TRACKING ".to_vec()),
        Just(b"INSTCMD shutdown.default TRACKING 1\n".to_vec()),
        Just(b"LOGOUT\n".to_vec()),
        Just(b"BROADCAST -9999999999999999999999\n".to_vec()),
        Just(b"SET driver.debug 99999999999\n".to_vec()),
        Just(b"SET driver.flag.allow_killpower 1\n".to_vec()),
        proptest::collection::vec(any::<u8>(), 0..40),
        "[ -~]{0,600}".prop_map(String::into_bytes),
        Just(b"\n".to_vec()),
    ];
    proptest::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

/// What a file might hold: good lines, bad ones, anything.
fn file() -> impl Strategy<Value = Vec<u8>> {
    let line = prop_oneof![
        Just("TIMER 0".to_owned()),
        Just("TIMER 4294967295".to_owned()),
        Just("TIMER 99999999999999".to_owned()),
        Just("ALARM".to_owned()),
        Just("ALARM \"open".to_owned()),
        Just("ups.status: OL LB OL".to_owned()),
        Just("ups.status:".to_owned()),
        "[a-z.]{0,12}:? ?[ -~]{0,300}",
    ];
    let lines = proptest::collection::vec(line, 0..60).prop_map(|lines| lines.join("\n").into_bytes());
    prop_oneof![lines, proptest::collection::vec(any::<u8>(), 0..2000)]
}

/// Whether everything sent is made of the driver socket's lines.
fn is_spoken_well(effects: &[Effect]) -> bool {
    let mut reader = LineReader::new();
    effects.iter().all(|effect| {
        let Effect::Send { bytes, .. } = effect else { return true };
        let mut input = bytes.as_slice();
        while let Some(line) = reader.next_line(&mut input) {
            if FromDriver::parse(line).is_err() {
                return false;
            }
        }
        bytes.ends_with(b"\n")
    })
}

fn bytes_sent(effects: &[Effect]) -> usize {
    let size = |effect: &Effect| if let Effect::Send { bytes, .. } = effect { bytes.len() } else { 0 };
    effects.iter().map(size).sum()
}

proptest! {
    #[test]
    fn nothing_a_server_says_panics_or_grows_the_driver(
        said in noise(),
        cuts in proptest::collection::vec(1usize..200, 1..20),
    ) {
        let mut lab = Bench::playing(DriverConfig::new("lab", "dummy-ups", "a.dev"), "ups.status: OL\n");
        let server = lab.connect(1);
        lab.effects();
        let mut rest = said.as_slice();
        for cut in cuts.iter().cycle() {
            if rest.is_empty() {
                break;
            }
            let (piece, more) = rest.split_at((*cut).min(rest.len()));
            rest = more;
            let effects = lab.say(server, piece);
            prop_assert!(bytes_sent(&effects) <= BACKLOG_LIMIT);
            prop_assert!(is_spoken_well(&effects));
        }
        prop_assert!(lab.engine.publisher().known() <= VARIABLES_LIMIT + 64);
    }

    #[test]
    fn no_file_panics_or_spins(contents in file(), others in file()) {
        let config = DriverConfig::new("lab", "dummy-ups", "a.seq");
        let _ = check(&config, &contents).to_string();
        let mut lab = Bench::new(config);
        let server = lab.connect(1);
        for contents in [contents, others] {
            lab.handle(Event::FileChanged { path: "a.seq".into(), contents: Some(contents) });
            lab.effects();
            let start = lab.now;
            for _ in 0..200 {
                lab.next_deadline();
            }
            prop_assert!(lab.now > start, "two hundred deadlines take time");
            prop_assert!(is_spoken_well(&lab.say(server, "DUMPALL\n")));
        }
    }
}

#[test]
fn made_up_variables_have_a_limit() {
    let mut lab = Bench::playing(DriverConfig::new("lab", "dummy-ups", "a.dev"), "");
    let server = lab.connect(1);
    lab.effects();
    for start in (0..VARIABLES_LIMIT + 500).step_by(100) {
        let many: String = (start..start + 100).map(|n| format!("SET made.up.{n} 1\n")).collect();
        lab.say(server, many);
    }
    assert!(lab.engine.publisher().known() <= VARIABLES_LIMIT);
}

#[test]
fn a_request_without_an_end_ends_its_connection_and_no_other() {
    let mut lab = Bench::playing(DriverConfig::new("lab", "dummy-ups", "a.dev"), "ups.status: OL\n");
    let (rude, honest) = (lab.connect(1), lab.connect(2));
    lab.effects();
    let mut effects = Vec::new();
    for _ in 0..5 {
        effects.extend(lab.say(rude, "x".repeat(16 * 1024)));
    }
    assert!(effects.iter().any(|effect| matches!(effect, Effect::Close { link } if *link == rude)), "{effects:?}");
    assert!(bytes_sent(&lab.say(honest, "PING\n")) > 0);
}
