//! How a file is played: once or for ever, with its pauses, its alarms and its mistakes.

use crate::bench::{Bench, said, sent};
use driver::DriverConfig;
use driver::dummy::{DummyUps, check};
use protocol::{Effect, Engine, Event, Instant, LinkId, Signal};
use std::time::Duration;

const OUTAGE: &str = "ups.status: OL\nTIMER 60\nups.status: OB\nTIMER 30\nups.status: OB LB\nTIMER 5\n";

fn playing(port: &str, file: &str) -> Bench {
    Bench::playing(DriverConfig::new("lab", "dummy-ups", port), file)
}

fn status(lab: &Bench) -> &str {
    lab.engine.publisher().value("ups.status").expect("a status")
}

fn change(lab: &mut Bench, port: &str, contents: &str) -> Vec<Effect> {
    lab.handle(Event::FileChanged { path: port.to_owned(), contents: Some(contents.into()) });
    lab.effects()
}

#[test]
fn a_sequence_goes_round_with_its_own_pauses_and_no_others() {
    let mut lab = playing("outage.seq", OUTAGE);
    let mut seen = vec![(lab.now, status(&lab).to_owned())];
    for _ in 0..6 {
        lab.next_deadline();
        seen.push((lab.now, status(&lab).to_owned()));
    }
    let at = |seconds: u64, status: &str| (Instant::from_micros(seconds * 1_000_000), status.to_owned());
    let round =
        [at(0, "OL"), at(60, "OB"), at(90, "OB LB"), at(95, "OB LB"), at(95, "OL"), at(155, "OB"), at(185, "OB LB")];
    assert_eq!(seen, round);
}

#[test]
fn a_loop_without_pauses_rests_between_two_rounds() {
    let mut lab = playing("steady.seq", "ups.status: OL\n");
    lab.next_deadline();
    assert_eq!(lab.now, Instant::START + Duration::from_secs(3), "pollinterval and one second");
}

#[test]
fn a_loop_of_empty_pauses_rests_too_although_a_real_clock_moves_on_meanwhile() {
    let mut lab = playing("busy.seq", "ups.status: OL\nTIMER 0\nups.status: OB\nTIMER 0\n");
    for _ in 0..3 {
        let began = lab.now;
        lab.now = lab.engine_rests_until() + Duration::from_micros(7);
        lab.engine.handle_timeout(lab.now);
        assert!(lab.now >= began + Duration::from_secs(3));
    }
    assert_eq!(status(&lab), "OB");
}

#[test]
fn dummy_once_is_done_at_the_end_and_keeps_what_clients_set() {
    let mut lab = playing("tower.dev", "ups.id: shelf\nTIMER 5\nups.status: OB\n");
    lab.next_deadline();
    assert_eq!(status(&lab), "OB");
    let server = lab.connect(1);
    lab.say(server, "SET ups.id top\n");
    assert_eq!(lab.engine.poll_timeout(), None);
    assert_eq!(lab.engine.publisher().value("ups.id"), Some("top"));
}

#[test]
fn a_changed_file_is_played_at_once_from_its_top() {
    let mut lab = playing("outage.seq", OUTAGE);
    let server = lab.connect(1);
    lab.effects();
    let effects = change(&mut lab, "outage.seq", "ups.status: OB\nTIMER 9\n");
    assert_eq!(sent(&effects, server), "SETINFO ups.status \"OB\"\n");
    lab.next_deadline();
    assert_eq!(lab.now, Instant::START + Duration::from_secs(9));
}

#[test]
fn an_alarm_comes_before_the_status_and_goes_when_it_is_empty() {
    let mut lab = playing("a.seq", "ups.status: OL\nALARM battery is old\nTIMER 1\nALARM\nTIMER 1\n");
    assert_eq!(status(&lab), "ALARM OL");
    assert_eq!(lab.engine.publisher().value("ups.alarm"), Some("battery is old"));
    lab.next_deadline();
    assert_eq!(status(&lab), "OL");
    assert_eq!(lab.engine.publisher().value("ups.alarm"), None);
}

