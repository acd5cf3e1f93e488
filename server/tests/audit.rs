//! What the log tells of who did what.

mod bed;

use bed::Bed;

/// The last line of the log.
fn said(bed: &Bed) -> String {
    bed.log.last().cloned().unwrap_or_default()
}

#[test]
fn an_order_is_logged_with_its_value_and_its_tracking_id() {
    let mut bed = Bed::new();
    let client = bed.log_in("admin", "adm");
    bed.ask(client, "INSTCMD dummy load.off");
    assert_eq!(said(&bed), "Info: admin at 127.0.0.1 does load.off on dummy");
    bed.ask(client, "SET TRACKING ON");
    let reply = bed.ask(client, "SET VAR dummy ups.id \"rack 7\"");
    let id = reply.trim_end().strip_prefix("OK TRACKING ").unwrap_or_default().to_owned();
    assert_eq!(said(&bed), format!("Info: admin at 127.0.0.1 sets ups.id to \"rack 7\" on dummy (tracking id {id})"));
    bed.ask(client, "INSTCMD dummy load.off 30");
    assert!(said(&bed).contains("does load.off with \"30\" on dummy (tracking id "), "{}", said(&bed));
}

#[test]
fn what_a_client_says_can_neither_flood_nor_forge_the_log_and_a_password_is_not_in_it() {
    let mut bed = Bed::new();
    bed.driver_says("SETINFO ups.password \"\"\nSETFLAGS ups.password RW\nSETFLAGS ups.id RW\n");
    let client = bed.log_in("admin", "adm");
    bed.ask(client, &format!("SET VAR dummy ups.id \"a\\\"\x7f{}\"", "x".repeat(400)));
    assert!(said(&bed).contains(r#"to "a\"\u{7f}xxx"#) && said(&bed).len() < 200, "{}", said(&bed));
    bed.ask(client, "SET VAR dummy ups.password secret");
    assert!(said(&bed).contains("sets ups.password to") && !said(&bed).contains("secret"), "{}", said(&bed));
    let stranger = bed.log_in("\"root at 10.0.0.1 logged in to dummy\"", "x");
    bed.ask(stranger, "LOGIN dummy");
    assert!(said(&bed).starts_with("Notice: \"root at 10.0.0.1 logged in to dummy\" at 127.0.0.1"), "{}", said(&bed));
}

#[test]
fn a_second_login_is_logged() {
    let mut bed = Bed::new();
    let client = bed.log_in("sec", "sec");
    assert_eq!(bed.ask(client, "LOGIN dummy\nLOGIN dummy"), "OK\nERR ALREADY-LOGGED-IN\n");
    assert_eq!(said(&bed), "Info: sec at 127.0.0.1 tries to log in a second time");
}
