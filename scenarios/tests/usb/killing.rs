//! `-k`: the load is cut by what the device obeys, and the driver says whether it did.

use super::pair::Pair;
use driver::DriverConfig;
use driver::config::Beside;
use emulator::Setup;
use emulator::observation::Observation;
use protocol::Instant;
use std::time::Duration;

fn config() -> DriverConfig {
    DriverConfig { killpower: true, ..DriverConfig::new("rack", "usbhid-ups", "auto") }
}

fn outlet(pair: &Pair, is_on: bool) -> Option<Instant> {
    pair.seen.iter().skip(1).rev().find_map(|(at, seen)| match seen {
        Observation::Outlet { outlet: 0, on, .. } if *on == is_on && *at > Instant::START => Some(*at),
        _ => None,
    })
}

#[test]
fn on_battery_the_load_goes_off_and_comes_back_with_the_mains() {
    for device in emulator::device::names() {
        let mut pair = Pair::new(device, Setup::default(), config());
        pair.control("mains off");
        pair.run(Duration::from_secs(5));
        assert_eq!(pair.exit_code(), Some(0), "{device}: {:?}", pair.log());
        pair.run(Duration::from_secs(180));
        assert!(outlet(&pair, false).is_some(), "{device}: the load stays on: {:?}", pair.log());
        pair.control("mains on");
        pair.run(Duration::from_secs(200));
        assert!(outlet(&pair, true) > outlet(&pair, false), "{device}: the load stays off");
    }
}

/// A start delay that is over before the cut has been asked for all the same.
#[test]
fn mains_that_return_before_the_cut_bring_the_load_of_a_cyberpower_back_whatever_the_delays() {
    for device in ["cyberpower-cp1500epfclcd", "cyberpower-cst135uc2"] {
        for (ondelay, offdelay) in [("0", "60"), ("60", "120"), ("120", "120"), ("180", "60")] {
            let config = config().with("ondelay", ondelay).with("offdelay", offdelay);
            let mut pair = Pair::new(device, Setup::default(), config);
            pair.control("mains off");
            pair.run(Duration::from_secs(30));
            assert_eq!(pair.exit_code(), Some(0), "{device}: {:?}", pair.log());
            pair.control("mains on");
            pair.run(Duration::from_secs(400));
            let (off, on) = (outlet(&pair, false), outlet(&pair, true));
            assert!(off.is_some() && on > off, "{device}, {ondelay} s, {offdelay} s: off {off:?}, on {on:?}");
        }
    }
}

/// Its report 0x15 keeps what it says and cuts nothing, and a 10 in report 0x40 is taken and forgotten.
#[test]
fn the_bx750mi_is_told_the_one_thing_that_it_obeys() {
    let mut pair = Pair::new("apc-back-ups-bx750mi", Setup::default(), config());
    pair.control("mains off");
    pair.run(Duration::from_secs(5));
    assert_eq!(pair.exit_code(), Some(0), "{:?}", pair.log());
    assert!(pair.log().iter().any(|line| line.contains("accepted shutdown.return")), "{:?}", pair.log());
    pair.run(Duration::from_secs(180));
    assert!(outlet(&pair, false).is_some());
}

#[test]
fn what_the_bx750mi_does_not_obey_is_a_failure() {
    let shutdown_commands = vec!["shutdown.reboot".to_owned(), "load.off.delay".to_owned()];
    let mut pair = Pair::new("apc-back-ups-bx750mi", Setup::default(), DriverConfig { shutdown_commands, ..config() });
    pair.run(Duration::from_secs(5));
    assert_eq!(pair.exit_code(), Some(1), "{:?}", pair.log());
}

/// The load may go before the report shows it, and a second command may bring it back or keep it off.
#[test]
fn a_cut_at_once_that_does_not_show_is_followed_by_another_only_where_the_host_must_still_run() {
    for beside in [None, Some(Beside { ups: "other".to_owned(), off_delay: None })] {
        let shutdown_commands = vec!["load.off".to_owned(), "shutdown.return".to_owned()];
        let is_alone = beside.is_none();
        let config = DriverConfig { shutdown_commands, beside: beside.into_iter().collect(), ..config() };
        let mut pair = Pair::new("eaton-3s", Setup::default(), config);
        pair.control("link freeze");
        pair.run(Duration::from_secs(8));
        assert_eq!(pair.exit_code(), (!is_alone).then_some(1), "{:?}", pair.log());
        pair.run(Duration::from_secs(12));
        assert_eq!(pair.exit_code(), Some(1), "{:?}", pair.log());
        let says = |words: &str| pair.log().iter().any(|line| line.contains(words));
        assert!(says("a cut at once by load.off does not show"), "{:?}", pair.log());
        assert_eq!(says("shutdown.return: "), is_alone, "{:?}", pair.log());
    }
}

