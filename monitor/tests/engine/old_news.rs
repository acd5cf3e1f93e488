//! What waited while the monitor was held up, or while the way to its server was cut, is asked about before it
//! is obeyed; and it is obeyed where nobody answers.

use super::script::{check, run};
use std::fmt::Write as _;

const PRIMARY: &str = "MONITOR rack@nas 1 mon secret primary\nSHUTDOWNCMD /bin/true\nMINSUPPLIES 1\nFINALDELAY 0";
const SECONDARY: &str = "MONITOR rack@nas 1 mon secret secondary\nSHUTDOWNCMD /bin/true\nMINSUPPLIES 1\nFINALDELAY 0";
/// On battery, with a push connection.
const OUTAGE: &str = "0 nas pushes\n6 nas says OB\n";

/// A low battery waits for 60 s; then this happens.
fn after_a_low_battery_that_waited(then: &str) -> String {
    run(PRIMARY, &format!("{OUTAGE}12 nas says OB LB\n12 asleep 60\n{then}\n200 end"))
}

/// The lines of an outcome from its first line with this in it on.
fn from<'a>(outcome: &'a str, text: &str) -> &'a str {
    let found = outcome.find(text).unwrap_or_else(|| panic!("no {text}: {outcome}"));
    &outcome[outcome[..found].rfind('\n').map_or(0, |end| end + 1)..]
}

#[test]
fn a_low_battery_that_waited_is_asked_about_and_forgotten_where_it_is_over() {
    for end in ["OL CHRG", "OB"] {
        let script = format!("{OUTAGE}12 nas says OB LB\n12 nas says {end}\n12 asleep 600\n700 end");
        let outcome = run(PRIMARY, &script);
        assert!(outcome.contains("may be old, asking: OB LB"), "{outcome}");
        assert!(!outcome.contains("critical"), "{outcome}");
    }
}

#[test]
fn a_low_battery_that_waited_and_still_stands_counts_with_the_answer() {
    let outcome = after_a_low_battery_that_waited("");
    check(
        from(&outcome, "battery is low").lines().take(2).collect::<Vec<_>>().join("\n").as_str(),
        "
        72.001000 UPS rack@nas battery is low (and wall)
        72.001000 UPS rack@nas is critical: on battery with a low battery
        ",
    );
}

#[test]
fn what_waited_counts_after_five_seconds_without_an_answer() {
    // The server hangs; it takes connections and says nothing; it has no status, which is no answer; it is gone.
    for silence in ["mute", "silent", "refuses DATA-STALE", "down"] {
        let script = format!("{OUTAGE}12 nas says OB LB\n12 nas {silence}\n12 asleep 60\n200 end");
        let outcome = run(PRIMARY, &script);
        assert!(
            outcome.contains("77.000000 warning UPS rack@nas: no answer, so what waited counts: OB LB"),
            "{outcome}"
        );
        assert!(outcome.contains("77.000000 UPS rack@nas is critical: on battery with a low battery"), "{outcome}");
    }
}

#[test]
fn an_order_that_waited_is_obeyed_at_once_where_the_server_is_gone() {
    let script = format!("{OUTAGE}12 nas orders\n12 nas down\n12 asleep 60\n200 end");
    let outcome = run(SECONDARY, &script);
    check(
        from(&outcome, "may be old").lines().take(6).collect::<Vec<_>>().join("\n").as_str(),
        "
        72.000000 info UPS rack@nas: may be old, asking: FSD
        72.001000 warning UPS [rack@nas]: connect failed: Connection failure: connection refused
        72.001000 Communications with UPS rack@nas lost (and wall)
        72.001000 warning UPS rack@nas: no answer, so what waited counts: FSD
        72.001000 UPS rack@nas: forced shutdown in progress (and wall)
        72.001000 UPS rack@nas is critical: forced shutdown set on its server
        ",
    );
}

