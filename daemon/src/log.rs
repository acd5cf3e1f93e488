//! The log: standard error in the foreground, syslog in the background, and never in the way.
//!
//! A thread of its own writes; the event loop only hands lines over. When nobody takes them (a
//! full pipe, a hung syslog), lines are counted and dropped, and the count is said afterwards.

use std::io::Write;
use std::os::unix::net::UnixDatagram;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, Sender, SyncSender, channel, sync_channel};
use std::time::Duration;

use protocol::{Level, printable};

/// Lines that wait for the writer before more are dropped.
const QUEUE: usize = 1024;
/// How long the end of the process waits for the last lines.
const LAST_LINES: Duration = Duration::from_secs(1);
/// syslog's facility `daemon`, in the place of a priority (RFC 3164 §4.1.1).
const FACILITY_DAEMON: u8 = 3 << 3;

enum Entry {
    Line(Level, String),
    Flush(Sender<()>),
}

/// A handle on the log; cheap to clone.
#[derive(Clone)]
pub struct Log {
    lines: SyncSender<Entry>,
    lost: Arc<AtomicU64>,
    least: Level,
    debug: Arc<AtomicBool>,
}

impl Log {
    /// Starts the writer. Call it after going to the background: threads do not survive a fork.
    #[must_use]
    pub fn start(name: &'static str, least: Level, to_syslog: bool) -> Self {
        let (lines, entries) = sync_channel(QUEUE);
        let lost = Arc::new(AtomicU64::new(0));
        let losses = Arc::clone(&lost);
        let sink = if to_syslog { Sink::syslog(name) } else { Sink::standard_error() };
        // Without the thread nothing is logged, and everything else works.
        drop(std::thread::Builder::new().name("log".into()).spawn(move || write(&entries, &losses, sink)));
        Self { lines, lost, least, debug: Arc::default() }
    }

    /// Logs what is of [`Level::Debug`] too, on every handle, or no longer.
    pub(crate) fn debug(&self, on: bool) {
        self.debug.store(on, Ordering::Relaxed);
    }

    fn wants(&self, level: Level) -> bool {
        level <= self.least || self.debug.load(Ordering::Relaxed)
    }

    /// Logs a line, or counts it as lost.
    pub fn say(&self, level: Level, text: impl Into<String>) {
        if self.wants(level) && self.lines.try_send(Entry::Line(level, text.into())).is_err() {
            self.lost.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Logs each line of a text of ours: a message with its place.
    pub(crate) fn say_lines(&self, level: Level, text: &str) {
        text.lines().for_each(|line| self.say(level, line));
    }

    /// Waits until what was said is written, within reason.
    pub fn flush(&self) {
        let (done, written) = channel();
        if self.lines.try_send(Entry::Flush(done)).is_ok() {
            let _ = written.recv_timeout(LAST_LINES);
        }
    }
}

fn write(entries: &Receiver<Entry>, lost: &AtomicU64, mut sink: Sink) {
    while let Ok(entry) = entries.recv() {
        match entry {
            Entry::Line(level, text) => sink.write(level, &text),
            Entry::Flush(done) => drop(done.send(())),
        }
        let lost = lost.swap(0, Ordering::Relaxed);
        if lost > 0 {
            sink.write(Level::Warning, &format!("{lost} log lines were lost: the log did not take them in time"));
        }
    }
}

enum Sink {
    StandardError { journal: bool },
    Syslog { name: &'static str, socket: Option<UnixDatagram> },
}

impl Sink {
    fn standard_error() -> Self {
        // systemd reads the priority from a prefix (sd-daemon(3)).
        Self::StandardError { journal: std::env::var_os("JOURNAL_STREAM").is_some() }
    }

    fn syslog(name: &'static str) -> Self {
        Self::Syslog { name, socket: None }
    }

    fn write(&mut self, level: Level, text: &str) {
        match self {
            // A log that cannot be written has nobody to tell.
            Self::StandardError { journal } => {
                let line = standard_error_line(*journal, level, text);
                drop(std::io::stderr().lock().write_all(line.as_bytes()));
            }
            Self::Syslog { name, socket } => {
                if socket.is_none() {
                    *socket = connect_syslog().ok();
                }
                let line = syslog_line(name, level, text);
                if socket.as_ref().is_none_or(|socket| socket.send(line.as_bytes()).is_err()) {
                    *socket = None;
                }
            }
        }
    }
}

fn connect_syslog() -> std::io::Result<UnixDatagram> {
    let socket = UnixDatagram::unbound()?;
    socket.connect("/dev/log")?;
    Ok(socket)
}

fn severity(level: Level) -> u8 {
    match level {
        Level::Error => 3,
        Level::Warning => 4,
        Level::Notice => 5,
        Level::Info => 6,
        Level::Debug => 7,
    }
}

fn standard_error_line(journal: bool, level: Level, text: &str) -> String {
    let label = match level {
        Level::Error if !text.starts_with("error") => "error: ",
        Level::Warning if !text.starts_with("warning") => "warning: ",
        Level::Debug => "debug: ",
        _ => "",
    };
    let text = printable(text);
    match journal {
        true => format!("<{}>{text}\n", severity(level)),
        false => format!("{label}{text}\n"),
    }
}

fn syslog_line(name: &str, level: Level, text: &str) -> String {
    format!("<{}>{name}[{}]: {}", FACILITY_DAEMON | severity(level), std::process::id(), printable(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_journal_gets_a_priority_and_a_terminal_gets_words() {
        assert_eq!(standard_error_line(true, Level::Warning, "no driver"), "<4>no driver\n");
        assert_eq!(standard_error_line(false, Level::Warning, "no driver"), "warning: no driver\n");
        assert_eq!(standard_error_line(false, Level::Notice, "on battery"), "on battery\n");
    }

    #[test]
    fn what_a_device_says_commands_no_terminal_and_makes_no_line() {
        let device = "reading AP\x1b]0;x\x07C UPS\r\nups.status: OB LB";
        let shown = "reading AP\\u{1b}]0;x\\u{7}C UPS\\r\\nups.status: OB LB";
        assert_eq!(standard_error_line(false, Level::Info, device), format!("{shown}\n"));
        assert_eq!(standard_error_line(true, Level::Info, device), format!("<6>{shown}\n"));
        assert!(syslog_line("upsd", Level::Info, device).ends_with(shown));
    }

    #[test]
    fn syslog_gets_facility_daemon_and_the_process() {
        let line = syslog_line("upsd", Level::Error, "no");
        assert_eq!(line, format!("<27>upsd[{}]: no", std::process::id()));
    }
}
