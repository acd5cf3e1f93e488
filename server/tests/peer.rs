//! Ours beside Debian's NUT, on this machine: the same driver, the same questions, byte for byte.
//!
//! Needs Debian's `nut-server` (`/lib/nut/upsd`, `/lib/nut/dummy-ups`) and `nut-client`; where
//! they are absent each test says so and proves nothing.

mod bed;
mod peers;

use std::time::Duration;

use bed::script::{Step, parse};
use peers::{Lab, NUT_UPSD, OUR_UPSD, PATIENCE, is_installed, wait_for};

const TRANSCRIPT: &str = include_str!("transcripts/upsd.txt");

/// One way in which Debian's 2.8.0 answers otherwise: how to know it, and why ours does not.
struct Difference {
    is_this: fn(request: &str, theirs: &str, ours: &str) -> bool,
    reason: &'static str,
}

const DIFFERENCES: &[Difference] = &[
    Difference {
        is_this: |_, theirs, ours| theirs.replace("http://", "https://") == ours,
        reason: "the address behind the version has changed its scheme since",
    },
    Difference {
        is_this: |request, _, _| request.eq_ignore_ascii_case("HELP\n"),
        reason: "PROTVER has come into HELP since",
    },
    Difference {
        is_this: |request, _, _| request.contains("DESC dummy "),
        reason: "what variables and commands mean, we say in our own words",
    },
    Difference {
        is_this: |request, _, _| request.split('"').any(|quoted| quoted.contains('#') && !quoted.contains('\\')),
        reason: "a # inside quotes is a character to us; theirs throws the line away",
    },
    Difference {
        is_this: |request, theirs, _| request == "GET VAR dummy ups.id\n" && theirs == "VAR dummy ups.id \"new \"\n",
        reason: "a value that a driver broadcasts without escapes is asked for again",
    },
];

/// How long their server may take to say nothing where it is known to.
const SILENCE: Duration = Duration::from_millis(500);

#[test]
fn the_same_transcript_gets_the_same_replies_from_debian_s_upsd_and_from_ours() {
    if !is_installed("the_same_transcript_gets_the_same_replies_from_debian_s_upsd_and_from_ours") {
        return;
    }
    let lab = Lab::new();
    let _driver = lab.start_driver();
    let (theirs, ours) = (lab.start_server(NUT_UPSD), lab.start_server(OUR_UPSD));
    let (mut differences, mut compared) = (Vec::new(), 0);
    let (mut their_client, mut our_client) = (theirs.connect(), ours.connect());
    for step in parse(TRANSCRIPT) {
        match step {
            Step::Connect(name) if name == "stale" => break,
            Step::Connect(_) => (their_client, our_client) = (theirs.connect(), ours.connect()),
            Step::Ask { bytes, reply, differs, .. } => {
                let request = String::from_utf8_lossy(&bytes).into_owned();
                if request.contains("{id}") || bytes.len() > 60_000 {
                    continue;
                }
                if request == "GET VAR dummy ups.id\n" {
                    // What the driver made of SET VAR takes a moment to come back.
                    let quoted = "VAR dummy ups.id \"new \\\"id\\\" \\#1 \\\\ z\"\n";
                    let wanted = if reply.contains("lab\"") { quoted } else { &reply };
                    wait_for("the new value", || our_client.ask(&bytes, &reply) == wanted);
                }
                their_client.patience(differs.map_or(PATIENCE, |_| SILENCE));
                let (theirs, ours) = (their_client.ask(&bytes, &reply), our_client.ask(&bytes, &reply));
                compared += 1;
                if theirs != ours {
                    differences.push((request, theirs, ours));
                }
            }
            Step::DriverSays(_) | Step::DriverHeard(..) | Step::Wait(_) => {}
        }
    }
    assert!(compared > 120, "only {compared} replies were compared");
    let reason = |(request, theirs, ours): &(String, String, String)| {
        DIFFERENCES.iter().position(|difference| (difference.is_this)(request, theirs, ours))
    };
    for found @ (request, theirs, ours) in &differences {
        let reason = reason(found).map_or("FOR NO KNOWN REASON", |at| DIFFERENCES[at].reason);
        println!("{request:?}\n  theirs {theirs:?}\n  ours   {ours:?}\n  {reason}");
    }
    println!("{compared} replies compared, {} differ", differences.len());
    let unexpected: Vec<_> = differences.iter().filter(|found| reason(found).is_none()).collect();
    assert!(unexpected.is_empty(), "{unexpected:#?}");
    for (at, difference) in DIFFERENCES.iter().enumerate() {
        assert!(differences.iter().any(|found| reason(found) == Some(at)), "no longer: {}", difference.reason);
    }
}

