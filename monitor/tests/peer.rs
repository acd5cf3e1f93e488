//! Our upsmon beside Debian's, against Debian's upsd and dummy-ups: same outage, same notices.
//!
//! This machine would obey a real SHUTDOWNCMD. Every command here is a recorder in a temporary
//! folder, [`Lab::start_monitor`] refuses a configuration with any other, and `wall` is a fake that
//! comes first in `PATH`.

#![expect(clippy::unwrap_used, reason = "a test ends at the first surprise")]

use monitor::kept::Kept;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use std::{env, fs, thread};

/// How long any one thing may take before the test gives up on it.
const PATIENCE: Duration = Duration::from_secs(30);

/// Between two questions.
const PACE: Duration = Duration::from_millis(100);

const DEBIANS_UPSD: &str = "/lib/nut/upsd";
const OUR_UPSMON: &str = env!("CARGO_BIN_EXE_upsmon");
const DEBIANS_UPSMON: &str = "/lib/nut/upsmon";
const DEBIANS_DUMMY: &str = "/lib/nut/dummy-ups";

/// A process of ours; it ends with its guard.
struct Process {
    child: Child,
    lines: Receiver<String>,
}

impl Process {
    /// Waits for a line that contains `part`; the lines until then.
    fn wait_for(&self, part: &str) -> Vec<String> {
        let mut seen = Vec::new();
        loop {
            let line = self.lines.recv_timeout(PATIENCE).unwrap_or_else(|_| panic!("no {part:?} in {seen:#?}"));
            let found = line.contains(part);
            seen.push(line);
            if found {
                return seen;
            }
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// A server and a driver in a folder of their own, and a recorder for every command.
struct Lab {
    folder: tempfile::TempDir,
    port: u16,
    /// What the recorder was called with.
    records: Receiver<String>,
    processes: Vec<Process>,
}

impl Lab {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        for name in ["bin", "state", "pid"] {
            fs::create_dir(folder.path().join(name)).unwrap();
        }
        let fifo = folder.path().join("records");
        nix::unistd::mkfifo(&fifo, nix::sys::stat::Mode::S_IRWXU).unwrap();
        let recorder = format!("#!/bin/sh\necho \"[$NOTIFYTYPE] $*\" > {}\n", fifo.display());
        script(&folder.path().join("bin/record"), &recorder);
        script(&folder.path().join("bin/wall"), "#!/bin/sh\ncat > /dev/null\n");
        // Read and write: the end of one writer is not the end of the stream.
        let reader = fs::File::options().read(true).write(true).open(&fifo).unwrap();
        let lab = Self { folder, port, records: lines_of(reader), processes: Vec::new() };
        lab.write("ups.conf", "[dummy]\n driver = dummy-ups\n port = dummy.dev\n mode = dummy-once\n");
        lab.write("upsd.conf", &format!("LISTEN 127.0.0.1 {port}\n"));
        lab.write("upsd.users", "[mon]\n password = secret\n upsmon primary\n");
        lab.status("OL");
        lab
    }

    fn write(&self, name: &str, text: &str) {
        let fresh = self.path("fresh");
        fs::write(&fresh, text).unwrap();
        fs::set_permissions(&fresh, fs::Permissions::from_mode(0o640)).unwrap();
        fs::rename(fresh, self.path(name)).unwrap();
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn status(&self, status: &str) {
        self.write("dummy.dev", &format!("ups.status: {status}\nbattery.charge: 100\n"));
    }

    fn start_server(&mut self, program: &str) {
        self.start(DEBIANS_DUMMY, &["-a", "dummy", "-F", "-u", "root"]);
        self.start(program, &["-F", "-u", "root"]);
        self.wait_until("GET VAR dummy ups.status", "VAR dummy ups.status \"OL\"");
    }

    fn start_monitor(&mut self, program: &str) -> usize {
        let record = self.path("bin/record").display().to_string();
        let notices = ["ONLINE", "ONBATT", "LOWBATT", "FSD", "SHUTDOWN", "COMMBAD", "COMMOK"];
        let flags: String = notices.iter().map(|notice| format!("NOTIFYFLAG {notice} SYSLOG+EXEC\n")).collect();
        let config = format!(
            "MONITOR dummy@127.0.0.1:{} 1 mon secret primary\n\
             SHUTDOWNCMD \"{record} SHUTDOWNCMD\"\n\
             NOTIFYCMD {record}\n\
             POWERDOWNFLAG {}\n\
             POLLFREQ 1\nPOLLFREQALERT 1\nFINALDELAY 1\n{flags}",
            self.port,
            self.path("killpower").display(),
        );
        refuse_unless_recorded(&config, &record);
        self.write("upsmon.conf", &config);
        let system = format!("dummy@127.0.0.1:{}", self.port);
        let nobody: Kept = [(system.as_str(), 0)].into_iter().collect();
        fs::write(self.path("state").join(monitor::kept::NAME), nobody.write()).unwrap();
        self.start(program, &["-F", "-p"])
    }

    #[expect(clippy::disallowed_methods, reason = "the peers are processes")]
    fn start(&mut self, program: &str, arguments: &[&str]) -> usize {
        let path = env::join_paths([self.path("bin"), "/usr/bin".into(), "/bin".into()]).unwrap();
        let mut child = Command::new(program)
            .args(arguments)
            .env_clear()
            .env("PATH", path)
            .env("NUT_CONFPATH", self.folder.path())
            .env("NUT_STATEPATH", self.path("state"))
            .env("NUT_ALTPIDPATH", self.path("pid"))
            .env("NUT_PIDPATH", self.path("pid"))
            .env("RIDETHROUGH_KEEP_PATH", self.path("state"))
            .current_dir(self.folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = lines_of(child.stderr.take().unwrap());
        self.processes.push(Process { child, lines });
        self.processes.len() - 1
    }

    /// Asks the server until it answers so.
    fn wait_until(&self, request: &str, answer: &str) {
        let (_nobody, pause) = channel::<()>();
        let mut rounds = 0..PATIENCE.as_millis() / PACE.as_millis();
        let connection = rounds.find_map(|_| {
            let connection = TcpStream::connect(("127.0.0.1", self.port));
            connection.inspect_err(|_| wait(&pause)).ok()
        });
        let mut connection = connection.unwrap();
        let answers = lines_of(connection.try_clone().unwrap());
        for _ in rounds {
            connection.write_all(format!("{request}\n").as_bytes()).unwrap();
            if answers.recv_timeout(PATIENCE).unwrap() == answer {
                return;
            }
            wait(&pause);
        }
        panic!("never {answer:?}");
    }

    /// Waits until the recorder was called `count` times.
    fn records(&self, count: usize) -> Vec<String> {
        let mut records = Vec::new();
        while records.len() < count {
            let record = self.records.recv_timeout(PATIENCE);
            records.push(record.unwrap_or_else(|_| panic!("{count} records wanted: {records:#?}")));
        }
        // Commands started together end in any order.
        records.sort();
        records
    }
}

/// A command that is not the recorder would be obeyed by this machine.
fn refuse_unless_recorded(config: &str, recorder: &str) {
    for line in config.lines().filter(|line| line.contains("CMD")) {
        let command = line.split_once(' ').unwrap().1.trim_matches('"');
        assert!(command.split(' ').next() == Some(recorder), "not recorded: {line}");
    }
}

/// Lets [`PACE`] pass between two questions to a server that cannot tell by itself.
fn wait(nobody: &Receiver<()>) {
    let _ = nobody.recv_timeout(PACE);
}

fn script(path: &Path, text: &str) {
    fs::write(path, text).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
}

fn lines_of(stream: impl std::io::Read + Send + 'static) -> Receiver<String> {
    let (sender, lines) = channel();
    thread::spawn(move || {
        for line in BufReader::new(stream).lines() {
            let Ok(line) = line else { return };
            if sender.send(line).is_err() {
                return;
            }
        }
    });
    lines
}

/// Why the peer cannot be asked here, said once.
fn peer_is_missing() -> bool {
    let missing = [DEBIANS_UPSD, DEBIANS_UPSMON, DEBIANS_DUMMY].into_iter().find(|path| !Path::new(path).exists());
    if let Some(path) = missing {
        println!("skipped: no {path} here");
    }
    missing.is_some()
}

/// Debian's upsmon keeps its PID file in one place, and refuses to be the second.
static ONE_OF_DEBIANS: Mutex<()> = Mutex::new(());

/// A blip, then an outage to its end, with `last` things to tell; every notice and command, in order.
fn outage(upsd: &str, upsmon: &str, last: usize) -> Vec<Vec<String>> {
    let _alone = ONE_OF_DEBIANS.lock().unwrap_or_else(PoisonError::into_inner);
    let mut lab = Lab::new();
    lab.start_server(upsd);
    let monitor = lab.start_monitor(upsmon);
    let mut told = Vec::new();
    lab.processes[monitor].wait_for("UPS: dummy@127.0.0.1");
    lab.wait_until("GET NUMLOGINS dummy", "NUMLOGINS dummy 1");
    lab.status("OB");
    told.push(lab.records(1));
    lab.status("OL");
    told.push(lab.records(1));
    lab.status("OB LB");
    told.push(lab.records(last));
    assert_eq!(fs::read_to_string(lab.path("killpower")).unwrap(), "upsmon-shutdown-file");
    let port = lab.port.to_string();
    told.iter_mut().flatten().for_each(|line| *line = line.replace(&port, "PORT"));
    told
}

#[test]
fn our_upsmon_tells_and_does_what_debians_does() {
    if peer_is_missing() {
        return;
    }
    let mut ours = outage(DEBIANS_UPSD, OUR_UPSMON, 5);
    assert_eq!(
        ours,
        [
            vec!["[ONBATT] UPS dummy@127.0.0.1:PORT on battery"],
            vec!["[ONLINE] UPS dummy@127.0.0.1:PORT on line power"],
            vec![
                "[FSD] UPS dummy@127.0.0.1:PORT: forced shutdown in progress",
                "[LOWBATT] UPS dummy@127.0.0.1:PORT battery is low",
                "[ONBATT] UPS dummy@127.0.0.1:PORT on battery",
                "[SHUTDOWN] Auto logout and shutdown proceeding",
                "[] SHUTDOWNCMD",
            ],
        ]
    );
    // A primary of 2.8.0 does not tell of the FSD that it orders itself; later ones do.
    let theirs = outage(DEBIANS_UPSD, DEBIANS_UPSMON, 4);
    ours[2].remove(0);
    assert_eq!(ours, theirs);
}

#[test]
fn debians_upsmon_gets_along_with_our_upsd() {
    // Another crate's program: built when the whole house is.
    let upsd = Path::new(OUR_UPSMON).with_file_name("upsd");
    if !upsd.exists() {
        return println!("skipped: {} is not built", upsd.display());
    }
    if peer_is_missing() {
        return;
    }
    let upsd = upsd.to_str().unwrap();
    let mut ours = outage(upsd, OUR_UPSMON, 5);
    let theirs = outage(upsd, DEBIANS_UPSMON, 4);
    ours[2].remove(0);
    assert_eq!(ours, theirs);
}

/// The late shutdown hook may be anybody's.
#[expect(clippy::disallowed_methods, reason = "both programs are what is looked at")]
#[test]
fn debians_upsmon_takes_a_flag_with_a_list_for_the_flag() {
    if peer_is_missing() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let flag = folder.path().join("killpower");
    let conf = format!("MONITOR ups 1 u p primary\nSHUTDOWNCMD true\nPOWERDOWNFLAG {}\n", flag.display());
    fs::write(folder.path().join("upsmon.conf"), conf).unwrap();
    let asks = |program: &str, contents: &[u8]| {
        fs::write(&flag, contents).unwrap();
        let mut question = Command::new(program);
        question.arg("-K").env("NUT_CONFPATH", folder.path()).stdout(Stdio::null()).stderr(Stdio::null());
        question.status().unwrap().success()
    };
    for program in [DEBIANS_UPSMON, OUR_UPSMON] {
        assert!(asks(program, &protocol::power_down_flag::contents("this", ["right", "middle"])), "{program}");
        assert!(!asks(program, b"boot this\nupsmon-shutdown-file\n"), "{program}");
    }
}

#[test]
#[should_panic(expected = "not recorded: SHUTDOWNCMD \"/sbin/shutdown -h +0\"")]
fn a_command_that_is_not_recorded_is_refused() {
    refuse_unless_recorded("NOTIFYCMD /lab/record\nSHUTDOWNCMD \"/sbin/shutdown -h +0\"", "/lab/record");
}
