//! No input makes a parser panic, and how the input was cut into pieces makes no difference.

use proptest::prelude::*;
use protocol::conf::{flat, nut_conf, sectioned, ups_conf::UpsConf};
use protocol::diagnostic::{Diagnostic, Source};
use protocol::driver_socket::{FromDriver, ToDriver};
use protocol::lexer::{LineReader, MAX_WORD, MAX_WORDS};
use protocol::net::{Reply, Request};
use protocol::session::Session;
use protocol::status::Status;
use protocol::usb::frame::Frame;
use protocol::value::Decimal;

/// Bytes at random, and bytes that look like something.
fn input() -> impl Strategy<Value = Vec<u8>> {
    let scrap = prop_oneof![
        proptest::collection::vec(any::<u8>(), 0..20),
        proptest::sample::select(SCRAPS).prop_map(|scrap| scrap.as_bytes().to_vec()),
    ];
    proptest::collection::vec(scrap, 0..30).prop_map(|scraps| scraps.concat())
}

const SCRAPS: &[&str] = &[
    "\n",
    " ",
    "\"",
    "\\",
    "#",
    "=",
    "[",
    "]",
    "GET VAR",
    "LIST",
    "BEGIN LIST VAR",
    "END LIST VAR",
    "VAR a b \"c\"\n",
    "SET VAR",
    "OK TRACKING",
    "ERR",
    "TYPE x y STRING:",
    "SETINFO",
    "ADDRANGE x",
    "99999999999999999999",
    "-1",
    "INSTCMD x",
    "TRACKING 1",
    "WATCH",
    "WATCH ALIVE\n",
    "NUMLOGINS x",
    "MODE=",
    "driver = ",
    "port = ",
    "[ups]\n",
    "export ",
    "\u{e9}",
    "\u{202e}",
];

proptest! {
    #[test]
    fn lines_are_the_same_however_they_are_cut(input in input(), chunk in 1_usize..9, bound: bool) {
        let new = || if bound { LineReader::line_bound() } else { LineReader::new() };
        let read = |chunk: usize| {
            let mut reader = new();
            let mut lines = Vec::new();
            for mut bytes in input.chunks(chunk) {
                while let Some(line) = reader.next_line(&mut bytes) {
                    lines.push(line.clone());
                }
            }
            lines.extend(reader.last_line().cloned());
            lines
        };
        let whole = read(input.len().max(1));
        prop_assert_eq!(&read(chunk), &whole);
        for line in &whole {
            prop_assert!(line.len() <= MAX_WORDS);
            let mut end = 0;
            for word in line.words() {
                prop_assert!(word.text.len() <= MAX_WORD && word.text.bytes().all(|b| (0x20..0x80).contains(&b)));
                prop_assert!(end <= word.span.start && word.span.end <= input.len());
                end = word.span.end;
            }
        }
    }

    #[test]
    fn every_line_parser_takes_every_line(input in input()) {
        let mut reader = LineReader::new();
        let mut bytes = input.as_slice();
        while let Some(line) = reader.next_line(&mut bytes) {
            let _ = Request::parse(line);
            let _ = Reply::parse(line);
            let _ = FromDriver::parse(line);
            let _ = ToDriver::parse(line);
        }
    }

    #[test]
    fn every_file_reader_takes_every_file_and_its_messages_can_be_shown(input in input()) {
        let source = Source::new("some.conf", &input);
        let mut all = flat::read(&source).1;
        all.append(sectioned::read(&source).1);
        all.append(nut_conf::read(&source).1);
        all.append(match UpsConf::read(&source) { Ok((_, warnings)) => warnings, Err(errors) => errors });
        prop_assert!(!all.render(true).contains('\r'));
        prop_assert!(all.render(false).chars().all(|c| !c.is_control() || c == '\n'), "{}", all);
    }

    #[test]
    fn every_place_of_every_file_can_be_shown(input in input(), start: u16, length: u16) {
        let span = usize::from(start) % (input.len() + 9)..usize::from(start) % (input.len() + 9) + usize::from(length);
        let shown = Diagnostic::error(&Source::new("x", &input), span, "m").label("l").hint("h").to_string();
        prop_assert!(shown.starts_with("error: m\n"), "{}", shown);
        prop_assert!(shown.contains(" x:"), "{}", shown);
    }

    #[test]
    fn a_session_takes_every_answer(input in input(), chunk in 1_usize..9) {
        let mut session = Session::new();
        for request in [Request::Ver, Request::List(protocol::net::List::Ups), Request::GetVar { ups: "a", var: "b" }] {
            session.ask(&request);
        }
        let result = input.chunks(chunk).map(|bytes| session.receive(bytes)).find(Result::is_err);
        while session.poll().is_some() {}
        if let Some(error) = result {
            prop_assert_eq!(session.receive(b"OK\n"), error);
        }
    }

    #[test]
    fn frames_take_every_input(input in proptest::collection::vec(any::<u8>(), 0..600)) {
        if let Ok(Some((frame, size))) = Frame::parse(&input) {
            let mut out = Vec::new();
            frame.emit(&mut out);
            // An interrupt's or a hello's transfer number is not kept, and nothing else is lost.
            prop_assert_eq!(out.len(), size);
            prop_assert_eq!(Frame::parse(&out), Ok(Some((frame, size))));
        }
    }

    #[test]
    fn values_take_every_text(text in "\\PC{0,30}") {
        let _ = text.parse::<Decimal>();
        let status = Status::parse(&text);
        prop_assert_eq!(&Status::parse(status.as_str()), &status);
        if let Ok(number) = text.parse::<Decimal>() {
            for decimals in 0..12 {
                let _ = number.with_decimals(decimals).to_string();
            }
        }
    }
}
