//! Whatever is written is read back as it was, for every codec.

#![expect(clippy::expect_used, reason = "a test that fails here has found what it looks for")]

use proptest::prelude::*;
use protocol::driver_socket::{FromDriver, Outcome, ToDriver, VarFlags};
use protocol::lexer::{Line, LineReader, MAX_WORD};
use protocol::net::{ErrorCode, List, Reply, Request, TypeFlags, TypeKind};
use protocol::text;
use protocol::usb::frame::{Frame, FrameError, MAX_BODY};
use protocol::usb::{self, Failure, Identity, ReportKind};
use protocol::value::Decimal;

/// Any text that can travel: blanks, quotes, `#`, `=` and backslashes, and the empty text too.
fn word() -> impl Strategy<Value = String> {
    prop_oneof![4 => "[a-zA-Z0-9.@:_-]{1,20}", 3 => "[ -~]{0,20}", 1 => "[ \"#=\\\\\u{7f}]{0,8}"]
}

/// Words as free text: at least one, one blank between each two, none of them empty.
fn sentence() -> impl Strategy<Value = String> {
    proptest::collection::vec("[!-~]{1,9}", 1..8).prop_map(|words| words.join(" "))
}

#[track_caller]
fn one_line(emitted: &[u8]) -> Line {
    let mut reader = LineReader::new();
    let mut input = emitted;
    let line = reader.next_line(&mut input).expect("a whole line").clone();
    assert!(input.is_empty(), "one line and no more: {:?}", String::from_utf8_lossy(emitted));
    line
}

fn lists<'a>(ups: &'a str, var: &'a str) -> [List<'a>; 7] {
    [
        List::Ups,
        List::Var { ups },
        List::Rw { ups },
        List::Cmd { ups },
        List::Enum { ups, var },
        List::Range { ups, var },
        List::Client { ups },
    ]
}

fn requests<'a>(ups: &'a str, name: &'a str, value: &'a str, param: Option<&'a str>, on: bool) -> Vec<Request<'a>> {
    let mut all = vec![
        Request::Ver,
        Request::NetVer,
        Request::ProtVer,
        Request::Help,
        Request::StartTls,
        Request::Username(name),
        Request::Password(value),
        Request::Login { ups },
        Request::Attach { ups },
        Request::Logout,
        Request::Detach,
        Request::Primary { ups },
        Request::Master { ups },
        Request::Fsd { ups },
        Request::GetNumLogins { ups },
        Request::GetNumAttach { ups },
        Request::GetUpsDesc { ups },
        Request::GetVar { ups, var: name },
        Request::GetType { ups, var: name },
        Request::GetDesc { ups, var: name },
        Request::GetCmdDesc { ups, cmd: name },
        Request::GetTracking { id: param },
        Request::SetVar { ups, var: name, value },
        Request::SetTracking { on },
        Request::Instcmd { ups, cmd: name, param },
        Request::Watch { ups },
    ];
    all.extend(lists(ups, name).map(Request::List));
    all
}

fn replies<'a>(ups: &'a str, var: &'a str, value: &'a str, count: u32, flags: TypeFlags) -> Vec<Reply<'a>> {
    let mut all = vec![
        Reply::Ok,
        Reply::OkTracking { id: value },
        Reply::OkStartTls,
        Reply::OkPrimaryGranted,
        Reply::OkMasterGranted,
        Reply::OkFsdSet,
        Reply::OkGoodbye,
        Reply::OkWatch,
        Reply::Ups { name: ups, description: value },
        Reply::Var { ups, var, value },
        Reply::Rw { ups, var, value },
        Reply::Cmd { ups, cmd: var },
        Reply::Enum { ups, var, value },
        Reply::Range { ups, var, min: value, max: var },
        Reply::Client { ups, address: value },
        Reply::NumLogins { ups, count },
        Reply::NumAttach { ups, count },
        Reply::UpsDesc { ups, text: value },
        Reply::Type { ups, var, flags },
        Reply::Desc { ups, var, text: value },
        Reply::CmdDesc { ups, cmd: var, text: value },
        Reply::Tracking { on: true },
        Reply::Tracking { on: false },
        Reply::Pending,
        Reply::Success,
        Reply::WatchVar { ups, var, value },
        Reply::WatchAlive,
    ];
    for &code in ErrorCode::ALL {
        all.extend([Reply::Err(code), Reply::WatchLost { ups, error: code }]);
    }
    all.extend(lists(ups, var).map(Reply::Begin));
    all.extend(lists(ups, var).map(Reply::End));
    all
}

