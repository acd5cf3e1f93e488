//! The forced shutdown, step by step: who waits for whom, and what nothing may hold up.

use crate::script::{File, check, run, run_with_kept};
use monitor::kept::Kept;
use monitor::{Config, Upsmon};
use protocol::{Effect, Engine, Event, Instant, JobOutcome};
use std::time::Duration;

const PRIMARY: &str = r#"
    MONITOR rack@nas 1 mon secret primary
    SHUTDOWNCMD "/sbin/shutdown -h +0"
    POWERDOWNFLAG /etc/killpower
"#;

const SECONDARY: &str = r#"
    MONITOR rack@nas 1 mon secret secondary
    SHUTDOWNCMD "/sbin/shutdown -h +0"
    POWERDOWNFLAG /etc/killpower
"#;

#[test]
fn a_lone_primary_goes_down_on_low_battery() {
    let script = "
        11  nas says OB DISCHRG
        21  nas says OB DISCHRG LB
        60  end";
    check(
        &run(PRIMARY, script),
        "
        15.002000 UPS rack@nas on battery (and wall)
        25.002000 UPS rack@nas battery is low (and wall)
        25.002000 UPS rack@nas is critical: on battery with a low battery
        25.002000 forced shutdown: power value 0 is less than MINSUPPLIES 1; UPS rack@nas: on battery with a low battery
        25.002000 sent FSD rack
        25.002000 UPS rack@nas: forced shutdown in progress (and wall)
        25.003000 Executing automatic power-fail shutdown (and wall)
        25.003000 Auto logout and shutdown proceeding (and wall)
        30.003000 wrote /etc/killpower: upsmon-shutdown-file
        30.004000 SHUTDOWNCMD /sbin/shutdown -h +0
        30.005000 sent LOGOUT
        30.005000 exit 0
        ",
    );
}

#[test]
fn a_primary_goes_on_when_its_last_secondary_has_logged_out() {
    let script = "
        1   nas logins 3
        11  nas says OB LB
        18  nas logins 2
        21  nas logins 1
        60  end";
    check(
        &from_the_order_on(&run(PRIMARY, script)),
        "
        15.002000 sent FSD rack
        15.002000 UPS rack@nas: forced shutdown in progress (and wall)
        15.252000 Waiting for secondaries to log out before shutting down (and wall)
        21.003000 Executing automatic power-fail shutdown (and wall)
        21.003000 Auto logout and shutdown proceeding (and wall)
        26.003000 wrote /etc/killpower: upsmon-shutdown-file
        26.004000 SHUTDOWNCMD /sbin/shutdown -h +0
        26.005000 sent LOGOUT
        26.005000 exit 0
        ",
    );
}

#[test]
fn a_primary_waits_hostsync_for_a_secondary_that_hangs() {
    let script = "
        1   nas logins 2
        11  nas says OB LB
        60  end";
    check(
        &from_the_order_on(&run(PRIMARY, script)),
        "
        15.002000 sent FSD rack
        15.002000 UPS rack@nas: forced shutdown in progress (and wall)
        15.252000 Waiting for secondaries to log out before shutting down (and wall)
        30.002000 Host sync timer expired, forcing shutdown
        30.002000 Executing automatic power-fail shutdown (and wall)
        30.002000 Auto logout and shutdown proceeding (and wall)
        35.002000 wrote /etc/killpower: upsmon-shutdown-file
        35.003000 SHUTDOWNCMD /sbin/shutdown -h +0
        35.004000 sent LOGOUT
        35.004000 exit 0
        ",
    );
}