/// As `upsc` prints them of a UPS with an alarm: in the order of their names.
#[test]
fn an_alarm_that_is_a_variable_of_the_file_stands_beside_the_status() {
    let mut lab =
        playing("a.seq", "ups.alarm: Replace battery!\nups.status: ALARM OL RB\nTIMER 1\nups.status: OL\nTIMER 1\n");
    assert_eq!(status(&lab), "ALARM OL RB");
    assert_eq!(lab.engine.publisher().value("ups.alarm"), Some("Replace battery!"));
    lab.next_deadline();
    assert_eq!(status(&lab), "OL");
    assert_eq!(lab.engine.publisher().value("ups.alarm"), Some("Replace battery!"));
}

#[test]
fn ignorelb_replaces_the_file_s_low_battery_with_a_computed_one() {
    let mut config = DriverConfig::new("lab", "dummy-ups", "tower.dev");
    config.ignore_low_battery = true;
    config.overrides.push(("battery.charge.low".into(), "30".into()));
    let lab = Bench::playing(config.clone(), "battery.charge: 80\nups.status: OB LB\n");
    assert_eq!(status(&lab), "OB");
    let lab = Bench::playing(config, "battery.charge: 29.9\nups.status: OB\n");
    assert_eq!(status(&lab), "OB LB");
}

#[test]
fn ignorelb_makes_no_low_battery_of_a_runtime_that_is_unknown() {
    let mut config = DriverConfig::new("lab", "dummy-ups", "tower.dev");
    config.ignore_low_battery = true;
    let unknown = "battery.runtime: -1\nbattery.runtime.low: 120\n";
    assert_eq!(status(&Bench::playing(config.clone(), &format!("{unknown}ups.status: OB\n"))), "OB");
    assert_eq!(status(&Bench::playing(config, &format!("{unknown}ups.status: OB LB\n"))), "OB LB");
}

/// NUT's driver does not start then; ours may have its device, and what it knows, later.
#[test]
fn ignorelb_takes_no_low_battery_away_that_nothing_can_replace() {
    let mut config = DriverConfig::new("lab", "dummy-ups", "tower.dev");
    config.ignore_low_battery = true;
    let mut lab = Bench::playing(config, "battery.charge: 80\nups.status: OB LB\n");
    assert_eq!(status(&lab), "OB LB");
    let warning = "ignorelb: neither battery.charge nor battery.runtime comes with its .low: the UPS's LB counts";
    assert_eq!(said(&lab.effects()).iter().filter(|text| **text == warning).count(), 1);
    let contents = "battery.charge: 80\nups.status: OB LB\nbattery.charge.low: 20\n";
    lab.handle(Event::FileChanged { path: "tower.dev".into(), contents: Some(contents.into()) });
    assert_eq!(status(&lab), "OB");
}

#[test]
fn a_missing_file_ends_the_start_but_not_a_running_driver() {
    let mut lab = Bench::new(DriverConfig::new("lab", "dummy-ups", "tower.dev"));
    lab.handle(Event::FileChanged { path: "tower.dev".into(), contents: None });
    assert_eq!(lab.effects().last(), Some(&Effect::Exit { code: 1 }));
    let mut lab = playing("tower.dev", "ups.id: shelf\n");
    lab.effects();
    lab.handle(Event::FileChanged { path: "tower.dev".into(), contents: None });
    assert_eq!(said(&lab.effects()), ["cannot read tower.dev, keeping what it said"]);
    assert_eq!(lab.engine.publisher().value("ups.id"), Some("shelf"));
}

#[test]
fn killpower_fails_because_a_file_has_no_load() {
    let mut config = DriverConfig::new("lab", "dummy-ups", "tower.dev");
    config.killpower = true;
    let mut lab = Bench::new(config);
    assert_eq!(lab.effects().last(), Some(&Effect::Exit { code: 1 }));
}

#[test]
fn a_stop_signal_ends_it() {
    let mut lab = playing("tower.dev", "");
    lab.effects();
    lab.handle(Event::Signal(Signal::Stop));
    assert_eq!(lab.effects(), [Effect::Exit { code: 0 }]);
}

