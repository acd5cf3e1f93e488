//! A server with one UPS, whose battery is low when the benchmark says so. It knows as much of NUT's network
//! protocol as a primary needs, and never pushes, so that all monitors hear of it in an answer.

use std::io::{self, BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::{Duration, Instant};

use crate::stack::now;

/// The longest that a monitor may take to log in, or to ask.
const PATIENCE: Duration = Duration::from_secs(20);

/// What a monitor has just been told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Word {
    LoggedIn,
    OnLine,
    /// FSD was taken.
    ForcedShutdown(Instant),
}

/// The server.
#[derive(Debug)]
pub struct Outage {
    /// Where it listens.
    pub port: u16,
    is_on: Arc<AtomicBool>,
    words: Receiver<Word>,
}

impl Outage {
    /// A server whose UPS is on line power.
    pub fn open() -> io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let port = listener.local_addr()?.port();
        let is_on = Arc::new(AtomicBool::new(false));
        let (send, words) = channel();
        let on = Arc::clone(&is_on);
        std::thread::spawn(move || {
            for client in listener.incoming().map_while(Result::ok) {
                let (on, send) = (Arc::clone(&on), send.clone());
                std::thread::spawn(move || serve(&client, &on, &send));
            }
        });
        Ok(Self { port, is_on, words })
    }

    /// Ends it.
    pub fn end(&self) {
        self.is_on.store(false, Ordering::SeqCst);
        self.words.try_iter().for_each(drop);
    }

    /// Waits until a monitor has logged in and heard that all is well.
    pub fn wait_for_login(&self) -> io::Result<()> {
        self.wait_for(|word| (word == Word::LoggedIn).then_some(()))?;
        self.wait_for(|word| (word == Word::OnLine).then_some(()))
    }

    /// Begins it, at its end: when the monitor's FSD was taken.
    pub fn begin(&self) -> io::Result<Instant> {
        self.is_on.store(true, Ordering::SeqCst);
        self.wait_for(|word| if let Word::ForcedShutdown(at) = word { Some(at) } else { None })
    }

    fn wait_for<T>(&self, heard: impl Fn(Word) -> Option<T>) -> io::Result<T> {
        loop {
            match self.words.recv_timeout(PATIENCE) {
                Ok(word) => {
                    if let Some(found) = heard(word) {
                        return Ok(found);
                    }
                }
                Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => {
                    return Err(io::Error::new(io::ErrorKind::TimedOut, "a monitor did not ask within 20 s"));
                }
            }
        }
    }
}

fn serve(client: &TcpStream, is_on: &AtomicBool, words: &Sender<Word>) {
    let mut out = client;
    for line in BufReader::new(client).lines().map_while(Result::ok) {
        let (answer, word) = answer(&line, is_on.load(Ordering::SeqCst));
        if out.write_all(format!("{answer}\n").as_bytes()).is_err() {
            return;
        }
        if let Some(word) = word {
            let _ = words.send(word);
        }
    }
}

fn answer(line: &str, is_on: bool) -> (&'static str, Option<Word>) {
    let mut request = line.split_whitespace();
    match [(); 4].map(|()| request.next().unwrap_or_default()) {
        ["LOGIN", ..] => ("OK", Some(Word::LoggedIn)),
        ["USERNAME" | "PASSWORD" | "PRIMARY" | "MASTER", ..] => ("OK", None),
        ["GET", "NUMLOGINS", ..] => ("NUMLOGINS bench 1", None),
        ["FSD", ..] => ("OK FSD-SET", Some(Word::ForcedShutdown(now()))),
        ["LOGOUT", ..] => ("OK Goodbye", None),
        ["GET", "VAR", _, "ups.status"] if is_on => ("VAR bench ups.status \"OB LB\"", None),
        ["GET", "VAR", _, "ups.status"] => ("VAR bench ups.status \"OL\"", Some(Word::OnLine)),
        ["GET", "VAR", ..] => ("ERR VAR-NOT-SUPPORTED", None),
        ["STARTTLS", ..] => ("ERR FEATURE-NOT-CONFIGURED", None),
        _ => ("ERR UNKNOWN-COMMAND", None),
    }
}
