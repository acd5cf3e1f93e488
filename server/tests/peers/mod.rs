//! A folder with configuration files, and daemons of both stacks in it.
#![expect(dead_code, reason = "each test uses its part")]
#![expect(clippy::expect_used, reason = "a machine on which this fails cannot run the test")]

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

pub const NUT_UPSD: &str = "/lib/nut/upsd";
pub const OUR_UPSD: &str = env!("CARGO_BIN_EXE_upsd");
const DUMMY_UPS: &str = "/lib/nut/dummy-ups";

/// How long anything may take that should come at once.
pub const PATIENCE: Duration = Duration::from_secs(30);
/// How often a condition is looked at.
const LOOK: Duration = Duration::from_millis(20);

/// Whether Debian's NUT is there; says that a test is skipped where it is not.
pub fn is_installed(test: &str) -> bool {
    let is = [NUT_UPSD, DUMMY_UPS, "/lib/nut/upsmon", "/bin/upsc"].iter().all(|program| Path::new(program).exists());
    if !is {
        println!("skipped: {test}: Debian's nut-server and nut-client are not installed");
    }
    is
}

/// A folder in which everything happens.
pub struct Lab {
    folder: tempfile::TempDir,
}

/// A process that ends with its owner.
pub struct Daemon(Child);

impl Drop for Daemon {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A server that listens.
pub struct Server {
    pub port: u16,
    folder: String,
    daemon: Daemon,
}

impl Lab {
    pub fn new() -> Self {
        let lab = Self { folder: tempfile::Builder::new().prefix("upsd-").tempdir().expect("a folder") };
        lab.write("ups.conf", crate::bed::UPS_CONF);
        lab.write("upsd.users", crate::bed::UPSD_USERS);
        lab.write("d.dev", "battery.charge: 100\nbattery.runtime: 1200\nups.id: lab\nups.status: OL\n");
        lab
    }

    pub fn path(&self, name: &str) -> String {
        self.folder.path().join(name).to_string_lossy().into_owned()
    }

    pub fn write(&self, name: &str, text: &str) {
        fs::write(self.path(name), text).expect("a file is written");
    }

    /// Debian's `dummy-ups`, and waits for its socket.
    pub fn start_driver(&self) -> Daemon {
        let driver = self.spawn(DUMMY_UPS, &["-a", "dummy", "-u", "root", "-F"], "driver.log");
        wait_for("the driver's socket", || Path::new(&self.path("dummy-ups-dummy")).exists());
        driver
    }

    /// A driver of the test's own, on a thread: it dumps, and answers signs of life.
    pub fn start_own_driver(&self, dump: &'static str) {
        let socket = UnixListener::bind(self.path("dummy-ups-dummy")).expect("a socket");
        std::thread::spawn(move || {
            for server in socket.incoming().map_while(Result::ok) {
                std::thread::spawn(move || drive(server, dump));
            }
        });
    }

    /// A server on a port of its own, once it answers with the driver's data.
    pub fn start_server(&self, program: &str) -> Server {
        self.start_server_with(program, &["-u", "root", "-F"])
    }

    /// As [`Self::start_server`], with these arguments.
    pub fn start_server_with(&self, program: &str, arguments: &[&str]) -> Server {
        let port = TcpListener::bind("127.0.0.1:0").and_then(|socket| socket.local_addr()).expect("a port").port();
        let folder = self.path(&format!("conf-{port}"));
        fs::create_dir(&folder).expect("a folder");
        for name in ["ups.conf", "upsd.users"] {
            fs::copy(self.path(name), format!("{folder}/{name}")).expect("a copy");
        }
        fs::write(format!("{folder}/upsd.conf"), format!("LISTEN 127.0.0.1 {port}\n")).expect("a file is written");
        let mut command = self.command(program, arguments);
        command.env("NUT_CONFPATH", &folder).env("NUT_ALTPIDPATH", &folder);
        let daemon = start(command, &format!("{folder}/upsd.log"));
        let server = Server { port, folder, daemon };
        wait_for("an answer", || {
            let Ok(stream) = TcpStream::connect(("127.0.0.1", port)) else { return false };
            let answer = Client::new(stream).ask(b"GET VAR dummy ups.status\n", "line\n");
            answer.starts_with("VAR") && !answer.contains("WAIT")
        });
        server
    }

    /// Runs a program of Debian's to its end.
    pub fn run(&self, program: &str, arguments: &[&str]) -> Output {
        self.command(program, arguments).output().expect("it runs")
    }

    /// Starts a program that runs on.
    pub fn start(&self, program: &str, arguments: &[&str]) -> Daemon {
        self.spawn(program, arguments, "program.log")
    }

    fn spawn(&self, program: &str, arguments: &[&str], log: &str) -> Daemon {
        start(self.command(program, arguments), &self.path(log))
    }

