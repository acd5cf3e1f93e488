//! A client's session, told as what it sends and what it hears.

#![expect(clippy::unwrap_used, reason = "a test that fails here has found what it looks for")]

use protocol::lexer::MAX_LINE;
use protocol::net::{ErrorCode, List, Reply, Request, TypeFlags, TypeKind};
use protocol::session::{Answer, Incoming, MAX_LIST, Push, Row, Session, SessionError};

fn answers(session: &mut Session) -> Vec<Answer> {
    std::iter::from_fn(|| session.poll())
        .filter_map(|incoming| match incoming {
            Incoming::Answer { answer, .. } => Some(answer),
            Incoming::Push(_) => None,
        })
        .collect()
}

/// Asks, hears the whole reply byte by byte, and returns the one answer.
#[track_caller]
fn ask(request: &Request<'_>, reply: &str) -> Answer {
    let mut session = Session::new();
    let ticket = session.ask(request);
    for byte in reply.as_bytes() {
        assert_eq!(session.poll(), None);
        session.receive(&[*byte]).unwrap();
    }
    assert_eq!(session.waiting(), 0);
    match session.poll() {
        Some(Incoming::Answer { ticket: of, answer }) if of == ticket => answer,
        other => panic!("{other:?}"),
    }
}

#[test]
fn requests_leave_in_one_piece_and_answers_find_their_requests() {
    let mut session = Session::new();
    let tickets = [
        session.ask(&Request::Username("admin")),
        session.ask(&Request::GetVar { ups: "rack", var: "ups.status" }),
        session.ask(&Request::Login { ups: "rack" }),
    ];
    assert_eq!(session.take_output().unwrap(), b"USERNAME admin\nGET VAR rack ups.status\nLOGIN rack\n");
    assert_eq!((session.take_output(), session.waiting()), (None, 3));
    session.receive(b"OK\nVAR rack ups.status \"OL CHRG\"\nERR ACCESS-DENIED\n").unwrap();
    let expect = [Answer::Ok, Answer::Value("OL CHRG".to_owned()), Answer::Err(ErrorCode::AccessDenied)];
    for (ticket, answer) in tickets.into_iter().zip(expect) {
        assert_eq!(session.poll(), Some(Incoming::Answer { ticket, answer }));
    }
    assert_eq!((session.poll(), session.waiting()), (None, 0));
}

#[test]
fn a_list_is_one_answer() {
    let rows = ask(
        &Request::List(List::Var { ups: "rack" }),
        "BEGIN LIST VAR rack\nVAR rack battery.charge \"100\"\nVAR rack ups.model \"Back-UPS \\\"650\\\"\"\nEND LIST VAR rack\n",
    );
    let row = |var: &str, value: &str| Row::Var { var: var.to_owned(), value: value.to_owned() };
    assert_eq!(rows, Answer::List(vec![row("battery.charge", "100"), row("ups.model", "Back-UPS \"650\"")]));
    let empty =
        ask(&Request::List(List::Enum { ups: "rack", var: "x" }), "BEGIN LIST ENUM rack x\nEND LIST ENUM rack x\n");
    assert_eq!(empty, Answer::List(Vec::new()));
    assert_eq!(ask(&Request::List(List::Ups), "ERR ACCESS-DENIED\n"), Answer::Err(ErrorCode::AccessDenied));
}

#[test]
fn every_kind_of_answer_is_told_apart() {
    assert_eq!(ask(&Request::Fsd { ups: "a" }, "OK FSD-SET\n"), Answer::Ok);
    assert_eq!(ask(&Request::GetNumLogins { ups: "a" }, "NUMLOGINS a 3\n"), Answer::Number(3));
    assert_eq!(ask(&Request::GetUpsDesc { ups: "a" }, "UPSDESC a \"x y\"\n"), Answer::Value("x y".to_owned()));
    let set = Request::SetVar { ups: "a", var: "b", value: "c" };
    assert_eq!(ask(&set, "OK TRACKING 1C41\n"), Answer::Tracking("1C41".to_owned()));
    assert_eq!(ask(&Request::GetTracking { id: None }, "OFF\n"), Answer::Text("OFF".to_owned()));
    let flags = TypeFlags { rw: true, is_enum: false, is_range: false, kind: TypeKind::String(32) };
    assert_eq!(ask(&Request::GetType { ups: "a", var: "b" }, "TYPE a b RW STRING:32\n"), Answer::Type(flags));
    assert_eq!(ask(&Request::NetVer, "1.3\n"), Answer::Text("1.3".to_owned()));
    assert_eq!(ask(&Request::Ver, "OK is my name\n"), Answer::Text("OK is my name".to_owned()));
}