#[test]
fn debian_s_tools_print_the_same_of_ours_as_of_debian_s_server() {
    if !is_installed("debian_s_tools_print_the_same_of_ours_as_of_debian_s_server") {
        return;
    }
    let lab = Lab::new();
    let _driver = lab.start_driver();
    let (theirs, ours) = (lab.start_server(NUT_UPSD), lab.start_server(OUR_UPSD));
    for arguments in [
        &["dummy@HOST"][..],
        &["dummy@HOST", "ups.status"],
        &["dummy@HOST", "no.such"],
        &["nodrv@HOST"],
        &["none@HOST", "ups.status"],
        &["-l", "HOST"],
        &["-L", "HOST"],
        &["-c", "dummy@HOST"],
    ] {
        let [their_output, our_output] = [&theirs, &ours].map(|server| {
            let host = format!("127.0.0.1:{}", server.port);
            let arguments: Vec<String> = arguments.iter().map(|argument| argument.replace("HOST", &host)).collect();
            let output = lab.run("/bin/upsc", &arguments.iter().map(String::as_str).collect::<Vec<_>>());
            let shown = |bytes: &[u8]| String::from_utf8_lossy(bytes).replace(&host, "HOST");
            (output.status.code(), shown(&output.stdout), shown(&output.stderr))
        });
        assert_eq!(their_output, our_output, "upsc {arguments:?}");
        assert!(!our_output.1.is_empty() || our_output.0 != Some(0) || arguments[0] == "-c");
    }
}

#[test]
fn upsd_users_grants_what_it_grants_in_debian_s_server_and_nothing_more() {
    if !is_installed("upsd_users_grants_what_it_grants_in_debian_s_server_and_nothing_more") {
        return;
    }
    let lab = Lab::new();
    let _driver = lab.start_driver();
    let sections = [
        "password = p\nupsmon = primary\n",
        "password = p\nupsmon secondary\nactions SET\ninstcmds ALL\n",
        "PASSWORD=p\nUpsmon primary\nInstcmds=ALL\nActions=SET\n",
        "password = p\nactions = login SET\ninstcmds = load.off\n",
        "password = p\n\"upsmon\" \"master\"\nactions =\ninstcmds\n",
    ];
    let section = |(n, text): (usize, &&str)| format!("[u{n}]\n{text}");
    lab.write("upsd.users", &sections.iter().enumerate().map(section).collect::<String>());
    let (theirs, ours) = (lab.start_server(NUT_UPSD), lab.start_server(OUR_UPSD));
    for (n, text) in sections.iter().enumerate() {
        let requests = format!(
            "USERNAME u{n}\nPASSWORD p\nPRIMARY dummy\nLOGIN dummy\nSET VAR dummy ups.id x\nINSTCMD dummy load.off\n\
             INSTCMD dummy test.panel.start\n"
        );
        let [their_answer, our_answer] =
            [&theirs, &ours].map(|server| server.connect().ask(requests.as_bytes(), "lines\n"));
        assert_eq!(their_answer, our_answer, "{text}");
    }
}

#[test]
fn long_values_are_cut_where_debian_s_server_cuts_them_and_its_upsc_reads_what_stands_behind() {
    if !is_installed("long_values_are_cut_where_debian_s_server_cuts_them_and_its_upsc_reads_what_stands_behind") {
        return;
    }
    let lab = Lab::new();
    let values = ["x".repeat(255), "x".repeat(256), "x".repeat(505), "\\\"".repeat(200), "ab\\#".repeat(100)];
    let lines = (0..).zip(&values).map(|(n, value)| format!("SETINFO a.{n} \"{value}\"\nADDENUM a.{n} \"{value}\"\n"));
    let dump = format!("{}SETINFO ups.status \"OL\"\nDATAOK\nDUMPDONE\n", lines.collect::<String>());
    lab.start_own_driver(dump.leak());
    let (theirs, ours) = (lab.start_server(NUT_UPSD), lab.start_server(OUR_UPSD));
    for request in ["LIST VAR dummy\n", "LIST ENUM dummy a.2\n", "LIST ENUM dummy a.3\n", "GET VAR dummy a.4\n"] {
        let [their_answer, our_answer] =
            [&theirs, &ours].map(|server| server.connect().ask(request.as_bytes(), "list\n"));
        assert_eq!(their_answer, our_answer, "{request}");
    }
    let read = lab.run("/bin/upsc", &[&format!("dummy@127.0.0.1:{}", ours.port)]);
    assert!(String::from_utf8_lossy(&read.stdout).ends_with("ups.status: OL\n"), "{read:?}");
}

