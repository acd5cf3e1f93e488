//! `upsc` as scripts see it: standard output, standard error, exit code; and Debian's beside it,
//! byte for byte, where it is installed.

#![expect(clippy::unwrap_used, reason = "a test ends at the first surprise")]

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::Command;
use std::thread;

const OURS: &str = env!("CARGO_BIN_EXE_upsc");
const DEBIANS: &str = "/usr/bin/upsc";

/// What a tool did.
#[derive(Debug, PartialEq, Eq)]
struct Run {
    output: String,
    errors: String,
    code: i32,
}

#[expect(clippy::disallowed_methods, reason = "the tool is a process")]
fn run(program: &str, arguments: &[&str]) -> Run {
    let ended = Command::new(program).args(arguments).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    // Debian's says how its TLS library starts, and which of its functions takes an address apart.
    let noise = |line: &&str| !line.starts_with("Init SSL") && !line.starts_with("upscli_split");
    let errors = text(ended.stderr).lines().filter(noise).flat_map(|line| [line, "\n"]).collect();
    Run { output: text(ended.stdout), errors, code: ended.status.code().unwrap() }
}

/// A server with one UPS and one whose driver is gone; its address.
fn server() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    thread::spawn(move || {
        for connection in listener.incoming() {
            thread::spawn(move || serve(connection.unwrap()));
        }
    });
    address
}

fn serve(mut connection: TcpStream) {
    let requests = BufReader::new(connection.try_clone().unwrap());
    for request in requests.lines() {
        let Ok(request) = request else { return };
        let answer = answer(&request.replace('"', ""));
        if connection.write_all(answer.as_bytes()).is_err() {
            return;
        }
    }
}

fn answer(request: &str) -> String {
    let words: Vec<&str> = request.split(' ').collect();
    let lines = match words.as_slice() {
        ["STARTTLS"] => "ERR FEATURE-NOT-CONFIGURED",
        ["LOGOUT"] => "OK Goodbye",
        ["LIST", "UPS"] => {
            "BEGIN LIST UPS\nUPS rack \"Crash \\\"Dummy\\\" \\#1\"\nUPS lab \"Description unavailable\"\nEND LIST UPS"
        }
        ["LIST", "VAR", "rack"] => {
            "BEGIN LIST VAR rack\nVAR rack battery.charge \"100\"\nVAR rack ups.model \"quo\\\"te \\\\ \\#\"\n\
             VAR rack ups.serial \"3B1950X62634  \"\nVAR rack ups.status \"OL\"\nEND LIST VAR rack"
        }
        ["LIST", "CLIENT", "rack"] => {
            "BEGIN LIST CLIENT rack\nCLIENT rack 192.0.2.1\nCLIENT rack 2001:db8::7\nEND LIST CLIENT rack"
        }
        ["GET", "VAR", "rack", "ups.status"] => "VAR rack ups.status \"OL CHRG\"",
        ["GET", "VAR", "rack", _] => "ERR VAR-NOT-SUPPORTED",
        ["LIST" | "GET", _, "lab", ..] => "ERR DRIVER-NOT-CONNECTED",
        ["LIST" | "GET", _, "old", ..] => "ERR DATA-STALE",
        ["LIST" | "GET", _, "secret", ..] => "ERR ACCESS-DENIED",
        ["LIST" | "GET", _, "new", ..] => "ERR SOMETHING-NEW",
        ["LIST" | "GET", ..] => "ERR UNKNOWN-UPS",
        _ => "ERR UNKNOWN-COMMAND",
    };
    format!("{lines}\n")
}

/// What people and scripts type; `%` is the server.
const LINES: &[&str] = &[
    "rack@%",
    "rack@% ups.status",
    "rack@% ups.nothing",
    "rack@% status",
    "rack@% ups.status ignored",
    "lab@%",
    "old@% ups.status",
    "secret@%",
    "new@%",
    "nothing@%",
    "-l %",
    "-L %",
    "-lL %",
    "-c rack@%",
    "-c nothing@%",
    "",
    "-c",
    "rack@",
    "rack@127.0.0.1:0",
    "rack@[::1",
    "rack@127.0.0.1:99999",
    "-l 127.0.0.1:1",
    "rack@no-such-host.invalid",
];

