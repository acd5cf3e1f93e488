//! Each invariant, shown failing on a journal that breaks it and passing on one that does not.

use crate::checks::{Outcome, judge_by};
use crate::journal::sample::{self, at};
use crate::journal::{
    Answer, CommandRole, Direction, Ending, HostState, Login, MainsState, MonitoredFacts, ProcessEvent, Record, Supply,
    What, WireBytes, WireProtocol, lines,
};
use crate::language::{Only, Spot, Violation};

/// Numbers of the invariants that a journal breaks.
fn broken(journal: &[Record]) -> Vec<String> {
    let judgement = judge_by(journal, &[], &[], None).unwrap();
    judgement.invariants.into_iter().filter(|verdict| verdict.outcome.is_failure()).map(|verdict| verdict.id).collect()
}

fn why(journal: &[Record], number: usize) -> String {
    match judge_by(journal, &[], &[], None).unwrap().invariants.swap_remove(number - 1).outcome {
        Outcome::Failed { why, .. } | Outcome::Skipped { why } => why,
        other => format!("{other:?}"),
    }
}

/// The good outage with some records left out.
fn without(leave_out: impl Fn(&Record) -> bool) -> Vec<Record> {
    sample::outage().into_iter().filter(|record| !leave_out(record)).collect()
}

/// A journal with a record more, in its place.
fn and(mut journal: Vec<Record>, ms: u64, what: What) -> Vec<Record> {
    let place = journal.partition_point(|record| record.at <= at(ms));
    journal.insert(place, Record { at: at(ms), what });
    journal
}

/// The day of the outage, but the mains never failed.
fn without_the_outage() -> Vec<Record> {
    without(|record| {
        matches!(record.what, What::Mains { .. } | What::LowBattery { .. } | What::Supply { is: Supply::OnBattery, .. })
    })
}

#[test]
fn a_good_outage_breaks_nothing() {
    assert_eq!(broken(&sample::outage()), [""; 0]);
}

#[test]
fn a_journal_read_back_is_judged_the_same() {
    let journal = sample::outage();
    let mut text = Vec::new();
    lines::write(&mut text, &journal).unwrap();
    let again = lines::read(text.as_slice()).unwrap();
    assert_eq!(again, journal);
    assert_eq!(judge_by(&again, &[], &[], None), judge_by(&journal, &[], &[], None));
}

#[test]
fn a_shutdown_on_good_power_breaks_1() {
    let journal = without_the_outage();
    assert_eq!(broken(&journal), ["1"]);
    assert!(
        why(&journal, 1).contains("box ran its shutdown command although rack was good all the time"),
        "{}",
        why(&journal, 1)
    );
}

#[test]
fn an_operator_may_shut_down_on_good_power() {
    let asked = What::Ran {
        host: "nas".into(),
        role: CommandRole::Operator,
        by: "operator".into(),
        command: "upsmon -c fsd".into(),
    };
    assert_eq!(broken(&and(without_the_outage(), 50_000, asked)), [""; 0]);
}

#[test]
fn what_an_operator_asked_for_before_the_last_boot_excuses_nothing() {
    let asked = |host: &str, command: &str| What::Ran {
        host: host.into(),
        role: CommandRole::Operator,
        by: "operator".into(),
        command: command.into(),
    };
    for harmless in ["upsrw -s ups.delay.shutdown=30 rack", "shutdown -c", "upscmd rack shutdown.stop", "upsc rack"] {
        assert_eq!(broken(&and(without_the_outage(), 50_000, asked("nas", harmless))), ["1"], "{harmless}");
    }
    assert_eq!(broken(&and(without_the_outage(), 50_000, asked("desk", "upscmd rack@nas shutdown.return"))), [""; 0]);
    assert_eq!(broken(&and(without_the_outage(), 50_000, asked("desk", "upscmd shed@nas shutdown.return"))), ["1"]);
    let journal = and(without_the_outage(), 40_000, asked("nas", "upsmon -c fsd"));
    let journal = and(journal, 50_000, sample::state("box", HostState::Booting, "a boot"));
    let journal = and(journal, 50_001, sample::state("nas", HostState::Booting, "a boot"));
    assert!(broken(&journal).contains(&"1".to_owned()));
}