#[test]
fn a_command_that_cuts_nothing_is_named_and_no_promise() {
    for (commands, code) in [("beeper.mute", 1), ("shutdown.stop", 1), ("beeper.mute shutdown.return", 0)] {
        let shutdown_commands: Vec<String> = commands.split(' ').map(str::to_owned).collect();
        let mut pair = Pair::new("eaton-3s", Setup::default(), DriverConfig { shutdown_commands, ..config() });
        pair.control("mains off");
        pair.run(Duration::from_secs(10));
        let first = commands.split(' ').next().unwrap_or_default();
        assert_eq!(pair.exit_code(), Some(code), "{commands}: {:?}", pair.log());
        let says = |words: &str| pair.log().iter().any(|line| line.contains(words));
        assert!(says(&format!("{first} is done, and cuts no load")), "{:?}", pair.log());
        assert_eq!(says("the load will be cut"), code == 0, "{:?}", pair.log());
        assert_eq!(says(&format!("sdcommands has nothing that did: {commands}")), code == 1, "{:?}", pair.log());
        pair.run(Duration::from_secs(60));
        assert_eq!(outlet(&pair, false).is_some(), code == 0);
    }
}

/// Its unit is a minute: rounded down, 20 s were none, and the load went from under a host that still stopped.
#[test]
fn no_load_is_cut_before_its_delay_is_over() {
    for (device, delays) in [("cyberpower-cp1500epfclcd", ("20", "120")), ("eaton-3s", ("20", "30"))] {
        let config = config().with("offdelay", delays.0).with("ondelay", delays.1);
        let mut pair = Pair::new(device, Setup::default(), config);
        pair.control("mains off");
        pair.run(Duration::from_secs(180));
        assert_eq!(pair.exit_code(), Some(0), "{device}: {:?}", pair.log());
        let off = outlet(&pair, false).expect("a cut");
        assert!(off >= Instant::START + Duration::from_secs(20), "{device}: off at {off:?}");
    }
    // A literal 0 stays what it is.
    let mut pair = Pair::new("cyberpower-cp1500epfclcd", Setup::default(), config().with("offdelay", "0"));
    pair.control("mains off");
    pair.run(Duration::from_secs(10));
    assert!(outlet(&pair, false).is_some(), "{:?}", pair.log());
}

/// An Eaton forgets a start that is due while its load is still on.
#[test]
fn a_start_before_the_cut_leaves_no_rack_off_when_the_mains_return_in_between() {
    let config = config().with("offdelay", "60").with("ondelay", "20");
    let mut pair = Pair::new("eaton-3s", Setup::default(), config);
    pair.control("mains off");
    pair.run(Duration::from_secs(40));
    pair.control("mains on");
    pair.run(Duration::from_secs(200));
    let (off, on) = (outlet(&pair, false), outlet(&pair, true));
    assert!(off.is_some() && on > off, "off {off:?}, on {on:?}: {:?}", pair.log());
}

#[test]
fn a_refused_command_is_a_failure() {
    let mut pair = Pair::new("apc-back-ups-650", Setup::default(), config());
    pair.control("link report 0x40 stall");
    pair.control("link report 0x15 stall");
    pair.control("link report 0x41 stall");
    pair.run(Duration::from_secs(10));
    assert_eq!(pair.exit_code(), Some(1), "{:?}", pair.log());
}

#[test]
fn the_next_best_command_is_tried() {
    let mut pair = Pair::new("apc-back-ups-650", Setup::default(), config());
    pair.control("link report 0x40 stall");
    pair.run(Duration::from_secs(10));
    assert_eq!(pair.exit_code(), Some(0), "{:?}", pair.log());
    assert!(pair.log().iter().any(|line| line.contains("the device accepted load.off.delay")), "{:?}", pair.log());
}

#[test]
fn no_device_is_a_failure_and_not_a_wait_while_another_ups_may_cut_this_host() {
    let beside = vec![Beside { ups: "other".to_owned(), off_delay: None }];
    let mut pair = Pair::new("apc-back-ups-650", Setup::default(), DriverConfig { beside, ..config() });
    pair.control("link unplug");
    pair.run(Duration::from_secs(30));
    assert_eq!(pair.exit_code(), Some(1), "{:?}", pair.log());
}

/// The halted host stayed off for ever: the mains came back, and nobody cut.
#[test]
fn a_cable_that_is_out_at_the_wrong_moment_keeps_no_host_off_where_there_is_one_ups() {
    for (wait, absence, code) in [(0, 60, 0), (15, 60, 0), (15, 90, 1), (75, 8, 0), (75, 30, 1), (300, 30, 1)] {
        let config = DriverConfig { poweroff_wait: Duration::from_secs(wait), ..config() };
        let mut pair = Pair::new("apc-back-ups-650", Setup::default(), config);
        pair.control("link unplug");
        pair.run(Duration::from_secs(absence));
        pair.control("link plug");
        pair.run(Duration::from_secs(10));
        assert_eq!(pair.exit_code(), Some(code), "{wait} s, {absence} s: {:?}", pair.log());
        let rest = 85_u64.saturating_sub(wait).max(10) + 6;
        pair.run(Duration::from_secs(rest.saturating_sub(absence)));
        assert!(pair.exit_code().is_some(), "{wait} s: {:?}", pair.log());
    }
}

