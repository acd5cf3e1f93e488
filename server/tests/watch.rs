//! WATCH: changes are pushed as they happen, and a watcher never hears less than a poller sees.

mod bed;

use std::time::Duration;

use bed::{Bed, UPS_CONF, UPSD_CONF, UPSD_USERS, config};
use protocol::{Event, LinkError};

#[test]
fn a_watcher_hears_the_present_state_and_each_change_at_once() {
    let mut bed = Bed::new();
    let watcher = bed.connect();
    assert_eq!(bed.ask(watcher, "WATCH Dummy"), "OK WATCH\nWATCH VAR Dummy ups.status OL\n".replace("OL", "\"OL\""));
    bed.driver_says("SETINFO ups.status \"OB DISCHRG\"\n");
    assert_eq!(bed.heard(watcher), "WATCH VAR Dummy ups.status \"OB DISCHRG\"\n");
    bed.driver_says("SETINFO ups.status \"OB DISCHRG\"\nSETINFO battery.charge \"90\"\n");
    assert_eq!(bed.heard(watcher), "", "what has not changed is not said");
}

#[test]
fn a_forced_shutdown_reaches_watchers_before_anybody_polls() {
    let mut bed = Bed::new();
    let watcher = bed.connect();
    bed.ask(watcher, "WATCH dummy");
    let primary = bed.log_in("mon", "mon");
    assert_eq!(bed.ask(primary, "FSD dummy"), "OK FSD-SET\n");
    assert_eq!(bed.heard(watcher), "WATCH VAR dummy ups.status \"FSD OL\"\n");
}

#[test]
fn a_forced_shutdown_reaches_watchers_although_the_driver_is_gone() {
    let mut bed = Bed::new();
    let watcher = bed.connect();
    bed.ask(watcher, "WATCH dummy");
    let link = bed.driver();
    bed.event(Event::Closed { link, error: LinkError::Closed });
    assert_eq!(bed.heard(watcher), "WATCH LOST dummy DRIVER-NOT-CONNECTED\n");
    let primary = bed.log_in("mon", "mon");
    assert_eq!(bed.ask(primary, "FSD dummy"), "OK FSD-SET\n");
    assert_eq!(bed.heard(watcher), "WATCH VAR dummy ups.status \"FSD\"\n");
    assert_eq!(bed.ask(primary, "GET VAR dummy ups.status"), "ERR DRIVER-NOT-CONNECTED\n", "as NUT's");
    let late = bed.connect();
    assert_eq!(bed.ask(late, "WATCH dummy"), "OK WATCH\nWATCH VAR dummy ups.status \"FSD\"\n");
}

#[test]
fn the_loss_of_a_driver_and_stale_data_are_told_and_so_is_their_end() {
    let mut bed = Bed::new();
    let watcher = bed.connect();
    bed.ask(watcher, "WATCH dummy");
    bed.driver_says("DATASTALE\n");
    assert_eq!(bed.heard(watcher), "WATCH LOST dummy DATA-STALE\n");
    bed.driver_says("DATAOK\n");
    assert_eq!(bed.heard(watcher), "WATCH VAR dummy ups.status \"OL\"\n");
    let link = bed.driver();
    bed.event(Event::Closed { link, error: LinkError::Closed });
    assert_eq!(bed.heard(watcher), "WATCH LOST dummy DRIVER-NOT-CONNECTED\n");
    bed.wait(Duration::from_secs(1));
    assert_eq!(bed.heard(watcher), "", "a driver that has said nothing yet is as good as absent");
    bed.driver_says("SETINFO ups.status \"OB\"\nDATAOK\nDUMPDONE\n");
    assert_eq!(bed.heard(watcher), "WATCH VAR dummy ups.status \"OB\"\n");
}

#[test]
fn silence_is_broken_every_five_seconds_and_a_watcher_may_be_silent_for_ever() {
    let mut bed = Bed::new();
    let (watcher, silent) = (bed.connect(), bed.connect());
    bed.ask(watcher, "WATCH nodrv");
    bed.wait(Duration::from_secs(121));
    assert_eq!(bed.heard(watcher), "WATCH ALIVE\n".repeat(24));
    assert_eq!(bed.heard(silent), "<EOF>");
}

