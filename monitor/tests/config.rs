//! `upsmon.conf`, read as NUT reads it, with a message for every mistake.

use monitor::Config;
use monitor::config::{Role, ShutdownExit};
use monitor::notice::{Channels, Notice};
use protocol::diagnostic::{Diagnostic, Severity};
use protocol::power_down_flag::path_in;
use std::time::Duration;

fn messages(text: &str) -> String {
    match Config::load_from(text, "upsmon.conf") {
        Ok((_, warnings)) => format!("{warnings}"),
        Err(errors) => format!("refused\n\n{errors}"),
    }
}

fn load(text: &str) -> Config {
    Config::load_from(text, "upsmon.conf").unwrap_or_else(|errors| panic!("{errors}")).0
}

#[test]
fn a_published_configuration_is_read_as_it_stands() {
    // As an operator published it, with the old words for the roles.
    let config = load("MONITOR qnapups@192.0.2.16 1 admin 123456 slave\nSHUTDOWNCMD \"/sbin/shutdown -h +5\"\n");
    let ups = &config.monitored[0];
    assert_eq!((ups.system.as_str(), ups.role, ups.power_value), ("qnapups@192.0.2.16", Role::Secondary, 1));
    assert_eq!((ups.address.ups.as_str(), ups.address.server.port), ("qnapups", 3493));
    assert_eq!(config.shutdown_command.as_deref(), Some("/sbin/shutdown -h +5"));
    assert_eq!(config.host_sync, Duration::from_secs(15));
}

#[test]
fn every_directive_of_nut_is_taken() {
    let text = r#"
        RUN_AS_USER nutmon
        MONITOR rack@[2001:db8::7]:3500 1 mon "p@ss \"word\" #1" primary
        MONITOR lab@nas 0 mon secret slave
        MINSUPPLIES 1
        SHUTDOWNCMD "/sbin/shutdown -h +0"
        NOTIFYCMD /usr/local/bin/notify
        POLLFREQ 4
        POLLFREQALERT 3
        HOSTSYNC 20
        DEADTIME 30
        MAXAGE_IS_NO_DIRECTIVE_HERE 1
        POWERDOWNFLAG /etc/killpower
        NOTIFYMSG ONLINE "UPS %s is back"
        NOTIFYFLAG ONLINE SYSLOG+EXEC
        NOTIFYFLAG ONBATT IGNORE
        RBWARNTIME 1000
        NOCOMMWARNTIME 100
        FINALDELAY 7
        OFFDURATION -1
        OVERDURATION 10
        OBLBDURATION 6
        ALARMCRITICAL 0
        SHUTDOWNEXIT 12
        POLLFAIL_LOG_THROTTLE_MAX 10
        CERTPATH /etc/nut/certs
        CERTFILE /etc/nut/client.pem
        CERTIDENT client secret
        CERTHOST nas nas-certificate 1 1
        CERTVERIFY 1
        FORCESSL 0
        DEBUG_MIN 2
    "#;
    let (config, warnings) = Config::load_from(text, "upsmon.conf").unwrap();
    assert_eq!(warnings.iter().count(), 1, "{warnings}");
    assert_eq!(config.monitored[0].password.0, "p@ss \"word\" #1");
    assert_eq!(config.monitored[0].address.server.host, "2001:db8::7");
    let seconds = |duration: Duration| duration.as_secs();
    assert_eq!((seconds(config.poll_every), seconds(config.poll_alert_every)), (4, 3));
    assert_eq!((seconds(config.host_sync), seconds(config.dead_time), seconds(config.final_delay)), (20, 30, 7));
    assert_eq!((config.off_for, config.overload_for.map(seconds)), (None, Some(10)));
    assert_eq!((seconds(config.low_battery_for), config.alarm_is_critical), (6, false));
    assert_eq!(config.shutdown_exit, ShutdownExit::After(Duration::from_secs(12)));
    assert_eq!(config.notices.message(Notice::Online, "rack", ""), "UPS rack is back");
    assert_eq!(config.notices.channels(Notice::Online), Channels { syslog: true, wall: false, exec: true });
    assert_eq!(config.notices.channels(Notice::OnBattery), Channels::IGNORE);
    assert_eq!(config.inert.len(), 7);
}

#[test]
fn a_password_is_never_printed() {
    let config = load("MONITOR rack@nas 1 mon hunter2 secondary\nSHUTDOWNCMD /bin/true");
    assert!(!format!("{config:?}").contains("hunter2"));
}