/// `upsdrvctl` knows what became of the other UPSes: whoever is left when none was told has all the time there is.
#[test]
fn a_ups_beside_others_is_tried_for_as_long_as_its_turn_lasts() {
    for (patience, absence, code) in [(60, 50, 0), (3, 10, 1)] {
        let beside = vec![Beside { ups: "other".to_owned(), off_delay: None }];
        let patience = Some(Duration::from_secs(patience));
        let mut pair = Pair::new("apc-back-ups-650", Setup::default(), DriverConfig { beside, patience, ..config() });
        pair.control("link unplug");
        pair.run(Duration::from_secs(absence));
        pair.control("link plug");
        pair.run(Duration::from_secs(10));
        assert_eq!(pair.exit_code(), Some(code), "{patience:?}: {:?}", pair.log());
    }
}

/// `upsmon -c fsd` on good mains, and the race: mains that return before the cut.
#[test]
fn whatever_the_mains_do_about_the_cut_the_load_goes_off_and_comes_back() {
    for device in emulator::device::names() {
        for (before, during, after) in
            [("on", None, None), ("off", Some("on"), None), ("on", Some("off"), Some("on")), ("off", None, Some("on"))]
        {
            let mut pair = Pair::new(device, Setup::default(), config());
            pair.control(&format!("mains {before}"));
            pair.run(Duration::from_secs(5));
            assert_eq!(pair.exit_code(), Some(0), "{device}: {:?}", pair.log());
            pair.run(Duration::from_secs(5));
            during.into_iter().for_each(|mains| pair.control(&format!("mains {mains}")));
            pair.run(Duration::from_secs(200));
            after.into_iter().for_each(|mains| pair.control(&format!("mains {mains}")));
            pair.run(Duration::from_secs(400));
            let (off, on) = (outlet(&pair, false), outlet(&pair, true));
            assert!(off.is_some() && on > off, "{device}, {before} {during:?} {after:?}: off {off:?}, on {on:?}");
        }
    }
}

/// A UPS that was told before it cuts 20 s later, and the host is not down before this one is given up.
#[test]
fn a_device_that_hangs_is_given_up_before_another_ups_cuts() {
    let beside = vec![Beside { ups: "other".to_owned(), off_delay: None }];
    let mut pair = Pair::new("apc-back-ups-650", Setup::default(), DriverConfig { beside, ..config() });
    pair.control("link hang");
    pair.run(Duration::from_secs(15));
    assert_eq!(pair.exit_code(), Some(1), "{:?}", pair.log());
}

#[test]
fn a_device_that_hung_until_it_was_opened_again_is_told() {
    let mut pair = Pair::new("apc-back-ups-650", Setup::default(), config());
    pair.control("link hang");
    pair.run(Duration::from_secs(5));
    pair.control("link healthy");
    pair.run(Duration::from_secs(10));
    assert_eq!(pair.exit_code(), Some(0), "{:?}", pair.log());
}

#[test]
fn a_device_that_shows_its_old_bytes_a_little_longer_has_obeyed() {
    for device in emulator::device::names() {
        let mut pair = Pair::new(device, Setup::default(), config());
        pair.control("quirk refresh torn");
        pair.control("mains off");
        pair.run(Duration::from_secs(10));
        assert_eq!(pair.exit_code(), Some(0), "{device}: {:?}", pair.log());
        assert!(pair.log().iter().any(|line| line.contains("accepted shutdown.return")), "{device}: {:?}", pair.log());
    }
}

/// The halted host stayed off for ever: the mains came back, and nobody cut. A hang takes a while until it is given up.
#[test]
fn a_ups_that_falls_silent_while_it_is_told_is_told_again() {
    for device in emulator::device::names() {
        for fault in ["time-out", "io", "hang"] {
            for begins in [5, 10, 15, 20, 25, 30, 40, 60, 80, 120, 200] {
                let mut pair = Pair::new(device, Setup::default(), config());
                pair.run(Duration::from_millis(begins));
                pair.control(&format!("link {fault}"));
                pair.run(Duration::from_secs(15));
                pair.control("link healthy");
                pair.run(Duration::from_secs(45));
                assert_eq!(pair.exit_code(), Some(0), "{device}, {fault} from {begins} ms: {:?}", pair.log());
            }
        }
    }
}

#[test]
fn a_ups_that_stays_silent_while_it_is_told_is_given_up_when_the_hook_must_end() {
    for fault in ["time-out", "io", "hang"] {
        let mut pair = Pair::new("eaton-3s", Setup::default(), config());
        pair.run(Duration::from_millis(120));
        pair.control(&format!("link {fault}"));
        pair.run(Duration::from_secs(80));
        assert_eq!(pair.exit_code(), None, "{fault}: {:?}", pair.log());
        pair.run(Duration::from_secs(30));
        assert_eq!(pair.exit_code(), Some(1), "{fault}: {:?}", pair.log());
    }
}
