//! The configuration is refused or warned about where it is wrong, with a place and a hint.

mod bed;

use bed::{UPS_CONF, UPSD_CONF, UPSD_USERS, config, files};
use server::config::Listen;
use server::{Action, Commands, Config};

/// Everything said about the files, whether they can be used or not.
fn said(ups: &str, upsd: &str, users: &str) -> String {
    match Config::load_from(&files(ups, upsd, users)) {
        Ok((_, warnings)) => format!("usable\n\n{warnings}"),
        Err(messages) => format!("refused\n\n{messages}"),
    }
}

#[test]
fn a_user_without_a_password_is_refused_at_its_place() {
    insta::assert_snapshot!(said(
        UPS_CONF,
        UPSD_CONF,
        "[admin]\n  actions = SET\n[mon]\n  pasword = x\n  upsmon primary\n"
    ));
}

#[test]
fn every_mistake_of_upsd_conf_is_said_at_once() {
    let upsd = "MAXAEG 10\nMAXAGE soon\nMAXAGE 0\nLISTEN\nLISTEN 0.0.0.0 99999\nCERTFILE /etc/cert.pem\n\
                ACL all 0.0.0.0/0\nALLOW_NO_DEVICE perhaps\nSTATEPATH /run/nut /run/ups\nlisten 127.0.0.1\n";
    insta::assert_snapshot!(said(UPS_CONF, upsd, UPSD_USERS));
}

#[test]
fn every_mistake_of_upsd_users_is_said_at_once() {
    let users = "stray = 1\n[admin]\npassword = a\npassword = b\nactions = SETT\nallowfrom = lan\nupsmon = chief\n\
                 instcmd = ALL\n[admin]\npassword = c\n";
    insta::assert_snapshot!(said(UPS_CONF, UPSD_CONF, users));
}

#[test]
fn a_ups_without_a_driver_and_a_server_without_a_ups_are_refused() {
    insta::assert_snapshot!(said("[rack]\n  drvier = usbhid-ups\n  port = auto\n", UPSD_CONF, UPSD_USERS));
    insta::assert_snapshot!(said("# nothing yet\n", UPSD_CONF, UPSD_USERS));
    assert!(said("", "ALLOW_NO_DEVICE yes\n", "").starts_with("usable"));
}

#[test]
fn what_published_configurations_write_is_read_as_nut_reads_it() {
    let users = "[admin]\n\tpassword = 123456\n\tactions = SET FSD\n\tactions=fsd\n\tinstcmds = all\n\tupsmon master\n\
                 [upsmon]\n\tpassword = \"p#w \\\"x\"\n\tinstcmds = test.battery.start beeper.mute\n\tupsmon = slave\n";
    let upsd = "LISTEN 0.0.0.0\nLISTEN :: 3494\nMAXAGE 25\nSTATEPATH /var/state\nMAXCONN 100\nTRACKINGDELAY 60\n";
    let config =
        config("statepath = /run/ups\n[qnapups]\ndriver=usbhid-ups\nport=auto\ndesc=\"The rack\"\n", upsd, users);
    let (admin, upsmon) = (&config.users[0], &config.users[1]);
    assert!([Action::Set, Action::Fsd, Action::Login, Action::Primary].into_iter().all(|action| admin.may(action)));
    assert_eq!(admin.commands, Commands::All);
    assert_eq!(upsmon.password, "p#w \"x");
    assert!(upsmon.may(Action::Login) && !upsmon.may(Action::Primary) && !upsmon.may(Action::Fsd));
    assert!(upsmon.may_command("BEEPER.mute") && !upsmon.may_command("load.off"));
    assert_eq!(config.upses[0].description.as_deref(), Some("The rack"));
    assert_eq!(config.state_path, "/run/ups");
    assert_eq!((config.max_age.as_secs(), config.tracking_delay.as_secs()), (25, 60));
    assert_eq!(config.max_connections, Some(100));
    let listen = |host: &str, port| Listen { host: host.into(), port, is_required: true };
    assert_eq!(config.listen, [listen("0.0.0.0", 3493), listen("::", 3494)]);
}

