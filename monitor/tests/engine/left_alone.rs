//! A UPS that this host drives for others, and what becomes of it when this host's own supply fails.

use crate::script::{World, check, run};

/// `rack` feeds this host; `other` feeds another one.
const DRIVES_ANOTHER: &str = "
    MONITOR rack@nas 1 mon secret primary
    MONITOR other@box 0 mon secret primary
    SHUTDOWNCMD /sbin/halt
    POWERDOWNFLAG /etc/killpower
    FINALDELAY 5
    POLLFREQ 5
";
const LIST: &str = "upsmon-shutdown-file\nboot this\nnot-cut other\nend\n";

fn from_the_decision_on(outcome: &str) -> String {
    let at = outcome.find("forced shutdown:").unwrap_or_else(|| panic!("no decision: {outcome}"));
    outcome[outcome[..at].rfind('\n').map_or(0, |end| end + 1)..].to_owned()
}

/// Its hosts have power: they went down, and their load was cut.
#[test]
fn a_ups_on_line_power_that_feeds_others_gets_no_fsd_and_is_not_cut() {
    // Nobody waits for the two that are logged in there.
    let script = "
        0   box logins 3
        11  nas says OB LB
        60  end";
    check(
        &from_the_decision_on(&run(DRIVES_ANOTHER, script)),
        "
        15.002000 forced shutdown: power value 0 is less than MINSUPPLIES 1; UPS rack@nas: on battery with a low battery
        15.002000 sent FSD rack
        15.002000 UPS rack@nas: forced shutdown in progress (and wall)
        15.002000 UPS other@box has no part in this shutdown: no FSD, and its load is not cut
        15.003000 Executing automatic power-fail shutdown (and wall)
        15.003000 Auto logout and shutdown proceeding (and wall)
        20.003000 wrote /etc/killpower: upsmon-shutdown-file
        boot this
        not-cut other
        end
        20.004000 SHUTDOWNCMD /sbin/halt
        20.005000 sent LOGOUT
        20.005000 sent LOGOUT
        20.005000 exit 0
        ",
    );
}

#[test]
fn a_ups_that_leaves_line_power_before_shutdowncmd_gets_fsd_after_all() {
    for news in [
        "says OB",
        "says OL FSD",
        "says OFF",
        "refuses DATA-STALE",
        "refuses DRIVER-NOT-CONNECTED",
        "down",
        "says WAIT",
    ] {
        let mut world = World::new(DRIVES_ANOTHER);
        world.follow_script(&format!("11 nas says OB LB\n16 box {news}"));
        assert_eq!(world.will_file.as_deref(), Some(LIST));
        world.follow_script("17.5 end");
        assert_eq!(world.will_file.as_deref(), Some("upsmon-shutdown-file"), "{news}: {}", world.log());
        world.follow_script("18 box up\n60 end");
        let log = world.log();
        assert!(log.contains("UPS other@box is no longer known to be on line power: FSD\n"), "{news}: {log}");
        assert!(log.contains("sent FSD other\n"), "{news}: {log}");
        assert!(log.contains("20.003000 wrote /etc/killpower: upsmon-shutdown-file\n20.004000 SHUTDOWNCMD"), "{log}");
    }
}

/// The secondaries of a UPS that is ordered down late have what is left of HOSTSYNC.
#[test]
fn a_ups_that_leaves_line_power_while_secondaries_are_waited_for_has_its_own_waited_for_too() {
    let script = "
        0   nas logins 2
        0   box logins 2
        11  nas says OB LB
        18  box says OB
        20  nas logins 1
        23  box logins 1
        60  end";
    let outcome = run(DRIVES_ANOTHER, script);
    assert!(outcome.contains("23.003000 Executing"), "{outcome}");
}

