//! The simulated rig as its users see it.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on may stop here")]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::Duration;

use scenarios::checks::judge;
use scenarios::journal::{CommandRole, HostState, ProcessEvent, Record, What, lines};
use scenarios::language::action::{LinkAction, LinkFault, Mains, MainsChange, ProcessAction, ProcessDeed};
use scenarios::language::quantity::Permille;
use scenarios::language::{Action, Scenario, Trigger, loading};
use scenarios::rigs::{RunOptions, simulated};

fn scenario(name: &str) -> Scenario {
    let path: PathBuf = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("{name}.yaml"));
    loading::load(&path, &Default::default()).unwrap().remove(0)
}

/// A run of the rack's primary, with these lines before its `ups.conf`; its UPS starts at a third of its
/// charge, and these lines of a scenario follow.
fn primary(ups_conf: &str, lines: &str) -> (Scenario, Vec<Record>) {
    let directory = tempfile::TempDir::new().unwrap();
    let (file, config) = (directory.path().join("rack.yaml"), directory.path().join("primary"));
    std::fs::create_dir(&config).unwrap();
    let published = Path::new(env!("CARGO_MANIFEST_DIR")).join("configs/rack/primary");
    for entry in std::fs::read_dir(published).unwrap().map(Result::unwrap) {
        let own = if entry.file_name() == "ups.conf" { ups_conf } else { "" };
        let text = format!("{own}{}", std::fs::read_to_string(entry.path()).unwrap());
        std::fs::write(config.join(entry.file_name()), text).unwrap();
    }
    let text = format!(
        "title: t\nups: {{ rack: {{ device: apc-back-ups-650, load: 60 W, battery: {{ charge: 33 % }} }} }}\n\
         hosts: {{ primary: {{ fed_by: rack, config: primary, draws: 60 W, stops_in: 30 s }} }}\n{lines}"
    );
    std::fs::write(&file, text).unwrap();
    let scenario = loading::load(&file, &Default::default()).unwrap_or_else(|wrong| panic!("{wrong}")).remove(0);
    let journal = journal(&scenario);
    (scenario, journal)
}

fn journal(scenario: &Scenario) -> Vec<Record> {
    simulated::run(scenario, &RunOptions::default()).unwrap().journal
}

fn states(journal: &[Record], host: &str) -> Vec<HostState> {
    let of = |record: &Record| match &record.what {
        What::Host { host: name, is, .. } if &**name == host => Some(*is),
        _ => None,
    };
    journal.iter().filter_map(of).collect()
}

#[test]
fn the_same_file_and_seed_give_the_same_journal_byte_for_byte() {
    let scenario = scenario("qnap-home-lab");
    let text = || {
        let mut text = Vec::new();
        lines::write(&mut text, &journal(&scenario)).unwrap();
        text
    };
    assert!(text() == text());
}

#[test]
fn what_starts_at_one_instant_starts_in_an_order_of_the_seed() {
    let first_driver = |seed| {
        let mut scenario = scenario("two-supplies");
        scenario.seed = seed;
        let started = |record: Record| match record.what {
            What::Process { ups: Some(ups), event: ProcessEvent::Started, .. } => Some(ups.to_string()),
            _ => None,
        };
        journal(&scenario).into_iter().find_map(started).unwrap()
    };
    let seen: BTreeSet<String> = (1..9).map(first_driver).collect();
    assert_eq!(seen, BTreeSet::from(["left".to_owned(), "right".to_owned()]));
}

#[test]
fn every_host_of_the_home_lab_halts_loses_its_outlet_and_comes_back() {
    use HostState::{Booting, Halted, Off, Stopping, Up};
    let journal = journal(&scenario("qnap-home-lab"));
    for host in ["nas", "n100-1", "n100-2", "n100-3", "n100-4"] {
        assert_eq!(states(&journal, host), [Up, Stopping, Halted, Off, Booting, Up], "{host}");
    }
}

#[test]
fn as_published_the_mini_pcs_are_still_up_when_the_nas_cuts_the_load() {
    use HostState::{Booting, Crashed, Up};
    let journal = journal(&scenario("qnap-home-lab-as-published"));
    for host in ["n100-1", "n100-2", "n100-3", "n100-4"] {
        assert_eq!(states(&journal, host), [Up, Crashed, Booting, Up], "{host}");
    }
}

#[test]
fn all_wires_are_in_the_journal_only_when_they_are_asked_for() {
    let scenario = scenario("two-second-blip");
    let wires = |wires| {
        let run = simulated::run(&scenario, &RunOptions { wires, ..RunOptions::default() }).unwrap();
        run.journal.iter().filter(|record| matches!(record.what, What::Wire { .. })).count()
    };
    assert!(wires(true) > 2 * wires(false));
}

