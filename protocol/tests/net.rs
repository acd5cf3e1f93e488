//! Requests and replies, byte for byte as NUT's `upsd` and clients exchange them.

#![expect(clippy::unwrap_used, reason = "a test that fails here has found what it looks for")]

use protocol::lexer::LineReader;
use protocol::net::{ErrorCode, List, PROTOCOL_VERSION, Reply, Request, TypeFlags, TypeKind, Verb};

#[track_caller]
fn request(input: &str, expect: Result<Request<'_>, ErrorCode>) {
    let mut reader = LineReader::new();
    let line = reader.next_line(&mut format!("{input}\n").as_bytes()).unwrap().clone();
    assert_eq!(Request::parse(&line), expect, "{input}");
}

#[track_caller]
fn reply(input: &str, expect: Reply<'_>) {
    let mut reader = LineReader::line_bound();
    let line = reader.next_line(&mut format!("{input}\n").as_bytes()).unwrap().clone();
    assert_eq!(Reply::parse(&line), expect, "{input}");
    let mut out = Vec::new();
    expect.emit(&mut out);
    assert_eq!(String::from_utf8(out).unwrap(), format!("{input}\n"));
}

#[test]
fn verbs_and_subcommands_are_read_in_any_case_and_names_keep_theirs() {
    request("Get Var Dummy UPS.STATUS", Ok(Request::GetVar { ups: "Dummy", var: "UPS.STATUS" }));
    request("help", Ok(Request::Help));
    request("list ups", Ok(Request::List(List::Ups)));
    request("set tracking on", Ok(Request::SetTracking { on: true }));
}

#[test]
fn nothing_and_unknown_verbs_are_unknown_commands() {
    for input in ["", "   ", "FOO", "=", "\"\""] {
        request(input, Err(ErrorCode::UnknownCommand));
    }
}

#[test]
fn too_few_arguments_and_unknown_subcommands_are_invalid() {
    for input in [
        "GET",
        "GET VAR",
        "GET VAR dummy",
        "GET BOGUS",
        "GET BOGUS a",
        "GET BOGUS a b",
        "GET UPSDESC",
        "LIST",
        "LIST BOGUS",
        "LIST BOGUS x",
        "LIST VAR",
        "LIST ENUM dummy",
        "SET",
        "SET VAR dummy ups.id",
        "SET TRACKING",
        "SET TRACKING maybe",
        "SET BOGUS a b c",
        "INSTCMD",
        "INSTCMD dummy",
        "LOGIN",
        "USERNAME",
        "PASSWORD",
        "FSD",
        "PRIMARY",
        "WATCH",
    ] {
        request(input, Err(ErrorCode::InvalidArgument));
    }
}

#[test]
fn an_argument_too_many_is_invalid_where_upsd_counts_them_and_ignored_where_it_does_not() {
    for input in ["VER x", "NETVER x", "HELP x", "USERNAME a b", "LOGIN a b", "LOGOUT x", "PRIMARY a b", "WATCH a b"] {
        request(input, Err(ErrorCode::InvalidArgument));
    }
    request("get var dummy ups.status extra", Ok(Request::GetVar { ups: "dummy", var: "ups.status" }));
    request("STARTTLS x y", Ok(Request::StartTls));
    request("SET VAR a b c d", Ok(Request::SetVar { ups: "a", var: "b", value: "c" }));
    request("LIST UPS x", Ok(Request::List(List::Ups)));
}

#[test]
fn the_parameter_of_an_instcmd_counts_only_when_it_is_alone() {
    request("INSTCMD a load.off 10", Ok(Request::Instcmd { ups: "a", cmd: "load.off", param: Some("10") }));
    request("INSTCMD a load.off 1 2 3", Ok(Request::Instcmd { ups: "a", cmd: "load.off", param: None }));
}

#[test]
fn aliases_of_the_rfc_are_requests_of_their_own() {
    request("ATTACH a", Ok(Request::Attach { ups: "a" }));
    request("DETACH", Ok(Request::Detach));
    request("GET NUMATTACH a", Ok(Request::GetNumAttach { ups: "a" }));
}

#[test]
fn the_verbs_that_need_a_user_are_those_that_change_something() {
    let needy: Vec<_> = Verb::ALL.iter().filter(|verb| verb.needs_user()).map(|verb| verb.word()).collect();
    assert_eq!(needy, ["LOGIN", "ATTACH", "PRIMARY", "MASTER", "FSD", "SET", "INSTCMD"]);
}