#[test]
fn a_login_count_that_cannot_be_had_is_not_everyone_has_left() {
    // The server comes back empty: its secondaries have not found it again yet.
    let script = "
        1   nas logins 3
        6   nas says OB LB
        13  nas down
        14  nas logins 1
        15  nas up
        60  end";
    check(
        &from_the_order_on(&run_with_kept(kept(2), PRIMARY, script)),
        "
        10.002000 sent FSD rack
        10.002000 UPS rack@nas: forced shutdown in progress (and wall)
        10.252000 Waiting for secondaries to log out before shutting down (and wall)
        13.002000 warning UPS [rack@nas]: connect failed: Connection failure: connection refused
        13.002000 Communications with UPS rack@nas lost (and wall)
        15.004000 sent LOGIN rack
        15.004000 sent PRIMARY rack
        15.004000 sent FSD rack
        15.005000 info Logged into UPS rack@nas
        15.005000 Communications with UPS rack@nas established (and wall)
        25.002000 Host sync timer expired, forcing shutdown
        25.002000 Executing automatic power-fail shutdown (and wall)
        25.002000 Auto logout and shutdown proceeding (and wall)
        30.002000 wrote /etc/killpower: upsmon-shutdown-file
        30.003000 SHUTDOWNCMD /sbin/shutdown -h +0
        30.004000 sent LOGOUT
        30.004000 exit 0
        ",
    );
}

#[test]
fn a_primary_without_secondaries_waits_for_nobody_after_a_break() {
    // The server is away for 2 s on battery.
    let script = "
        80  nas says OB
        100 nas down
        102 nas up
        110 nas says OB LB
        160 end";
    let outcome = run(&format!("{PRIMARY}\nHOSTSYNC 30"), script);
    assert!(!outcome.contains("Host sync timer"), "{outcome}");
    assert!(outcome.contains("Auto logout and shutdown proceeding"), "{outcome}");
    // The order itself finds no server.
    let script = "
        80  nas says OB
        100 nas says OB LB
        101 nas down
        105 nas up
        160 end";
    let outcome = run(&format!("{PRIMARY}\nHOSTSYNC 30"), script);
    assert!(!outcome.contains("Host sync timer"), "{outcome}");
}

#[test]
fn a_primary_waits_for_secondaries_that_have_not_found_their_server_again() {
    // Two are known; the server comes back empty, and one is back before it goes.
    for (back, is_over) in [("", true), ("106 nas logins 3\n112 nas logins 1", false)] {
        let script = format!(
            "1 nas logins 3\n80 nas says OB\n100 nas down\n101 nas logins 1\n102 nas up\n104 nas says OB LB\n{back}\n160 end"
        );
        let outcome = run(&format!("{PRIMARY}\nHOSTSYNC 30\nPOLLFREQALERT 1"), &script);
        assert_eq!(outcome.contains("Host sync timer expired"), is_over, "{outcome}");
        assert!(outcome.contains("Waiting for secondaries"), "{outcome}");
    }
}

#[test]
fn secondaries_that_left_in_the_outage_are_not_waited_for() {
    // Their own timers take them down long before the battery is low.
    let script = "
        1   nas logins 3
        80  nas says OB
        120 nas logins 2
        130 nas logins 1
        300 nas says OB LB
        340 end";
    let outcome = run(&format!("{PRIMARY}\nHOSTSYNC 30"), script);
    assert!(!outcome.contains("Waiting for secondaries"), "{outcome}");
}

/// Second outage: this host is up, and the others still boot.
const BOOTED_IN_AN_OUTAGE: &str = "2 nas says OB LB\n15 nas logins 2\n25 nas logins 1\n60 end";

#[test]
fn a_primary_that_boots_in_an_outage_waits_for_secondaries_that_still_boot() {
    let config = format!("{PRIMARY}\nHOSTSYNC 30\nFINALDELAY 0");
    let shutdown = |kept: File, script: &str| {
        let outcome = run_with_kept(kept, &config, script);
        let line = outcome.lines().find(|line| line.contains("SHUTDOWNCMD")).map(str::to_owned);
        let second = line.and_then(|line| line.split('.').next()?.parse::<u64>().ok());
        second.unwrap_or_else(|| panic!("{outcome}"))
    };
    assert_eq!(shutdown(kept(1), BOOTED_IN_AN_OUTAGE), 25);
    // Of two one has come and gone: HOSTSYNC from FSD at most.
    assert_eq!(shutdown(kept(2), BOOTED_IN_AN_OUTAGE), 35);
    assert_eq!(shutdown(kept(u32::MAX), BOOTED_IN_AN_OUTAGE), 35);
    // Nobody ever logs in here.
    assert_eq!(shutdown(kept(0), "2 nas says OB LB\n60 end"), 5);
}

