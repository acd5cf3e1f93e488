//! Every quantifier, on the sample journal: expectations as they are written, and how they come out.

use crate::checks::{Outcome, judge_by};
use crate::journal::{Ending, Record, What, sample};
use crate::language::{Expectation, Surroundings, load};
use protocol::Instant;
use std::fs;
use std::time::Duration;
use tempfile::TempDir;

const TOPOLOGY: &str = "\
title: t
ups: { rack: { device: any-ups } }
hosts:
  nas: { fed_by: rack, config: nut, draws: 40 W, stops_in: 30 s }
  box: { fed_by: rack, config: nut, draws: 40 W, stops_in: 20 s }
timeline:
  - { id: outage, at: 30 s, mains: off }
  - { id: return, when: { host: nas, is: off }, after: 10 s, mains: on }
  - { id: unreached, when: { host: nas, is: crashed }, mains: off }
expect:
";

/// How each of these expectations comes out on the sample journal.
fn judged(expectations: &str) -> String {
    judged_on(expectations, Duration::ZERO)
}

/// Expectations of a scenario on the topology of the sample journal.
fn expectations(written: &str) -> Vec<Expectation> {
    let directory = TempDir::new().unwrap();
    fs::create_dir(directory.path().join("nut")).unwrap();
    fs::write(directory.path().join("nut/upsmon.conf"), "").unwrap();
    let file = directory.path().join("t.yaml");
    fs::write(&file, format!("{TOPOLOGY}{written}")).unwrap();
    load(&file, &Surroundings::default()).unwrap_or_else(|wrong| panic!("{wrong}")).remove(0).expect
}

