//! The shell hosts an engine on real sockets: what it asks happens, what happens it hears.
#![expect(clippy::unwrap_used, reason = "a machine on which this fails cannot run the test")]

use std::collections::VecDeque;
use std::io::{Read, Write};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::JoinHandle;
use std::time::Duration;

use daemon::{Listener, Options};
use protocol::effect::Program;
use protocol::usb::Matcher;
use protocol::{Command, Effect, Endpoint, Engine, Event, Instant, JobId, JobOutcome, LinkError, LinkId, Peer};

/// How long anything may take that should come at once.
const PATIENCE: Duration = Duration::from_secs(60);

/// An engine that tells the test what it hears, and asks what the test's rule says.
struct Told {
    rule: fn(&Event<()>) -> Vec<Effect>,
    news: Sender<Event<()>>,
    outputs: VecDeque<Effect>,
    due: Option<Instant>,
}

impl Engine for Told {
    type Input = Event<()>;
    type Output = Effect;

    fn handle(&mut self, input: Event<()>, _now: Instant) {
        self.outputs.extend((self.rule)(&input));
        let _ = self.news.send(input);
    }

    fn handle_timeout(&mut self, now: Instant) {
        if self.due.is_some_and(|due| due <= now) {
            self.due = None;
            self.outputs.push_back(Effect::Exit { code: 42 });
        }
    }

    fn poll_output(&mut self) -> Option<Effect> {
        self.outputs.pop_front()
    }

    fn poll_timeout(&self) -> Option<Instant> {
        self.due
    }
}

/// A daemon on a thread, with a Unix listener in a folder of its own.
struct Shell {
    folder: tempfile::TempDir,
    news: Receiver<Event<()>>,
    thread: Option<JoinHandle<String>>,
}

impl Shell {
    fn start(first: Vec<Effect>, due: Option<Instant>, rule: fn(&Event<()>) -> Vec<Effect>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (news, heard) = channel();
        let mut options = Options::new("shell-test");
        // The daemon is a thread of the test, which stays who it is.
        options.user = Some("root".to_owned());
        options.outlives_panics = true;
        options.listeners = vec![Listener::Unix { path: folder.path().join("socket") }];
        let engine = Told { rule, news, outputs: first.into(), due };
        let thread = std::thread::spawn(move || format!("{:?}", daemon::run(engine, options)));
        Self { folder, news: heard, thread: Some(thread) }
    }

    fn socket(&self) -> PathBuf {
        self.folder.path().join("socket")
    }

    fn connect(&self) -> UnixStream {
        // The listener stands before the loop turns: this waits for the thread to get there.
        loop {
            if let Ok(stream) = UnixStream::connect(self.socket()) {
                stream.set_read_timeout(Some(PATIENCE)).unwrap();
                return stream;
            }
            std::thread::yield_now();
        }
    }

    fn hears(&self) -> Event<()> {
        self.news.recv_timeout(PATIENCE).unwrap()
    }

    /// Ends the daemon; its exit code.
    fn end(mut self) -> String {
        let mut stream = self.connect();
        stream.write_all(b"quit").unwrap();
        self.thread.take().unwrap().join().unwrap()
    }
}

/// Says everything back, and ends at `quit`.
fn echo(event: &Event<()>) -> Vec<Effect> {
    match event {
        Event::Received { bytes, .. } if bytes == b"defect" => panic!("on purpose"),
        Event::Received { bytes, .. } if bytes == b"quit" => vec![Effect::Exit { code: 7 }],
        Event::Received { link, bytes } => vec![Effect::Send { link: *link, bytes: bytes.clone() }],
        _ => Vec::new(),
    }
}

fn exit_code(code: u8) -> String {
    format!("{:?}", std::process::ExitCode::from(code))
}

#[test]
fn a_listener_is_for_owner_and_group_and_goes_with_the_daemon() {
    let shell = Shell::start(Vec::new(), None, echo);
    let mut client = shell.connect();
    assert!(matches!(shell.hears(), Event::Accepted { peer: Peer::Unix, .. }));
    assert_eq!(std::fs::metadata(shell.socket()).unwrap().permissions().mode() & 0o777, 0o660);
    client.write_all(b"hello").unwrap();
    let mut reply = [0; 5];
    client.read_exact(&mut reply).unwrap();
    assert_eq!(&reply, b"hello");
    let socket = shell.socket();
    assert_eq!(shell.end(), exit_code(7));
    assert!(!socket.exists());
}

#[test]
fn a_deadline_of_the_engine_goes_off() {
    let mut shell = Shell::start(Vec::new(), Some(Instant::from_micros(2000)), echo);
    assert_eq!(shell.thread.take().unwrap().join().unwrap(), exit_code(42));
}

