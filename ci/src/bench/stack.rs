//! A running trio (driver, upsd, upsmon) of one stack, in a folder of its own.
//!
//! Every command that upsmon could run is a recorder in that folder, and `PATH` starts with a
//! folder that holds a harmless `wall`: nothing here can shut the machine down.

use std::fs;
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

/// Whose daemons.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stack {
    /// This project's, with an emulated USB UPS that pushes interrupt reports.
    Ours,
    /// This project's, with `dummy-ups`.
    OursOnFile,
    /// The same around Debian's `upsd`, which never pushes.
    OnPeersServer,
    /// Debian's NUT, with `dummy-ups`.
    Nut,
}

impl Stack {
    /// Whether its daemons are on this machine.
    pub fn is_installed(self) -> bool {
        matches!(self, Self::Ours | Self::OursOnFile) || Path::new("/lib/nut/upsd").exists()
    }

    fn has_emulated_ups(self) -> bool {
        matches!(self, Self::Ours | Self::OnPeersServer)
    }

    /// One of its programs.
    pub fn program(self, name: &str) -> PathBuf {
        match (self, name) {
            (_, "ups-emulator")
            | (Self::Ours | Self::OursOnFile, _)
            | (Self::OnPeersServer, "usbhid-ups" | "upsmon") => beside_us(name),
            (Self::OnPeersServer | Self::Nut, _) => Path::new("/lib/nut").join(name),
        }
    }
}

/// A program of ours, built into the folder that holds this one.
pub fn beside_us(name: &str) -> PathBuf {
    std::env::current_exe().ok().and_then(|us| us.parent().map(|folder| folder.join(name))).unwrap_or_default()
}

/// The running daemons; dropped, they are gone.
pub struct Trio {
    stack: Stack,
    folder: tempfile::TempDir,
    /// Where upsd listens.
    pub port: u16,
    daemons: Vec<(String, Child)>,
}

const ON_LINE: &str =
    "battery.charge: 100\nbattery.runtime: 1200\nups.mfr: Example\nups.model: Example 650\nups.status: OL\n";

impl Trio {
    /// Starts driver and upsd; upsd answers with fresh data when this returns.
    pub fn start(stack: Stack) -> io::Result<Self> {
        Self::start_on(stack, "apc-back-ups-650")
    }

    /// The same; ours on this emulated device.
    pub fn start_on(stack: Stack, device: &str) -> io::Result<Self> {
        let folder = tempfile::Builder::new().prefix("bench-").tempdir()?;
        let mut trio = Self { stack, folder, port: free_port()?, daemons: Vec::new() };
        trio.write_files()?;
        if stack.has_emulated_ups() {
            let (bus, control) = (trio.path("bus/ups"), trio.path("control"));
            trio.spawn("ups-emulator", &["--device", device, "--listen", &bus, "--control", &control])?;
            wait_for(|| Path::new(&control).exists() && Path::new(&bus).exists())?;
        }
        let driver = if stack.has_emulated_ups() { "usbhid-ups" } else { "dummy-ups" };
        trio.spawn(driver, &["-a", "bench", "-F", "-u", "root"])?;
        let socket = trio.path(&format!("{driver}-bench"));
        wait_for(|| Path::new(&socket).exists())?;
        trio.spawn("upsd", &["-F", "-u", "root"])?;
        wait_for(|| trio.ask("GET VAR bench ups.status").is_ok_and(|reply| reply.contains("\"OL")))?;
        Ok(trio)
    }

    /// Whether its monitor hears of an outage by asking.
    pub fn is_polled(&self) -> bool {
        matches!(self.stack, Stack::OnPeersServer | Stack::Nut)
    }

    /// Starts upsmon, which runs `recorder` on every notice, and waits until it has logged in.
    pub fn monitor(&mut self) -> io::Result<()> {
        self.spawn("upsmon", &["-F", "-p", "-u", "root"])?;
        wait_for(|| self.ask("GET NUMLOGINS bench").is_ok_and(|reply| reply.ends_with(" 1")))
    }

    /// Fails or restores the mains.
    pub fn mains(&self, on: bool) -> io::Result<()> {
        match self.stack {
            Stack::Ours | Stack::OnPeersServer => {
                use std::io::Write;
                let mut control = std::os::unix::net::UnixStream::connect(self.path("control"))?;
                control.write_all(if on { b"mains on\n" } else { b"mains off\n" })
            }
            Stack::OursOnFile | Stack::Nut => fs::write(
                self.path("bench.dev"),
                if on { ON_LINE.to_owned() } else { ON_LINE.replace("OL", "OB DISCHRG") },
            ),
        }
    }

    /// Each notice that NOTIFYCMD is run for from now on, with the instant its command wrote it.
    pub fn notices(&self) -> io::Result<Receiver<(Instant, String)>> {
        lines_of(Path::new(&self.path("notices")))
    }

    /// One request on a connection of its own; the first line of the answer.
    pub fn ask(&self, request: &str) -> io::Result<String> {
        use std::io::{BufRead, BufReader, Write};
        let mut stream = std::net::TcpStream::connect(("127.0.0.1", self.port))?;
        stream.set_read_timeout(Some(Duration::from_secs(5)))?;
        stream.write_all(format!("{request}\n").as_bytes())?;
        let mut line = String::new();
        BufReader::new(stream).read_line(&mut line)?;
        Ok(line.trim_end().to_owned())
    }

    /// The memory of each daemon.
    pub fn memory(&self) -> Vec<Memory> {
        self.daemons
            .iter()
            .filter(|(name, _)| name != "ups-emulator")
            .map(|(name, child)| Memory::of(name, child.id()))
            .collect()
    }

