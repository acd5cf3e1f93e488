//! Who tries passwords gets one answer a second, and who knows his waits for nothing.

mod bed;

use std::time::Duration;

use bed::Bed;

const TRY: &[u8] = b"USERNAME mon\nPASSWORD guess\nLOGIN dummy\nNETVER\n";

fn guess(n: u32) -> Vec<u8> {
    format!("USERNAME mon\nPASSWORD guess{n}\nLOGIN dummy\nNETVER\n").into_bytes()
}

/// How many of a thousand guesses from as many addresses are answered within 5 s, and how many make a line in the log.
fn answered(address: impl Fn(u32) -> String) -> (usize, usize) {
    let mut bed = Bed::new();
    let tried = |bed: &mut Bed, n| {
        let link = bed.connect_from(&address(n));
        (link, bed.say_if_open(link, &guess(n)))
    };
    let mut said: Vec<_> = (0..1000).map(|n| tried(&mut bed, n)).collect();
    bed.wait(Duration::from_secs(5));
    said.iter_mut().for_each(|(link, said)| said.push_str(&bed.heard(*link)));
    let answers = said.iter().filter(|(_, said)| said.contains("ACCESS-DENIED")).count();
    (answers, bed.log.iter().filter(|line| line.contains("has not proved")).count())
}

#[test]
fn a_thousand_addresses_of_one_ipv6_network_try_no_more_passwords_than_one() {
    let (answers, lines) = answered(|n| format!("2001:db8:0:1::{n:x}"));
    assert!(answers < 70 && lines == 1, "{answers} {lines}");
}

#[test]
fn sources_beyond_those_that_are_remembered_try_no_more_passwords_than_one() {
    let (answers, lines) = answered(|n| format!("2001:db8:0:{n:x}::1"));
    assert!(answers < 256 + 70 && lines == 257, "{answers} {lines}");
}

#[test]
fn monitors_behind_one_address_whose_password_was_changed_keep_their_connection() {
    let mut bed = Bed::new();
    let try_once = |bed: &mut Bed| {
        let link = bed.connect();
        (link, bed.say_if_open(link, TRY))
    };
    let tried: Vec<_> = (0..200).map(|_| try_once(&mut bed)).collect();
    bed.wait(Duration::from_secs(4));
    bed.settle_turns();
    for (link, said) in tried {
        assert_eq!(said + &bed.heard(link), "OK\nOK\nERR ACCESS-DENIED\n1.3\n", "within a monitor's patience");
    }
}

#[test]
fn wrong_passwords_are_answered_once_a_second_and_a_good_one_at_once() {
    let mut bed = Bed::new();
    let mut links = Vec::new();
    for _ in 0..3 {
        let link = bed.connect();
        links.push((link, bed.say(link, TRY)));
    }
    assert_eq!(links[0].1, "OK\nOK\nERR ACCESS-DENIED\n1.3\n");
    assert_eq!((&*links[1].1, &*links[2].1), ("OK\nOK\n", "OK\nOK\n"));
    let good = bed.log_in("mon", "mon");
    assert_eq!(bed.ask(good, "NETVER"), "1.3\n");
    bed.wait(Duration::from_millis(1001));
    bed.settle_turns();
    assert_eq!(bed.heard(links[1].0), "ERR ACCESS-DENIED\n1.3\n");
    assert_eq!(bed.heard(links[2].0), "");
    assert_eq!(bed.ask(good, "LOGIN dummy"), "OK\n");
    assert_eq!(bed.log.iter().filter(|line| line.contains("has not proved")).count(), 1, "{:?}", bed.log);
}

#[test]
fn what_is_asked_behind_a_wrong_password_waits_and_is_answered_however_much_it_is() {
    let mut bed = Bed::new();
    let first = bed.connect();
    bed.say(first, TRY);
    let link = bed.connect();
    let asked = [TRY, &b"NETVER\n".repeat(100_000)].concat();
    assert_eq!(bed.say(link, &asked), "OK\nOK\n");
    assert!(bed.wires[&link].unread.len() > 600_000, "it waits at the client's");
    bed.wait(Duration::from_millis(1001));
    bed.settle_turns();
    assert_eq!(bed.heard(link), format!("ERR ACCESS-DENIED\n{}", "1.3\n".repeat(100_001)));
}

#[test]
fn a_thousand_wrong_passwords_make_one_line_in_the_log_and_no_monitor_wait_beyond_its_patience() {
    let mut bed = Bed::new();
    let mut answers = 0;
    for n in 0..1000 {
        let link = bed.connect();
        bed.say_if_open(link, &guess(n));
    }
    for link in bed.wires.keys().copied().filter(|link| link.is_accepted()).collect::<Vec<_>>() {
        bed.wires.entry(link).or_default().bytes.clear();
    }
    bed.wait(Duration::from_secs(5));
    bed.settle_turns();
    for (_, wire) in bed.wires.iter().filter(|(link, wire)| link.is_accepted() && !wire.is_closed) {
        answers += usize::from(wire.bytes.starts_with(b"ERR ACCESS-DENIED"));
    }
    assert!((50..70).contains(&answers), "{answers}");
    assert_eq!(bed.log.iter().filter(|line| line.contains("has not proved")).count(), 1, "{:?}", bed.log);
    let good = bed.log_in("mon", "mon");
    assert_eq!(bed.ask(good, "LOGIN dummy"), "OK\n");
}