#[test]
fn the_worst_of_what_waited_counts_and_fsd_is_the_worst() {
    for (order, worst) in
        [(["FSD OB", "OB LB", "OL"], "FSD OB"), (["OL", "OB LB", "OB"], "OB LB"), (["OB LB CAL", "OL LB", "OB"], "OB")]
    {
        let mut script = OUTAGE.to_owned();
        for status in order {
            let _ = writeln!(script, "12 nas says {status}");
        }
        let outcome = run(SECONDARY, &format!("{script}12 nas mute\n12 asleep 60\n200 end"));
        assert!(outcome.contains(&format!("so what waited counts: {worst}\n")), "{worst}: {outcome}");
    }
}

#[test]
fn a_second_hold_up_grants_no_second_delay() {
    let outcome = after_a_low_battery_that_waited("60 nas mute\n74 asleep 60");
    assert!(outcome.contains("134.000000 UPS rack@nas is critical: on battery with a low battery"), "{outcome}");
    // Once the worst has counted, news counts at once until there is an answer.
    let script = format!("{OUTAGE}12 nas says OB\n12 nas mute\n12 asleep 60\n80 nas says OB LB\n80 asleep 60\n200 end");
    let outcome = run(PRIMARY, &script);
    assert!(outcome.contains("140.000000 UPS rack@nas is critical: on battery with a low battery"), "{outcome}");
}

#[test]
fn an_answer_that_waited_itself_is_asked_about_too() {
    // The question leaves at 11 s, the answer waits from then on.
    let script = "6 nas says OB\n11.0005 nas says OB LB\n11.0025 nas says OL\n11.0025 asleep 60\n200 end";
    let outcome = run(&format!("{PRIMARY}\nPOLLFREQALERT 1"), script);
    assert!(!outcome.contains("critical"), "{outcome}");
}

#[test]
fn what_waited_on_a_way_that_was_cut_is_asked_about() {
    let beats =
        |from: u32| (from..from + 10).step_by(5).fold(String::new(), |text, at| format!("{text}{at} nas lives\n"));
    let quiet = format!("0 nas pushes\n6 nas says OL\n{}", beats(7));
    // The push comes 9 s after the heartbeat that was the last, and the server knows better.
    let garbled = "21 nas garbles WATCH VAR rack ups.status \"OB LB\"\\n";
    let outcome = run(&format!("{PRIMARY}\nPOLLFREQ 60"), &format!("{quiet}{garbled}\n60 end"));
    assert!(!outcome.contains("critical"), "{outcome}");
    assert!(outcome.contains("may be old, asking: OB LB"), "{outcome}");
}

#[test]
fn a_server_that_trickles_is_not_heard() {
    let trickle = "8 nas mute\n12 nas garbles V\n16 nas garbles A\n20 nas garbles R\n24 nas garbles x\n27 end";
    let outcome = run(&format!("{PRIMARY}\nPOLLFREQ 5"), &format!("0 nas says OL\n{trickle}"));
    assert!(outcome.contains("no whole answer in time"), "{outcome}");
    assert!(outcome.contains("Communications with UPS rack@nas lost"), "{outcome}");
    assert!(!outcome.contains("no answer in time"), "the connection is kept: {outcome}");
}

#[test]
fn a_server_that_is_restarted_on_battery_pushes_again_at_once() {
    let script = format!("{OUTAGE}20 nas down\n21 nas up\n21 nas pushes\n23.5 nas says OB LB\n60 end");
    let outcome = run(PRIMARY, &script);
    assert!(outcome.contains("23.501000 UPS rack@nas is critical: on battery with a low battery"), "{outcome}");
}

#[test]
fn a_server_that_was_slow_once_is_given_up_in_time_for_another_try() {
    let slow_once = "0 nas says OL\n8 nas mute\n14 nas talks\n100 nas says OB\n";
    let outcome = run(&format!("{PRIMARY}\nPOLLFREQ 5"), &format!("{slow_once}102 nas forgets\n200 end"));
    assert!(outcome.contains("no answer in time"), "{outcome}");
    assert!(!outcome.contains("critical"), "{outcome}");
}