#[test]
fn a_watcher_that_falls_behind_hears_the_newest_state_when_it_reads_again() {
    let mut bed = Bed::new();
    let watcher = bed.connect();
    bed.ask(watcher, "WATCH dummy");
    bed.event(Event::Full { link: watcher });
    for status in ["OB", "OB LB", "OL CHRG"] {
        bed.driver_says(&format!("SETINFO ups.status \"{status}\"\n"));
    }
    assert_eq!(bed.heard(watcher), "");
    bed.event(Event::Drained { link: watcher });
    assert_eq!(bed.heard(watcher), "WATCH VAR dummy ups.status \"OL CHRG\"\n");
}

#[test]
fn a_watcher_that_never_reads_is_let_go() {
    let mut bed = Bed::new();
    let watcher = bed.connect();
    bed.ask(watcher, "WATCH dummy");
    bed.event(Event::Full { link: watcher });
    bed.wait(Duration::from_secs(61));
    assert_eq!(bed.heard(watcher), "<EOF>");
}

#[test]
fn a_reload_keeps_what_stays_and_ends_who_hangs_on_what_goes() {
    let mut bed = Bed::new();
    let (stays, goes) = (bed.log_in("mon", "mon"), bed.log_in("sec", "sec"));
    assert_eq!(bed.ask(stays, "LOGIN dummy\nFSD dummy"), "OK\nOK FSD-SET\n");
    assert_eq!(bed.ask(goes, "LOGIN nodrv"), "OK\n");
    let fewer = UPS_CONF.split("[nodrv]").next().expect("the first section");
    bed.event(Event::Reload(Box::new(config(fewer, UPSD_CONF, &UPSD_USERS.replace("= mon", "= new")))));
    assert_eq!(bed.heard(goes), "<EOF>");
    assert_eq!(bed.ask(stays, "GET VAR dummy ups.status"), "VAR dummy ups.status \"FSD OL\"\n");
    assert_eq!(bed.ask(stays, "GET NUMLOGINS dummy"), "NUMLOGINS dummy 1\n");
    assert_eq!(bed.ask(stays, "PRIMARY dummy"), "ERR ACCESS-DENIED\n", "the password is no longer the user's");
    assert_eq!(bed.ask(stays, "LIST UPS").lines().count(), 3);
}

#[test]
fn until_its_first_dump_has_ended_a_driver_s_status_is_wait() {
    let mut bed = Bed::new();
    let link = bed.driver();
    bed.event(Event::Closed { link, error: LinkError::Reset });
    bed.wait(Duration::from_secs(1));
    let client = bed.connect();
    bed.driver_says("DATASTALE\nSETINFO ups.status \"OL\"\n");
    assert_eq!(bed.ask(client, "GET VAR dummy ups.status"), "VAR dummy ups.status \"WAIT\"\n");
    bed.driver_says("DUMPDONE\n");
    assert_eq!(bed.ask(client, "GET VAR dummy ups.status"), "ERR DATA-STALE\n");
}

/// `docs/watch.md` as a script: what stands indented happens.
#[test]
fn the_documented_conversation_is_what_is_said() {
    let document = include_str!("../../docs/watch.md");
    let conversation = document.split("```").nth(1).expect("a conversation");
    let mut bed = Bed::new();
    let (watcher, primary) = (bed.connect(), bed.log_in("mon", "mon"));
    let (mut expected, mut heard) = (String::new(), String::new());
    for line in conversation.lines().filter(|line| !line.is_empty()) {
        if let Some(reply) = line.strip_prefix("S: ") {
            expected += &format!("{reply}\n");
            continue;
        }
        assert_eq!(heard, expected, "before `{line}`");
        (heard, expected) = (String::new(), String::new());
        match line.trim_start() {
            "the driver is gone" => {
                let link = bed.driver();
                bed.event(Event::Closed { link, error: LinkError::Closed });
            }
            "five seconds pass" => bed.wait(Duration::from_secs(5)),
            "the primary orders FSD" => drop(bed.ask(primary, "FSD dummy")),
            other => match (other.strip_prefix("C: "), other.strip_prefix("the driver says ")) {
                (Some(request), _) => heard += &bed.ask(watcher, request),
                (_, Some(status)) => bed.driver_says(&format!("SETINFO ups.status \"{status}\"\n")),
                _ => panic!("`{other}` is none of what can happen here"),
            },
        }
        heard += &bed.heard(watcher);
    }
    assert_eq!(heard, expected);
}