#[test]
fn replies_are_those_of_upsd_byte_for_byte() {
    reply("OK", Reply::Ok);
    reply("OK Goodbye", Reply::OkGoodbye);
    reply("OK FSD-SET", Reply::OkFsdSet);
    reply("OK MASTER-GRANTED", Reply::OkMasterGranted);
    reply(
        "OK TRACKING 98C489FD-821C-4132-9D93-4F6590B55E63",
        Reply::OkTracking { id: "98C489FD-821C-4132-9D93-4F6590B55E63" },
    );
    reply("ERR DRIVER-NOT-CONNECTED", Reply::Err(ErrorCode::DriverNotConnected));
    reply("BEGIN LIST UPS", Reply::Begin(List::Ups));
    reply("END LIST ENUM dummy ups.status", Reply::End(List::Enum { ups: "dummy", var: "ups.status" }));
    reply(r#"UPS dummy "Crash \"Dummy\" one""#, Reply::Ups { name: "dummy", description: "Crash \"Dummy\" one" });
    reply("VAR dummy ups.status \"FSD OL\"", Reply::Var { ups: "dummy", var: "ups.status", value: "FSD OL" });
    reply("RW dummy ups.id \"lab\"", Reply::Rw { ups: "dummy", var: "ups.id", value: "lab" });
    reply("CMD dummy load.off", Reply::Cmd { ups: "dummy", cmd: "load.off" });
    reply("RANGE dummy x.y \"1\" \"9\"", Reply::Range { ups: "dummy", var: "x.y", min: "1", max: "9" });
    reply("CLIENT dummy 127.0.0.1", Reply::Client { ups: "dummy", address: "127.0.0.1" });
    reply("NUMLOGINS dummy 1", Reply::NumLogins { ups: "dummy", count: 1 });
    reply("UPSDESC nodrv \"Unavailable\"", Reply::UpsDesc { ups: "nodrv", text: "Unavailable" });
    reply(
        "DESC dummy no.such.var \"Description unavailable\"",
        Reply::Desc { ups: "dummy", var: "no.such.var", text: "Description unavailable" },
    );
    reply("OFF", Reply::Tracking { on: false });
    reply("PENDING", Reply::Pending);
    reply(PROTOCOL_VERSION, Reply::Text("1.3"));
    reply(
        "Network UPS Tools upsd 2.8.5.1 - https://www.networkupstools.org/",
        Reply::Text("Network UPS Tools upsd 2.8.5.1 - https://www.networkupstools.org/"),
    );
}

#[test]
fn types_say_number_where_nothing_better_is_known() {
    let flags = |rw, is_enum, kind| TypeFlags { rw, is_enum, is_range: false, kind };
    reply(
        "TYPE dummy ups.status RW STRING:32",
        Reply::Type { ups: "dummy", var: "ups.status", flags: flags(true, false, TypeKind::String(32)) },
    );
    reply(
        "TYPE dummy input.sensitivity RW ENUM NUMBER",
        Reply::Type { ups: "dummy", var: "input.sensitivity", flags: flags(true, true, TypeKind::Number) },
    );
}

#[test]
fn watching_has_its_own_lines() {
    request("WATCH rack", Ok(Request::Watch { ups: "rack" }));
    reply("OK WATCH", Reply::OkWatch);
    reply("WATCH VAR rack ups.status \"OB\"", Reply::WatchVar { ups: "rack", var: "ups.status", value: "OB" });
    reply("WATCH LOST rack DATA-STALE", Reply::WatchLost { ups: "rack", error: ErrorCode::DataStale });
    reply("WATCH ALIVE", Reply::WatchAlive);
}

#[test]
fn an_error_that_is_not_known_is_still_an_error() {
    let mut reader = LineReader::line_bound();
    let line = reader.next_line(&mut b"ERR TOO-LATE because\n".as_slice()).unwrap();
    assert_eq!(Reply::parse(line), Reply::Err(ErrorCode::Other));
}

#[test]
fn a_value_with_quotes_is_written_so_that_every_peer_reads_it() {
    let mut out = Vec::new();
    Request::SetVar { ups: "dummy", var: "ups.id", value: "new \"id\" #1 \\ z" }.emit(&mut out);
    assert_eq!(String::from_utf8(out).unwrap(), "SET VAR dummy ups.id \"new \\\"id\\\" \\#1 \\\\ z\"\n");
}