#[test]
fn a_crash_breaks_2_and_its_arithmetic_is_told() {
    let crashed = sample::state("box", HostState::Crashed, "its last supply went");
    let journal =
        without(|record| matches!(&record.what, What::Host { host, is: HostState::Halted, .. } if &**host == "box"));
    let journal = and(journal, 80_000, crashed);
    assert_eq!(broken(&journal), ["2"]);
    insta::assert_snapshot!(why(&journal, 2), @"1:20.0: box ran `/sbin/shutdown -h +0` at 1:05.2, when rack had 10.0 % and reckoned with 1 min 40 s. Needed: 20 s to stop = 20 s. Power lasted 14.8 s: 5.2 s short");
}

#[test]
fn a_host_that_stopped_more_slowly_than_it_does_is_told_so() {
    let journal =
        without(|record| matches!(&record.what, What::Host { host, is: HostState::Halted, .. } if &**host == "box"));
    let journal = and(journal, 110_000, sample::state("box", HostState::Crashed, "its last supply went"));
    assert!(
        why(&journal, 2).ends_with("Power lasted 44.8 s: enough, had it taken no longer to stop"),
        "{}",
        why(&journal, 2)
    );
}

#[test]
fn what_took_the_power_of_a_host_that_was_told_nothing_is_said() {
    let journal = without(|record| match &record.what {
        What::Host { host, .. } => &**host == "box" && record.at > at(1),
        What::Ran { host, .. } | What::Notified { host, .. } | What::Login { host, .. } => &**host == "box",
        _ => false,
    });
    let journal = and(journal, 120_000, sample::state("box", HostState::Crashed, "its last supply went"));
    insta::assert_snapshot!(why(&journal, 2), @"2:00.0: box lost power at 2:00.0 without having been told to shut down: the outlet of rack went dead (shutdown timer)");
}

#[test]
fn every_crash_of_a_host_is_told_with_its_own_time() {
    let crash = |journal, ms| and(journal, ms, sample::state("box", HostState::Crashed, "its last supply went"));
    let journal = crash(crash(sample::outage(), 210_000), 220_000);
    assert!(why(&journal, 2).starts_with("3:30.0: box lost"), "{}", why(&journal, 2));
    assert!(why(&journal, 2).contains("3:40.0: box lost"), "{}", why(&journal, 2));
}

#[test]
fn a_primary_that_does_not_wait_breaks_3() {
    let journal =
        without(|record| matches!(&record.what, What::Login { host, event: Login::Out, .. } if &**host == "box"));
    assert_eq!(broken(&journal), ["3"]);
    assert!(why(&journal, 3).contains("while box had not logged out"), "{}", why(&journal, 3));
}

#[test]
fn a_primary_that_orders_no_forced_shutdown_breaks_3() {
    let journal = without(|record| match &record.what {
        What::Notified { host, kind, .. } => &**host == "nas" && &**kind == "FSD",
        What::Wire { bytes, .. } => bytes.as_bytes().starts_with(b"FSD "),
        What::Login { host, event: Login::Out, .. } => &**host == "box",
        _ => false,
    });
    assert_eq!(broken(&journal), ["3"]);
    assert!(why(&journal, 3).contains("without ordering a forced shutdown, while box"), "{}", why(&journal, 3));
}

#[test]
fn a_primary_that_orders_it_without_a_notice_is_timed_by_the_wire() {
    let silent = without(|record| match &record.what {
        What::Notified { host, kind, .. } => &**host == "nas" && &**kind == "FSD",
        What::Login { host, event: Login::Out, .. } => &**host == "box",
        _ => false,
    });
    assert_eq!(broken(&silent), ["3"]);
    assert!(why(&silent, 3).contains("nas went on 5.3 s after"), "{}", why(&silent, 3));
}