/// The flag is being written when its list is outdated: the load would stay on under a host that was told to halt.
#[test]
fn a_flag_that_leaves_a_ups_alone_is_written_again_when_that_ups_is_ordered_down() {
    let script = "
        0   disk takes 2
        11  nas says OB LB
        20.5  box says OB
        60  end";
    let outcome = from_the_decision_on(&run(DRIVES_ANOTHER, script));
    let wrote = "wrote /etc/killpower: upsmon-shutdown-file\n";
    let last = outcome.rfind(wrote).expect("written");
    assert!(outcome[..last].contains("not-cut other"), "{outcome}");
    assert!(!outcome[last..].contains("not-cut"), "{outcome}");
    assert!(outcome[last..].contains("24.003000 SHUTDOWNCMD"), "{outcome}");
    // Where SHUTDOWNCMD could not even be started, that is still before it.
    let script = "
        0   shutdown fails
        11  nas says OB LB
        30  box says OB
        32  shutdown works
        60  end";
    let outcome = from_the_decision_on(&run(DRIVES_ANOTHER, script));
    let (before, after) = outcome.split_at(outcome.rfind(wrote).expect("written"));
    assert!(before.contains("not-cut other") && before.contains("sent FSD other"), "{outcome}");
    assert!(!after.contains("not-cut"), "{outcome}");
}

#[test]
fn a_flag_that_is_written_late_still_leaves_alone_who_was_left_alone() {
    let script = "
        0   disk fails
        0   shutdown takes 30
        11  nas says OB LB
        30  disk works
        60  end";
    let outcome = from_the_decision_on(&run(DRIVES_ANOTHER, script));
    let logged_out = outcome.find("logged out").expect("beside its command");
    assert!(outcome[logged_out..].contains(&format!("wrote /etc/killpower: {LIST}")), "{outcome}");
    assert!(outcome.contains("POWERDOWNFLAG is written"), "{outcome}");
}

#[test]
fn what_is_not_known_to_have_line_power_at_the_decision_is_ordered_down() {
    for news in ["says OB", "says OL FSD", "says OFF", "refuses DATA-STALE", "down", "says WAIT"] {
        let outcome = run(DRIVES_ANOTHER, &format!("8 box {news}\n21 nas says OB LB\n60 end"));
        assert!(!outcome.contains("has no part"), "{news}: {outcome}");
        assert!(!outcome.contains("not-cut"), "{news}: {outcome}");
    }
}

/// Whoever asks for a shutdown of all hosts means all.
#[test]
fn an_operator_orders_every_host_down() {
    let outcome = run(DRIVES_ANOTHER, "11 signal fsd\n60 end");
    assert!(outcome.contains("sent FSD other") && !outcome.contains("not-cut"), "{outcome}");
}

/// A UPS without FSD must not be cut: where no list can say so, it gets one.
#[test]
fn nobody_is_left_alone_without_a_list() {
    let no_flag = DRIVES_ANOTHER.replace("POWERDOWNFLAG", "# ");
    assert!(run(&no_flag, "11 nas says OB LB\n60 end").contains("sent FSD other"));
    let namesakes = DRIVES_ANOTHER.replace("other@", "rack@");
    assert_eq!(run(&namesakes, "11 nas says OB LB\n60 end").matches("sent FSD rack").count(), 2);
    // The flag of an earlier shutdown, which says to cut all.
    let mut world = World::with_an_old_flag(DRIVES_ANOTHER);
    world.follow_script("11 nas says OB LB\n60 end");
    assert!(world.log().contains("sent FSD other"), "{}", world.log());
}

/// It is a secondary in this shutdown: its primary would take the logout for a host that is down, and cut.
#[test]
fn a_secondary_that_drives_a_ups_for_others_stays_logged_in_for_its_shutdownexit() {
    let secondary = DRIVES_ANOTHER.replace("rack@nas 1 mon secret primary", "rack@nas 1 mon secret secondary");
    let config = format!("{secondary}\nSHUTDOWNEXIT 25\n");
    let script = "
        11  nas says OB FSD
        24  signal stop
        60  end";
    let outcome = from_the_decision_on(&run(&config, script));
    assert!(outcome.contains("20.003000 SHUTDOWNCMD /sbin/halt\n"), "{outcome}");
    assert!(outcome.contains("45.003000 exit 0"), "{outcome}");
    // Whoever has ordered others down ends at once, as ever.
    let ordering = script.replace("24  signal", "16  box says OB\n24  signal");
    let outcome = from_the_decision_on(&run(&config, &ordering));
    assert!(outcome.contains("sent FSD other") && outcome.contains("24.000000 exit 0"), "{outcome}");
}
