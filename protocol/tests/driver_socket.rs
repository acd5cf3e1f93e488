//! Lines of the driver socket, byte for byte as NUT's drivers and `upsd` exchange them.

#![expect(clippy::unwrap_used, reason = "a test that fails here has found what it looks for")]

use protocol::driver_socket::{FromDriver, Malformed, Outcome, ToDriver, VarFlags};
use protocol::lexer::{Line, LineReader};

fn line(input: &str) -> Line {
    LineReader::new().next_line(&mut format!("{input}\n").as_bytes()).unwrap().clone()
}

#[track_caller]
fn says(input: &str, expect: FromDriver<'_>) {
    assert_eq!(FromDriver::parse(&line(input)), Ok(expect), "{input}");
    let mut out = Vec::new();
    expect.emit(&mut out);
    assert_eq!(String::from_utf8(out).unwrap(), format!("{input}\n"));
}

#[track_caller]
fn hears(input: &str, expect: ToDriver<'_>) {
    assert_eq!(ToDriver::parse(&line(input)), Ok(expect), "{input}");
}

#[test]
fn a_dump_is_written_as_nut_writes_it() {
    says("SETINFO ups.id \"a \\\"b\\\" c\"", FromDriver::SetInfo { var: "ups.id", value: "a \"b\" c" });
    says("SETAUX ups.id 16", FromDriver::SetAux { var: "ups.id", length: 16 });
    says(
        "SETFLAGS ups.id RW STRING",
        FromDriver::SetFlags { var: "ups.id", flags: VarFlags { rw: true, string: true, number: false } },
    );
    says("ADDRANGE ups.delay.start -1 7200", FromDriver::AddRange { var: "ups.delay.start", min: -1, max: 7200 });
    says("ADDENUM input.sensitivity \"low\"", FromDriver::AddEnum { var: "input.sensitivity", value: "low" });
    says("ADDCMD driver.reload-or-error", FromDriver::AddCmd { cmd: "driver.reload-or-error" });
    says("DATAOK", FromDriver::DataOk);
    says("DUMPDONE", FromDriver::DumpDone);
}

#[test]
fn answers_are_written_as_nut_writes_them() {
    says("PONG", FromDriver::Pong);
    says("PID 28162", FromDriver::Pid(28162));
    says("TRACKING 13 1", FromDriver::Tracking { id: "13", outcome: Outcome::Unknown });
    says("OK Goodbye", FromDriver::Goodbye);
}

#[test]
fn requests_are_read_as_drivers_read_them() {
    hears("PING # x", ToDriver::Ping);
    hears("ping", ToDriver::Ping);
    hears("DUMPVALUE ups.id", ToDriver::DumpValue { var: "ups.id" });
    hears(
        "SET ups.id \"a \\\"b\\\" c\" TRACKING 11",
        ToDriver::Set { var: "ups.id", value: "a \"b\" c", tracking: Some("11") },
    );
    hears("SET driver.debug 0", ToDriver::Set { var: "driver.debug", value: "0", tracking: None });
    hears("INSTCMD load.off TRACKING 13", ToDriver::Instcmd { cmd: "load.off", param: None, tracking: Some("13") });
    hears(
        "INSTCMD load.off 10 tracking 13",
        ToDriver::Instcmd { cmd: "load.off", param: Some("10"), tracking: Some("13") },
    );
    hears("INSTCMD beeper.mute", ToDriver::Instcmd { cmd: "beeper.mute", param: None, tracking: None });
    for (input, on) in [("BROADCAST", true), ("BROADCAST 1", true), ("BROADCAST 0", false), ("NOBROADCAST", false)] {
        hears(input, ToDriver::Broadcast { on });
    }
}

#[test]
fn what_drivers_pass_over_is_malformed() {
    for input in ["DUMPVALUE", "INSTCMD", "INSTCMD load.off a b c d", "INSTCMD load.off a b", "SET ups.id", "SET a b c"]
    {
        assert_eq!(ToDriver::parse(&line(input)), Err(Malformed::Arguments), "{input}");
    }
    for input in ["", "BOGUS", "EXIT", "PONG"] {
        assert_eq!(ToDriver::parse(&line(input)), Err(Malformed::UnknownWord), "{input}");
    }
    for input in ["SETINFO ups.id", "ADDRANGE a b c", "SETAUX a", "TRACKING 1 9", "TRACKING 1 -1", "PID x", "OK"] {
        assert_eq!(FromDriver::parse(&line(input)), Err(Malformed::Arguments), "{input}");
    }
    assert_eq!(FromDriver::parse(&line("PING")), Err(Malformed::UnknownWord));
}

#[test]
fn a_value_that_a_driver_failed_to_escape_is_cut_and_nothing_worse() {
    let raw = line("SETINFO ups.id \"a \"b\" c\"");
    assert_eq!(FromDriver::parse(&raw), Ok(FromDriver::SetInfo { var: "ups.id", value: "a " }));
}