#[test]
fn keys_of_upsd_users_count_in_any_case_of_letters() {
    let users = "[d]\nPASSWORD=p\nUpsmon primary\nActions=SET\nInstcmds=ALL\n";
    let user = &config(UPS_CONF, UPSD_CONF, users).users[0];
    assert_eq!(user.password, "p");
    assert!([Action::Set, Action::Fsd, Action::Login, Action::Primary].into_iter().all(|action| user.may(action)));
    assert_eq!(user.commands, Commands::All);
}

#[test]
fn a_line_of_upsd_users_without_its_equals_sign_grants_nothing_and_is_said() {
    let users = "[a]\npassword = p\nactions SET FSD\ninstcmds ALL\nupsmon secondary\n[b]\npassword b\n";
    insta::assert_snapshot!(said(UPS_CONF, "", users));
    let user = &config(UPS_CONF, "", "[a]\npassword = p\nactions SET FSD\ninstcmds ALL\nupsmon secondary\n").users[0];
    assert_eq!((user.actions.as_slice(), &user.commands), (&[Action::Login][..], &Commands::Some(Vec::new())));
}

#[test]
fn a_second_section_of_a_user_is_ignored_and_no_error_is_made_of_what_it_lacks() {
    let users = "[a]\npassword = p\n[b]\npassword = q\n[a]\nactions = SET\n";
    insta::assert_snapshot!(said("[rack]\ndriver=d\nport=p\n", "", users));
    let config = config(UPS_CONF, "", users);
    assert!(config.users.len() == 2 && config.users.iter().all(|user| user.actions.is_empty()));
}

#[test]
fn a_server_for_no_connections_is_refused() {
    insta::assert_snapshot!(said("[rack]\ndriver=d\nport=p\n", "MAXCONN 0\n", ""));
}

#[test]
fn without_a_word_about_listeners_the_machine_itself_is_served_and_ipv6_may_be_missing() {
    let config = config(UPS_CONF, "", UPSD_USERS);
    let hosts: Vec<_> = config.listen.iter().map(|listen| (listen.host.as_str(), listen.is_required)).collect();
    assert_eq!(hosts, [("127.0.0.1", false), ("::1", false)]);
}

#[test]
fn a_password_is_in_no_log() {
    assert!(!format!("{:?}", config(UPS_CONF, UPSD_CONF, UPSD_USERS)).contains("adm\""));
}

#[test]
fn as_many_users_as_a_file_can_hold_are_read() {
    let users: String = (0..50_000).map(|n| format!("[u{n:05}]\npassword=p\n")).collect();
    assert_eq!(config(UPS_CONF, UPSD_CONF, &users).users.len(), 50_000);
}

/// NUT's monitor reads 512 characters of a password, and both ends carry no more.
#[test]
fn a_long_password_lets_in_whoever_cuts_it_and_whoever_does_not() {
    let long = "p".repeat(600);
    let users = format!("[mon]\npassword = {long}\nupsmon secondary\n");
    let mut bed = bed::Bed::with(config(UPS_CONF, UPSD_CONF, &users));
    for password in [&long, &long[..512]] {
        let client = bed.log_in("mon", password);
        assert_eq!(bed.ask(client, "LOGIN dummy"), "OK\n");
    }
    let stranger = bed.log_in("mon", &long[..511]);
    assert_eq!(bed.ask(stranger, "LOGIN dummy"), "ERR ACCESS-DENIED\n");
    let users = users.replace(&long, &"p".repeat(9000));
    assert!(Config::load_from(&files(UPS_CONF, UPSD_CONF, &users)).is_err(), "more than a file's word can hold");
}

#[test]
fn no_part_of_a_password_is_shown_however_the_line_is_wrong() {
    for line in [
        "password = geheim words",
        "password geheim",
        "pasword = geheim",
        "Passwort=geheim",
        "actions = SETT password = geheim",
        "password = \"geheim\nwords\"",
        "password = x # geheim",
    ] {
        let users = format!("[admin]\n{line}\n[mon] password = geheim\npassword = geheim\npassword = again\n");
        let said = said(UPS_CONF, UPSD_CONF, &users);
        assert!(!said.contains("geheim") && !said.contains("words"), "{line}: {said}");
    }
    let cut = said(UPS_CONF, UPSD_CONF, "[admin]\npassword = gehe#im\nactions = SET\n");
    assert!(cut.contains("# begins a comment") && !cut.contains("gehe"), "{cut}");
}
