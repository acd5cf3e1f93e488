//! The event loop: feeds the engine what happens and carries out what it asks.

use std::collections::{BTreeMap, VecDeque};
use std::io;
use std::sync::Arc;
use std::time::Duration;

use protocol::{Effect, Endpoint, Engine, Event, Instant, JobId, Level, LinkError, LinkId, Peer};
use tokio::sync::mpsc;
use tokio::task::{JoinHandle, JoinSet};

use crate::clock::{Clock, Timer};
use crate::errands::{Errand, ErrandRunner};
use crate::lane::{Lane, Pushed};
use crate::log::Log;
use crate::news::{LinkNews, News, Outlet, Ticket};
use crate::options::{Reload, Reloaded};
use crate::stream::{Stream, link_error};
use crate::usb_bus::UsbPort;
use crate::wire_log::WireLog;
use crate::{commands, connect, errands, files, link, watch};

/// How long the end of the daemon waits for last words to leave and files to be written.
const LAST_WORDS: Duration = Duration::from_secs(2);

/// One connection, as the event loop knows it.
struct Link {
    life: u64,
    peer: String,
    state: LinkState,
}

enum LinkState {
    Opening(JoinHandle<()>),
    Open { stream: Arc<Stream>, lane: Arc<Lane>, batch: Vec<u8>, task: JoinHandle<()> },
    Usb(UsbPort),
}

/// Everything around one engine.
pub(crate) struct Host<E, C> {
    pub(crate) engine: E,
    pub(crate) clock: Clock,
    pub(crate) log: Log,
    pub(crate) wire_log: Option<WireLog>,
    pub(crate) reload: Option<Reload<C>>,
    pub(crate) max_links: usize,
    pub(crate) errands: Option<ErrandRunner>,
    outlet: Outlet,
    news: mpsc::Receiver<News>,
    reloads: (mpsc::Sender<Reloaded<C>>, mpsc::Receiver<Reloaded<C>>),
    links: BTreeMap<LinkId, Link>,
    accepted: u32,
    lives: u64,
    refusing: bool,
    /// Links with a batch to write.
    dirty: Vec<LinkId>,
    /// What the loop itself found out while it carried out effects.
    soon: VecDeque<Event<C>>,
    writing: JoinSet<()>,
    closing: JoinSet<()>,
    exit: Option<u8>,
}