#[test]
fn a_primary_that_does_not_know_its_secondaries_waits_hostsync() {
    let unknown = [
        Some(Ok(None)),
        Some(Ok(Some(b"\xff\0rubbish".to_vec()))),
        Some(Ok(Some(b"0 rack@nas\n".to_vec()))),
        Some(Err("more than 1048576 bytes".to_owned())),
        Some(Err("Permission denied (os error 13)".to_owned())),
        // A disk that hangs.
        None,
    ];
    for file in unknown {
        let is_first_start = file == Some(Ok(None));
        let outcome = run_with_kept(file.clone(), &format!("{PRIMARY}\nHOSTSYNC 30"), BOOTED_IN_AN_OUTAGE);
        assert!(outcome.contains("35.002000 Host sync timer expired"), "{file:?}: {outcome}");
        assert!(outcome.contains("it is not known yet how many secondaries log in"), "{file:?}: {outcome}");
        let warned =
            outcome.contains("warning how many secondaries log in is counted anew: /var/lib/nut/upsmon.logins");
        assert_eq!(warned, !is_first_start && file.is_some(), "{file:?}: {outcome}");
        // Once it has counted for a minute it knows.
        let outcome = run_with_kept(file, PRIMARY, "90 nas says OB LB\n160 end");
        assert!(!outcome.contains("Host sync timer expired"), "{outcome}");
    }
}

#[test]
fn how_many_secondaries_log_in_is_kept_when_it_changes_and_a_disk_that_fails_is_tried_again() {
    let wrote = |outcome: &str| {
        let is_count = |line: &&str| line.strip_suffix(" rack@nas").is_some_and(|count| count.parse::<u32>().is_ok());
        let lines = outcome.lines().filter(is_count);
        lines.map(str::to_owned).collect::<Vec<_>>()
    };
    let config = format!("{PRIMARY}\nMONITOR other@nas 0 mon secret secondary");
    // A day and more in which two log in, and then one: written at the start and after a day with fewer.
    let outcome = run_with_kept(Some(Ok(None)), &config, "1 nas logins 3\n600 nas logins 2\n87500 end");
    assert_eq!(wrote(&outcome), ["2 rack@nas", "1 rack@nas"]);
    assert!(!outcome.contains("0 other@nas") && !outcome.contains("2 other@nas"), "{outcome}");
    // What is known already is not written again; what is no longer monitored is dropped.
    assert_eq!(wrote(&run_with_kept(kept(0), PRIMARY, "9000 end")), [""; 0]);
    let more: Kept = [("gone@nas", 1), ("rack@nas", 0)].into_iter().collect();
    assert_eq!(wrote(&run_with_kept(Some(Ok(Some(more.write()))), PRIMARY, "9000 end")).len(), 1);
    // Nothing is written over a file that has not been read.
    assert_eq!(wrote(&run_with_kept(None, PRIMARY, "9000 end")), [""; 0]);
    // Said once, tried every ten minutes.
    let outcome = run_with_kept(Some(Ok(None)), PRIMARY, "0 disk fails\n1900 disk works\n9000 end");
    assert_eq!(outcome.matches("cannot be kept across boots").count(), 1, "{outcome}");
    assert_eq!(wrote(&outcome).len(), 5, "{outcome}");
    // A disk that hangs on it holds nothing up, the end included.
    let script = "0 disk hangs\n1 nas logins 2\n90 disk works\n100 nas logins 1\n101 nas says OB LB\n160 end";
    let outcome = run_with_kept(Some(Ok(None)), PRIMARY, script);
    assert!(outcome.contains("SHUTDOWNCMD"), "{outcome}");
}

#[test]
fn a_blind_server_is_asked_for_its_clients_instead() {
    let script = "
        1   nas logins 2
        6   nas says OB
        11  nas refuses DATA-STALE
        32  nas logins 1
        60  end";
    check(
        &from_the_order_on(&run(PRIMARY, script)),
        "
        25.002000 sent FSD rack
        25.002000 UPS rack@nas: forced shutdown in progress (and wall)
        25.252000 Waiting for secondaries to log out before shutting down (and wall)
        32.004000 Executing automatic power-fail shutdown (and wall)
        32.004000 Auto logout and shutdown proceeding (and wall)
        37.004000 wrote /etc/killpower: upsmon-shutdown-file
        37.005000 SHUTDOWNCMD /sbin/shutdown -h +0
        37.006000 sent LOGOUT
        37.006000 exit 0
        ",
    );
}

