//! What is made of what can be seen, and of what can no longer be seen.

use crate::script::{check, run, run_from_the_start};
use std::fmt::Write;

const PRIMARY: &str = r#"
    MONITOR rack@nas 1 mon secret primary
    SHUTDOWNCMD "/sbin/shutdown -h +0"
    POWERDOWNFLAG /etc/killpower
"#;

const SECONDARY: &str = r#"
    MONITOR rack@nas 1 mon secret secondary
    SHUTDOWNCMD "/sbin/shutdown -h +0"
"#;

const TWO_FEEDS: &str = r#"
    MONITOR rack@left 1 mon secret secondary
    MONITOR rack@right 1 mon secret secondary
    MINSUPPLIES 1
    SHUTDOWNCMD "/sbin/shutdown -h +0"
"#;

#[test]
fn a_server_lost_on_line_power_is_never_a_reason_to_shut_down() {
    let script = "
        11    nas down
        90000 end";
    let outcome = run(PRIMARY, script);
    assert!(!outcome.contains("SHUTDOWN"), "{outcome}");
    check(
        &outcome.lines().take(4).collect::<Vec<_>>().join("\n"),
        "
        11.002000 warning UPS [rack@nas]: connect failed: Connection failure: connection refused
        11.002000 Communications with UPS rack@nas lost (and wall)
        310.002000 UPS rack@nas is unavailable (and wall)
        610.002000 UPS rack@nas is unavailable (and wall)
        ",
    );
}

#[test]
fn whatever_else_the_status_said_on_line_power_its_loss_is_no_reason() {
    for status in ["OL CAL", "OL ALARM", "OL BYPASS", "OL OVER", "OL OFF", "ALARM OL RB", "OL TRIM", "OL CHRG LB"] {
        // OFF in sight is a reason of its own after OFFDURATION: the loss comes before.
        let script = format!(
            "
            6   nas says {status}
            11  nas refuses DRIVER-NOT-CONNECTED
            600 end"
        );
        let outcome = run(PRIMARY, &script);
        assert!(outcome.contains("Communications with UPS rack@nas lost"), "{status}: {outcome}");
        assert!(!outcome.contains("critical"), "{status}: {outcome}");
    }
}

#[test]
fn a_server_lost_on_battery_is_dead_after_deadtime() {
    let script = "
        6   nas says OB
        11  nas down
        25.1 end";
    check(
        &run(PRIMARY, script),
        "
        10.002000 UPS rack@nas on battery (and wall)
        11.002000 warning UPS [rack@nas]: connect failed: Connection failure: connection refused
        11.002000 Communications with UPS rack@nas lost (and wall)
        25.002000 UPS rack@nas is critical: out of sight for DEADTIME, and it was on battery
        25.002000 forced shutdown: power value 0 is less than MINSUPPLIES 1; UPS rack@nas: out of sight for DEADTIME, and it was on battery
        25.002000 UPS rack@nas: forced shutdown in progress (and wall)
        25.002000 error FSD set on UPS rack@nas failed: not connected; sent once it is
        ",
    );
}

#[test]
fn a_blip_shorter_than_deadtime_is_no_reason() {
    let script = "
        6   nas says OB
        11  nas down
        22  nas up
        300 end";
    let outcome = run(PRIMARY, script);
    assert!(outcome.contains("established"), "{outcome}");
    assert!(!outcome.contains("critical"), "{outcome}");
}

#[test]
fn a_server_that_falls_silent_is_noticed_without_a_closed_connection() {
    let script = "
        6   nas says OB
        11  nas mute
        24  end";
    let outcome = run(SECONDARY, script);
    check(
        &outcome,
        "
        10.002000 UPS rack@nas on battery (and wall)
        20.001000 warning Poll UPS [rack@nas] failed - no answer in time
        20.001000 Communications with UPS rack@nas lost (and wall)
        ",
    );
}

#[test]
fn a_secondary_cut_off_on_battery_waits_deadtime_or_hostsync_whichever_is_longer() {
    let script = "
        6   nas says OB
        11  nas down
        40.1 end";
    let outcome = run(SECONDARY, script);
    assert!(outcome.contains("25.002000 UPS rack@nas is critical: out of sight for DEADTIME"), "{outcome}");
    let outcome = run(&format!("{SECONDARY}\nHOSTSYNC 30"), script);
    assert!(outcome.contains("40.002000 UPS rack@nas is critical: out of sight for DEADTIME"), "{outcome}");
}