#[test]
fn debian_s_upslog_upsrw_and_upscmd_work_against_ours() {
    if !is_installed("debian_s_upslog_upsrw_and_upscmd_work_against_ours") {
        return;
    }
    let lab = Lab::new();
    let _driver = lab.start_driver();
    let ours = lab.start_server(OUR_UPSD);
    let ups = format!("dummy@127.0.0.1:{}", ours.port);
    let log = lab.path("upslog.txt");
    let _upslog = lab.start("/bin/upslog", &["-s", &ups, "-l", &log, "-i", "1", "-F", "-u", "root"]);
    wait_for("a line of upslog", || {
        std::fs::read_to_string(&log).is_ok_and(|text| text.contains(" 100 NA NA [OL] NA NA"))
    });
    let credentials = ["-u", "admin", "-p", "adm", "-w"];
    let set = lab.run("/bin/upsrw", &[&["-s", "ups.id=rack7"][..], &credentials, &[&ups]].concat());
    assert_eq!(String::from_utf8_lossy(&set.stderr).lines().last(), Some("SUCCESS"), "{set:?}");
    let read = lab.run("/bin/upsc", &[&ups, "ups.id"]);
    assert_eq!(String::from_utf8_lossy(&read.stdout), "rack7\n");
    let done = lab.run("/bin/upscmd", &[&credentials[..], &[&ups, "load.off"]].concat());
    assert_eq!(String::from_utf8_lossy(&done.stderr).lines().last(), Some("ERR UNKNOWN"), "{done:?}");
}

/// Every command that upsmon could run is a `touch` in the test's own folder, and no notice goes
/// to `wall`: nothing here can shut a machine down.
#[test]
fn debian_s_upsmon_logs_in_to_ours_and_forces_a_shutdown_through_it() {
    if !is_installed("debian_s_upsmon_logs_in_to_ours_and_forces_a_shutdown_through_it") {
        return;
    }
    let lab = Lab::new();
    let _driver = lab.start_driver();
    let ours = lab.start_server(OUR_UPSD);
    let (ran, flag) = (lab.path("shutdown-command-ran"), lab.path("killpower"));
    let quiet =
        ["ONLINE", "ONBATT", "LOWBATT", "FSD", "COMMOK", "COMMBAD", "SHUTDOWN", "REPLBATT", "NOCOMM", "NOPARENT"]
            .map(|notice| format!("NOTIFYFLAG {notice} IGNORE\n"));
    lab.write(
        "upsmon.conf",
        &format!(
            "MONITOR dummy@127.0.0.1:{} 1 mon mon primary\nMINSUPPLIES 1\nSHUTDOWNCMD \"touch {ran}\"\n\
             POWERDOWNFLAG {flag}\nPOLLFREQ 1\nPOLLFREQALERT 1\nHOSTSYNC 1\nFINALDELAY 0\n{}",
            ours.port,
            quiet.concat()
        ),
    );
    let _upsmon = lab.start("/lib/nut/upsmon", &["-F", "-p", "-u", "root"]);
    let mut client = ours.connect();
    wait_for("its login", || client.ask(b"GET NUMLOGINS dummy\n", "line\n") == "NUMLOGINS dummy 1\n");
    lab.write("d.dev", "ups.status: OB LB\n");
    wait_for("its FSD", || client.ask(b"GET VAR dummy ups.status\n", "line\n").contains("\"FSD OB LB\""));
    wait_for("its command", || std::path::Path::new(&ran).exists());
    wait_for("its end", || client.ask(b"GET NUMLOGINS dummy\n", "line\n") == "NUMLOGINS dummy 0\n");
}