/// The same outage, but `box` hangs on `shelf`, which has line power and is driven by `nas`.
fn two_loads(leave_out: impl Fn(&Record) -> bool) -> Vec<Record> {
    let mut journal = without(leave_out);
    for record in &mut journal {
        match &mut record.what {
            What::Run(facts) => {
                let mut shelf = facts.ups[0].clone();
                shelf.name = "shelf".into();
                facts.ups.push(shelf);
                let [nas, other] = facts.hosts.get_mut(..2).unwrap() else { unreachable!() };
                let (nas, other) = (nas.monitor.as_mut().unwrap(), other.monitor.as_mut().unwrap());
                other.supplies[0].ups = "shelf".into();
                let driven = MonitoredFacts { power_value: 0, primary: true, ..other.supplies[0].clone() };
                nas.supplies.push(driven);
            }
            What::Login { host, ups, .. } if &**host == "box" => *ups = "shelf".into(),
            _ => {}
        }
    }
    and(journal, 0, What::Supply { ups: "shelf".into(), is: Supply::OnLine })
}

#[test]
fn nobody_waits_for_the_hosts_of_a_ups_that_is_left_alone() {
    let leaves = |record: &Record| match &record.what {
        What::Login { host, event: Login::Out, .. } => &**host == "box",
        What::Ran { host, .. } | What::Host { host, .. } => &**host == "box" && record.at > at(0),
        _ => false,
    };
    assert!(!broken(&two_loads(leaves)).contains(&"3".to_owned()));
    // Whom it orders down it waits for; and a UPS without line power it has to order down.
    let order = sample::line(3, WireProtocol::Net, Direction::Out, "FSD shelf");
    assert!(broken(&and(two_loads(leaves), 60_001, order)).contains(&"3".to_owned()));
    let fails = What::Supply { ups: "shelf".into(), is: Supply::OnBattery };
    assert!(broken(&and(two_loads(leaves), 30_000, fails)).contains(&"3".to_owned()));
}

#[test]
fn a_host_whose_ups_has_line_power_goes_down_for_no_other_load() {
    assert!(broken(&two_loads(|_| false)).contains(&"1".to_owned()));
    let fails = What::Supply { ups: "shelf".into(), is: Supply::OnBattery };
    assert!(!broken(&and(two_loads(|_| false), 30_000, fails)).contains(&"1".to_owned()));
}

#[test]
fn a_secondary_that_connected_anew_is_there_until_its_last_session_ends() {
    let journal =
        without(|record| matches!(&record.what, What::Login { host, event: Login::Out, .. } if &**host == "box"));
    let journal = and(journal, 40_000, sample::login("box", Login::In));
    assert_eq!(broken(&and(journal, 45_000, sample::login("box", Login::Out))), ["3"]);
}

#[test]
fn a_session_ends_with_the_server_that_is_started_again() {
    let journal = and(sample::outage(), 40_000, sample::process("upsd", ProcessEvent::Exited { status: 0 }));
    let journal = and(journal, 40_001, sample::login("box", Login::Out));
    let journal = and(journal, 40_002, sample::process("upsd", ProcessEvent::Started));
    assert_eq!(broken(&and(journal, 40_003, sample::login("box", Login::In))), [""; 0]);
}

#[test]
fn whom_a_server_has_not_seen_for_hostsync_after_its_start_nobody_waits_for() {
    let journal =
        without(|record| matches!(&record.what, What::Login { host, event: Login::Out, .. } if &**host == "box"));
    let restarted = |ms| {
        let journal = and(journal.clone(), ms, sample::process("upsd", ProcessEvent::Exited { status: 0 }));
        let journal = and(journal, ms + 1, sample::login("box", Login::Out));
        and(journal, ms + 2, sample::process("upsd", ProcessEvent::Started))
    };
    assert_eq!(broken(&restarted(40_000)), [""; 0]);
    assert_eq!(broken(&restarted(55_000)), ["3"]);
}