/// NUT's asks once more when DEADTIME is over, and decides by the answer.
#[test]
fn a_server_that_is_back_just_before_deadtime_is_found() {
    for status in ["OB", "BYPASS", "CAL"] {
        let script = format!(
            "
            6     nas says {status}
            11    nas down
            24.6  nas up
            60    end"
        );
        let outcome = run(PRIMARY, &script);
        assert!(outcome.contains("lost") && outcome.contains("established"), "{status}: {outcome}");
        assert!(!outcome.contains("critical"), "{status}: {outcome}");
    }
    let outcome = run(PRIMARY, "6 nas says OB\n 11 nas refuses DATA-STALE\n 24.6 nas says OB\n 60 end");
    assert!(outcome.contains("established") && !outcome.contains("critical"), "{outcome}");
}

/// What decides must not be an answer that is as old as a poll.
#[test]
fn a_ups_that_recovers_just_before_it_turns_critical_is_asked_in_time() {
    let config = format!("{SECONDARY}\nPOLLFREQ 7\nPOLLFREQALERT 7");
    // Seen at 7 s; HOSTSYNC is over at 22 s, OFFDURATION at 37 s.
    for (status, back) in [("OB LB", "21.6"), ("OL OFF", "36.6")] {
        let script = format!("6 nas says {status}\n {back} nas says OL\n 90 end");
        let outcome = run(&config, &script);
        assert!(!outcome.contains("critical"), "{status}: {outcome}");
    }
}

#[test]
fn polls_further_apart_than_deadtime_kill_nobody() {
    let config = format!("{PRIMARY}\nPOLLFREQ 60\nPOLLFREQALERT 60");
    let outcome = run(&config, "6 nas says OB\n900 end");
    assert!(!outcome.contains("critical"), "{outcome}");
}

#[test]
fn one_good_supply_of_two_is_enough() {
    let script = "
        6   left says OB LB
        60  right says OB
        90  end";
    let outcome = run(TWO_FEEDS, script);
    assert!(outcome.contains("UPS rack@left is critical"), "{outcome}");
    assert!(!outcome.contains("forced shutdown: "), "{outcome}");
}

#[test]
fn a_host_goes_down_when_its_second_supply_goes_too() {
    let script = "
        6   left says OB LB
        60  right says FSD OB LB
        90  end";
    let outcome = run(TWO_FEEDS, script);
    let decision = "forced shutdown: power value 0 is less than MINSUPPLIES 1; UPS rack@left: its primary has not \
                    acted within HOSTSYNC; UPS rack@right: forced shutdown set on its server\n";
    assert!(outcome.contains(decision), "{outcome}");
}

#[test]
fn a_supply_that_was_never_heard_keeps_no_host_up_whose_other_supply_fails() {
    for silence in ["down", "mute", "refuses DRIVER-NOT-CONNECTED", "refuses DATA-STALE", "says WAIT"] {
        for end in ["FSD OB LB", "OB LB"] {
            let script = format!("0 right {silence}\n20 left says {end}\n60 end");
            let outcome = run(TWO_FEEDS, &script);
            assert!(
                outcome.contains("UPS rack@right: asked for DEADTIME, and never heard"),
                "{silence} {end}: {outcome}"
            );
            assert!(outcome.contains("SHUTDOWNCMD"), "{silence} {end}: {outcome}");
        }
    }
}

#[test]
fn a_supply_whose_first_word_is_late_counts_for_deadtime() {
    // The other one is low at the start already.
    let script = "0 left says FSD OB LB\n0 right refuses DRIVER-NOT-CONNECTED\n14 right says OL\n60 end";
    let outcome = run(&format!("{TWO_FEEDS}\nPOLLFREQ 1"), script);
    assert!(!outcome.contains("forced shutdown: "), "{outcome}");
    let script = "0 left says FSD OB LB\n0 right refuses DRIVER-NOT-CONNECTED\n60 end";
    let outcome = run(TWO_FEEDS, script);
    assert!(outcome.contains("15.000000 forced shutdown: "), "{outcome}");
}

#[test]
fn a_supply_that_was_never_heard_is_no_reason_by_itself() {
    let script = "0 left down\n0 right down\n900 end";
    let outcome = run(TWO_FEEDS, script);
    assert!(!outcome.contains("forced shutdown: "), "{outcome}");
    // Nor where the critical one feeds another host.
    let watched = TWO_FEEDS.replacen("left 1", "left 0", 1);
    let outcome = run(&watched, "0 right down\n20 left says FSD OB LB\n900 end");
    assert!(!outcome.contains("forced shutdown: "), "{outcome}");
    // Nor where it was heard, and lost on line power.
    let outcome = run(TWO_FEEDS, "7 right down\n20 left says FSD OB LB\n900 end");
    assert!(!outcome.contains("forced shutdown: "), "{outcome}");
}

