//! NUT beside us: Debian's `upsd` serves our `dummy-ups`, and Debian's `dummy-ups` publishes what
//! ours publishes when both are given the same file.
//!
//! Needs Debian's nut-server and nut-client; says so, and does nothing, where they are missing.

#![expect(clippy::expect_used, reason = "a test that cannot go on says why")]

use std::collections::BTreeMap;
use std::fs;
use std::io::{Read, Write};
use std::net::TcpListener;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;
use tempfile::TempDir;

use protocol::driver_socket::FromDriver;
use protocol::lexer::LineReader;

const OURS: &str = env!("CARGO_BIN_EXE_dummy-ups");
const THEIRS: &str = "/lib/nut/dummy-ups";
const OUR_CONTROLLER: &str = env!("CARGO_BIN_EXE_upsdrvctl");
const THEIR_CONTROLLER: &str = "/sbin/upsdrvctl";
const SERVER: &str = "/lib/nut/upsd";
const TOOLS: [&str; 3] = ["/usr/bin/upsc", "/usr/bin/upsrw", "/usr/bin/upscmd"];

/// How often an observation is tried, and how long between two tries.
const TRIES: u32 = 400;
const BETWEEN: Duration = Duration::from_millis(25);

const DEVICE: &str = "\
# A tower on a shelf.
battery.charge: 100
battery.charge.low: 10
battery.runtime: 1830
battery.voltage: 13.70
device.mfr: Example Power
device.model: Tower 900
device.serial: EX-0042
device.type: ups
driver.name: nutdrv_qx
driver.version: 9.9
input.transfer.high: 290
input.transfer.low: 140
input.voltage: 229.4
outlet.1.status: on
ups.beeper.status: enabled
ups.firmware: 1.07
ups.id: shelf
ups.load: 17
ups.mfr: Example Power
ups.model: Tower 900
ups.serial: EX-0042
ups.status: OL CHRG
ups.test.result: \"Done  and passed\"
ups.vendorid: 05a1
";

const SEQUENCE: &str = "\
ups.status: OL
battery.charge: 100
TIMER 1
ups.status: OB DISCHRG
battery.charge: 60
TIMER 1
ups.status: OB DISCHRG LB
battery.charge: 9
battery.runtime: 45
TIMER 1
";

/// A folder with a configuration for one dummy.
struct Lab {
    folder: TempDir,
    port: u16,
}

/// Stops a driver that is in the background, whatever becomes of the test.
struct End<'a> {
    lab: &'a Lab,
    controller: &'static str,
}

impl Drop for End<'_> {
    fn drop(&mut self) {
        if self.lab.path().join("dummy-ups-lab.pid").exists() {
            let _ = self.lab.command(self.controller).args(["stop", "lab"]).output();
        }
    }
}

/// A process that ends with the test.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Lab {
    fn new(file: &str, contents: &str) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let port = TcpListener::bind("127.0.0.1:0").expect("a free port").local_addr().expect("an address").port();
        let lab = Self { folder, port };
        lab.write(file, contents);
        lab.write("ups.conf", &format!("[lab]\ndriver = dummy-ups\nport = {file}\ndesc = \"on the shelf\"\n"));
        lab.write("upsd.conf", &format!("LISTEN 127.0.0.1 {port}\n"));
        lab.write("upsd.users", "[admin]\npassword = secret\nactions = SET\ninstcmds = ALL\n");
        lab
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    fn write(&self, name: &str, contents: &str) {
        fs::write(self.path().join(name), contents).expect("a file");
    }

    fn socket(&self) -> PathBuf {
        self.path().join("dummy-ups-lab")
    }

    #[expect(clippy::disallowed_methods, reason = "these tests are about programs")]
    fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        for name in ["NUT_CONFPATH", "NUT_STATEPATH", "NUT_ALTPIDPATH"] {
            command.env(name, self.path());
        }
        command
    }

    fn start(&self, program: &str, arguments: &[&str]) -> Running {
        let mut command = self.command(program);
        command.args(arguments).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        Running(command.spawn().expect("a program that starts"))
    }

    fn start_driver(&self, program: &str) -> Running {
        let driver = self.start(program, &["-a", "lab", "-F", "-u", "root"]);
        let _ = observe("the driver socket", || UnixStream::connect(self.socket()).ok());
        driver
    }

    fn start_server(&self) -> Running {
        let server = self.start(SERVER, &["-F", "-u", "root"]);
        observe("a server that has heard the driver", || {
            self.tool("/usr/bin/upsc", &["lab", "ups.status"]).status.success().then_some(())
        });
        server
    }

    /// Runs one of NUT's tools on our UPS; `lab` stands for its address.
    fn tool(&self, program: &str, arguments: &[&str]) -> Output {
        let address = format!("lab@127.0.0.1:{}", self.port);
        let arguments = arguments.iter().map(|word| if *word == "lab" { address.as_str() } else { *word });
        self.command(program).args(arguments).output().expect("a program that starts")
    }

    fn listen(&self) -> Listening {
        let mut stream = UnixStream::connect(self.socket()).expect("a driver that listens");
        stream.set_read_timeout(Some(Duration::from_secs(30))).expect("a bound");
        stream.write_all(b"DUMPALL\n").expect("a request");
        Listening { stream, reader: LineReader::new() }
    }
}