#[test]
fn an_empty_file_leaves_the_basics() {
    let lab = playing("tower.dev", "");
    let mut names: Vec<&str> = lab.engine.publisher().published().map(|(name, _)| name).collect();
    names.retain(|name| !name.starts_with("driver."));
    assert_eq!(names, ["device.mfr", "device.model", "device.type", "ups.mfr", "ups.model", "ups.status"]);
}

#[test]
fn the_mode_comes_from_the_name_unless_it_is_said() {
    let mode = |config| {
        let lab = Bench::new(config);
        lab.engine.publisher().value("driver.parameter.mode").map(str::to_owned)
    };
    let port = |port: &str| DriverConfig::new("lab", "dummy-ups", port);
    assert_eq!(mode(port("a.dev")).as_deref(), Some("dummy-once"));
    assert_eq!(mode(port("a.seq")).as_deref(), Some("dummy-loop"));
    assert_eq!(mode(port("a.txt")).as_deref(), Some("dummy"));
    assert_eq!(mode(port("a.dev").with("mode", "dummy")).as_deref(), Some("dummy-loop"));
}

#[test]
fn what_it_cannot_do_is_refused_with_a_way_out() {
    let refusals = [
        DriverConfig::new("lab", "dummy-ups", "rack@example.org"),
        DriverConfig::new("lab", "dummy-ups", "a.dev").with("mode", "repeater"),
        DriverConfig::new("lab", "dummy-ups", "a.dev").with("mode", "dumy"),
    ]
    .map(|config| DummyUps::new(config).expect_err("a refusal").to_string());
    insta::assert_snapshot!(refusals.join("\n\n"));
}

#[test]
fn mistakes_in_a_file_are_shown_where_they_are_and_the_rest_counts() {
    let file = "\
ups.status OL
timer 5
TIMER soon
TIMER
\tups.model: ok
a\"b: 1
ups.load : 17 # percent
ups.id: \"open
";
    let config = DriverConfig::new("lab", "dummy-ups", "bad.dev");
    insta::assert_snapshot!(check(&config, file.as_bytes()).to_string());
    let lab = playing("bad.dev", file);
    assert_eq!(lab.engine.publisher().value("ups.model"), Some("ok"));
    assert_eq!(lab.engine.publisher().value("ups.load"), Some("17"));
}

#[test]
fn another_driver_s_variables_are_not_taken_over() {
    let lab = playing("dump.dev", "driver.name: usbhid-ups\ndriver.flag.pollonly: enabled\nDRIVER.NAME: x\n");
    assert_eq!(lab.engine.publisher().value("driver.name"), Some("dummy-ups"));
    assert_eq!(lab.engine.publisher().value("driver.flag.pollonly"), None);
}

#[test]
fn clients_cannot_set_what_is_overridden_or_not_a_name() {
    let mut config = DriverConfig::new("lab", "dummy-ups", "tower.dev");
    config.overrides.push(("ups.id".into(), "fixed".into()));
    let mut lab = Bench::playing(config, "ups.id: file\n");
    let server: LinkId = lab.connect(1);
    lab.effects();
    let effects = lab.say(server, "SET ups.id x TRACKING 1\nSET \"a b\" x TRACKING 2\nSET server.info x TRACKING 3\n");
    assert_eq!(sent(&effects, server), "TRACKING 1 2\nTRACKING 2 2\nTRACKING 3 2\n");
}

#[test]
fn low_battery_is_computed_from_what_the_file_says_after_the_status_and_from_what_clients_set() {
    let mut config = DriverConfig::new("lab", "dummy-ups", "tower.dev");
    config.ignore_low_battery = true;
    let mut lab = Bench::playing(config, "ups.status: OB\nbattery.charge: 20\nbattery.charge.low: 30\n");
    assert_eq!(status(&lab), "OB LB");
    let server = lab.connect(1);
    lab.say(server, "SET battery.charge 90\n");
    assert_eq!(status(&lab), "OB");
    lab.say(server, "SET ups.status OL\nSET battery.charge 10\n");
    assert_eq!(status(&lab), "OL LB");
}