fn from_driver<'a>(var: &'a str, value: &'a str, min: i32, max: i32, flags: VarFlags) -> Vec<FromDriver<'a>> {
    let mut all = vec![
        FromDriver::SetInfo { var, value },
        FromDriver::DelInfo { var },
        FromDriver::AddEnum { var, value },
        FromDriver::DelEnum { var, value },
        FromDriver::AddRange { var, min, max },
        FromDriver::DelRange { var, min, max },
        FromDriver::SetAux { var, length: min },
        FromDriver::SetFlags { var, flags },
        FromDriver::AddCmd { cmd: var },
        FromDriver::DelCmd { cmd: var },
        FromDriver::Pid(min.unsigned_abs()),
        FromDriver::DumpDone,
        FromDriver::Pong,
        FromDriver::Goodbye,
        FromDriver::DataOk,
        FromDriver::DataStale,
    ];
    let outcomes = [Outcome::Handled, Outcome::Unknown, Outcome::Invalid, Outcome::Failed, Outcome::ConversionFailed];
    all.extend(outcomes.map(|outcome| FromDriver::Tracking { id: value, outcome }));
    all
}

fn to_driver<'a>(var: &'a str, value: &'a str, param: Option<&'a str>, tracking: Option<&'a str>) -> Vec<ToDriver<'a>> {
    vec![
        ToDriver::Ping,
        ToDriver::DumpAll,
        ToDriver::DumpStatus,
        ToDriver::DumpValue { var },
        ToDriver::Instcmd { cmd: var, param, tracking },
        ToDriver::Set { var, value, tracking },
        ToDriver::GetPid,
        ToDriver::Broadcast { on: true },
        ToDriver::Broadcast { on: false },
        ToDriver::Logout,
    ]
}

fn kinds() -> impl Strategy<Value = ReportKind> {
    prop_oneof![Just(ReportKind::Input), Just(ReportKind::Output), Just(ReportKind::Feature)]
}

fn usb_requests() -> impl Strategy<Value = usb::Request> {
    prop_oneof![
        any::<(u8, u8, u16)>().prop_map(|(kind, index, length)| usb::Request::GetDescriptor { kind, index, length }),
        any::<u8>().prop_map(|index| usb::Request::GetString { index }),
        (kinds(), any::<(u8, u16)>()).prop_map(|(kind, (id, length))| usb::Request::GetReport { kind, id, length }),
        (kinds(), any::<u8>(), bytes()).prop_map(|(kind, id, data)| usb::Request::SetReport { kind, id, data }),
    ]
}

fn bytes() -> impl Strategy<Value = usb::Data> {
    proptest::collection::vec(any::<u8>(), 0..300).prop_map(usb::Data::from_vec)
}

fn failures() -> impl Strategy<Value = Failure> {
    proptest::sample::select(vec![
        Failure::Stall,
        Failure::Timeout,
        Failure::Overflow,
        Failure::Io,
        Failure::NoDevice,
        Failure::Access,
    ])
}

fn frames() -> impl Strategy<Value = Frame> {
    let identity = (any::<(u16, u16, u16)>(), proptest::array::uniform5("\\PC{0,40}")).prop_map(
        |((vendor_id, product_id, release), [vendor, product, serial, bus, device])| {
            Frame::Hello(Box::new(Identity {
                vendor_id,
                product_id,
                release,
                vendor,
                product,
                serial,
                bus,
                device,
                ..Identity::default()
            }))
        },
    );
    prop_oneof![
        identity,
        (any::<u32>(), usb_requests()).prop_map(|(transfer, request)| Frame::Request { transfer, request }),
        (any::<u32>(), proptest::result::maybe_ok(bytes(), failures()))
            .prop_map(|(transfer, result)| Frame::Done { transfer, result }),
        bytes().prop_map(Frame::Interrupt),
        Just(Frame::Busy),
    ]
}

