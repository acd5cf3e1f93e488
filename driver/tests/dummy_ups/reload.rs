//! `driver.reload` and its sisters.

use crate::bench::{Bench, said, sent};
use driver::DriverConfig;
use driver::config::{CommandLine, Knowledge};
use driver::dummy;
use protocol::conf::ups_conf::UpsConf;
use protocol::diagnostic::Source;
use protocol::{Effect, Event, LinkId};

const PATH: &str = "/etc/nut/ups.conf";
const BEFORE: &str = "[lab]\ndriver = dummy-ups\nport = a.dev\n";
const SAME_DEVICE: &str = "[lab]\ndriver = dummy-ups\nport = a.dev\npollinterval = 7\noverride.ups.id = fixed\n";
const OTHER_DEVICE: &str = "[lab]\ndriver = dummy-ups\nport = b.dev\npollinterval = 7\n";

fn lab() -> (Bench, LinkId) {
    let (conf, _) = UpsConf::read(&Source::new(PATH, BEFORE)).expect("a file without mistakes");
    let known = Knowledge { driver: "dummy-ups", params: &dummy::PARAMS };
    let line = CommandLine { process_id: 7, ..CommandLine::default() };
    let (config, _) = DriverConfig::from_section(&conf, "lab", known, &line).expect("a section without mistakes");
    let mut lab = Bench::playing(config, "ups.id: file\n");
    let server = lab.connect(1);
    lab.effects();
    (lab, server)
}

fn file(lab: &mut Bench, contents: Option<&str>) -> Vec<Effect> {
    lab.handle(Event::FileChanged { path: PATH.into(), contents: contents.map(Into::into) });
    lab.effects()
}

fn interval(lab: &Bench) -> Option<&str> {
    lab.engine.publisher().value("driver.parameter.pollinterval")
}

#[test]
fn the_file_is_read_for_each_reload_and_for_nothing_else() {
    let (mut lab, server) = lab();
    let effects = lab.say(server, "INSTCMD driver.reload TRACKING 1\n");
    assert_eq!(effects, [Effect::WatchFile { path: PATH.into() }]);
    let effects = file(&mut lab, Some(SAME_DEVICE));
    assert!(sent(&effects, server).contains("TRACKING 1 0\n"), "{effects:?}");
    assert_eq!(interval(&lab), Some("7"));
    assert_eq!(lab.engine.publisher().value("ups.id"), Some("fixed"));
    assert_eq!(file(&mut lab, Some(BEFORE)), [], "nobody asks now");
    assert_eq!(interval(&lab), Some("7"));
    let effects = lab.say(server, "INSTCMD driver.reload TRACKING 2\n");
    assert_eq!(effects, [Effect::WatchFile { path: PATH.into() }]);
    let effects = file(&mut lab, Some(BEFORE));
    assert!(sent(&effects, server).contains("TRACKING 2 0\n"));
    assert_eq!(interval(&lab), Some("2"));
}

#[test]
fn another_device_is_taken_over_in_part_refused_or_a_reason_to_exit() {
    let ask = |command: &str| {
        let (mut lab, server) = lab();
        lab.say(server, format!("INSTCMD {command} TRACKING 1\n"));
        let effects = file(&mut lab, Some(OTHER_DEVICE));
        let answer = sent(&effects, server).lines().find(|line| line.starts_with("TRACKING")).map(str::to_owned);
        let exits = effects.contains(&Effect::Exit { code: 0 });
        (answer.expect("an answer"), interval(&lab) == Some("7"), exits)
    };
    assert_eq!(ask("driver.reload"), ("TRACKING 1 0".into(), true, false));
    assert_eq!(ask("driver.reload-or-error"), ("TRACKING 1 3".into(), false, false));
    assert_eq!(ask("driver.reload-or-exit"), ("TRACKING 1 0".into(), false, true));
}

#[test]
fn a_broken_file_changes_nothing_and_says_where() {
    let (mut lab, server) = lab();
    lab.say(server, "INSTCMD driver.reload TRACKING 1\n");
    let effects = file(&mut lab, Some("[lab]\ndriver = dummy-ups\nport = a.dev\npollinterval = soon\n"));
    assert_eq!(sent(&effects, server), "TRACKING 1 3\n");
    assert_eq!(said(&effects), ["/etc/nut/ups.conf:4:1: error: `pollinterval` needs a number, not `soon`"]);
    assert_eq!(interval(&lab), Some("2"));
}

#[test]
fn a_file_that_is_gone_changes_nothing() {
    let (mut lab, server) = lab();
    lab.say(server, "INSTCMD driver.reload TRACKING 1\n");
    let effects = file(&mut lab, None);
    assert_eq!(sent(&effects, server), "TRACKING 1 3\n");
    assert_eq!(said(&effects), ["error: cannot read /etc/nut/ups.conf"]);
}

#[test]
fn the_process_id_outlives_a_reload() {
    let (mut lab, server) = lab();
    let mut config = DriverConfig::new("lab", "dummy-ups", "a.dev");
    config.process_id = 1;
    lab.handle(Event::Reload(Box::new(config)));
    lab.effects();
    assert_eq!(sent(&lab.say(server, "GETPID\n"), server), "PID 7\n");
}

#[test]
fn debugging_goes_on_and_off_by_the_variable_and_by_the_file() {
    let switched = |effects: &[Effect]| -> Vec<bool> {
        effects.iter().filter_map(|effect| if let Effect::Debug { on } = effect { Some(*on) } else { None }).collect()
    };
    let (mut lab, server) = lab();
    assert_eq!(switched(&lab.say(server, "SET driver.debug 3\n")), [true]);
    assert_eq!(lab.engine.publisher().value("driver.debug"), Some("3"));
    assert_eq!(switched(&lab.say(server, "SET driver.debug 2\n")), [false; 0], "it is on");
    assert_eq!(switched(&lab.say(server, "SET driver.debug 0\n")), [false]);
    lab.say(server, "INSTCMD driver.reload\n");
    assert_eq!(switched(&file(&mut lab, Some(&BEFORE.replace("port", "debug_min = 1\nport")))), [true]);
    lab.say(server, "INSTCMD driver.reload\n");
    assert_eq!(switched(&file(&mut lab, Some(BEFORE))), [false]);
}

#[test]
fn a_mistake_about_another_ups_keeps_nobody_from_a_reload() {
    let (mut lab, server) = lab();
    lab.say(server, "INSTCMD driver.reload TRACKING 1\n");
    let effects = file(&mut lab, Some(&format!("{SAME_DEVICE}[other]\ndriver = dummy-ups\nport = b.dev\nserial =\n")));
    assert!(sent(&effects, server).contains("TRACKING 1 0\n"), "{effects:?}");
    assert_eq!(interval(&lab), Some("7"));
}