/// Lets something more happen, so long after the start.
fn and(scenario: &mut Scenario, at: u64, does: Action) {
    let mut step = scenario.timeline[0].clone();
    step.trigger = Trigger::At(Duration::from_secs(at));
    step.actions[0].what = does;
    scenario.timeline.push(step);
}

#[test]
fn a_driver_that_hangs_does_not_keep_the_late_shutdown_from_its_device() {
    let mut scenario = scenario("drill");
    let stop = ProcessAction {
        host: "primary".into(),
        daemon: "usbhid-ups".into(),
        ups: None,
        deed: ProcessDeed::Stop,
        lasts: None,
    };
    and(&mut scenario, 25, Action::Process(stop));
    let journal = journal(&scenario);
    let is_cut = |record: &Record| matches!(&record.what, What::Outlet { live: false, .. });
    assert!(journal.iter().any(is_cut), "the device was another process's");
}

#[test]
fn a_wall_socket_is_a_feed_of_its_own() {
    let on_the_wall = || {
        let mut scenario = scenario("two-supplies");
        scenario.hosts[0].fed_by = vec!["mains".into()];
        scenario
    };
    assert_eq!(states(&journal(&on_the_wall()), "host"), [HostState::Up], "only the feed `left` failed");
    for feed in [None, Some("mains".into())] {
        let mut scenario = on_the_wall();
        and(&mut scenario, 40, Action::Mains(Mains { feed, change: MainsChange::Off, lasts: None }));
        assert_eq!(states(&journal(&scenario), "host"), [HostState::Up, HostState::Crashed]);
    }
}

#[test]
fn a_late_shutdown_has_failed_where_one_load_stays_on() {
    let mut scenario = scenario("two-supplies");
    let words = ["upsmon", "-c", "fsd"].map(str::to_owned).to_vec();
    let unplugged = LinkAction {
        ups: "left".into(),
        fault: LinkFault::Unplugged,
        report: None,
        chance: Permille(1000),
        lasts: None,
    };
    and(&mut scenario, 60, Action::Link(unplugged));
    and(&mut scenario, 61, Action::Operator { host: "host".into(), runs: words });
    let late = journal(&scenario).into_iter().find_map(|record| match record.what {
        What::Ended { role: CommandRole::LateShutdown, status, .. } => Some(status),
        _ => None,
    });
    assert_eq!(late, Some(Some(1)), "the driver of `right`, which came last, did what it was told");
}

#[test]
fn a_low_battery_signal_that_flapped_for_a_while_is_as_built_afterwards() {
    let (scenario, journal) = primary(
        "",
        "timeline:\n\
         - { at: 10 s, ups: { low_battery: flapping, for: 5 s } }\n\
         - { at: 1 m, id: outage, mains: off }\n\
         - { when: { host: primary, is: halted }, after: 1 m, mains: on }\n\
         expect:\n\
         - { see: { host: primary, notified: LOWBATT }, of: outage }\n",
    );
    assert!(judge(&journal, &scenario, None).unwrap().has_passed());
    let flaps = journal.iter().filter(|record| matches!(record.what, What::LowBattery { low: true, .. })).count();
    assert_eq!(flaps, 3, "up twice in five seconds, and once as the battery empties");
}

#[test]
fn a_flicker_of_days_takes_as_long_as_the_run_and_no_longer() {
    let lines = "lasts: 20 s\ntimeline: [{ at: 10 s, mains: { flicker: 20 ms, for: 300 d } }]\n";
    let (_, journal) = primary("", lines);
    let changes = journal.iter().filter(|record| matches!(record.what, What::Mains { .. })).count();
    // Off and on again five hundred times, and what the mains are at the start.
    assert!((1000..=1003).contains(&changes), "{changes}");
}

#[test]
fn a_late_hook_tries_a_device_that_is_not_there_for_as_long_as_systemd_lets_it() {
    let hook = |ups_conf: &str| {
        let lines = "timeline:\n\
             - { at: 10 s, operator: { runs: upsmon -c fsd } }\n\
             - { when: { host: primary, is: stopping }, link: { is: unplugged } }\n";
        let (_, journal) = primary(ups_conf, lines);
        let at = |wanted: fn(&What) -> bool| journal.iter().find(|record| wanted(&record.what)).unwrap().at;
        let began = at(|what| matches!(what, What::Ran { role: CommandRole::LateShutdown, .. }));
        at(|what| matches!(what, What::Ended { role: CommandRole::LateShutdown, .. })) - began
    };
    // Of several that are away each has its turns, for as long as none was told.
    let beside = "[other]\n driver = usbhid-ups\n port = auto\n serial = none\n";
    // systemd ends the hook after 90 s, and a wait that is killed never boots the host again: this one is 30 s long.
    for ups_conf in ["", "maxretry = 3\nretrydelay = 7\n", beside, &format!("maxretry = 3\nretrydelay = 7\n{beside}")] {
        let took = hook(ups_conf);
        assert!((50..60).contains(&took.as_secs()), "{ups_conf}: {took:?}");
    }
}
