//! Reads a transcript file; its head says how it is written.
#![expect(clippy::expect_used, reason = "a transcript that cannot be read fails the test")]

/// One step of a transcript.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// A new connection.
    Connect(String),
    /// A client's bytes, and the reply.
    Ask { bytes: Vec<u8>, reply: String, differs: Option<String>, line: usize },
    /// A line from the driver.
    DriverSays(String),
    /// A line to the driver.
    DriverHeard(String, usize),
    /// Seconds pass.
    Wait(u64),
}

pub fn parse(text: &str) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    let body = text.lines().enumerate().skip_while(|(_, line)| *line != "## basic");
    for (number, line) in body {
        let line_number = number + 1;
        let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
        match (word, steps.last_mut()) {
            ("", _) => {}
            ("##", _) => steps.push(Step::Connect(rest.to_owned())),
            (">", _) => steps.push(ask(format!("{rest}\n").into_bytes(), line_number)),
            (">>", _) => steps.push(ask(unescape(rest), line_number)),
            ("<", Some(Step::Ask { reply, .. })) => *reply += &format!("{rest}\n"),
            ("<EOF>", Some(Step::Ask { reply, .. })) => *reply += "<EOF>",
            ("<EOF>", _) => {
                steps.push(Step::Ask { bytes: Vec::new(), reply: "<EOF>".into(), differs: None, line: line_number });
            }
            ("nut:", Some(Step::Ask { differs, .. })) => *differs = Some(rest.to_owned()),
            ("driver>", _) => steps.push(Step::DriverSays(rest.to_owned())),
            ("driver<", _) => steps.push(Step::DriverHeard(rest.to_owned(), line_number)),
            ("wait", _) => steps.push(Step::Wait(rest.parse().expect("a number of seconds"))),
            _ => panic!("line {line_number} is no step: {line}"),
        }
    }
    steps
}

fn ask(bytes: Vec<u8>, line: usize) -> Step {
    Step::Ask { bytes, reply: String::new(), differs: None, line }
}

fn unescape(text: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        if let Some(run) = rest.strip_prefix('{') {
            let (run, after) = run.split_once('}').expect("a closing brace");
            let (what, times) = run.rsplit_once('*').expect("a number of times");
            bytes.extend(what.repeat(times.parse().expect("a number")).bytes());
            rest = after;
            continue;
        }
        let taken = match (first, rest.as_bytes().get(1)) {
            ('\\', Some(b'n')) => push(&mut bytes, b'\n', 2),
            ('\\', Some(b'r')) => push(&mut bytes, b'\r', 2),
            ('\\', Some(b'\\')) => push(&mut bytes, b'\\', 2),
            ('\\', Some(b'x')) => push(&mut bytes, u8::from_str_radix(&rest[2..4], 16).expect("two digits"), 4),
            _ => {
                bytes.extend(first.to_string().bytes());
                first.len_utf8()
            }
        };
        rest = &rest[taken..];
    }
    bytes
}

fn push(bytes: &mut Vec<u8>, byte: u8, taken: usize) -> usize {
    bytes.push(byte);
    taken
}

/// Takes what differs from server to server out of a reply: the version, and the ids of requests,
/// the last of which is kept.
pub fn normalize(reply: &str, version: &str, id: &mut String) -> String {
    let mut lines: Vec<String> = Vec::new();
    for line in reply.replace(version, "{version}").lines() {
        match line.strip_prefix("OK TRACKING ") {
            Some(fresh) => {
                *id = fresh.to_owned();
                lines.push("OK TRACKING {id}".into());
            }
            None => lines.push(line.to_owned()),
        }
    }
    let end = if reply.ends_with('\n') { "\n" } else { "" };
    lines.join("\n") + end
}
