//! The loop that hosts one engine on real time.

use std::io;
use std::path::PathBuf;

use protocol::usb::Request;
use protocol::{Engine, Instant};
use tokio::net::UnixStream;
use tokio::sync::mpsc;

use super::clock::Clock;
use super::hosts::{HostId, Hosts};
use super::lines::{self, Line};
use super::listen::Listening;
use super::watch::Watched;
use crate::{Input, Observation, Output, Ups};

/// Messages that may wait for the loop; whoever sends more waits.
const MAX_MESSAGES: usize = 256;
/// Observations kept for those who begin to watch later; the oldest go first.
const MAX_HISTORY: usize = 10_000;

/// Where the ports are.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// The data port's socket; it is there while the device is on the bus.
    pub listen: Option<PathBuf>,
    /// The control port's socket.
    pub control: Option<PathBuf>,
}

/// Something that reaches the loop.
pub(super) enum Message {
    Connected(UnixStream),
    Asked(HostId, u32, Request),
    Gone(HostId),
    Line(Line, mpsc::Sender<String>),
}

pub(super) type Inbox = mpsc::Sender<Message>;

/// Hosts `ups` on `clock` until `stop` ends; tells `seen` of each observation.
///
/// # Errors
///
/// A socket cannot be made.
pub async fn serve(
    ups: Ups,
    clock: Clock,
    options: Options,
    stop: impl Future<Output = ()>,
    seen: impl FnMut(Instant, &Observation),
) -> io::Result<()> {
    let (inbox, messages) = mpsc::channel(MAX_MESSAGES);
    let control = options.control.as_deref().map(|path| {
        let inbox = inbox.clone();
        Listening::at(path, move |stream| drop(tokio::spawn(lines::serve(stream, inbox.clone()))))
    });
    // Listening ends with this function.
    let _control = control.transpose()?;
    let port = Port {
        ups,
        clock,
        listen: options.listen,
        inbox,
        hosts: Hosts::default(),
        listening: None,
        watchers: Vec::new(),
        history: Vec::new(),
        seen,
    };
    tokio::select! {
        ended = port.run(messages) => ended,
        () = stop => Ok(()),
    }
}

struct Port<S> {
    ups: Ups,
    clock: Clock,
    listen: Option<PathBuf>,
    inbox: Inbox,
    hosts: Hosts,
    listening: Option<Listening>,
    watchers: Vec<mpsc::Sender<String>>,
    history: Vec<Watched>,
    seen: S,
}

impl<S: FnMut(Instant, &Observation)> Port<S> {
    async fn run(mut self, mut messages: mpsc::Receiver<Message>) -> io::Result<()> {
        loop {
            self.carry_out()?;
            let message = match self.ups.poll_timeout() {
                Some(due) => tokio::time::timeout(self.clock.until(due), messages.recv()).await.ok(),
                None => Some(messages.recv().await),
            };
            match message.flatten() {
                Some(message) => self.deal_with(message),
                None => self.ups.handle_timeout(self.clock.now()),
            }
        }
    }

    fn deal_with(&mut self, message: Message) {
        match message {
            Message::Connected(stream) => self.hosts.connect(stream, self.ups.identity(), self.inbox.clone()),
            Message::Gone(host) => self.hosts.disconnect(host),
            Message::Asked(host, transfer, request) => {
                if let Some(transfer) = self.hosts.ask(host, transfer) {
                    self.ups.handle(Input::Transfer { transfer, request }, self.clock.now());
                }
            }
            Message::Line(line, answers) => self.answer(line, answers),
        }
    }

    fn answer(&mut self, line: Line, answers: mpsc::Sender<String>) {
        let answer = match line {
            Line::Control(control) => {
                let is_shown = self.ups.shows(&control);
                self.ups.handle(Input::Control(control), self.clock.now());
                if is_shown { "ok".to_owned() } else { "ok (no report field of this device shows it)".to_owned() }
            }
            Line::Time => format!("ok {}", self.clock.now().as_micros()),
            Line::Read => {
                self.ups.handle_timeout(self.clock.now());
                format!("ok {}", self.ups.readings())
            }
            Line::Help => lines::help(),
            Line::Watch => {
                let _ = answers.try_send("ok".to_owned());
                if self.history.iter().all(|line| answers.try_send(line.emit()).is_ok()) {
                    self.watchers.push(answers);
                }
                return;
            }
        };
        // A peer that is gone or does not read misses its answer.
        let _ = answers.try_send(answer);
    }

    /// Carries out what the engine asks for, at the time it asks.
    fn carry_out(&mut self) -> io::Result<()> {
        while let Some(output) = self.ups.poll_output() {
            match output {
                Output::Done { transfer, result } => self.hosts.done(transfer, result),
                Output::Interrupt(report) => self.hosts.interrupt(report),
                Output::Attached(_) => self.attach()?,
                Output::Detached => {
                    self.listening = None;
                    self.hosts.detach();
                }
                Output::Observed(observation) => self.tell(observation),
            }
        }
        Ok(())
    }

    fn attach(&mut self) -> io::Result<()> {
        if let Some(path) = &self.listen {
            let inbox = self.inbox.clone();
            let connected = move |stream| {
                // A bus with more hosts than the loop can take turns them away.
                let _ = inbox.try_send(Message::Connected(stream));
            };
            self.listening = Some(Listening::at(path, connected)?);
        }
        Ok(())
    }

    fn tell(&mut self, observation: Observation) {
        let at = self.clock.now();
        (self.seen)(at, &observation);
        let line = Watched::new(at, observation);
        if !self.watchers.is_empty() {
            let text = line.emit();
            self.watchers.retain(|watcher| watcher.try_send(text.clone()).is_ok());
        }
        if self.history.len() >= MAX_HISTORY {
            self.history.remove(0);
        }
        self.history.push(line);
    }
}
