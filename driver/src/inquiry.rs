//! One question to a running driver, asked over its socket as a server would: for `-c` and
//! for `upsdrvctl status`.
//!
//! Part of the shell: it blocks, each read at most [`PATIENCE`].

use protocol::lexer::LineReader;
use std::io::{self, ErrorKind, Read, Write};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::Duration;

/// How long a driver may be silent before it counts as not responding.
pub const PATIENCE: Duration = Duration::from_secs(5);

/// Most lines read while waiting for an answer: whoever babbles is not answering.
const LINES_LIMIT: usize = 1 << 14;

/// What a running driver says about itself.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Portrait {
    /// Its answer to `GETPID`; drivers before NUT 2.8.1 have none.
    pub process_id: Option<u32>,
    /// `ups.status`.
    pub status: Option<String>,
}

/// A connection to a running driver.
#[derive(Debug)]
pub struct Inquiry {
    stream: UnixStream,
    reader: LineReader,
}

impl Inquiry {
    /// Connects to a driver's socket.
    ///
    /// # Errors
    ///
    /// Nobody listens there, or not for us.
    pub fn connect(socket: &Path) -> io::Result<Self> {
        let stream = UnixStream::connect(socket)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.set_write_timeout(Some(PATIENCE))?;
        Ok(Self { stream, reader: LineReader::new() })
    }

    /// Asks the driver who it is and how its UPS is.
    ///
    /// # Errors
    ///
    /// No whole answer in time.
    pub fn portrait(mut self) -> io::Result<Portrait> {
        let mut portrait = Portrait::default();
        self.stream.write_all(b"NOBROADCAST\nGETPID\nDUMPALL\n")?;
        self.listen(|words| {
            match words {
                ["PID", pid] => portrait.process_id = pid.parse().ok(),
                ["SETINFO", "ups.status", status] => portrait.status = Some((*status).to_owned()),
                ["DUMPDONE"] => return Some(()),
                _ => {}
            }
            None
        })?;
        Ok(portrait)
    }

    /// Sends an instant command and waits for its outcome: the number of its `TRACKING` line.
    ///
    /// # Errors
    ///
    /// No answer in time.
    pub fn instcmd(mut self, command: &str) -> io::Result<u8> {
        const TRACKING: &str = "inquiry";
        self.stream.write_all(format!("NOBROADCAST\nINSTCMD {command} TRACKING {TRACKING}\n").as_bytes())?;
        self.listen(|words| match words {
            ["TRACKING", TRACKING, outcome] => outcome.parse().ok(),
            _ => None,
        })
    }

    /// Reads lines until one gives an answer.
    fn listen<T>(&mut self, mut answer: impl FnMut(&[&str]) -> Option<T>) -> io::Result<T> {
        let mut buffer = [0; 4096];
        let mut lines = 0;
        while lines < LINES_LIMIT && !self.reader.is_endless() {
            let length = match self.stream.read(&mut buffer) {
                Ok(0) => return Err(ErrorKind::UnexpectedEof.into()),
                Ok(length) => length,
                Err(error) if error.kind() == ErrorKind::WouldBlock => return Err(ErrorKind::TimedOut.into()),
                Err(error) => return Err(error),
            };
            let mut input = &buffer[..length];
            while let Some(line) = self.reader.next_line(&mut input) {
                let words: Vec<&str> = line.words().map(|word| word.text).collect();
                if let Some(answer) = answer(&words) {
                    return Ok(answer);
                }
                lines += 1;
            }
        }
        Err(io::Error::new(ErrorKind::InvalidData, "no answer among all it says"))
    }
}