#[test]
fn a_primary_that_was_refused_does_not_count_itself() {
    // One login: somebody else's.
    let script = "
        1   nas logins 1
        6   nas says OB LB
        60  end";
    let outcome = run(&format!("{PRIMARY}\nHOSTSYNC 8"), &format!("0 nas denies LOGIN{script}"));
    assert!(outcome.contains("18.002000 Host sync timer expired"), "{outcome}");
}

#[test]
fn a_secondary_goes_down_when_its_primary_says_so_and_has_no_load_cut() {
    let script = "
        11  nas says FSD OB LB
        60  end";
    check(
        &run(SECONDARY, script),
        "
        15.002000 UPS rack@nas on battery (and wall)
        15.002000 UPS rack@nas: forced shutdown in progress (and wall)
        15.002000 UPS rack@nas battery is low (and wall)
        15.002000 UPS rack@nas is critical: forced shutdown set on its server
        15.002000 forced shutdown: power value 0 is less than MINSUPPLIES 1; UPS rack@nas: forced shutdown set on its server
        15.002000 Executing automatic power-fail shutdown (and wall)
        15.002000 Auto logout and shutdown proceeding (and wall)
        20.002000 SHUTDOWNCMD /sbin/shutdown -h +0
        20.003000 sent LOGOUT
        20.003000 exit 0
        ",
    );
}

#[test]
fn a_secondary_waits_hostsync_before_giving_up_on_the_primary() {
    let script = "
        11  nas says OB LB
        60  end";
    check(
        &run(SECONDARY, script),
        "
        15.002000 UPS rack@nas on battery (and wall)
        15.002000 UPS rack@nas battery is low (and wall)
        30.002000 UPS rack@nas is critical: its primary has not acted within HOSTSYNC
        30.002000 forced shutdown: power value 0 is less than MINSUPPLIES 1; UPS rack@nas: its primary has not acted within HOSTSYNC
        30.002000 Executing automatic power-fail shutdown (and wall)
        30.002000 Auto logout and shutdown proceeding (and wall)
        35.002000 SHUTDOWNCMD /sbin/shutdown -h +0
        35.003000 sent LOGOUT
        35.003000 exit 0
        ",
    );
}

#[test]
fn power_that_returns_cancels_nothing() {
    let script = "
        6   nas says OB LB
        11  nas says OL
        60  end";
    check(
        &from_the_order_on(&run(PRIMARY, script)),
        "
        10.002000 sent FSD rack
        10.002000 UPS rack@nas: forced shutdown in progress (and wall)
        10.003000 Executing automatic power-fail shutdown (and wall)
        10.003000 Auto logout and shutdown proceeding (and wall)
        15.002000 UPS rack@nas on line power (and wall)
        15.003000 wrote /etc/killpower: upsmon-shutdown-file
        15.004000 SHUTDOWNCMD /sbin/shutdown -h +0
        15.005000 sent LOGOUT
        15.005000 exit 0
        ",
    );
}

#[test]
fn a_disk_that_hangs_does_not_stop_the_shutdown() {
    let script = "
        1   disk hangs
        6   nas says OB LB
        60  end";
    check(
        &from_the_order_on(&run(PRIMARY, script)),
        "
        10.002000 sent FSD rack
        10.002000 UPS rack@nas: forced shutdown in progress (and wall)
        10.003000 Executing automatic power-fail shutdown (and wall)
        10.003000 Auto logout and shutdown proceeding (and wall)
        15.003000 wrote /etc/killpower: upsmon-shutdown-file
        20.003000 error POWERDOWNFLAG is not written yet: shutting down without it
        20.003000 SHUTDOWNCMD /sbin/shutdown -h +0
        20.004000 sent LOGOUT
        20.004000 exit 0
        ",
    );
}