    fn path(&self, name: &str) -> String {
        self.folder.path().join(name).to_string_lossy().into_owned()
    }

    fn write_files(&self) -> io::Result<()> {
        for folder in ["bus", "bin"] {
            fs::create_dir(self.path(folder))?;
        }
        make_pipe(Path::new(&self.path("notices")))?;
        for (name, body) in [
            ("bin/wall", "#!/bin/sh\nexit 0\n".to_owned()),
            ("recorder", format!("#!/bin/sh\necho \"$NOTIFYTYPE\" > {}\n", self.path("notices"))),
        ] {
            executable(Path::new(&self.path(name)), &body)?;
        }
        let (driver, port) = match self.stack {
            Stack::Ours | Stack::OnPeersServer => ("usbhid-ups", "auto"),
            Stack::OursOnFile | Stack::Nut => ("dummy-ups", "bench.dev"),
        };
        let recorder = self.path("recorder");
        for (name, body) in [
            ("bench.dev", ON_LINE.to_owned()),
            ("ups.conf", format!("[bench]\n  driver = {driver}\n  port = {port}\n  desc = \"bench\"\n")),
            ("upsd.conf", format!("LISTEN 127.0.0.1 {}\n", self.port)),
            ("upsd.users", "[mon]\n  password = secret\n  upsmon primary\n".to_owned()),
            (
                "upsmon.conf",
                format!(
                    "MONITOR bench@127.0.0.1:{} 1 mon secret primary\nSHUTDOWNCMD \"{recorder}\"\nNOTIFYCMD \"{recorder}\"\n\
                     NOTIFYFLAG ONBATT EXEC\nNOTIFYFLAG ONLINE EXEC\nPOWERDOWNFLAG {}\nMINSUPPLIES 1\n",
                    self.port,
                    self.path("killpower")
                ),
            ),
        ] {
            fs::write(self.path(name), body)?;
            fs::set_permissions(self.path(name), fs::Permissions::from_mode(0o640))?;
        }
        Ok(())
    }

    fn spawn(&mut self, name: &str, arguments: &[&str]) -> io::Result<()> {
        let program = self.stack.program(name);
        let folder = self.path("");
        let path = format!("{}:{}", self.path("bin"), std::env::var("PATH").unwrap_or_default());
        #[expect(clippy::disallowed_methods, reason = "the benchmark is the shell that starts the daemons")]
        let child = Command::new(program)
            .args(arguments)
            .env("PATH", path)
            .env("NUT_CONFPATH", &folder)
            .env("NUT_STATEPATH", &folder)
            .env("NUT_ALTPIDPATH", &folder)
            .env("RIDETHROUGH_KEEP_PATH", &folder)
            .env("RIDETHROUGH_USB_BUS", self.path("bus"))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|error| io::Error::other(format!("cannot start {name}: {error}")))?;
        self.daemons.push((name.to_owned(), child));
        Ok(())
    }
}

impl Drop for Trio {
    fn drop(&mut self) {
        for (_, child) in self.daemons.iter_mut().rev() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// Writes a script.
pub fn executable(path: &Path, body: &str) -> io::Result<()> {
    fs::write(path, body)?;
    fs::set_permissions(path, fs::Permissions::from_mode(0o755))
}

/// A named pipe that commands write to.
pub fn make_pipe(path: &Path) -> io::Result<()> {
    #[expect(clippy::disallowed_methods, reason = "the standard library has no mkfifo")]
    Command::new("mkfifo").arg(path).status().map(drop)
}

/// Each line that comes through a named pipe from now on, with the instant it came.
pub fn lines_of(pipe: &Path) -> io::Result<Receiver<(Instant, String)>> {
    // Open for writing as well: the pipe then never ends between two commands.
    let pipe = fs::OpenOptions::new().read(true).write(true).open(pipe)?;
    let (send, receive) = channel();
    std::thread::spawn(move || {
        use std::io::{BufRead, BufReader};
        BufReader::new(pipe).lines().map_while(Result::ok).all(|line| send.send((now(), line)).is_ok())
    });
    Ok(receive)
}

/// The wall clock of the benchmark.
#[expect(clippy::disallowed_methods, reason = "a benchmark measures wall time")]
pub fn now() -> Instant {
    Instant::now()
}

/// Waits for an observation, 20 s at most.
pub fn wait_for(mut observed: impl FnMut() -> bool) -> io::Result<()> {
    let start = now();
    while !observed() {
        if start.elapsed() > Duration::from_secs(20) {
            return Err(io::Error::new(io::ErrorKind::TimedOut, "a daemon did not come up within 20 s"));
        }
        std::thread::park_timeout(Duration::from_millis(2));
    }
    Ok(())
}

fn free_port() -> io::Result<u16> {
    Ok(std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}

/// The memory of one daemon, in KiB.
pub struct Memory {
    /// The program.
    pub name: String,
    /// Proportional set size: pages that several processes share count in part.
    pub proportional: u64,
    /// What no file holds: heap, stacks, data that was written to.
    pub anonymous: u64,
}

impl Memory {
    fn of(name: &str, pid: u32) -> Self {
        let text = fs::read_to_string(format!("/proc/{pid}/smaps_rollup")).unwrap_or_default();
        let figure = |row: &str| {
            let line = text.lines().find_map(|line| line.strip_prefix(row)).unwrap_or_default();
            line.split_whitespace().next().and_then(|number| number.parse().ok()).unwrap_or_default()
        };
        Self { name: name.to_owned(), proportional: figure("Pss:"), anonymous: figure("Anonymous:") }
    }
}