#[test]
fn mistakes_are_told_all_at_once_and_in_their_place() {
    insta::assert_snapshot!(messages(
        "MONITOR rack@nas 1 mon primary\n\
         MONITOR rack@ one mon secret leader\n\
         MONITOR lab@nas 1 mon secret primary\n\
         MINSUPPLIES 2\n\
         FORCESSL 1\n"
    ));
}

#[test]
fn what_nut_would_start_with_is_a_warning() {
    insta::assert_snapshot!(messages(
        "MONITOR rack@nas 1 mon secret primary\n\
         MONITOR rack@nas 1 mon secret primary\n\
         SHUTDOWNCMD /sbin/shutdown -h +0\n\
         POLFREQ 5\n\
         POLLFREQ 0\n\
         POLLFREQALERT five\n\
         DEADTIME 3\n\
         FINALDELAY 60\n\
         NOTIFYFLAG ONBATTERY SYSLOG\n\
         NOTIFYFLAG ONBATT SYSLOG+EXCE\n\
         NOTIFYMSG ONLINE\n"
    ));
}

#[test]
fn a_file_that_protects_nothing_is_refused() {
    insta::assert_snapshot!(messages("# MONITOR rack@nas 1 mon secret primary\nSHUTDOWNCMD /sbin/halt\n"));
}

#[test]
fn a_quote_without_an_end_is_refused() {
    insta::assert_snapshot!(messages("MONITOR rack@nas 1 mon secret primary\nSHUTDOWNCMD \"/sbin/halt\n"));
}

#[test]
fn the_power_down_flag_is_found_in_a_file_with_mistakes() {
    let text = b"MONITOR rubbish\nPOWERDOWNFLAG \"/etc/kill power\"\n";
    assert_eq!(path_in(text).as_deref(), Some("/etc/kill power"));
    assert_eq!(path_in(b""), None);
}

#[test]
fn a_long_command_is_run_whole_or_not_at_all() {
    let file = |command: &str| format!("MONITOR rack@nas 1 mon secret secondary\nSHUTDOWNCMD {command}\n");
    let long = format!("/bin/sync; /sbin/shutdown -h +0 {}", "x".repeat(8000));
    for text in [file(&format!("\"{long}\"")), file(&long.replace(' ', "  "))] {
        let Ok((config, _)) = Config::load_from(&text, "upsmon.conf") else { panic!("it is short enough") };
        assert_eq!(config.shutdown_command.as_deref(), Some(long.as_str()));
    }
    for command in [format!("\"{long}{long}\""), format!("{} {}", long, "y".repeat(500)), "x ".repeat(5000)] {
        let Err(found) = Config::load_from(file(&command), "upsmon.conf") else { panic!("half of it would be run") };
        assert!(found.iter().any(|one| one.location().is_some_and(|at| at.line == 2)), "{found}");
    }
    for line in ["NOTIFYCMD /x@", "POWERDOWNFLAG /x@", "MONITOR b@h@ 1 u p primary", "MONITOR b@h 1 u p@ primary"] {
        let text = file("/sbin/halt") + &line.replace('@', &"@".repeat(9000));
        assert!(Config::load_from(&text, "upsmon.conf").is_err(), "{line}");
    }
}

#[test]
fn a_text_that_is_cut_leaves_the_host_protected_and_is_a_mistake_for_a_checker() {
    let text = format!(
        "MONITOR rack@nas 1 mon secret secondary\nSHUTDOWNCMD /sbin/halt\nNOTIFYMSG ONLINE \"{}\"\n",
        "x".repeat(9000)
    );
    let (_, found) = Config::load_from(text, "upsmon.conf").expect("a host that is protected");
    let checked: Vec<_> = found.into_iter().map(Diagnostic::checked).collect();
    let is_error = |one: &&Diagnostic| one.severity == Severity::Error;
    assert_eq!(
        checked.iter().filter(is_error).map(|one| one.message.as_str()).collect::<Vec<_>>(),
        ["word longer than 8192 characters"]
    );
}

#[test]
fn a_hash_in_a_password_is_pointed_out_and_no_part_of_it_is_shown() {
    let cut = messages("MONITOR rack@nas 1 mon gehe#im primary\nSHUTDOWNCMD /sbin/halt\n");
    assert!(cut.contains("# begins a comment") && cut.contains("put into quotes"), "{cut}");
    assert!(!cut.contains("gehe") && !cut.contains("im primary"), "{cut}");
    let words = messages("MONITOR rack@nas 1 mon two words primary\nSHUTDOWNCMD /sbin/halt\n");
    assert!(!words.contains("two") && !words.contains("words"), "{words}");
    let small = messages("monitor rack@nas 1 mon geheim primary\nSHUTDOWNCMD /sbin/halt\n");
    assert!(!small.contains("geheim"), "{small}");
}