#[test]
fn a_full_disk_does_not_stop_the_shutdown() {
    let script = "
        1   disk fails
        6   nas says OB LB
        60  end";
    let outcome = run(PRIMARY, script);
    assert!(outcome.contains("error POWERDOWNFLAG could not be written: no space left on device\n"), "{outcome}");
    assert!(outcome.contains("15.004000 SHUTDOWNCMD"), "{outcome}");
}

#[test]
fn a_shutdown_command_that_hangs_holds_nobody_up() {
    let script = "
        1   shutdown hangs
        6   nas says OB LB
        60  end";
    check(
        &from_the_command_on(&run(PRIMARY, script)),
        "
        15.004000 SHUTDOWNCMD /sbin/shutdown -h +0
        20.004000 SHUTDOWNCMD still runs: logged out, waiting for its end
        20.004000 sent LOGOUT
        ",
    );
}

#[test]
fn a_shutdown_command_that_takes_long_is_not_left_behind() {
    let script = "
        1   shutdown takes 40
        6   nas says OB LB
        90  end";
    check(
        &from_the_command_on(&run(PRIMARY, script)),
        "
        15.004000 SHUTDOWNCMD /sbin/shutdown -h +0
        20.004000 SHUTDOWNCMD still runs: logged out, waiting for its end
        20.004000 sent LOGOUT
        55.004000 exit 0
        ",
    );
}

#[test]
fn a_privileged_process_that_is_gone_is_told_until_it_is_mended() {
    check(
        &run(SECONDARY, "10 parent dies\n200 end"),
        "
        10.000000 upsmon parent process died - shutdown impossible (and wall)
        130.000000 upsmon parent process died - shutdown impossible (and wall)
        ",
    );
}

#[test]
fn a_last_will_is_left_when_the_shutdown_begins() {
    let will = |config: &str| {
        let mut world = crate::script::World::new(config);
        world.run_until(Instant::from_micros(10_000_000));
        assert_eq!(world.will, None, "on line power there is nothing to leave");
        world.act("signal fsd");
        world.will
    };
    assert_eq!(
        will(PRIMARY),
        Some((true, Duration::from_secs(20), Duration::from_secs(35))),
        "HOSTSYNC and FINALDELAY"
    );
    assert_eq!(
        will(SECONDARY),
        Some((false, Duration::from_secs(5), Duration::from_secs(20))),
        "a secondary has no load cut"
    );
}

/// It was tried once: the host logged out and stayed up into the cut, although the limit was lifted 8 s later.
#[test]
fn a_shutdown_command_that_cannot_be_started_is_tried_until_it_can() {
    let script = "
        1    shutdown fails
        6    nas says OB LB
        17.5 signal stop
        18   shutdown works
        60   end";
    check(
        &from_the_command_on(&run(PRIMARY, script)),
        "
        15.004000 SHUTDOWNCMD /sbin/shutdown -h +0
        15.005000 error SHUTDOWNCMD failed, and is tried again: no space left on device
        15.005000 SHUTDOWNCMD /sbin/shutdown -h +0
        16.006000 SHUTDOWNCMD /sbin/shutdown -h +0
        17.007000 SHUTDOWNCMD /sbin/shutdown -h +0
        17.500000 warning not stopping: a forced shutdown is under way
        18.008000 SHUTDOWNCMD /sbin/shutdown -h +0
        18.009000 sent LOGOUT
        18.009000 exit 0
        ",
    );
}

#[test]
fn a_shutdown_command_that_ends_with_an_error_is_run_again_ever_later() {
    let script = "
        1   shutdown errs
        6   nas says OB LB
        24  shutdown works
        60  end";
    check(
        &from_the_command_on(&run(PRIMARY, script)),
        "
        15.004000 SHUTDOWNCMD /sbin/shutdown -h +0
        15.005000 error SHUTDOWNCMD failed, and is tried again: exit status 1
        16.005000 SHUTDOWNCMD /sbin/shutdown -h +0
        16.006000 error SHUTDOWNCMD failed, and is tried again: exit status 1
        18.006000 SHUTDOWNCMD /sbin/shutdown -h +0
        18.007000 error SHUTDOWNCMD failed, and is tried again: exit status 1
        22.007000 SHUTDOWNCMD /sbin/shutdown -h +0
        22.008000 error SHUTDOWNCMD failed, and is tried again: exit status 1
        30.008000 SHUTDOWNCMD /sbin/shutdown -h +0
        30.009000 sent LOGOUT
        30.009000 exit 0
        ",
    );
}

