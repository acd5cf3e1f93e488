//! No session, however rude or slow, holds up another or makes the server grow.

mod bed;

use std::time::Duration;

use bed::Bed;
use proptest::prelude::*;
use protocol::{Effect, Engine, Event, LinkId};

/// What the largest reply to one event may hold: a turn, and the list that overshoots it.
const MOST_PER_EVENT: usize = 128 * 1024 + 64 * 1024;

/// The reply that an honest client gets while something else goes on.
fn is_served(bed: &mut Bed, client: LinkId) {
    assert_eq!(bed.ask(client, "GET VAR dummy ups.status"), "VAR dummy ups.status \"OL\"\n");
}

#[test]
fn a_client_that_asks_without_end_gets_its_turn_and_no_more() {
    let mut bed = Bed::new();
    let (rude, honest) = (bed.connect(), bed.connect());
    let flood = "LIST VAR dummy\n".repeat(1000);
    let bytes = flood.into_bytes();
    bed.engine.handle(Event::Received { link: rude, bytes }, bed.now);
    bed.settle();
    assert!(bed.wires[&rude].bytes.len() <= MOST_PER_EVENT, "{} bytes at once", bed.wires[&rude].bytes.len());
    // Its turn has passed: another is answered before it goes on.
    bed.engine.handle(Event::Received { link: honest, bytes: b"VER\n".to_vec() }, bed.now);
    let Some(Effect::Send { link, .. }) = bed.engine.poll_output() else { panic!("VER was not answered") };
    assert_eq!(link, honest);
    bed.settle_turns();
    assert_eq!(bed.heard(rude).matches("END LIST VAR dummy\n").count(), 1000, "and nothing of it is lost");
}

#[test]
fn a_client_that_never_reads_waits_alone_and_is_let_go() {
    let mut bed = Bed::new();
    let (rude, honest) = (bed.connect(), bed.connect());
    bed.event(Event::Received { link: rude, bytes: "LIST VAR dummy\n".repeat(1000).into_bytes() });
    bed.event(Event::Full { link: rude });
    let sent = bed.wires[&rude].bytes.len();
    bed.settle_turns();
    is_served(&mut bed, honest);
    assert_eq!(bed.wires[&rude].bytes.len(), sent, "nothing more is produced for a full queue");
    bed.wait(Duration::from_secs(61));
    assert!(bed.heard(rude).ends_with("<EOF>"));
}

#[test]
fn a_client_that_asks_faster_than_it_reads_is_made_to_wait_and_loses_no_answer() {
    let mut bed = Bed::new();
    let (slow, honest) = (bed.connect(), bed.connect());
    bed.event(Event::Full { link: slow });
    assert_eq!(bed.say(slow, &b"VER\n".repeat(100_000)), "");
    assert!(bed.wires[&slow].is_paused && bed.wires[&slow].unread.len() == 400_000, "it waits at the client's");
    is_served(&mut bed, honest);
    bed.event(Event::Drained { link: slow });
    bed.settle_turns();
    assert_eq!(bed.heard(slow).lines().count(), 100_000);
    assert_eq!(bed.log.iter().filter(|line| line.contains("disconnected")).count(), 0, "{:?}", bed.log);
}

#[test]
fn a_client_that_reads_slowly_stays_for_as_long_as_it_takes_something() {
    let mut bed = Bed::new();
    let slow = bed.log_in("sec", "sec");
    assert_eq!(bed.ask(slow, "LOGIN dummy"), "OK\n");
    bed.event(Event::Full { link: slow });
    for _ in 0..10 {
        bed.wait(Duration::from_secs(50));
        bed.driver_says("PONG\n");
        bed.event(Event::Draining { link: slow });
    }
    bed.event(Event::Drained { link: slow });
    assert_eq!(bed.ask(slow, "GET NUMLOGINS dummy"), "NUMLOGINS dummy 1\n");
}

#[test]
fn a_full_queue_that_drains_is_served_on() {
    let mut bed = Bed::new();
    let slow = bed.connect();
    bed.event(Event::Full { link: slow });
    bed.event(Event::Received { link: slow, bytes: b"VER\nNETVER\n".to_vec() });
    assert_eq!(bed.heard(slow), "");
    bed.event(Event::Drained { link: slow });
    bed.settle_turns();
    assert!(bed.heard(slow).ends_with("\n1.3\n"));
}

