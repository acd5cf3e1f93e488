//! A new configuration in the middle of everything.

use crate::script::World;
use monitor::Config;
use protocol::{Event, Instant};
use std::time::Duration;

const BEFORE: &str = r#"
    MONITOR rack@nas 1 mon secret primary
    MONITOR lab@nas 1 mon secret secondary
    SHUTDOWNCMD "/sbin/shutdown -h +0"
    POWERDOWNFLAG /etc/killpower
"#;

fn at(seconds: u64) -> Instant {
    Instant::START + Duration::from_secs(seconds)
}

fn reload(world: &mut World, config: &str) {
    let (config, _) = Config::load_from(config, "upsmon.conf").unwrap();
    world.give(Event::Reload(Box::new(config)));
}

#[test]
fn connections_whose_line_has_not_changed_stay() {
    let mut world = World::new(BEFORE);
    world.run_until(at(10));
    reload(
        &mut world,
        &BEFORE.replace("rack@nas 1", "rack@nas 2").replace("lab@nas 1 mon secret", "lab@nas 1 new word"),
    );
    world.run_until(at(20));
    let since: String =
        world.log().lines().filter(|line| line.starts_with("1")).flat_map(|line| [line, "\n"]).collect();
    crate::script::check(
        &since,
        "
        10.000000 sent LOGOUT
        10.000000 configuration read again
        10.001000 sent LOGIN lab
        10.002000 info Logged into UPS lab@nas
        10.003000 sent WATCH lab
        ",
    );
}

#[test]
fn a_reload_on_battery_forgets_nothing() {
    let mut world = World::new(BEFORE);
    world.run_until(at(1));
    world.act("nas says OB");
    world.run_until(at(12));
    reload(&mut world, BEFORE);
    world.act("nas down");
    world.run_until(at(40));
    assert!(world.log().contains("25.002000 UPS rack@nas is critical: out of sight for DEADTIME"), "{}", world.log());
}

#[test]
fn a_reload_may_be_what_makes_the_supplies_too_few() {
    let mut world = World::new(BEFORE);
    world.run_until(at(1));
    world.act("nas says OB LB");
    world.run_until(at(6));
    assert!(world.upsmon().decision().is_none(), "{}", world.log());
    reload(&mut world, &format!("{BEFORE}\nMINSUPPLIES 2"));
    assert!(world.upsmon().decision().is_some(), "{}", world.log());
}

#[test]
fn a_shutdown_under_way_takes_no_new_configuration() {
    let mut world = World::new(BEFORE);
    world.run_until(at(1));
    world.give(Event::Signal(protocol::Signal::ForcedShutdown));
    reload(&mut world, &BEFORE.replace("/sbin/shutdown -h +0", "/bin/true"));
    world.run_until(at(60));
    assert!(world.log().contains("SHUTDOWNCMD /sbin/shutdown -h +0"), "{}", world.log());
}

#[test]
fn debug_min_shows_each_status_while_it_is_there() {
    let mut world = World::new(BEFORE);
    world.run_until(at(12));
    reload(&mut world, &format!("{BEFORE}DEBUG_MIN 1\n"));
    world.run_until(at(40));
    reload(&mut world, BEFORE);
    world.run_until(at(80));
    let shown: Vec<&str> = world.log().lines().filter(|line| line.contains(" debug ")).collect();
    let within = |line: &&&str| line.split('.').next().is_some_and(|at| (12..=40).contains(&at.parse().unwrap_or(0)));
    assert!(shown.iter().any(|line| line.ends_with("debug UPS rack@nas: OL")), "{shown:?}");
    assert_eq!(shown.iter().filter(within).count(), shown.len(), "{shown:?}");
}

#[test]
fn a_line_that_is_corrected_while_the_server_is_away_forgets_nothing() {
    for (wrong, right) in [("secret", "other"), ("secondary", "primary")] {
        let mut world = World::new(BEFORE);
        world.run_until(at(1));
        world.act("nas says OB");
        world.run_until(at(11));
        world.act("nas down");
        world.run_until(at(13));
        reload(&mut world, &BEFORE.replace(wrong, right));
        world.run_until(at(40));
        let log = world.log();
        assert!(log.contains("forced shutdown: power value 0"), "{log}");
        assert_eq!(log.matches("Communications with UPS rack@nas lost").count(), 1, "{log}");
        assert_eq!(log.matches("UPS rack@nas on battery").count(), 1, "{log}");
    }
}

#[test]
fn a_shorter_pollfreq_counts_at_once() {
    let mut world = World::new(&format!("{BEFORE}POLLFREQ 3600\n"));
    world.run_until(at(1));
    reload(&mut world, BEFORE);
    world.act("nas says OB");
    world.run_until(at(10));
    assert!(world.log().contains("UPS rack@nas on battery"), "{}", world.log());
}