#[test]
fn a_secondary_that_comes_as_its_primary_goes_is_in_no_count() {
    let late = |ms| {
        let journal = without(|record| matches!(&record.what, What::Login { host, .. } if &**host == "box"));
        and(journal, ms, sample::login("box", Login::In))
    };
    assert_eq!(broken(&late(65_200)), [""; 0]);
    assert_eq!(broken(&late(64_000)), ["3"]);
}

#[test]
fn a_primary_that_has_booted_knows_nobody_from_before() {
    let journal = without(|record| matches!(&record.what, What::Login { host, .. } if &**host == "box"));
    let journal = and(journal, 9, sample::login("box", Login::In));
    assert_eq!(broken(&journal), ["3"]);
    let journal = and(journal, 20_000, sample::state("nas", HostState::Off, "rack went dead"));
    assert_eq!(broken(&and(journal, 20_001, sample::state("nas", HostState::Up, "booted"))), [""; 0]);
}

#[test]
fn a_monitor_that_ends_while_its_server_is_away_has_left() {
    let left = || What::Process {
        host: "box".into(),
        process: "upsmon".into(),
        ups: None,
        event: ProcessEvent::Exited { status: 0 },
    };
    let journal =
        without(|record| matches!(&record.what, What::Login { host, event: Login::Out, .. } if &**host == "box"));
    assert_eq!(broken(&and(journal.clone(), 65_220, left())), ["3"], "its server has not heard of it yet");
    let journal = and(journal, 62_000, sample::process("upsd", ProcessEvent::Killed));
    assert_eq!(broken(&and(journal, 65_220, left())), [""; 0]);
}

#[test]
fn a_server_that_dies_logs_nobody_out() {
    let journal =
        without(|record| matches!(&record.what, What::Login { host, event: Login::Out, .. } if &**host == "box"));
    let journal = and(journal, 62_000, sample::process("upsd", ProcessEvent::Killed));
    let journal = and(journal, 62_001, sample::login("box", Login::Out));
    let journal = and(journal, 63_000, sample::process("upsd", ProcessEvent::Started));
    assert_eq!(broken(&journal), ["3"]);
}

#[test]
fn a_host_that_stays_away_breaks_4() {
    let journal = without(
        |record| matches!(&record.what, What::Host { host, is: HostState::Booting | HostState::Up, .. } if &**host == "box" && record.at > at(1)),
    );
    assert_eq!(broken(&journal), ["4"]);
    assert!(why(&journal, 4).contains("box is off"), "{}", why(&journal, 4));
}

/// The journal of a day on which the load was never cut.
fn without_the_cut() -> Vec<Record> {
    without(|record| match &record.what {
        What::Outlet { .. }
        | What::Supply { is: Supply::Off, .. }
        | What::Host { is: HostState::Off | HostState::Booting | HostState::Up, .. } => record.at > at(1),
        _ => false,
    })
}