#[test]
fn a_shutdown_command_whose_end_nobody_knows_is_not_started_twice_and_told_to_the_supervisor() {
    let script = "
        1   shutdown is lost
        6   nas says OB LB
        60  end";
    check(
        &from_the_command_on(&run(PRIMARY, script)),
        "
        15.004000 SHUTDOWNCMD /sbin/shutdown -h +0
        15.005000 error SHUTDOWNCMD failed: whoever carried it out is gone
        20.005000 sent LOGOUT
        20.005000 exit 1
        ",
    );
}

#[test]
fn a_flag_that_could_not_be_written_is_tried_beside_the_command() {
    let script = "
        1    disk fails
        1    shutdown fails
        6    nas says OB LB
        17.5 disk works
        20.5 shutdown works
        60   end";
    let outcome = run(PRIMARY, script);
    assert!(outcome.contains("18.007000 wrote /etc/killpower: upsmon-shutdown-file\n"), "{outcome}");
    assert!(outcome.contains("18.008000 POWERDOWNFLAG is written\n"), "{outcome}");
}

#[test]
fn a_flag_that_could_not_be_written_is_tried_while_a_long_shutdown_command_runs() {
    for failure in ["fails", "fails after 9"] {
        let script = format!("1 disk {failure}\n1 shutdown takes 40\n6 nas says OB LB\n30.5 disk works\n100 end");
        let outcome = run(PRIMARY, &script);
        assert!(outcome.contains("logged out, waiting for its end"), "{outcome}");
        assert!(outcome.contains("POWERDOWNFLAG is written\n"), "{outcome}");
    }
}

#[test]
fn shutdownexit_decides_when_this_host_logs_out() {
    let script = "
        6   nas says OB LB
        300 end";
    let after = from_the_command_on(&run(&format!("{PRIMARY}\nSHUTDOWNEXIT 30"), script));
    assert!(after.contains("45.004000 sent LOGOUT\n45.004000 exit 0"), "{after}");
    let never = from_the_command_on(&run(&format!("{PRIMARY}\nSHUTDOWNEXIT no"), script));
    check(&never, "15.004000 SHUTDOWNCMD /sbin/shutdown -h +0");
}

/// From SHUTDOWNCMD on, on a secondary that is told to go down at 10 s, and asked to stop with SHUTDOWNCMD.
fn secondary_asked_to_stop(exit: &str, then: &str) -> String {
    let config = format!("{SECONDARY}\nSHUTDOWNEXIT {exit}\nHOSTSYNC 40");
    from_the_command_on(&run(&config, &format!("6 nas pushes\n10 nas says OB FSD\n16 signal stop\n{then}\n300 end")))
}

#[test]
fn a_secondary_that_shutdownexit_keeps_stays_logged_in_although_its_service_manager_stops_it() {
    check(
        &secondary_asked_to_stop("30", "20 signal stop"),
        "
        15.002000 SHUTDOWNCMD /sbin/shutdown -h +0
        16.000000 asked to stop: stays logged in for 29 s more (SHUTDOWNEXIT)
        45.002000 sent LOGOUT
        45.002000 exit 0
        ",
    );
    check(
        &secondary_asked_to_stop("no", ""),
        "
        15.002000 SHUTDOWNCMD /sbin/shutdown -h +0
        16.000000 asked to stop: stays logged in for 39 s more (SHUTDOWNEXIT)
        55.002000 sent LOGOUT
        55.002000 exit 0
        ",
    );
}

#[test]
fn nobody_is_stayed_for_when_the_server_is_gone() {
    let gone = secondary_asked_to_stop("no", "20 nas down");
    assert!(gone.contains("exit 0") && gone.lines().last().unwrap() < "21.5", "{gone}");
    let mute = secondary_asked_to_stop("no", "20 nas mute");
    assert!(mute.contains("exit 0") && mute.lines().last().unwrap() < "31", "{mute}");
}