#[test]
fn a_peer_that_half_closes_gets_its_replies_and_a_closed_link_its_last_words() {
    let shell = Shell::start(Vec::new(), None, |event| match event {
        Event::Received { link, bytes } if bytes == b"go" => {
            vec![Effect::Send { link: *link, bytes: vec![b'x'; 500_000] }, Effect::Close { link: *link }]
        }
        other => echo(other),
    });
    let mut client = shell.connect();
    client.write_all(b"go").unwrap();
    client.shutdown(std::net::Shutdown::Write).unwrap();
    let mut reply = Vec::new();
    client.read_to_end(&mut reply).unwrap();
    assert_eq!(reply.len(), 500_000);
    assert_eq!(shell.end(), exit_code(7));
}

#[test]
fn a_full_link_says_so_stops_reading_and_drains() {
    let shell = Shell::start(Vec::new(), None, |event| match event {
        Event::Received { link, bytes } if bytes == b"much" => {
            vec![Effect::Send { link: *link, bytes: vec![b'x'; 1_000_000] }]
        }
        other => echo(other),
    });
    let mut client = shell.connect();
    assert!(matches!(shell.hears(), Event::Accepted { .. }));
    client.write_all(b"much").unwrap();
    assert!(matches!(shell.hears(), Event::Received { .. }));
    let Event::Full { link } = shell.hears() else { panic!("the link is not full") };
    client.write_all(b"more").unwrap();
    let mut reply = vec![0; 1_000_000];
    client.read_exact(&mut reply).unwrap();
    let mut next = shell.hears();
    assert_eq!(next, Event::Draining { link }, "it takes some");
    while next == (Event::Draining { link }) {
        next = shell.hears();
    }
    assert_eq!(next, Event::Drained { link }, "what was sent meanwhile was not read");
    assert_eq!(shell.hears(), Event::Received { link, bytes: b"more".to_vec() });
    assert_eq!(shell.end(), exit_code(7));
}

#[test]
fn a_paused_link_makes_its_peer_wait_until_it_is_resumed() {
    let shell = Shell::start(Vec::new(), None, |event| match event {
        Event::Received { link, bytes } if bytes == b"wait" => vec![Effect::Pause { link: *link }],
        Event::Received { bytes, .. } if bytes == b"go on" => vec![Effect::Resume { link: LinkId::accepted(0) }],
        other => echo(other),
    });
    let mut waits = shell.connect();
    waits.write_all(b"wait").unwrap();
    assert!(matches!(shell.hears(), Event::Accepted { .. }));
    assert!(matches!(shell.hears(), Event::Received { .. }));
    waits.write_all(b"more").unwrap();
    waits.set_nonblocking(true).unwrap();
    let mut sent = 4;
    while let Ok(size) = waits.write(&[b'x'; 4096]) {
        sent += size;
    }
    assert!(sent < 4_000_000, "the network takes no more");
    let mut other = shell.connect();
    other.write_all(b"go on").unwrap();
    assert!(matches!(shell.hears(), Event::Accepted { .. }));
    assert_eq!(shell.hears(), Event::Received { link: LinkId::accepted(1), bytes: b"go on".to_vec() });
    while sent > 0 {
        let Event::Received { link, bytes } = shell.hears() else { panic!("it is not read on") };
        assert_eq!(link, LinkId::accepted(0));
        sent -= bytes.len();
    }
    assert_eq!(shell.end(), exit_code(7));
}

#[test]
fn a_link_that_passes_its_hard_bound_ends_and_others_are_served() {
    let shell = Shell::start(Vec::new(), None, |event| match event {
        Event::Received { link, bytes } if bytes == b"flood" => {
            (0..64).map(|_| Effect::Send { link: *link, bytes: vec![b'x'; 100_000] }).collect()
        }
        other => echo(other),
    });
    let (mut rude, mut honest) = (shell.connect(), shell.connect());
    rude.write_all(b"flood").unwrap();
    let closed = std::iter::repeat_with(|| shell.hears()).find(|event| matches!(event, Event::Closed { .. }));
    assert!(matches!(closed, Some(Event::Closed { error: LinkError::TimedOut, .. })));
    honest.write_all(b"still there").unwrap();
    let mut reply = [0; 11];
    honest.read_exact(&mut reply).unwrap();
    assert_eq!(&reply, b"still there");
    assert_eq!(shell.end(), exit_code(7));
}

