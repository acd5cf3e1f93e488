//! A crowd of connections never keeps out a monitor.

mod bed;

use std::time::Duration;

use bed::{Bed, UPS_CONF, UPSD_CONF, UPSD_USERS, config};
use protocol::{Event, LinkId, Peer};

const MAXCONN: usize = 64;

fn bed() -> Bed {
    Bed::with(config(UPS_CONF, &format!("{UPSD_CONF}MAXCONN {MAXCONN}\n"), UPSD_USERS))
}

fn connect_from(bed: &mut Bed, address: &str, number: u32) -> LinkId {
    let link = LinkId::accepted(1000 + number);
    bed.wires.insert(link, bed::Wire::default());
    bed.event(Event::Accepted { link, peer: Peer::Tcp(address.into()) });
    link
}

fn crowd(bed: &mut Bed, address: &str, numbers: std::ops::Range<u32>) {
    for number in numbers {
        let link = connect_from(bed, address, number);
        bed.say_if_open(link, b"VER\n");
    }
}

fn log_in(bed: &mut Bed, link: LinkId) {
    let said = bed.say_if_open(link, b"USERNAME sec\nPASSWORD sec\nLOGIN dummy\n");
    assert_eq!(said, "OK\nOK\nOK\n");
}

fn open(bed: &Bed) -> usize {
    bed.wires.iter().filter(|(link, wire)| link.is_accepted() && !wire.is_closed).count()
}

#[test]
fn a_monitor_that_was_restarted_logs_in_while_one_address_takes_all_connections() {
    for (stranger, monitor) in [
        ("192.0.2.66", "127.0.0.1"),
        ("127.0.0.1", "127.0.0.1"),
        ("192.0.2.66", "192.0.2.7"),
        ("192.0.2.7", "192.0.2.7"),
    ] {
        let mut bed = bed();
        crowd(&mut bed, stranger, 0..200);
        assert!(open(&bed) <= MAXCONN);
        let link = connect_from(&mut bed, monitor, 500);
        log_in(&mut bed, link);
        crowd(&mut bed, stranger, 600..900);
        assert_eq!(bed.ask(link, "GET VAR dummy ups.status"), "VAR dummy ups.status \"OL\"\n");
        assert!(open(&bed) <= MAXCONN);
        assert_eq!(bed.log.iter().filter(|line| line.contains("make room")).count(), 1, "{:?}", bed.log);
    }
}

#[test]
fn nobody_goes_while_there_is_room_however_many_hosts_stand_behind_one_address() {
    let mut bed = bed();
    crowd(&mut bed, "172.17.0.1", 0..50);
    assert_eq!(open(&bed), 50);
}

#[test]
fn idle_strangers_go_before_those_who_ask_and_the_oldest_of_them_first() {
    let mut bed = bed();
    let asks = connect_from(&mut bed, "192.0.2.1", 0);
    let idle: Vec<LinkId> = (1..50).map(|n| connect_from(&mut bed, &format!("192.0.2.{n}"), n)).collect();
    for n in 50..70 {
        connect_from(&mut bed, &format!("192.0.2.{n}"), n);
        bed.wait(Duration::from_secs(1));
        assert_eq!(bed.ask(asks, "NETVER"), "1.3\n");
    }
    assert!(bed.wires[&idle[0]].is_closed && !bed.wires[&idle[48]].is_closed);
}