#[test]
fn a_server_that_is_back_at_once_is_stayed_for() {
    let restarted = secondary_asked_to_stop("30", "20 nas hangs up");
    assert!(restarted.ends_with("45.002000 sent LOGOUT\n45.002000 exit 0\n"), "{restarted}");
}

#[test]
fn sigterm_ends_a_primary_and_a_monitor_without_shutdownexit_at_once() {
    let script = "6 nas says OB LB\n16 signal stop\n300 end";
    let primary = from_the_command_on(&run(&format!("{PRIMARY}\nSHUTDOWNEXIT no"), script));
    assert!(
        primary.ends_with("16.000000 exiting: asked to stop\n16.000000 sent LOGOUT\n16.000000 exit 0\n"),
        "{primary}"
    );
    let script = "6 nas pushes\n10 nas says OB FSD\n11 shutdown takes 3\n16 signal stop\n300 end";
    let secondary = from_the_command_on(&run(SECONDARY, script));
    assert!(
        secondary.ends_with("16.000000 exiting: asked to stop\n16.000000 sent LOGOUT\n16.000000 exit 0\n"),
        "{secondary}"
    );
}

#[test]
fn who_was_asked_to_stop_before_shutdowncmd_stops_after_it() {
    let script = "6 nas says OB LB\n12 signal stop\n300 end";
    let primary = from_the_command_on(&run(&format!("{PRIMARY}\nSHUTDOWNEXIT no"), script));
    assert!(primary.ends_with("exiting: asked to stop\n15.005000 sent LOGOUT\n15.005000 exit 0\n"), "{primary}");
}

#[test]
fn an_order_that_cannot_be_sent_is_sent_once_the_server_is_back() {
    let script = "
        6   nas says OB
        11  nas down
        26  nas up
        60  end";
    check(
        &from_the_order_on(&run_with_kept(kept(1), PRIMARY, script)),
        "
        26.755000 sent FSD rack
        26.756000 info Logged into UPS rack@nas
        26.756000 Communications with UPS rack@nas established (and wall)
        40.002000 Host sync timer expired, forcing shutdown
        40.002000 Executing automatic power-fail shutdown (and wall)
        40.002000 Auto logout and shutdown proceeding (and wall)
        45.002000 wrote /etc/killpower: upsmon-shutdown-file
        45.003000 SHUTDOWNCMD /sbin/shutdown -h +0
        45.004000 sent LOGOUT
        45.004000 exit 0
        ",
    );
}

#[test]
fn an_operator_may_order_a_shutdown_on_line_power() {
    let script = "
        10  signal fsd
        11  signal fsd
        12  signal stop
        60  end";
    check(
        &run(PRIMARY, script),
        "
        10.000000 forced shutdown: an operator asked for it
        10.000000 sent FSD rack
        10.000000 UPS rack@nas: forced shutdown in progress (and wall)
        10.001000 Executing automatic power-fail shutdown (and wall)
        10.001000 Auto logout and shutdown proceeding (and wall)
        11.000000 forced shutdown is under way already
        12.000000 warning not stopping: a forced shutdown is under way
        15.001000 wrote /etc/killpower: upsmon-shutdown-file
        15.002000 SHUTDOWNCMD /sbin/shutdown -h +0
        15.003000 sent LOGOUT
        15.003000 exit 0
        ",
    );
}

#[test]
fn a_stop_says_goodbye() {
    check(
        &run(SECONDARY, "10 signal stop\n60 end"),
        "
        10.000000 exiting: asked to stop
        10.000000 sent LOGOUT
        10.000000 exit 0
        ",
    );
}

#[test]
fn an_old_flag_is_removed_at_the_start() {
    let outcome = crate::script::run_from_the_start(PRIMARY, "1 end");
    assert!(
        outcome.starts_with("0.000000 info UPS: rack@nas (primary) (power value 1)\n0.000000 removed /etc/killpower\n")
    );
}

