//! Who is told what, when, and where.

use crate::script::{check, run, run_from_the_start};

const QUIET: &str = r#"
    MONITOR rack@nas 1 mon secret secondary
    SHUTDOWNCMD "/sbin/shutdown -h +0"
"#;

#[test]
fn the_first_status_is_no_news_and_every_change_is() {
    let script = "
        6   nas says OB DISCHRG
        11  nas says OL CHRG
        16  nas says OL
        30  end";
    check(
        &run(QUIET, script),
        "
        10.002000 UPS rack@nas on battery (and wall)
        15.002000 UPS rack@nas on line power (and wall)
        ",
    );
}

#[test]
fn notifycmd_gets_the_message_as_data_and_the_rest_in_its_environment() {
    let config = format!(
        "{QUIET}
        NOTIFYCMD /etc/nut/notify.sh
        NOTIFYMSG ONBATT \"%s lost; $(halt)\"
        NOTIFYFLAG ONBATT EXEC
        NOTIFYFLAG ONLINE SYSLOG+EXEC
        NOTIFYFLAG LOWBATT IGNORE"
    );
    let script = "
        6   nas says OB LB
        11  nas says OL
        30  end";
    check(
        &run(&config, script),
        "
        10.002000 NOTIFYCMD UPSNAME=rack@nas NOTIFYTYPE=ONBATT /etc/nut/notify.sh \"rack@nas lost; $(halt)\"
        15.002000 UPS rack@nas on line power
        15.002000 NOTIFYCMD UPSNAME=rack@nas NOTIFYTYPE=ONLINE /etc/nut/notify.sh \"UPS rack@nas on line power\"
        ",
    );
}

#[test]
fn a_notice_comes_at_once_where_the_server_pushes() {
    let script = "
        0   nas pushes
        11  nas says OB DISCHRG
        12.5 nas refuses DATA-STALE
        13  nas says OB DISCHRG
        21  nas says OL
        30  end";
    let outcome = run(QUIET, script);
    let from_the_outage: Vec<&str> = outcome.lines().skip_while(|line| !line.contains("on battery")).collect();
    check(
        &from_the_outage.join("\n"),
        "
        11.001000 UPS rack@nas on battery (and wall)
        12.501000 warning Poll UPS [rack@nas] failed - Data stale
        12.501000 Communications with UPS rack@nas lost (and wall)
        13.001000 Communications with UPS rack@nas established (and wall)
        21.001000 UPS rack@nas on line power (and wall)
        ",
    );
}

#[test]
fn a_server_without_push_is_asked_for_it_once() {
    let outcome = run_from_the_start(QUIET, "60 nas down\n61 nas up\n600 end");
    assert_eq!(outcome.matches("sent WATCH").count(), 1, "{outcome}");
}

#[test]
fn an_alarm_is_told_with_its_text_and_a_battery_to_replace_twice_a_day() {
    let script = "
        6     nas says OL ALARM RB
        50000 nas says OL
        50030 end";
    check(
        &run(QUIET, script),
        "
        10.002000 UPS rack@nas battery needs to be replaced (and wall)
        10.003000 UPS rack@nas: alarm active: Replace battery! (and wall)
        43210.002000 UPS rack@nas battery needs to be replaced (and wall)
        50000.002000 UPS rack@nas: no alarm active any more (and wall)
        ",
    );
}

#[test]
fn an_alarm_whose_driver_goes_away_is_not_told_again_without_its_text() {
    let script = "
        6  nas says OL ALARM
        12 nas refuses DATA-STALE
        22 nas says OL ALARM
        40 end";
    check(
        &run(QUIET, script),
        "
        10.003000 UPS rack@nas: alarm active: Replace battery! (and wall)
        15.002000 warning Poll UPS [rack@nas] failed - Data stale
        15.002000 Communications with UPS rack@nas lost (and wall)
        25.002000 Communications with UPS rack@nas established (and wall)
        ",
    );
}

#[test]
fn a_refused_login_is_loud_and_tried_again() {
    let script = "
        100 nas grants LOGIN
        200 end";
    check(
        &run_from_the_start(QUIET, &format!("0 nas denies LOGIN{script}")),
        "
        0.000000 info UPS: rack@nas (secondary) (power value 1)
        0.001000 sent LOGIN rack
        0.002000 Login on UPS [rack@nas] failed - got [ERR ACCESS-DENIED]
        0.002000 UPS rack@nas: its server refuses this host (and wall)
        0.003000 sent WATCH rack
        60.002000 sent LOGIN rack
        120.003000 sent LOGIN rack
        120.004000 info Logged into UPS rack@nas
        ",
    );
}

#[test]
fn a_host_that_was_refused_still_obeys_its_primary() {
    let outcome = run(QUIET, "0 nas denies LOGIN\n6 nas says FSD OB LB\n60 end");
    assert!(outcome.contains("15.002000 SHUTDOWNCMD"), "{outcome}");
}

#[test]
fn an_old_server_is_asked_for_master_where_primary_is_unknown() {
    let config = "MONITOR rack@nas 1 mon secret master\nSHUTDOWNCMD /bin/true\nPOWERDOWNFLAG /etc/killpower";
    let outcome = run_from_the_start(config, "0 nas denies PRIMARY\n2 end");
    assert!(outcome.contains("sent PRIMARY rack\n") && outcome.contains("sent MASTER rack\n"), "{outcome}");
    assert!(!outcome.contains("unavailable"), "{outcome}");
    let refused = run_from_the_start(config, "0 nas denies PRIMARY\n0 nas denies MASTER\n2 end");
    assert!(refused.contains("Primary managerial privileges unavailable on UPS [rack@nas]: ERR ACCESS-DENIED\n"));
}

#[test]
fn a_failure_that_repeats_is_said_once() {
    let outcome = run(QUIET, "6 nas refuses DRIVER-NOT-CONNECTED\n200 nas refuses DATA-STALE\n290 end");
    assert_eq!(outcome.matches("Driver not connected").count(), 1, "{outcome}");
    assert_eq!(outcome.matches("Data stale").count(), 1, "{outcome}");
}