#[test]
fn pushed_lines_come_between_answers_and_even_into_lists() {
    let mut session = Session::new();
    session.ask(&Request::List(List::Cmd { ups: "a" }));
    session
        .receive(b"WATCH ALIVE\nBEGIN LIST CMD a\nWATCH VAR a ups.status \"OB\"\nCMD a load.off\nEND LIST CMD a\nWATCH LOST a DATA-STALE\n")
        .unwrap();
    let (ups, var, value) = ("a".to_owned(), "ups.status".to_owned(), "OB".to_owned());
    assert_eq!(session.poll(), Some(Incoming::Push(Push::Alive)));
    assert_eq!(session.poll(), Some(Incoming::Push(Push::Var { ups: ups.clone(), var, value })));
    let answer = Answer::List(vec![Row::Cmd("load.off".to_owned())]);
    assert!(matches!(session.poll(), Some(Incoming::Answer { answer: is, .. }) if is == answer));
    assert_eq!(session.poll(), Some(Incoming::Push(Push::Lost { ups, error: ErrorCode::DataStale })));
}

#[test]
fn an_answer_that_nobody_asked_for_ends_the_session() {
    let mut session = Session::new();
    session.ask(&Request::Logout);
    assert_eq!(session.receive(b"OK Goodbye\nOK\nOK\n"), Err(SessionError::Unasked));
    assert_eq!(answers(&mut session), [Answer::Ok]);
    assert_eq!(session.receive(b"OK\n"), Err(SessionError::Unasked));
}

#[test]
fn an_answer_about_something_else_ends_the_session() {
    let status = Request::GetVar { ups: "rack", var: "ups.status" };
    let list = Request::List(List::Client { ups: "rack" });
    for (request, reply) in [
        (&status, "VAR closet ups.status \"OB LB\"\n"),
        (&status, "VAR rack ups.test.result \"OB LB\"\n"),
        (&status, "VAR racks ups.status \"OB LB\"\n"),
        (&status, "NUMLOGINS rack 1\n"),
        (&Request::GetNumLogins { ups: "rack" }, "NUMLOGINS closet 0\n"),
        (&Request::GetUpsDesc { ups: "rack" }, "UPSDESC rac \"k\"\n"),
        (&list, "BEGIN LIST CLIENT closet\nEND LIST CLIENT closet\n"),
        (&list, "BEGIN LIST VAR rack\nEND LIST VAR rack\n"),
    ] {
        let mut session = Session::new();
        session.ask(request);
        assert_eq!(session.receive(reply.as_bytes()), Err(SessionError::Stray), "{reply}");
        assert_eq!(session.poll(), None, "{reply}");
    }
    // Servers may spell names otherwise; an error is about whatever was asked.
    let value = |text: &str| Answer::Value(text.to_owned());
    assert_eq!(ask(&status, "VAR RACK Ups.Status \"OL\"\n"), value("OL"));
    assert_eq!(ask(&Request::GetDesc { ups: "a b", var: "x" }, "DESC \"a b\" x \"y\"\n"), value("y"));
    assert_eq!(ask(&status, "ERR DATA-STALE\n"), Answer::Err(ErrorCode::DataStale));
}

#[test]
fn a_list_that_breaks_off_ends_the_session() {
    for rest in [
        "OK\n",
        "END LIST RW a\n",
        "END LIST VAR b\n",
        "CMD a b\n",
        "VAR b c \"d\"\n",
        "ERR DATA-STALE\n",
        "BEGIN LIST VAR a\n",
    ] {
        let mut session = Session::new();
        session.ask(&Request::List(List::Var { ups: "a" }));
        let reply = format!("BEGIN LIST VAR a\nVAR a b \"c\"\n{rest}");
        assert_eq!(session.receive(reply.as_bytes()), Err(SessionError::BrokenList), "{rest}");
    }
}

#[test]
fn a_list_without_end_ends_the_session_before_the_memory() {
    let mut session = Session::new();
    session.ask(&Request::List(List::Var { ups: "a" }));
    let mut piece = Vec::new();
    for _ in 0..100 {
        Reply::Var { ups: "a", var: "b", value: &"c".repeat(500) }.emit(&mut piece);
    }
    let mut result = session.receive(b"BEGIN LIST VAR a\n");
    for _ in 0..=MAX_LIST / piece.len() {
        result = result.and(session.receive(&piece));
    }
    assert_eq!(result, Err(SessionError::LongList));
}

#[test]
fn a_reply_that_the_server_cut_does_not_take_the_next_ones_with_it() {
    let mut session = Session::new();
    for var in ["ups.model", "ups.mfr"] {
        session.ask(&Request::GetVar { ups: "a", var });
    }
    session.receive(b"VAR a ups.model \"Smart\nVAR a ups.mfr \"APC\"\n").unwrap();
    assert_eq!(answers(&mut session), [Answer::Value("Smart".to_owned()), Answer::Value("APC".to_owned())]);
}

#[test]
fn a_status_line_without_end_ends_the_session() {
    let mut session = Session::new();
    session.ask(&Request::GetVar { ups: "a", var: "ups.status" });
    let mut result = session.receive(b"VAR a ups.status \"");
    for _ in 0..=MAX_LINE / 1000 {
        result = result.and(session.receive(&[b'O'; 1000]));
    }
    assert_eq!(result, Err(SessionError::LongLine));
}