proptest! {
    #[test]
    fn words_come_back_as_they_were(words in proptest::collection::vec(word(), 1..30)) {
        let mut out = Vec::new();
        for word in &words {
            text::push_word(word, &mut out);
            out.push(b' ');
            text::push_quoted(word, &mut out);
            out.push(b'\n');
        }
        let mut reader = LineReader::new();
        let mut input = out.as_slice();
        for word in &words {
            let line = reader.next_line(&mut input).expect("a line per word");
            prop_assert_eq!((line.len(), line.get(0), line.get(1)), (2, Some(word.as_str()), Some(word.as_str())));
            prop_assert_eq!(line.word(1).map(|word| word.quoted), Some(true));
        }
    }

    #[test]
    fn the_longest_word_fits_however_it_is_escaped(character in "[ -~]") {
        let long = character.repeat(MAX_WORD);
        let line = one_line(format!("{}\n", text::quote(&long)).as_bytes());
        prop_assert_eq!(line.get(0), Some(long.as_str()));
    }

    #[test]
    fn requests_come_back_as_they_were(
        ups in word(), name in word(), value in word(), param in proptest::option::of(word()), on: bool,
    ) {
        for request in requests(&ups, &name, &value, param.as_deref(), on) {
            let mut out = Vec::new();
            request.emit(&mut out);
            let read = one_line(&out);
            prop_assert_eq!(Request::parse(&read), Ok(request));
        }
    }

    #[test]
    fn replies_come_back_as_they_were(
        ups in word(), var in word(), value in word(), count: u32, rw: bool, is_enum: bool, is_range: bool, length: Option<u32>,
    ) {
        let kind = length.map_or(TypeKind::Number, TypeKind::String);
        for reply in replies(&ups, &var, &value, count, TypeFlags { rw, is_enum, is_range, kind }) {
            let mut out = Vec::new();
            reply.emit(&mut out);
            let read = one_line(&out);
            prop_assert_eq!(Reply::parse(&read), reply);
        }
    }

    #[test]
    fn free_text_comes_back_as_it_was(text in sentence()) {
        let text = format!("Network UPS Tools {text}");
        let mut out = Vec::new();
        Reply::Text(&text).emit(&mut out);
        let read = one_line(&out);
        prop_assert_eq!(Reply::parse(&read), Reply::Text(&text));
    }

    #[test]
    fn lines_from_drivers_come_back_as_they_were(
        var in word(), value in word(), min: i32, max: i32, rw: bool, string: bool, number: bool,
    ) {
        for line in from_driver(&var, &value, min, max, VarFlags { rw, string, number }) {
            let mut out = Vec::new();
            line.emit(&mut out);
            let read = one_line(&out);
            prop_assert_eq!(FromDriver::parse(&read), Ok(line));
        }
    }

    #[test]
    fn lines_to_drivers_come_back_as_they_were(
        var in word(), value in word(), param in proptest::option::of(word()), tracking in proptest::option::of(word()),
    ) {
        for line in to_driver(&var, &value, param.as_deref(), tracking.as_deref()) {
            let mut out = Vec::new();
            line.emit(&mut out);
            let read = one_line(&out);
            prop_assert_eq!(ToDriver::parse(&read), Ok(line));
        }
    }

    #[test]
    fn usb_frames_come_back_as_they_were(frame in frames(), behind in bytes()) {
        let mut out = Vec::new();
        frame.emit(&mut out);
        let size = out.len();
        prop_assert!(size <= MAX_BODY + 2);
        for cut in [0, 1, size / 2, size - 1] {
            prop_assert_eq!(Frame::parse(&out[..cut]), Ok(None));
        }
        out.extend(behind);
        prop_assert_eq!(Frame::parse(&out), Ok(Some((frame, size))));
    }

    #[test]
    fn decimals_come_back_as_they_were(mantissa: i64, decimals in 0_u8..10) {
        let number = Decimal::new(mantissa, decimals);
        prop_assert_eq!(number.to_string().parse(), Ok(number));
    }
}

#[test]
fn a_usb_frame_with_too_much_data_is_cut_and_the_next_one_is_still_found() {
    let mut out = Vec::new();
    Frame::Interrupt(vec![7; 100_000].into()).emit(&mut out);
    Frame::Interrupt([8].as_slice().into()).emit(&mut out);
    let Ok(Some((Frame::Interrupt(report), size))) = Frame::parse(&out) else { panic!("a frame") };
    assert_eq!((report.len(), size), (MAX_BODY - 5, MAX_BODY + 2));
    assert_eq!(Frame::parse(&out[size..]), Ok(Some((Frame::Interrupt([8].as_slice().into()), 8))));
    assert_eq!(Frame::parse(&[0xff, 0xff]), Err(FrameError::TooLong));
    assert_eq!(Frame::parse(&[1, 0, 9]), Err(FrameError::Malformed));
}