/// The same on a rig that cannot tell apart what happens so close together.
fn judged_on(written: &str, resolution: Duration) -> String {
    let mut journal = sample::outage();
    if let What::Run(facts) = &mut journal[0].what {
        facts.resolution_us = u64::try_from(resolution.as_micros()).unwrap();
    }
    let verdicts = judge_by(&journal, &expectations(written), &[], None).unwrap().expectations;
    let lines = verdicts.iter().map(|verdict| match &verdict.outcome {
        Outcome::Held { note: None } => format!("holds: {}", verdict.claim),
        Outcome::Held { note: Some(note) } => format!("holds: {} ({note})", verdict.claim),
        Outcome::Failed { why, .. } => format!("FAILS: {} ({why})", verdict.claim),
        Outcome::Skipped { why } => format!("skipped: {} ({why})", verdict.claim),
        Outcome::Foreseen { .. } => unreachable!("no violation is listed"),
    });
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn see_looks_from_its_anchor_on() {
    insta::assert_snapshot!(judged(
        r"
  - { see: { host: nas, notified: ONBATT }, within: 7 s, of: outage }
  - { see: { host: nas, notified: ONBATT }, within: 50 ms, of: outage }
  - { see: { hosts: all, notified: FSD } }
  - { see: { hosts: all, notified: FSD }, of: return }
  - { see: { hosts: [nas, box], is: halted }, of: outage }
  - { see: { host: nas, is: up }, of: return }
  - { see: { host: nas, is: up }, of: unreached }
  - { see: { hosts: all, notified: NOCOMM } }
  - { see: { hosts: any, ran: shutdown -h } }
  - { see: { ups: rack, var: ups.status, has: FSD } }
  - { see: { wire: net, says: FSD rack } }
  - { see: { wire: net, says: FSD rack, at: box } }
  - { see: { host: nas, flag: exists } }
"
    ));
}

#[test]
fn never_and_always_keep_to_their_window() {
    insta::assert_snapshot!(judged(
        r"
  - { never: { hosts: any, is: stopping }, during: { to: outage } }
  - { never: { hosts: any, is: stopping } }
  - { never: { hosts: all, is: crashed } }
  - { never: { host: box, notified: ONBATT }, during: { from: return } }
  - { always: { hosts: all, is: up }, during: { to: outage } }
  - { always: { hosts: all, is: up } }
  - { always: { ups: rack, outlet: off }, during: { from: unreached } }
"
    ));
}

#[test]
fn order_wants_each_after_the_one_above() {
    insta::assert_snapshot!(judged(
        r"
  - order: [{ host: box, is: halted }, { host: nas, is: halted }, { ups: rack, outlet: off }, { ups: rack, outlet: on }, { hosts: all, is: up }]
  - order: [{ host: nas, is: halted }, { host: box, is: halted }]
  - order: [{ host: box, notified: ONBATT }, { host: box, notified: ONLINE }]
"
    ));
}

#[test]
fn what_a_rig_cannot_tell_apart_is_in_any_order() {
    let order = "  - order: [{ host: nas, is: halted }, { host: box, is: halted }]";
    insta::assert_snapshot!(
        ["judged exactly", &judged(order), "judged within 30 s", &judged_on(order, Duration::from_secs(30))].join("\n")
    );
}

#[test]
fn a_run_that_its_rig_gave_up_has_failed_whatever_it_expected() {
    let mut journal = sample::outage();
    journal.last_mut().unwrap().what = What::End { because: Ending::Broken };
    let judgement = judge_by(&journal, &[], &[], None).unwrap();
    assert!(!judgement.has_passed());
    assert_eq!(judgement.expectations[0].claim, "the run comes to its end");
}

#[test]
fn a_failure_on_a_rig_that_was_held_up_is_no_verdict_and_a_pass_is_one() {
    let mut journal = sample::outage();
    let held_up = What::HeldUp { real_us: 131_000, run_us: 2_620_000 };
    journal.insert(journal.len() - 1, Record { at: Instant::from_micros(299_000_000), what: held_up });
    assert!(judge_by(&journal, &[], &[], None).unwrap().has_passed());
    journal.last_mut().unwrap().what = What::End { because: Ending::Broken };
    let why = judge_by(&journal, &[], &[], None).unwrap_err().to_string();
    assert_eq!(why, "the rig was held up for 131 ms, which is 2.6 s of the run: not judged");
    journal.last_mut().unwrap().what = What::End { because: Ending::HeldUp };
    assert_eq!(judge_by(&journal, &[], &[], None).unwrap_err().to_string(), why);
}

#[test]
fn finally_and_count_look_at_the_whole() {
    insta::assert_snapshot!(judged(
        r"
  - finally: { hosts: all, is: up }
  - finally: { hosts: all, is: halted }
  - finally: { host: nas, flag: absent }
  - { count: { hosts: all, is: halted }, times: 2 }
  - { count: { hosts: all, notified: ONBATT }, at_most: 1 }
  - { count: { hosts: any, notified: FSD }, at_least: 2, during: { from: outage, to: return } }
  - { finally: { hosts: all, is: up }, stack: nut }
  - { finally: { hosts: all, is: up }, stack: { monitor: ours }, rig: processes }
"
    ));
}

#[test]
fn a_window_that_ends_before_it_begins_proves_nothing() {
    let judged = judged("  - { never: { host: nas, is: crashed }, during: { from: return, to: outage } }\n");
    assert_eq!(
        judged,
        "FAILS: never nas crashed between return and outage (there is no such time: return was at 2:10.0, outage at 0:30.0)"
    );
}

#[test]
fn a_variable_that_is_never_so_is_said_to_be_what_it_is() {
    let judged = judged("  - { see: { ups: rack, var: ups.status, is: BYPASS } }\n");
    assert_eq!(judged, "FAILS: see rack ups.status is BYPASS (never seen; at the end it is OL CHRG)");
}

#[test]
fn what_is_expected_for_a_reason_fails_with_it() {
    let file = "  - { finally: { host: nas, is: halted }, because: the mains stay away }\n";
    let (journal, expect) = (sample::outage(), expectations(file));
    let verdict = judge_by(&journal, &expect, &[], None).unwrap().expectations.remove(0);
    assert!(verdict.outcome.is_failure());
    assert_eq!(verdict.because.as_deref(), Some("the mains stay away"));
}