#[test]
fn a_host_that_has_not_heard_its_ups_yet_looks_every_second() {
    // The order stands for three seconds.
    let script = "0 nas down\n12.5 nas up\n12.5 nas says FSD OB LB\n15 nas down\n60 end";
    let outcome = run(SECONDARY, script);
    assert!(outcome.contains("SHUTDOWNCMD"), "{outcome}");
    let outcome = run(SECONDARY, "0 nas refuses DRIVER-NOT-CONNECTED\n12.5 nas says FSD OB LB\n15 nas down\n60 end");
    assert!(outcome.contains("SHUTDOWNCMD"), "{outcome}");
}

#[test]
fn a_dead_server_delays_nobody_else() {
    let script = "
        1   left mute
        6   right says OB
        30  end";
    let outcome = run(TWO_FEEDS, script);
    assert!(outcome.contains("10.002000 UPS rack@right on battery"), "{outcome}");
}

#[test]
fn a_ups_on_battery_is_polled_at_pollfreqalert_whatever_the_others_do() {
    let config = format!("{TWO_FEEDS}\nPOLLFREQ 60\nPOLLFREQALERT 1");
    let script = "
        6   left says OB
        70  left says OB LB
        80  end";
    let outcome = run(&config, script);
    assert!(outcome.contains("60.002000 UPS rack@left on battery"), "{outcome}");
    assert!(outcome.contains("70.003000 UPS rack@left battery is low"), "{outcome}");
}

#[test]
fn a_calibration_that_drains_the_battery_is_no_reason() {
    let outcome = run(PRIMARY, "6 nas says OB LB CAL\n600 end");
    assert!(outcome.contains("calibration in progress"), "{outcome}");
    assert!(!outcome.contains("critical"), "{outcome}");
}

#[test]
fn an_output_that_is_off_for_offduration_is_a_reason() {
    let blip = run(PRIMARY, "6 nas says OFF\n16 nas says OL\n300 end");
    assert!(!blip.contains("critical"), "{blip}");
    let off = run(PRIMARY, "6 nas says OFF\n300 end");
    assert!(off.contains("40.002000 UPS rack@nas is critical: switched off for longer than OFFDURATION"), "{off}");
    let never = run(&format!("{PRIMARY}\nOFFDURATION -1"), "6 nas says OFF\n300 end");
    assert!(!never.contains("critical"), "{never}");
}

#[test]
fn oblbduration_sits_out_a_low_battery_that_comes_and_goes() {
    let config = format!("{PRIMARY}\nOBLBDURATION 12");
    let blip = run(&config, "6 nas says OB LB\n16 nas says OB\n300 end");
    assert!(!blip.contains("critical"), "{blip}");
    let low = run(&config, "6 nas says OB LB\n300 end");
    assert!(low.contains("22.002000 UPS rack@nas is critical"), "{low}");
}

#[test]
fn a_monitor_that_was_asleep_asks_before_it_decides() {
    let script = "
        1   nas says OB LB
        10  asleep 500
        511 nas says OL
        600 end";
    let outcome = run(SECONDARY, script);
    assert!(outcome.contains("510.000000 upsmon was held up or asleep, status is read anew"), "{outcome}");
    assert!(!outcome.contains("critical"), "{outcome}");
}

#[test]
fn a_ups_that_was_never_seen_is_no_reason() {
    let outcome = run_from_the_start(PRIMARY, "0 nas refuses UNKNOWN-UPS\n400 end");
    assert!(outcome.contains("Poll UPS [rack@nas] failed - Unknown UPS"), "{outcome}");
    assert!(outcome.contains("300.000000 UPS rack@nas is unavailable"), "{outcome}");
    assert!(!outcome.contains("critical"), "{outcome}");
}

#[test]
fn an_outage_that_began_before_the_monitor_is_seen_at_once() {
    let outcome = run_from_the_start(PRIMARY, "0 nas says OB LB\n60 end");
    assert!(outcome.contains("UPS rack@nas is critical: on battery with a low battery"), "{outcome}");
}

#[test]
fn a_driver_that_has_just_connected_is_waited_for() {
    let outcome = run_from_the_start(PRIMARY, "0 nas says WAIT\n2.5 nas says OL\n30 end");
    assert!(!outcome.contains("lost"), "{outcome}");
}

#[test]
fn an_order_is_obeyed_before_the_driver_has_said_anything() {
    let outcome = run_from_the_start(SECONDARY, "0 nas says FSD WAIT\n30 end");
    assert!(outcome.contains("5.002000 SHUTDOWNCMD"), "{outcome}");
}