#[test]
fn what_keeps_a_host_away_is_told() {
    insta::assert_snapshot!(why(&without_the_cut(), 4), @r"
    5:00.0: nas is halted, 2 min 50 s after power was back: rack has not gone dead since it stopped, and it boots only when power comes back
    5:00.0: box is halted, 2 min 50 s after power was back: rack has not gone dead since it stopped, and it boots only when power comes back
    ");
    let ended = What::Ended {
        host: "nas".into(),
        role: CommandRole::LateShutdown,
        command: "upsmon -K && upsdrvctl shutdown".into(),
        status: Some(1),
    };
    insta::assert_snapshot!(why(&and(without_the_cut(), 100_400, ended), 4), @r"
    5:00.0: nas is halted, 2 min 50 s after power was back: rack has not gone dead since it stopped (its late shutdown failed), and it boots only when power comes back
    5:00.0: box is halted, 2 min 50 s after power was back: rack has not gone dead since it stopped, and it boots only when power comes back
    ");
    let dead = without(|record| match &record.what {
        What::Outlet { live: true, .. } | What::Host { is: HostState::Booting | HostState::Up, .. } => {
            record.at > at(1)
        }
        _ => false,
    });
    insta::assert_snapshot!(why(&dead, 4), @r"
    5:00.0: nas is off, 2 min 50 s after power was back: rack has been dead since 2:00.0 (shutdown timer)
    5:00.0: box is off, 2 min 50 s after power was back: rack has been dead since 2:00.0 (shutdown timer)
    ");
}

#[test]
fn mains_that_a_ups_may_refuse_are_not_back() {
    let high =
        What::Mains { feed: "mains".into(), is: MainsState { live: true, millivolts: 276_000, millihertz: 50_000 } };
    let journal = and(without_the_cut(), 200_000, high);
    assert_eq!(broken(&journal), [""; 0]);
    assert_eq!(why(&journal, 4), "the mains are not back at the end");
}

#[test]
fn a_run_that_ends_too_early_cannot_tell_4() {
    let mut journal: Vec<Record> = sample::outage().into_iter().take_while(|record| record.at <= at(132_000)).collect();
    journal.push(Record { at: at(132_000), what: What::End { because: Ending::Lasted } });
    assert_eq!(broken(&journal), [""; 0]);
    assert_eq!(why(&journal, 4), "the run ended before nas, box could be back");
}

#[test]
fn a_host_that_never_stops_after_its_command_breaks_4() {
    let journal =
        without(|record| matches!(&record.what, What::Host { host, .. } if &**host == "box" && record.at > at(1)));
    assert_eq!(broken(&journal), ["4"]);
}

#[test]
fn a_reading_published_before_it_was_read_breaks_5() {
    let journal = without(|record| record.what == sample::reading() && record.at < at(10));
    assert_eq!(broken(&journal), ["5"]);
    assert_eq!(why(&journal, 5), "0:00.0: nas/usbhid-ups published ups.status before it had read anything");
}

#[test]
fn a_descriptor_is_no_reading() {
    let request = What::Wire {
        link: 1,
        protocol: WireProtocol::Usb,
        direction: Direction::Out,
        bytes: WireBytes::Binary([2, 1, 0, 0, 0, 1, 0x22, 0, 0, 4][..].into()),
    };
    let mut journal = sample::outage();
    let place = journal.iter().position(|record| record.what == sample::reading()).unwrap();
    journal.insert(place, Record { at: journal[place].at, what: request });
    assert_eq!(broken(&journal), ["5"]);
}

#[test]
fn a_driver_without_its_device_has_nothing_to_publish() {
    let journal = without(|record| matches!(&record.what, What::Link { protocol: WireProtocol::Usb, .. }));
    assert_eq!(broken(&journal), ["5"]);
}

#[test]
fn a_status_that_is_too_old_breaks_5() {
    let journal = without(|record| record.what == sample::reading() && record.at > at(5_000) && record.at < at(60_000));
    assert_eq!(broken(&journal), ["5"]);
}

#[test]
fn a_status_that_is_withdrawn_in_time_does_not_break_5() {
    let journal = without(|record| {
        let silent = record.at > at(5_000) && record.at < at(60_000);
        silent && (record.what == sample::reading() || matches!(record.what, What::Var { .. }))
    });
    assert_eq!(broken(&and(journal, 20_000, sample::status(Answer::Error("DATA-STALE".into())))), [""; 0]);
}

#[test]
fn a_server_that_waits_for_a_new_driver_publishes_nothing_old() {
    let journal = without(|record| {
        let silent = record.at > at(5_000) && record.at < at(60_000);
        silent && (record.what == sample::reading() || matches!(record.what, What::Var { .. }))
    });
    let journal = and(journal, 20_000, sample::status(Answer::Error("DATA-STALE".into())));
    let waits = and(journal.clone(), 50_000, sample::status(Answer::Value("WAIT".into())));
    assert_eq!(broken(&waits), [""; 0]);
    assert_eq!(broken(&and(journal, 50_000, sample::status(Answer::Value("OB DISCHRG".into())))), ["5"]);
}

#[test]
fn an_order_that_the_server_passes_on_without_its_driver_is_no_old_status() {
    let journal = without(|record| {
        let silent = record.at > at(5_000) && record.at < at(60_000);
        silent && (record.what == sample::reading() || matches!(record.what, What::Var { .. }))
    });
    let journal = and(journal, 20_000, sample::status(Answer::Error("DATA-STALE".into())));
    assert_eq!(broken(&and(journal, 50_000, sample::status(Answer::Value("FSD".into())))), [""; 0]);
}

#[test]
fn a_shutdown_for_want_of_word_breaks_6() {
    let journal = and(without_the_outage(), 40_000, sample::notified("box", "COMMBAD"));
    let journal = and(journal, 40_000, sample::notified("nas", "COMMBAD"));
    assert_eq!(broken(&journal), ["6"]);
}

#[test]
fn losing_sight_of_a_ups_on_battery_is_a_reason() {
    let journal = without(|record| matches!(record.what, What::LowBattery { .. }));
    let journal = and(journal, 40_000, sample::notified("box", "COMMBAD"));
    assert_eq!(broken(&and(journal, 40_000, sample::notified("nas", "COMMBAD"))), [""; 0]);
}

#[test]
fn losing_sight_of_a_ups_whose_last_word_was_battery_is_a_reason() {
    let on_line = |ms| (ms, What::Supply { ups: "rack".into(), is: Supply::OnLine });
    let journal = without(|record| matches!(record.what, What::LowBattery { .. }));
    let back = |ms| {
        let (ms, what) = on_line(ms);
        and(journal.clone(), ms, what)
    };
    let dark = |journal| {
        and(and(journal, 42_000, sample::notified("box", "COMMBAD")), 42_000, sample::notified("nas", "COMMBAD"))
    };
    assert_eq!(broken(&dark(back(41_000))), [""; 0]);
    let told = |journal| {
        and(and(journal, 41_500, sample::notified("box", "ONLINE")), 41_500, sample::notified("nas", "ONLINE"))
    };
    assert_eq!(broken(&dark(told(back(41_000)))), ["1"]);
}

#[test]
fn a_monitor_that_was_stopped_heard_its_last_word_before() {
    let on_line = What::Supply { ups: "rack".into(), is: Supply::OnLine };
    let journal = and(without(|record| matches!(record.what, What::LowBattery { .. })), 31_000, on_line);
    let dark =
        and(and(journal, 60_100, sample::notified("box", "COMMBAD")), 60_100, sample::notified("nas", "COMMBAD"));
    assert_eq!(broken(&dark), ["1"]);
    let stopped = |journal, host: &str| {
        let event = |event| What::Process { host: host.into(), process: "upsmon".into(), ups: None, event };
        and(and(journal, 30_500, event(ProcessEvent::Stopped)), 60_050, event(ProcessEvent::Continued))
    };
    assert_eq!(broken(&stopped(stopped(dark, "box"), "nas")), [""; 0]);
}

#[test]
fn a_second_shutdown_command_breaks_7() {
    assert_eq!(broken(&and(sample::outage(), 70_000, sample::ran("box"))), ["7"]);
}

#[test]
fn a_monitor_that_is_started_again_obeys_again() {
    let started =
        What::Process { host: "box".into(), process: "upsmon".into(), ups: None, event: ProcessEvent::Started };
    assert_eq!(broken(&and(and(sample::outage(), 69_000, started), 70_000, sample::ran("box"))), [""; 0]);
}

#[test]
fn a_missing_flag_breaks_7() {
    let journal = without(|record| matches!(record.what, What::Flag { .. }));
    assert_eq!(broken(&journal), ["7"]);
}

#[test]
fn why_a_flag_is_missing_is_told() {
    let journal = without(|record| matches!(record.what, What::Flag { .. }));
    let line = "POWERDOWNFLAG could not be written: read-only file system".to_owned();
    let journal = and(journal, 70_401, What::Logged { host: "nas".into(), process: "upsmon".into(), line });
    insta::assert_snapshot!(why(&journal, 7), @"1:10.4: nas ran its shutdown command without a power-down flag: POWERDOWNFLAG could not be written: read-only file system");
}

#[test]
fn a_stray_flag_breaks_7() {
    let journal = without(|record| matches!(record.what, What::Flag { exists: false, .. }));
    assert_eq!(broken(&journal), ["7"]);
}

#[test]
fn a_flag_on_a_host_without_a_load_to_cut_breaks_7() {
    assert_eq!(broken(&and(sample::outage(), 65_200, What::Flag { host: "box".into(), exists: true })), ["7"]);
}

#[test]
fn a_line_that_does_not_come_out_again_breaks_8() {
    for (direction, protocol, text) in [
        (Direction::Out, WireProtocol::Net, "GETVAR rack ups.status"),
        (Direction::In, WireProtocol::Net, "VAR rack ups.status OL"),
        (Direction::In, WireProtocol::Net, "Server of make unknown"),
        (Direction::In, WireProtocol::DriverSocket, "SETINFO ups.status OL"),
        (Direction::Out, WireProtocol::DriverSocket, "PONG PONG"),
    ] {
        let journal = and(sample::outage(), 40_000, sample::line(3, protocol, direction, text));
        assert_eq!(broken(&journal), ["8"], "{text}");
    }
}

#[test]
fn a_text_that_was_asked_for_does_not_break_8() {
    let journal = and(sample::outage(), 40_000, sample::line(3, WireProtocol::Net, Direction::Out, "VER"));
    let reply = sample::line(3, WireProtocol::Net, Direction::In, "Server of make unknown");
    assert_eq!(broken(&and(journal, 40_001, reply)), [""; 0]);
}

#[test]
fn a_run_that_differs_from_its_twin_breaks_9() {
    let journal = sample::outage();
    let twin = judge_by(&journal, &[], &[], Some(&journal)).unwrap();
    assert!(twin.has_passed());
    let other = without(|record| matches!(record.what, What::Flag { exists: false, .. }));
    let parted = judge_by(&journal, &[], &[], Some(&other)).unwrap();
    assert!(
        matches!(&parted.invariants[8].outcome, Outcome::Failed { why, .. } if why.contains("the second run differs from record"))
    );
}

fn foreseen(invariant: u8) -> [Violation; 1] {
    [Violation { invariant, because: "the test says so".into(), only: Only::default(), spot: Spot::default() }]
}

#[test]
fn a_foreseen_violation_passes_and_one_that_does_not_happen_fails() {
    let flagless = without(|record| matches!(record.what, What::Flag { .. }));
    let judgement = judge_by(&flagless, &[], &foreseen(7), None).unwrap();
    assert!(judgement.has_passed());
    assert!(
        matches!(&judgement.invariants[6].outcome, Outcome::Foreseen { because, .. } if because == "the test says so")
    );
    let judgement = judge_by(&sample::outage(), &[], &foreseen(7), None).unwrap();
    assert!(
        matches!(&judgement.invariants[6].outcome, Outcome::Failed { why, .. } if why == "listed under `violates`, but it did not happen")
    );
}

#[test]
fn a_violation_foreseen_for_another_stack_is_none_here() {
    let flagless = without(|record| matches!(record.what, What::Flag { .. }));
    let [mut elsewhere] = foreseen(7);
    elsewhere.only.monitor = Some(crate::language::Maker::Nut);
    assert!(!judge_by(&flagless, &[], &[elsewhere], None).unwrap().has_passed());
}

#[test]
fn a_journal_without_an_end_is_not_judged() {
    let mut journal = sample::outage();
    journal.pop();
    assert!(judge_by(&journal, &[], &[], None).is_err());
    assert!(judge_by(&[], &[], &[], None).is_err());
}
