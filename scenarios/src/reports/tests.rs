//! The sample journal in each report.

use super::{Report, html, json, junit, terminal};
use crate::checks::{facts, judge_by};
use crate::journal::{CommandRole, HostState, Record, What, lines, sample};
use std::time::Duration;

/// One host is lost, so that there is an arithmetic to show.
fn with_a_loss() -> Vec<Record> {
    let mut journal = sample::outage();
    for record in &mut journal {
        if record.what == sample::state("box", HostState::Halted, "stopped") {
            record.what = sample::state("box", HostState::Crashed, "its last supply went");
            record.at = sample::at(80_000);
        }
    }
    journal.sort_by_key(|record| record.at);
    journal
}

#[test]
fn who_is_lost_in_the_late_hook_is_not_said_to_have_stopped_too_late() {
    let mut journal = with_a_loss();
    let lost = journal.iter().position(|record| matches!(&record.what, What::Host { is: HostState::Crashed, .. }));
    let (role, command) = (CommandRole::LateShutdown, "upsmon -K && upsdrvctl shutdown".to_owned());
    let hook = What::Ran { host: "box".into(), role, by: "late-shutdown".into(), command };
    let lost = lost.unwrap();
    journal[lost].at = sample::at(100_000);
    journal.insert(lost, Record { at: sample::at(90_000), what: hook });
    journal.sort_by_key(|record| record.at);
    let said = on_terminal(&journal);
    assert!(said.contains("enough to stop, but its late shutdown hook still ran, since 1:30.0"), "{said}");
}

fn reported<T>(journal: &[Record], make: impl FnOnce(&Report<'_>) -> T) -> T {
    let judgement = judge_by(journal, &[], &[], Some(journal)).unwrap();
    make(&Report {
        facts: facts(journal).unwrap(),
        journal,
        judgement: &judgement,
        real: Some(Duration::from_millis(20)),
    })
}

fn on_terminal(journal: &[Record]) -> String {
    let mut out = Vec::new();
    reported(journal, |report| terminal::write(&mut out, report, None)).unwrap();
    anstream::adapter::strip_str(std::str::from_utf8(&out).unwrap()).to_string()
}

#[test]
fn the_outage_on_a_terminal() {
    insta::assert_snapshot!(on_terminal(&sample::outage()));
}

#[test]
fn a_narrow_terminal_shows_batteries_in_figures_and_leaves_room_for_the_story() {
    let mut out = Vec::new();
    reported(&sample::outage(), |report| terminal::write(&mut out, report, Some(60))).unwrap();
    let shown = anstream::adapter::strip_str(std::str::from_utf8(&out).unwrap()).to_string();
    let story: Vec<&str> = shown.lines().skip_while(|line| !line.contains("time")).collect();
    assert!(story.len() > 20 && story.iter().all(|line| line.chars().count() <= 60), "{shown}");
    assert!(!shown.contains('█') && shown.contains("100 %"), "{shown}");
}

#[test]
fn a_lost_host_on_a_terminal() {
    insta::assert_snapshot!(on_terminal(&with_a_loss()));
}

#[test]
fn the_outage_as_a_page() {
    let page = reported(&sample::outage(), html::page);
    insta::assert_snapshot!(page.split_once("<body>").unwrap().1);
}

#[test]
fn a_page_fetches_nothing_and_names_only_what_happened() {
    let page = reported(&sample::outage(), html::page);
    for foreign in ["http", "<script", "<link", "@import", "src=", ">crashed<"] {
        assert!(!page.contains(foreign), "the page contains {foreign}");
    }
    let page = reported(&with_a_loss(), html::page);
    assert!(page.contains(">crashed<") && page.contains("The arithmetic") && page.contains("5.2 s short"), "{page}");
}

#[test]
fn words_of_a_scenario_cannot_break_a_page() {
    let mut journal = sample::outage();
    if let What::Run(facts) = &mut journal[0].what {
        facts.title = "</title><script>alert(1)</script>".into();
        facts.hosts[0].group = "<b>".into();
    }
    assert!(!reported(&journal, html::page).contains("<script"));
}

#[test]
fn names_that_are_too_long_for_the_drawing_are_cut_and_told_whole() {
    let mut journal = sample::outage();
    let (old, long) = (crate::journal::Name::from("rack"), crate::journal::Name::from("a-ups-with-a-very-long-name"));
    if let What::Run(facts) = &mut journal[0].what {
        facts.ups.iter_mut().filter(|ups| ups.name == old).for_each(|ups| ups.name = long.clone());
    }
    let page = reported(&journal, html::page);
    assert!(page.contains(">a-ups-with-a-very…<title>a-ups-with-a-very-long-name</title></text>"), "{page}");
}

#[test]
fn the_outage_for_a_ci_server() {
    let xml = reported(&with_a_loss(), |report| junit::xml([junit::suite(report)], &[])).unwrap();
    insta::assert_snapshot!(xml);
}

#[test]
fn a_json_report_is_a_journal_and_verdicts() {
    let mut out = Vec::new();
    let journal = with_a_loss();
    reported(&journal, |report| json::write(&mut out, report)).unwrap();
    assert_eq!(lines::read(out.as_slice()).unwrap(), journal);
    let last = String::from_utf8(out).unwrap();
    insta::assert_snapshot!(last.trim_end().lines().last().unwrap());
}