    #[expect(clippy::disallowed_methods, reason = "the test starts the daemons that it compares")]
    fn command(&self, program: &str, arguments: &[&str]) -> Command {
        let mut command = Command::new(program);
        command.args(arguments).stdin(Stdio::null());
        for name in ["NUT_CONFPATH", "NUT_STATEPATH", "NUT_ALTPIDPATH"] {
            command.env(name, self.folder.path());
        }
        command
    }
}

fn start(mut command: Command, log: &str) -> Daemon {
    let log = fs::File::create(log).expect("a log");
    command.stdout(Stdio::null()).stderr(log);
    Daemon(command.spawn().expect("it starts"))
}

impl Server {
    pub fn connect(&self) -> Client {
        Client::new(TcpStream::connect(("127.0.0.1", self.port)).expect("a connection"))
    }

    /// A file in the folder of its configuration.
    pub fn path(&self, name: &str) -> String {
        format!("{}/{name}", self.folder)
    }

    /// What it has logged.
    pub fn log(&self) -> String {
        fs::read_to_string(self.path("upsd.log")).unwrap_or_default()
    }

    /// Runs the same program beside it.
    pub fn order(&self, lab: &Lab, arguments: &[&str]) -> Output {
        let mut command = lab.command(OUR_UPSD, arguments);
        command.env("NUT_CONFPATH", &self.folder).env("NUT_ALTPIDPATH", &self.folder);
        command.output().expect("it runs")
    }

    pub fn pid(&self) -> u32 {
        self.daemon.0.id()
    }

    /// Waits for the process's own end.
    pub fn wait(mut self) -> Option<i32> {
        self.daemon.0.wait().expect("it ends").code()
    }
}

/// One connection of the test's own driver.
fn drive(mut server: UnixStream, dump: &str) {
    let mut lines = BufReader::new(server.try_clone().expect("a second handle")).lines();
    while let Some(Ok(line)) = lines.next() {
        let answer = if line == "DUMPALL" { dump } else { "PONG\n" };
        if server.write_all(answer.as_bytes()).is_err() {
            return;
        }
    }
}

/// One connection, and what was read of it.
pub struct Client {
    pub stream: TcpStream,
    read: Vec<u8>,
}

/// Asked behind each request: its answer is the end of the one before.
const MARK: &[u8] = b"NETVER\n";
const MARK_ANSWER: &str = "1.3\n";

impl Client {
    pub fn new(stream: TcpStream) -> Self {
        stream.set_read_timeout(Some(PATIENCE)).expect("a time-out");
        stream.set_nodelay(true).expect("no delay");
        Self { stream, read: Vec::new() }
    }

    /// How long an answer may take.
    pub fn patience(&self, patience: Duration) {
        self.stream.set_read_timeout(Some(patience)).expect("a time-out");
    }

    /// Sends a request, and reads its whole answer if one is expected.
    pub fn ask(&mut self, bytes: &[u8], expected: &str) -> String {
        if self.stream.write_all(bytes).is_err() || expected.is_empty() {
            return String::new();
        }
        if !expected.ends_with("<EOF>") && self.stream.write_all(MARK).is_err() {
            return "<EOF>".into();
        }
        loop {
            let text = String::from_utf8_lossy(&self.read).into_owned();
            let marks = expected.matches(MARK_ANSWER).count() + 1;
            let is_whole = text.matches(MARK_ANSWER).count() >= marks && text.ends_with(MARK_ANSWER);
            if is_whole && !expected.ends_with("<EOF>") {
                self.read.clear();
                return normalize(&text[..text.len() - MARK_ANSWER.len()]);
            }
            let mut buffer = [0; 65536];
            match self.stream.read(&mut buffer) {
                Ok(0) => return normalize(&text) + "<EOF>",
                Ok(size) => self.read.extend_from_slice(&buffer[..size]),
                Err(error) => return format!("{}<{error}>", normalize(&text)),
            }
        }
    }
}

/// Takes versions and ids out.
fn normalize(reply: &str) -> String {
    let mut id = String::new();
    let reply = crate::bed::script::normalize(reply, server::VERSION, &mut id);
    crate::bed::script::normalize(&reply, "2.8.0", &mut id)
}

pub fn wait_for(what: &str, mut is_so: impl FnMut() -> bool) {
    let start = now();
    while !is_so() {
        assert!(now() - start < PATIENCE, "waited {PATIENCE:?} for {what}");
        pause();
    }
}

#[expect(clippy::disallowed_methods, reason = "real daemons take real time")]
pub fn now() -> Instant {
    Instant::now()
}

#[expect(clippy::disallowed_methods, reason = "between two looks at a condition, with a bound")]
fn pause() {
    std::thread::sleep(LOOK);
}