#[test]
fn an_order_is_obeyed_although_the_driver_is_gone() {
    let script = "
        0   nas pushes
        6   nas says OB
        8   nas refuses DRIVER-NOT-CONNECTED
        20  nas orders
        60  end";
    let outcome = run(SECONDARY, script);
    check(
        &outcome[outcome.find("20.00").unwrap()..],
        "
        20.001000 UPS rack@nas: forced shutdown in progress (and wall)
        20.001000 UPS rack@nas is critical: forced shutdown set on its server
        20.001000 forced shutdown: power value 0 is less than MINSUPPLIES 1; UPS rack@nas: forced shutdown set on its server
        20.001000 Executing automatic power-fail shutdown (and wall)
        20.001000 Auto logout and shutdown proceeding (and wall)
        25.001000 SHUTDOWNCMD /sbin/shutdown -h +0
        25.002000 sent LOGOUT
        25.002000 exit 0
        ",
    );
}

#[test]
fn a_driver_that_says_nothing_for_deadtime_on_battery_is_dead() {
    let outcome = run(PRIMARY, "6 nas says OB\n11 nas says WAIT\n26.1 end");
    check(
        &outcome,
        "
        10.002000 UPS rack@nas on battery (and wall)
        25.012000 warning Poll UPS [rack@nas] failed - no status yet
        25.012000 Communications with UPS rack@nas lost (and wall)
        25.012000 UPS rack@nas is critical: out of sight for DEADTIME, and it was on battery
        25.012000 forced shutdown: power value 0 is less than MINSUPPLIES 1; UPS rack@nas: out of sight for DEADTIME, and it was on battery
        25.012000 sent FSD rack
        25.012000 UPS rack@nas: forced shutdown in progress (and wall)
        25.013000 Executing automatic power-fail shutdown (and wall)
        25.013000 Auto logout and shutdown proceeding (and wall)
        ",
    );
}

#[test]
fn a_server_that_takes_connections_and_hangs_up_on_them_is_out_of_sight() {
    let mut script = String::from("0 nas says OL\n6 nas says OB\n11 nas silent\n");
    for round in 1..20 {
        let _ = writeln!(script, "{} nas hangs up", 11 + 3 * round);
    }
    let outcome = run(&format!("{PRIMARY}\nPOLLFREQALERT 2"), &format!("{script}80 end"));
    assert!(outcome.contains("lost (and wall)"), "{outcome}");
    assert!(outcome.contains("critical: out of sight for DEADTIME, and it was on battery"), "{outcome}");
}

#[test]
fn what_a_calibration_took_is_not_counted() {
    let script = "
        1    nas says OB LB CAL
        100  nas says OB LB
        106  nas says OL CHRG LB
        200  end";
    for config in [SECONDARY.to_owned(), format!("{PRIMARY}\nOBLBDURATION 30")] {
        let outcome = run(&config, script);
        assert!(!outcome.contains("forced shutdown: "), "{outcome}");
    }
}

#[test]
fn an_order_that_a_server_no_longer_gives_is_none() {
    let script = "
        0    nas pushes
        1    nas says OL
        10   nas refuses DRIVER-NOT-CONNECTED
        11   nas orders
        20   nas down
        22   nas up
        22.5 nas says OL
        60   box says OB LB
        120  end";
    let config = SECONDARY.replace("MONITOR", "MONITOR rack@box 1 mon secret secondary\nMONITOR");
    let outcome = run_from_the_start(&config, script);
    assert!(outcome.contains("UPS rack@nas is no longer critical"), "{outcome}");
    assert!(!outcome.contains("forced shutdown: "), "{outcome}");
}

#[test]
fn a_monitor_that_is_held_up_time_and_again_decides_all_the_same() {
    // What the host does to it: seconds that it is held up, seconds that it runs.
    for (config, what, (held_up, runs)) in [(SECONDARY, "nas says OB LB", (12, 3)), (PRIMARY, "nas down", (8, 10))] {
        let mut script = format!("1 nas says OB\n7 {what}\n");
        for round in 0..20 {
            let _ = writeln!(script, "{} asleep {held_up}", 10 + round * (held_up + runs));
        }
        let outcome = run(config, &format!("{script}400 end"));
        assert!(outcome.contains("SHUTDOWNCMD"), "{outcome}");
        assert!(outcome.matches("held up or asleep").count() <= 5, "{outcome}");
    }
}

#[test]
fn words_count_in_any_case() {
    let outcome = run(PRIMARY, "3 nas says ob lb\n60 end");
    assert!(outcome.contains("UPS rack@nas is critical: on battery with a low battery"), "{outcome}");
}