/// A server's end of the driver socket.
struct Listening {
    stream: UnixStream,
    reader: LineReader,
}

/// What a server learns about one variable.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
struct Known {
    value: String,
    flags: String,
    longest: i32,
}

impl Listening {
    /// Reads lines until `done` says so.
    fn until(&mut self, mut done: impl FnMut(FromDriver<'_>) -> bool) {
        let mut buffer = [0; 4096];
        loop {
            let length = self.stream.read(&mut buffer).expect("something in time");
            assert!(length > 0, "the driver ended");
            let mut input = &buffer[..length];
            let mut is_done = false;
            while let Some(line) = self.reader.next_line(&mut input) {
                is_done |= done(FromDriver::parse(line).expect("a line of the driver socket"));
            }
            if is_done {
                return;
            }
        }
    }

    /// Everything in the dump, once the driver calls it fresh.
    fn dump(&mut self) -> Option<(BTreeMap<String, Known>, Vec<String>)> {
        let mut is_fresh = false;
        let (mut known, mut commands) = (BTreeMap::<String, Known>::new(), Vec::new());
        self.until(|line| {
            match line {
                FromDriver::SetInfo { var, value } => value.clone_into(&mut known.entry(var.into()).or_default().value),
                FromDriver::SetAux { var, length } => known.entry(var.into()).or_default().longest = length,
                FromDriver::SetFlags { var, flags } => {
                    known.entry(var.into()).or_default().flags = format!("{flags:?}");
                }
                FromDriver::AddCmd { cmd } => commands.push(cmd.to_owned()),
                FromDriver::DataOk => is_fresh = true,
                FromDriver::DumpDone => return true,
                _ => {}
            }
            false
        });
        is_fresh.then_some((known, commands))
    }

    /// The next `count` values of `ups.status`, the same one twice in a row told once.
    fn statuses(&mut self, count: usize) -> Vec<String> {
        let mut seen: Vec<String> = Vec::new();
        self.until(|line| {
            if let FromDriver::SetInfo { var: "ups.status", value } = line
                && seen.last().is_none_or(|last| last != value)
            {
                seen.push(value.to_owned());
            }
            seen.len() >= count
        });
        seen
    }
}

/// Waits for an observation, within a bound.
fn observe<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let (_keep, never) = mpsc::channel::<()>();
    for _ in 0..TRIES {
        if let Some(seen) = look() {
            return seen;
        }
        let _ = never.recv_timeout(BETWEEN);
    }
    panic!("not seen in time: {what}");
}

/// Whether NUT is here; says so when it is not.
fn nut_is_here() -> bool {
    let missing = [THEIRS, THEIR_CONTROLLER, SERVER].iter().chain(&TOOLS).find(|program| !Path::new(program).exists());
    if let Some(missing) = missing {
        eprintln!("skipped: {missing} is not installed (Debian: nut-server, nut-client)");
    }
    missing.is_none()
}

/// `upsc`'s lines.
fn listing(output: &Output) -> BTreeMap<String, String> {
    let text = String::from_utf8(output.stdout.clone()).expect("text");
    text.lines().filter_map(|line| line.split_once(": ")).map(|(name, value)| (name.into(), value.into())).collect()
}

#[test]
fn debian_s_server_lists_what_our_dummy_s_file_says() {
    if !nut_is_here() {
        return;
    }
    let lab = Lab::new("tower.dev", DEVICE);
    let _driver = lab.start_driver(OURS);
    let _server = lab.start_server();
    let listed = listing(&lab.tool("/usr/bin/upsc", &["lab"]));
    let expected =
        DEVICE.lines().filter_map(|line| line.split_once(": ")).filter(|(name, _)| !name.starts_with("driver."));
    for (name, value) in expected {
        assert_eq!(listed.get(name).map(String::as_str), Some(value.trim_matches('"')), "{name}");
    }
    let others: Vec<&String> =
        listed.keys().filter(|name| !name.starts_with("driver.") && !DEVICE.contains(&format!("{name}: "))).collect();
    assert!(others.is_empty(), "{others:?}");
    assert_eq!(listed["driver.name"], "dummy-ups");
    assert_eq!(listed["driver.parameter.mode"], "dummy-once");
}