#[test]
fn a_line_without_an_end_and_a_quote_without_an_end_are_ended() {
    for rude in ["A", "\"\n"] {
        let mut bed = Bed::new();
        let client = bed.connect();
        let bytes = rude.repeat(70_000 / rude.len()).into_bytes();
        if rude == "A" {
            bed.event(Event::Received { link: client, bytes });
            assert_eq!(bed.heard(client), "<EOF>");
        } else {
            // Every second quote ends a word, every second newline ends a line: this one lives.
            bed.event(Event::Received { link: client, bytes: [b"\"".to_vec(), bytes].concat() });
            bed.settle_turns();
            assert!(bed.heard(client).starts_with("ERR"));
        }
    }
}

#[test]
fn replies_to_one_read_leave_in_one_write() {
    let mut bed = Bed::new();
    let client = bed.connect();
    bed.ask(client, "LIST VAR dummy");
    assert_eq!(bed.wires[&client].writes, 1);
    bed.ask(client, "VER\nNETVER\nLIST UPS");
    assert_eq!(bed.wires[&client].writes, 2);
}

#[test]
fn who_leaves_is_no_longer_counted_whichever_way_he_left() {
    let mut bed = Bed::new();
    let links: Vec<LinkId> = (0..3).map(|_| bed.log_in("sec", "sec")).collect();
    for &link in &links {
        assert_eq!(bed.ask(link, "LOGIN dummy"), "OK\n");
    }
    let asker = bed.connect();
    assert_eq!(bed.ask(asker, "GET NUMLOGINS dummy"), "NUMLOGINS dummy 3\n");
    assert_eq!(bed.ask(links[0], "LOGOUT"), "OK Goodbye\n<EOF>");
    bed.event(Event::Closed { link: links[1], error: protocol::LinkError::Reset });
    bed.wait(Duration::from_secs(59));
    bed.driver_says("PONG\n");
    assert_eq!(bed.ask(asker, "GET NUMLOGINS dummy"), "NUMLOGINS dummy 1\n");
    bed.wait(Duration::from_secs(2));
    assert_eq!(bed.heard(links[2]), "<EOF>", "silent for a minute");
    assert_eq!(bed.ask(asker, "LIST CLIENT dummy"), "BEGIN LIST CLIENT dummy\nEND LIST CLIENT dummy\n");
}

/// Bytes as a fuzzer of this protocol likes them: words of it, in any order, and anything else.
fn hostile() -> impl Strategy<Value = Vec<u8>> {
    let words = prop::sample::select(vec![
        "GET ",
        "LIST ",
        "VAR ",
        "SET ",
        "INSTCMD ",
        "WATCH ",
        "dummy ",
        "nodrv ",
        "ups.status ",
        "USERNAME admin\n",
        "PASSWORD adm\n",
        "LOGIN ",
        "FSD ",
        "TRACKING ",
        "ON\n",
        "\n",
        "\"",
        "\\",
        "#",
        "=",
        "SETINFO ",
        "ADDENUM ",
        "ADDRANGE ",
        "SETFLAGS ",
        "RW ",
        "DUMPDONE\n",
        "DATAOK\n",
        "DATASTALE\n",
        "DELINFO ",
        "ADDCMD ",
        "server.info ",
    ]);
    let piece = prop_oneof![
        8 => words.prop_map(|word| word.as_bytes().to_vec()),
        1 => prop::collection::vec(any::<u8>(), 0..40),
    ];
    prop::collection::vec(piece, 0..60).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn whatever_clients_and_drivers_send_the_server_goes_on(steps in prop::collection::vec((0u8..3, hostile()), 1..20)) {
        let mut bed = Bed::new();
        let clients = [bed.connect(), bed.connect()];
        for (who, bytes) in steps {
            let link = if who == 2 { bed.driver() } else { clients[usize::from(who)] };
            let before: usize = bed.wires.values().map(|wire| wire.bytes.len()).sum();
            bed.event(Event::Received { link, bytes });
            let after: usize = bed.wires.values().map(|wire| wire.bytes.len()).sum();
            prop_assert!(after - before <= 2 * MOST_PER_EVENT);
            bed.settle_turns();
        }
        let honest = bed.connect();
        let banner = format!("{}\n", server::BANNER);
        prop_assert_eq!(bed.ask(honest, "VER"), banner);
    }
}