impl<E, C> Host<E, C>
where
    E: Engine<Input = Event<C>, Output = Effect>,
    C: Send + 'static,
{
    pub(crate) fn new(
        engine: E,
        (outlet, news): (Outlet, mpsc::Receiver<News>),
        (clock, log): (Clock, Log),
        reload: Option<Reload<C>>,
        max_links: usize,
    ) -> Self {
        Self {
            engine,
            clock,
            log,
            wire_log: None,
            reload,
            max_links,
            errands: None,
            outlet,
            news,
            reloads: mpsc::channel(1),
            links: BTreeMap::new(),
            accepted: 0,
            lives: 0,
            refusing: false,
            dirty: Vec::new(),
            soon: VecDeque::new(),
            writing: JoinSet::new(),
            closing: JoinSet::new(),
            exit: None,
        }
    }

    /// Turns until the engine asks for the end; its exit code.
    pub(crate) async fn run(mut self) -> io::Result<u8> {
        let mut timer = Timer::new(self.clock)?;
        loop {
            self.settle();
            if let Some(code) = self.exit {
                self.end().await;
                return Ok(code);
            }
            timer.arm(self.engine.poll_timeout())?;
            tokio::select! {
                Some(news) = self.news.recv() => self.take(news),
                Some(reloaded) = self.reloads.1.recv() => self.apply(reloaded),
                () = timer.expired() => {}
            }
            // After every input, not only when nothing else happens: a flood must not hold a deadline up.
            let now = self.clock.now();
            if self.engine.poll_timeout().is_some_and(|due| due <= now) {
                self.engine.handle_timeout(now);
            }
        }
    }

    /// Carries out everything the engine asks, and what follows from it at once.
    fn settle(&mut self) {
        loop {
            while let Some(effect) = self.engine.poll_output() {
                self.carry_out(effect);
            }
            for link in std::mem::take(&mut self.dirty) {
                self.write(link);
            }
            let Some(event) = self.soon.pop_front() else { return };
            self.engine.handle(event, self.clock.now());
        }
    }

    fn take(&mut self, news: News) {
        let now = self.clock.now();
        match news {
            News::Accepted { stream, peer } => self.accept(stream, peer, now),
            News::OfLink { ticket, what } => {
                if self.links.get(&ticket.link).is_some_and(|link| link.life == ticket.life) {
                    self.take_of_link(ticket.link, what, now);
                }
            }
            News::JobDone { job, outcome } => self.engine.handle(Event::JobDone { job, outcome }, now),
            News::FileChanged { path, contents } => self.engine.handle(Event::FileChanged { path, contents }, now),
            News::Signal(signal) => self.engine.handle(Event::Signal(signal), now),
            News::ReloadAsked => self.read_configuration(),
        }
    }

    fn take_of_link(&mut self, link: LinkId, what: LinkNews, now: Instant) {
        match what {
            LinkNews::Connected(stream) => {
                self.open(link, stream);
                self.engine.handle(Event::Opened { link }, now);
            }
            LinkNews::Attached { port, identity } => {
                if let Some(known) = self.links.get_mut(&link) {
                    known.state = LinkState::Usb(port);
                }
                self.engine.handle(Event::Attached { link, identity }, now);
            }
            LinkNews::OpenFailed(error) => {
                self.links.remove(&link);
                self.engine.handle(Event::OpenFailed { link, error }, now);
            }
            LinkNews::Received(bytes) => {
                self.record(link, now, false, &bytes);
                self.engine.handle(Event::Received { link, bytes }, now);
                // Replies first: what they fill decides whether the link reads on.
                self.settle();
                if let Some(Link { state: LinkState::Open { lane, .. }, .. }) = self.links.get(&link) {
                    lane.resume();
                }
            }
            LinkNews::Drained => self.engine.handle(Event::Drained { link }, now),
            LinkNews::Closed(error) => {
                self.let_go(link);
                self.engine.handle(Event::Closed { link, error }, now);
            }
            LinkNews::TransferDone { transfer, result } => {
                self.engine.handle(Event::TransferDone { link, transfer, result }, now);
            }
            LinkNews::Interrupt(bytes) => self.engine.handle(Event::Interrupt { link, bytes }, now),
            LinkNews::Wire { sent, bytes } => self.record(link, now, sent, &bytes),
        }
    }

    fn accept(&mut self, stream: Arc<Stream>, peer: Peer, now: Instant) {
        let refuse = self.links.len() >= self.max_links;
        if refuse != std::mem::replace(&mut self.refusing, refuse) && refuse {
            self.log.say(Level::Warning, format!("{} connections: new ones are refused", self.links.len()));
        }
        if refuse {
            return;
        }
        let link = LinkId::accepted(self.accepted);
        self.accepted = self.accepted.wrapping_add(1);
        let name = match &peer {
            Peer::Tcp(address) => format!("tcp {address}"),
            Peer::Unix => "unix".to_owned(),
        };
        self.add(link, name, |_| LinkState::Opening(tokio::spawn(async {})));
        self.open(link, stream);
        self.engine.handle(Event::Accepted { link, peer }, now);
    }

    fn carry_out(&mut self, effect: Effect) {
        match effect {
            Effect::Open { link, to } => self.connect(link, to),
            Effect::Send { link, bytes } => self.send(link, bytes),
            Effect::Close { link } => {
                self.write(link);
                self.let_go(link);
            }
            Effect::Transfer { link, transfer, request } => {
                let started = match self.links.get(&link) {
                    Some(Link { state: LinkState::Usb(port), .. }) => port.start(transfer, request),
                    _ => false,
                };
                if !started {
                    let result = Err(protocol::usb::Failure::NoDevice);
                    self.soon.push_back(Event::TransferDone { link, transfer, result });
                }
            }
            Effect::Run { job, command } if command.privileged && self.errands.is_some() => {
                self.hand_over(job, Errand::Run(command));
            }
            Effect::WriteFile { job, path, contents } if self.errands.is_some() => {
                self.hand_over(job, Errand::WriteFile { path, contents });
            }
            Effect::RemoveFile { job, path } if self.errands.is_some() => {
                self.hand_over(job, Errand::RemoveFile { path });
            }
            Effect::Run { job, command } => commands::start(job, command, self.outlet.clone()),
            Effect::WriteFile { job, path, contents } => {
                files::start(job, path, files::Change::Write(contents), self.outlet.clone(), &mut self.writing);
            }
            Effect::RemoveFile { job, path } => {
                files::start(job, path, files::Change::Remove, self.outlet.clone(), &mut self.writing);
            }
            Effect::WatchFile { path } => {
                tokio::spawn(watch::watch(path, self.outlet.clone(), self.clock));
            }
            Effect::Say { level, text } => self.log.say(level, text),
            Effect::Wall { text } => commands::wall(text),
            Effect::Exit { code } => self.exit = self.exit.or(Some(code)),
        }
    }

    fn hand_over(&self, job: JobId, errand: Errand) {
        if let Some(runner) = self.errands.clone() {
            errands::start(job, errand, runner, self.outlet.clone());
        }
    }

    fn connect(&mut self, link: LinkId, to: Endpoint) {
        let peer = match &to {
            Endpoint::Tcp { host, port } => format!("tcp {host} {port}"),
            Endpoint::Unix { path } => format!("unix {path}"),
            Endpoint::Usb(_) => "usb".to_owned(),
        };
        let (outlet, clock) = (self.outlet.clone(), self.clock);
        self.add(link, peer, |ticket| LinkState::Opening(tokio::spawn(connect::open(ticket, to, outlet, clock))));
    }

    fn add(&mut self, link: LinkId, peer: String, state: impl FnOnce(Ticket) -> LinkState) {
        self.let_go(link);
        self.lives += 1;
        let state = state(Ticket { link, life: self.lives });
        self.links.insert(link, Link { life: self.lives, peer, state });
    }

    fn open(&mut self, link: LinkId, stream: Arc<Stream>) {
        let Some(known) = self.links.get_mut(&link) else { return };
        let ticket = Ticket { link, life: known.life };
        let lane = Arc::new(Lane::new());
        let serve = link::serve(ticket, Arc::clone(&stream), Arc::clone(&lane), self.outlet.clone(), self.clock);
        known.state = LinkState::Open { stream, lane, batch: Vec::new(), task: tokio::spawn(serve) };
    }

    /// Collects what goes out in one batch: consecutive sends leave in one write.
    fn send(&mut self, link: LinkId, bytes: Vec<u8>) {
        let now = self.clock.now();
        self.record(link, now, true, &bytes);
        let Some(Link { state: LinkState::Open { batch, .. }, .. }) = self.links.get_mut(&link) else { return };
        if batch.is_empty() {
            *batch = bytes;
            self.dirty.push(link);
        } else {
            batch.extend_from_slice(&bytes);
        }
    }

    fn write(&mut self, link: LinkId) {
        let Some(Link { state: LinkState::Open { stream, lane, batch, .. }, .. }) = self.links.get_mut(&link) else {
            return;
        };
        let batch = std::mem::take(batch);
        if batch.is_empty() {
            return;
        }
        let error = match lane.push(stream, &batch) {
            Ok(Pushed::Taken) => return,
            Ok(Pushed::Full) => return self.soon.push_back(Event::Full { link }),
            Ok(Pushed::TooMuch) => LinkError::TimedOut,
            Err(error) => link_error(&error),
        };
        if let Some(Link { state: LinkState::Open { task, .. }, .. }) = self.links.remove(&link) {
            task.abort();
        }
        self.soon.push_back(Event::Closed { link, error });
    }

    /// Ends a link from our side: what was sent before still leaves.
    fn let_go(&mut self, link: LinkId) {
        while self.closing.try_join_next().is_some() {}
        match self.links.remove(&link).map(|known| known.state) {
            Some(LinkState::Open { lane, task, .. }) => {
                lane.close();
                self.closing.spawn(async move { drop(task.await) });
            }
            Some(LinkState::Opening(task)) => task.abort(),
            Some(LinkState::Usb(_)) | None => {}
        }
    }

    fn record(&mut self, link: LinkId, at: Instant, sent: bool, bytes: &[u8]) {
        let Some(wire_log) = &mut self.wire_log else { return };
        let peer = self.links.get(&link).map_or("", |known| &known.peer);
        match sent {
            true => wire_log.sent(at, link, peer, bytes),
            false => wire_log.received(at, link, peer, bytes),
        }
    }

    fn read_configuration(&mut self) {
        let Some(reload) = self.reload.clone() else {
            return self.log.say(Level::Notice, "there is no configuration to read again");
        };
        let reloads = self.reloads.0.clone();
        tokio::task::spawn_blocking(move || drop(reloads.blocking_send(reload())));
    }

    fn apply(&mut self, reloaded: Reloaded<C>) {
        for (level, text) in reloaded.messages {
            self.log.say(level, text);
        }
        match reloaded.config {
            Some(config) => {
                self.log.say(Level::Notice, "configuration read again");
                self.engine.handle(Event::Reload(config), self.clock.now());
            }
            None => self.log.say(Level::Error, "the configuration has errors: the old one stays in force"),
        }
    }

    /// Lets what was asked before reach the world.
    async fn end(&mut self) {
        for link in self.links.keys().copied().collect::<Vec<_>>() {
            self.let_go(link);
        }
        let (writing, closing) = (&mut self.writing, &mut self.closing);
        let last_words = async {
            while writing.join_next().await.is_some() {}
            while closing.join_next().await.is_some() {}
        };
        // Their news has no reader any more, which must not hold them up.
        self.news.close();
        let _ = tokio::time::timeout(LAST_WORDS, last_words).await;
    }
}