#[test]
fn connections_are_opened_and_the_reason_is_told_where_they_cannot() {
    let folder = tempfile::tempdir().unwrap();
    let peer = folder.path().join("peer");
    let listener = UnixListener::bind(&peer).unwrap();
    let open = |n, to| Effect::Open { link: LinkId::opened(n), to };
    let unix = |path: &Path| Endpoint::Unix { path: path.to_string_lossy().into_owned() };
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let first = vec![
        open(0, unix(&peer)),
        open(1, unix(&folder.path().join("none"))),
        open(2, Endpoint::Tcp { host: "127.0.0.1".into(), port: nobody }),
        open(3, Endpoint::Tcp { host: "no-such-host.invalid".into(), port: 1 }),
        open(4, Endpoint::Usb(Box::new(Matcher { vendor_id: Some(1), ..Matcher::default() }))),
    ];
    let shell = Shell::start(first, None, echo);
    let mut heard: Vec<Event<()>> = (0..6).map(|_| shell.hears()).collect();
    heard.sort_by_key(|event| format!("{event:?}").replace("OpenFailed", "Opened"));
    let failed = |n, error| Event::OpenFailed { link: LinkId::opened(n), error };
    assert_eq!(
        heard,
        [
            Event::Opened { link: LinkId::opened(0) },
            failed(1, LinkError::NotFound),
            failed(2, LinkError::Refused),
            failed(3, LinkError::Unreachable),
            failed(4, LinkError::NotFound),
            Event::Sighted { link: LinkId::opened(4), devices: Vec::new() },
        ]
    );
    let (mut accepted, _) = listener.accept().unwrap();
    accepted.write_all(b"ping").unwrap();
    assert_eq!(shell.hears(), Event::Received { link: LinkId::opened(0), bytes: b"ping".to_vec() });
    drop(accepted);
    let ended = shell.hears();
    assert!(matches!(ended, Event::Closed { error: LinkError::Closed | LinkError::Reset, .. }), "{ended:?}");
    assert_eq!(shell.end(), exit_code(7));
}

#[test]
fn a_file_is_there_when_its_job_is_done_and_a_command_s_end_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("flag").to_string_lossy().into_owned();
    let first =
        vec![Effect::WriteFile { job: JobId(1), path: path.clone(), contents: b"exit 5".to_vec(), privileged: true }];
    let shell = Shell::start(first, None, |event| match event {
        Event::Received { bytes, .. } if bytes.starts_with(b"sh ") => {
            let command = Command {
                program: Program::Exec("sh".into()),
                arguments: vec![String::from_utf8_lossy(&bytes[3..]).into_owned()],
                environment: Vec::new(),
                input: None,
                longest: None,
                privileged: true,
            };
            vec![Effect::Run { job: JobId(2), command: Box::new(command) }]
        }
        other => echo(other),
    });
    assert_eq!(shell.hears(), Event::JobDone { job: JobId(1), outcome: JobOutcome::Exited(0) });
    assert_eq!(std::fs::read(&path).unwrap(), b"exit 5");
    shell.connect().write_all(format!("sh {path}").as_bytes()).unwrap();
    let done = std::iter::repeat_with(|| shell.hears()).find(|event| matches!(event, Event::JobDone { .. }));
    assert_eq!(done, Some(Event::JobDone { job: JobId(2), outcome: JobOutcome::Exited(5) }));
    assert_eq!(shell.end(), exit_code(7));
}

#[test]
fn a_command_that_was_asked_for_right_before_the_end_is_started_all_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let proof = folder.path().join("proof");
    nix::unistd::mkfifo(&proof, nix::sys::stat::Mode::S_IRWXU).unwrap();
    let command = Command {
        program: Program::Shell(format!("echo started > {}", proof.display())),
        arguments: Vec::new(),
        environment: Vec::new(),
        input: None,
        longest: None,
        privileged: false,
    };
    let first = vec![Effect::Run { job: JobId(1), command: Box::new(command) }, Effect::Exit { code: 3 }];
    let mut shell = Shell::start(first, None, echo);
    assert_eq!(shell.thread.take().unwrap().join().unwrap(), exit_code(3));
    let (said, heard) = channel();
    std::thread::spawn(move || said.send(std::fs::read_to_string(proof).unwrap()));
    assert_eq!(heard.recv_timeout(PATIENCE).as_deref(), Ok("started\n"));
}

#[test]
fn a_panic_ends_what_it_is_in_the_middle_of_and_nothing_else() {
    let shell = Shell::start(Vec::new(), None, echo);
    for _ in 0..3 {
        shell.connect().write_all(b"defect").unwrap();
    }
    let mut honest = shell.connect();
    honest.write_all(b"hello").unwrap();
    let mut reply = [0; 5];
    honest.read_exact(&mut reply).unwrap();
    assert_eq!(&reply, b"hello");
    assert_eq!(shell.end(), exit_code(7));
}