#[test]
fn every_line_prints_what_debians_prints() {
    if !Path::new(DEBIANS).exists() {
        return println!("skipped: no {DEBIANS} here");
    }
    let address = server();
    for line in LINES {
        let line = line.replace('%', &address);
        let arguments: Vec<&str> = line.split_ascii_whitespace().collect();
        assert_eq!(run(OURS, &arguments), run(DEBIANS, &arguments), "upsc {line}");
    }
}

#[test]
fn results_and_errors_are_nuts_to_the_letter() {
    let address = server();
    let upsc = |line: &str| {
        let line = line.replace('%', &address);
        run(OURS, &line.split_ascii_whitespace().collect::<Vec<_>>())
    };
    let fine = |output: &str| Run { output: output.into(), errors: String::new(), code: 0 };
    let wrong = |errors: &str| Run { output: String::new(), errors: format!("{errors}\n"), code: 1 };
    let all = "battery.charge: 100\nups.model: quo\"te \\ #\nups.serial: 3B1950X62634  \nups.status: OL\n";
    assert_eq!(upsc("rack@%"), fine(all));
    assert_eq!(upsc("rack@% ups.status"), fine("OL CHRG\n"));
    assert_eq!(upsc("-l %"), fine("rack\nlab\n"));
    assert_eq!(upsc("-L %"), fine("rack: Crash \"Dummy\" #1\nlab: Description unavailable\n"));
    assert_eq!(upsc("-c rack@%"), fine("192.0.2.1\n2001:db8::7\n"));
    assert_eq!(upsc("rack@% ups.nothing"), wrong("Error: Variable not supported by UPS"));
    assert_eq!(upsc("nothing@%"), wrong("Error: Unknown UPS"));
    assert_eq!(upsc("lab@%"), wrong("Error: Driver not connected"));
    assert_eq!(upsc("old@%"), wrong("Error: Data stale"));
    assert_eq!(upsc("rack@% status"), wrong("Error: old-style variable names are not supported"));
    assert_eq!(upsc("-l 127.0.0.1:1"), wrong("Error: Connection failure: Connection refused"));
    let required = "Error: invalid UPS definition.\nRequired format: upsname[@hostname[:port]]";
    assert_eq!(upsc(""), wrong(required));
    let version = upsc("-V").output;
    assert!(
        version.starts_with("Network UPS Tools upsc 2.8.1-ridethrough-") && version.lines().count() == 1,
        "{version}"
    );
}

#[test]
fn json_keeps_the_servers_order() {
    let address = server();
    let upsc = |arguments: &[&str]| run(OURS, arguments).output;
    let rack = format!("rack@{address}");
    assert_eq!(upsc(&["-j", &rack, "ups.status"]), "\"OL CHRG\"\n");
    assert_eq!(upsc(&["-j", "-l", &address]), "[\n  \"rack\",\n  \"lab\"\n]\n");
    assert_eq!(
        upsc(&["-j", "-L", &address]),
        "{\n  \"rack\": \"Crash \\\"Dummy\\\" #1\",\n  \"lab\": \"Description unavailable\"\n}\n"
    );
    let variables: serde_json::Value = serde_json::from_str(&upsc(&["-j", &rack])).unwrap();
    assert_eq!(variables["ups.serial"], "3B1950X62634  ");
}

#[test]
fn a_server_that_hangs_up_or_talks_rubbish_is_told_from_one_that_refuses() {
    let spoil = |bytes: &'static [u8]| {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        thread::spawn(move || {
            let (mut connection, _) = listener.accept().unwrap();
            BufReader::new(connection.try_clone().unwrap()).read_line(&mut String::new()).unwrap();
            connection.write_all(bytes).unwrap();
        });
        run(OURS, &[&format!("rack@{address}")]).errors
    };
    assert_eq!(spoil(b""), "Error: Server disconnected\n");
    assert_eq!(spoil(b"BEGIN LIST VAR rack\nVAR ra"), "Error: Server disconnected\n");
    assert_eq!(spoil(b"220 mail.example ESMTP\n"), "Error: Invalid response from server\n");
    assert_eq!(spoil(b"BEGIN LIST VAR rack\nEND LIST UPS\n"), "Error: Invalid response from server\n");
}