#[test]
fn debian_s_tools_set_variables_and_run_commands_through_debian_s_server() {
    if !nut_is_here() {
        return;
    }
    let lab = Lab::new("tower.dev", DEVICE);
    let _driver = lab.start_driver(OURS);
    let _server = lab.start_server();
    let credentials = ["-u", "admin", "-p", "secret"];
    let set =
        lab.tool("/usr/bin/upsrw", &[&["-w", "-s", "ups.id=top \"shelf\" #2"], &credentials[..], &["lab"]].concat());
    assert!(set.status.success(), "{set:?}");
    observe("the new value", || {
        let value = lab.tool("/usr/bin/upsc", &["lab", "ups.id"]).stdout;
        (value == b"top \"shelf\" #2\n").then_some(())
    });
    let run = lab.tool("/usr/bin/upscmd", &[&["-w"][..], &credentials, &["lab", "load.off"]].concat());
    let said = String::from_utf8_lossy(&run.stdout).into_owned() + &String::from_utf8_lossy(&run.stderr);
    assert!(said.to_lowercase().contains("unknown"), "NUT's dummy answers `load.off` like that too: {said}");
    let offered = lab.tool("/usr/bin/upscmd", &["-l", "lab"]);
    assert!(String::from_utf8_lossy(&offered.stdout).contains("shutdown.default"), "{offered:?}");
}

#[test]
fn a_changed_file_reaches_debian_s_clients() {
    if !nut_is_here() {
        return;
    }
    let lab = Lab::new("tower.dev", DEVICE);
    let _driver = lab.start_driver(OURS);
    let _server = lab.start_server();
    lab.write("tower.dev", &DEVICE.replace("OL CHRG", "OB DISCHRG"));
    observe("the new status", || {
        let status = lab.tool("/usr/bin/upsc", &["lab", "ups.status"]).stdout;
        (status == b"OB DISCHRG\n").then_some(())
    });
}

#[test]
fn our_dummy_publishes_what_debian_s_publishes() {
    if !nut_is_here() {
        return;
    }
    let files = [("tower.dev", DEVICE), ("outage.seq", SEQUENCE), ("outage.txt", SEQUENCE)];
    thread::scope(|scope| {
        for (file, contents) in files {
            let [ours, theirs] = [OURS, THEIRS].map(|program| scope.spawn(move || published(program, file, contents)));
            scope.spawn(move || {
                let [ours, theirs] = [ours, theirs].map(|dump| dump.join().expect("a dump"));
                assert_eq!(ours, theirs, "{file}");
            });
        }
    });
}

/// What a driver publishes of a file, and the commands it offers, without what differs by design.
fn published(program: &str, file: &str, contents: &str) -> (BTreeMap<String, Known>, Vec<String>) {
    let lab = Lab::new(file, contents);
    let _driver = lab.start_driver(program);
    let fresh = || observe("a fresh dump", || lab.listen().dump());
    let (mut variables, mut commands) = fresh();
    if !file.ends_with(".dev") {
        // A sequence has published everything once it has gone round.
        lab.listen().statuses(4);
        (variables, commands) = fresh();
        // Where it stands by now is chance.
        for moving in ["ups.status", "battery.charge"] {
            variables.entry(moving.into()).or_default().value.clear();
        }
    }
    variables.retain(|name, _| !is_ours_alone(name));
    commands.retain(|name| !name.starts_with("driver.") && name != "shutdown.default");
    (variables, commands)
}

#[test]
fn a_sequence_goes_as_debian_s_goes() {
    if !nut_is_here() {
        return;
    }
    thread::scope(|scope| {
        for program in [OURS, THEIRS] {
            scope.spawn(move || {
                let lab = Lab::new("outage.seq", SEQUENCE);
                let _driver = lab.start_driver(program);
                let seen = lab.listen().statuses(6);
                let round = ["OL", "OB DISCHRG", "OB DISCHRG LB"];
                let start = round.iter().position(|status| *status == seen[0]).expect("a status of the file");
                let expected: Vec<&str> = round.into_iter().cycle().skip(start).take(seen.len()).collect();
                assert_eq!(seen, expected, "{program}");
            });
        }
    });
}

#[test]
fn either_upsdrvctl_starts_and_stops_either_driver() {
    if !nut_is_here() {
        return;
    }
    for (controller, driver) in [(THEIR_CONTROLLER, OURS), (OUR_CONTROLLER, THEIRS)] {
        let lab = Lab::new("tower.dev", DEVICE);
        let folder = Path::new(driver).parent().expect("a folder").display();
        let section = fs::read_to_string(lab.path().join("ups.conf")).expect("the configuration");
        lab.write("ups.conf", &format!("driverpath = {folder}\n{section}"));
        let run = |words: &[&str]| {
            // What stays in the background would keep a pipe open.
            let mut command = lab.command(controller);
            command.args(words).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
            command.status().expect("a program that starts")
        };
        assert!(run(&["-u", "root", "start", "lab"]).success(), "{controller} starts {driver}");
        let _end = End { lab: &lab, controller };
        let (variables, _) = observe("a fresh dump", || lab.listen().dump());
        assert_eq!(variables["ups.id"].value, "shelf");
        assert!(run(&["stop", "lab"]).success(), "{controller} stops {driver}");
        observe("the end of the driver", || UnixStream::connect(lab.socket()).is_err().then_some(()));
    }
}

/// What differs by design, or came to NUT after 2.8.0 (docs/differences-from-nut.md).
fn is_ours_alone(name: &str) -> bool {
    name.starts_with("driver.version")
        || ["driver.debug", "driver.flag.allow_killpower", "driver.state"].contains(&name)
}