#[test]
fn an_old_flag_on_a_disk_that_refuses_is_removed_once_it_can_be() {
    let (config, _) = Config::load_from(PRIMARY, "upsmon.conf").unwrap();
    let mut upsmon = Upsmon::new(config, Instant::START);
    let failed = || JobOutcome::Failed("read-only file system".into());
    let mut said = Vec::new();
    let mut answer = |upsmon: &mut Upsmon, outcome: JobOutcome, now: Instant| {
        let mut asked = 0;
        while let Some(effect) = upsmon.poll_output() {
            match effect {
                Effect::RemoveFile { job, .. } => {
                    asked += 1;
                    upsmon.handle(Event::JobDone { job, outcome: outcome.clone() }, now);
                }
                Effect::Say { text, .. } if text.contains("POWERDOWNFLAG") => said.push(text),
                _ => {}
            }
        }
        asked
    };
    assert_eq!(answer(&mut upsmon, failed(), Instant::START), 1);
    for (seconds, outcome, asked) in
        [(29, failed(), 0), (30, failed(), 1), (60, JobOutcome::Exited(0), 1), (90, JobOutcome::Exited(0), 0)]
    {
        let now = Instant::START + Duration::from_secs(seconds);
        upsmon.handle_timeout(now);
        assert_eq!(answer(&mut upsmon, outcome, now), asked, "after {seconds} s");
    }
    assert_eq!(
        said,
        ["an old POWERDOWNFLAG could not be removed: read-only file system", "the old POWERDOWNFLAG is removed"]
    );
}

/// A file that says how many secondaries log in.
fn kept(count: u32) -> File {
    let kept: Kept = [("rack@nas", count)].into_iter().collect();
    Some(Ok(Some(kept.write())))
}

fn from_the_order_on(outcome: &str) -> String {
    outcome[outcome.find("sent FSD").unwrap() - "00.000000 ".len()..].to_owned()
}

fn from_the_command_on(outcome: &str) -> String {
    outcome[outcome.find("SHUTDOWNCMD").unwrap() - "00.000000 ".len()..].to_owned()
}

/// It may feed nothing, and nobody knows: the host saw OB LB and FSD of the other one, stayed up, and crashed.
#[test]
fn a_supply_that_was_never_heard_does_not_hold_up_a_host_whose_other_one_is_critical() {
    let two = "MONITOR rack@nas 1 mon secret primary\nMONITOR other@box 1 mon secret primary\nMINSUPPLIES 1\n\
               SHUTDOWNCMD /bin/true\nDEADTIME 15\n";
    let decision = |script: &str| {
        let outcome = run(two, script);
        let line = outcome.lines().find(|line| line.contains("forced shutdown:")).map(str::to_owned);
        (line, outcome)
    };
    for silence in ["0 box down", "0 box mute", "0 box refuses DATA-STALE", "0 box refuses UNKNOWN-UPS"] {
        let (line, outcome) = decision(&format!("{silence}\n30 nas says OB LB\n90 end"));
        let line = line.unwrap_or_else(|| panic!("{silence}: {outcome}"));
        assert!(line.contains("other@box: asked for DEADTIME, and never heard"), "{line}");
        // At a start A's low battery may come before B's first word.
        let (line, outcome) = decision(&format!("{silence}\n0 nas says OB LB\n90 end"));
        let line = line.unwrap_or_else(|| panic!("{silence}: {outcome}"));
        assert!(line.starts_with("15.0"), "{line}");
    }
    let (line, outcome) = decision("0 box down\n0 nas says OB LB\n9 box up\n9 box says OL\n90 end");
    assert_eq!(line, None, "{outcome}");
    // As long as the other one is good nobody is missed, and one that was heard stays counted.
    assert_eq!(decision("0 box down\n90 end").0, None);
    assert_eq!(decision("20 box down\n60 nas says OB LB\n200 end").0, None);
}

/// An operator's command may watch a whole outage, and shut the host down at its end.
#[test]
fn a_notifycmd_is_ended_only_where_the_operator_asks_for_it() {
    let config = |more: &str| {
        let text = format!("{PRIMARY}\nNOTIFYCMD /usr/local/bin/watch\nNOTIFYFLAG ONBATT EXEC\n{more}");
        Config::load_from(text.as_bytes(), "upsmon.conf").unwrap().0
    };
    assert_eq!(config("").notify_command_for, None);
    assert_eq!(config("NOTIFYCMDTIMEOUT 60").notify_command_for, Some(Duration::from_secs(60)));
}
