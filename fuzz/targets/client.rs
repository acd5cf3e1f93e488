//! A client's session against a server that answers what it likes: it never grows beyond its
//! bounds, and once broken it stays so.

#![no_main]

use libfuzzer_sys::fuzz_target;
use protocol::net::{List, Request};
use protocol::session::{Incoming, Session};

/// What is asked, and asked again while the server goes on talking.
const REQUESTS: &[Request<'_>] = &[
    Request::Ver,
    Request::List(List::Ups),
    Request::GetVar { ups: "rack", var: "ups.status" },
    Request::List(List::Var { ups: "rack" }),
    Request::GetNumLogins { ups: "rack" },
    Request::Watch { ups: "rack" },
    Request::GetTracking { id: None },
    Request::Username("admin"),
    Request::List(List::Enum { ups: "rack", var: "input.sensitivity" }),
    Request::GetType { ups: "rack", var: "input.sensitivity" },
    Request::Instcmd { ups: "rack", cmd: "beeper.mute", param: None },
];

fuzz_target!(|data: &[u8]| {
    let Some((&cut, bytes)) = data.split_first() else { return };
    let mut session = Session::new();
    let mut asked = 0;
    for piece in bytes.chunks(usize::from(cut) + 1) {
        for request in REQUESTS {
            if session.waiting() < REQUESTS.len() {
                session.ask(request);
                asked += 1;
            }
        }
        assert!(session.take_output().is_none_or(|out| out.ends_with(b"\n")));
        let result = session.receive(piece);
        while let Some(incoming) = session.poll() {
            if let Incoming::Answer { .. } = incoming {
                asked -= 1;
            }
        }
        assert_eq!(asked, session.waiting());
        if let Err(error) = result {
            assert_eq!(session.receive(b"OK\n"), Err(error));
            assert!(session.poll().is_none());
            return;
        }
    }
});
