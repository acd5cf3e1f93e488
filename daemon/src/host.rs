//! The event loop: feeds the engine what happens and carries out what it asks.

use std::collections::{BTreeMap, VecDeque};
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use protocol::{Effect, Engine, Event, Instant, JobId, Level, LinkId, Peer};
use tokio::sync::mpsc;
use tokio::task::JoinSet;

use crate::clock::{Clock, Timer};
use crate::errands::{Errand, ErrandRunner, Errands};
use crate::files::{Change, Files};
use crate::links::{Links, Written};
use crate::log::Log;
use crate::news::{LinkNews, News, Outlet};
use crate::options::{Reload, Reloaded};
use crate::reloading::Reloading;
use crate::reserve::Reserve;
use crate::room::Room;
use crate::stream::Stream;
use crate::watch::Watch;
use crate::wire_log::WireLog;
use crate::{aside, commands, errands, files};

/// How long the end of the daemon waits for last words to leave and files to be written.
const LAST_WORDS: Duration = Duration::from_secs(2);
/// After so many panics in a row there is nothing left that works.
const PANICS: u32 = 100;

/// Who works when the system gives no threads; what hangs in one holds up no other.
struct Reserves {
    files: Reserve,
    /// Privileged commands, and the last will that has one run.
    commands: Reserve,
    /// For what this daemon does itself; whoever keeps the rights keeps room as well.
    room: Option<Room>,
}

/// Everything around one engine.
pub(crate) struct Host<E, C> {
    pub(crate) engine: E,
    pub(crate) clock: Clock,
    pub(crate) log: Log,
    reloading: Option<Reloading<C>>,
    pub(crate) max_links: usize,
    errands: Option<ErrandRunner>,
    /// Whether a panic ends the turn that it is in, and not the daemon.
    pub(crate) outlives_panics: bool,
    panics: u32,
    outlet: Outlet,
    news: mpsc::Receiver<News>,
    links: Links,
    accepted: u32,
    is_refusing: bool,
    /// What the loop itself found out while it carried out effects.
    soon: VecDeque<Event<C>>,
    /// Files and errands under way, commands and walls that do not run yet: the end waits for them.
    under_way: JoinSet<()>,
    files: Files,
    reserves: Reserves,
    watches: BTreeMap<String, Watch>,
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
        wire_log: Option<WireLog>,
        reload: Option<Reload<C>>,
        max_links: usize,
    ) -> Self {
        let links = Links::new(outlet.clone(), clock, wire_log);
        Self {
            engine,
            clock,
            log,
            reloading: reload.map(Reloading::new),
            max_links,
            errands: None,
            outlives_panics: false,
            panics: 0,
            outlet,
            news,
            links,
            accepted: 0,
            is_refusing: false,
            soon: VecDeque::new(),
            under_way: JoinSet::new(),
            files: Files::default(),
            reserves: Reserves { files: Reserve::none(), commands: Reserve::none(), room: None },
            watches: BTreeMap::new(),
            exit: None,
        }
    }

    /// Has errands done by whoever kept the rights for them.
    pub(crate) fn employ(&mut self, errands: Errands) {
        self.errands = Some(errands.run);
        let (outlet, attended) = (self.outlet.clone(), aside::start(errands.attend));
        tokio::spawn(async move {
            // An error says that nobody attends to them at all.
            drop(attended.await);
            outlet.tell(News::ErrandsLost).await;
        });
    }

    /// Keeps threads for what must be done.
    pub(crate) fn keep_reserve(&mut self) -> io::Result<()> {
        let room = self.errands.is_none().then(Room::keep);
        self.reserves = Reserves { files: Reserve::keep()?, commands: Reserve::keep()?, room };
        Ok(())
    }

    /// Turns until the engine asks for the end; its exit code.
    pub(crate) async fn run(mut self) -> io::Result<u8> {
        let mut timer = Timer::new(self.clock)?;
        loop {
            self.guarded(Self::settle);
            if let Some(code) = self.exit {
                self.end().await;
                return Ok(code);
            }
            timer.arm(self.engine.poll_timeout())?;
            tokio::select! {
                Some(news) = self.news.recv() => self.guarded(|host| host.take(news)),
                Some(reloaded) = next(&mut self.reloading) => self.guarded(|host| host.apply(reloaded)),
                () = timer.expired() => {}
            }
            // After every input, not only when nothing else happens: a flood must not hold a deadline up.
            let now = self.clock.now();
            if self.engine.poll_timeout().is_some_and(|due| due <= now) {
                self.guarded(|host| host.engine.handle_timeout(now));
            }
        }
    }

    /// One step of a turn. Where the daemon outlives panics, what is left of the step is skipped, and said.
    fn guarded(&mut self, step: impl FnOnce(&mut Self)) {
        if !self.outlives_panics {
            return step(self);
        }
        match catch_unwind(AssertUnwindSafe(|| step(self))) {
            Ok(()) => self.panics = 0,
            Err(panic) => {
                self.panics += 1;
                if self.panics >= PANICS {
                    resume_unwind(panic);
                }
                self.log.say(Level::Error, "a defect of this program, please report it: going on without that step");
            }
        }
    }

    /// Carries out everything the engine asks, and what follows from it at once.
    fn settle(&mut self) {
        loop {
            while let Some(effect) = self.engine.poll_output() {
                self.carry_out(effect);
            }
            while let Some(link) = self.links.next_dirty() {
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
                if self.links.is_current(ticket) {
                    self.take_of_link(ticket.link, what, now);
                }
            }
            News::JobDone { job, outcome } => self.engine.handle(Event::JobDone { job, outcome }, now),
            News::FileRead { job, contents } => self.engine.handle(Event::FileRead { job, contents }, now),
            News::ErrandsLost => self.engine.handle(Event::ErrandsLost, now),
            News::FileChanged { path, contents } => self.engine.handle(Event::FileChanged { path, contents }, now),
            News::Signal(signal) => self.engine.handle(Event::Signal(signal), now),
            News::ReloadAsked => self.read_configuration(),
        }
    }

    fn take_of_link(&mut self, link: LinkId, what: LinkNews, now: Instant) {
        match what {
            LinkNews::Connected(stream) => {
                self.links.open(link, stream);
                self.engine.handle(Event::Opened { link }, now);
            }
            LinkNews::Attached { port, identity } => {
                self.links.attach(link, port);
                self.engine.handle(Event::Attached { link, identity }, now);
            }
            LinkNews::Sighted(devices) => self.engine.handle(Event::Sighted { link, devices }, now),
            LinkNews::OpenFailed(error) => {
                self.links.forget(link);
                self.engine.handle(Event::OpenFailed { link, error }, now);
            }
            LinkNews::Received(bytes) => {
                self.links.record(link, now, false, &bytes);
                self.engine.handle(Event::Received { link, bytes }, now);
                // Replies first: what they fill decides whether the link reads on.
                self.settle();
                self.links.delivered(link);
            }
            LinkNews::Draining => self.engine.handle(Event::Draining { link }, now),
            LinkNews::Drained => self.engine.handle(Event::Drained { link }, now),
            LinkNews::Closed(error) => {
                self.links.let_go(link);
                self.engine.handle(Event::Closed { link, error }, now);
            }
            LinkNews::TransferDone { transfer, result } => {
                self.engine.handle(Event::TransferDone { link, transfer, result }, now);
            }
            LinkNews::Interrupt(bytes) => self.engine.handle(Event::Interrupt { link, bytes }, now),
            LinkNews::Wire { sent, bytes } => self.links.record(link, now, sent, &bytes),
        }
    }

    fn accept(&mut self, stream: Arc<Stream>, peer: Peer, now: Instant) {
        let refuse = self.links.len() >= self.max_links;
        if refuse && !std::mem::replace(&mut self.is_refusing, refuse) {
            self.log.say(Level::Warning, format!("{} connections: new ones are refused", self.links.len()));
        }
        if refuse {
            return;
        }
        self.is_refusing = false;
        let link = LinkId::accepted(self.accepted);
        self.accepted = self.accepted.wrapping_add(1);
        let name = match &peer {
            Peer::Tcp(address) => format!("tcp {address}"),
            Peer::Unix => "unix".to_owned(),
        };
        self.links.accept(link, name, stream);
        self.engine.handle(Event::Accepted { link, peer }, now);
    }

    fn carry_out(&mut self, effect: Effect) {
        match effect {
            Effect::Open { link, to } => self.links.connect(link, to),
            Effect::Send { link, bytes } => self.links.send(link, bytes, self.clock.now()),
            Effect::Pause { link } => self.links.pause(link, true),
            Effect::Resume { link } => self.links.pause(link, false),
            Effect::Close { link } => self.links.let_go(link),
            Effect::Transfer { link, transfer, request } => {
                if !self.links.transfer(link, transfer, request) {
                    let result = Err(protocol::usb::Failure::NoDevice);
                    self.soon.push_back(Event::TransferDone { link, transfer, result });
                }
            }
            Effect::Run { job, command } if command.privileged && self.errands.is_some() => {
                self.hand_over(job, Errand::Run(*command));
            }
            Effect::WriteFile { job, path, contents, privileged: true } if self.errands.is_some() => {
                self.hand_over(job, Errand::WriteFile { path, contents });
            }
            Effect::RemoveFile { job, path } if self.errands.is_some() => {
                self.hand_over(job, Errand::RemoveFile { path });
            }
            Effect::Bequeath(mut will) => {
                if let Some(runner) = self.errands.clone() {
                    for time in [&mut will.after, &mut will.at_the_latest] {
                        *time = self.clock.real(*time);
                    }
                    errands::bequeath(Errand::Bequeath(will), runner, &self.reserves.commands);
                }
            }
            Effect::Run { job, command } => {
                if let Some(room) = self.reserves.room.as_ref().filter(|_| command.privileged) {
                    room.free_descriptors();
                    room.free_tasks();
                }
                let (outlet, reserve) = (self.outlet.clone(), self.reserves.commands.clone());
                commands::start(job, *command, outlet, (self.under_way(), &reserve));
            }
            Effect::WriteFile { job, path, contents, privileged: true } => {
                self.reserves.room.iter().for_each(Room::free_descriptors);
                self.change_file(job, &path, Change::Write(contents), &self.reserves.files.clone());
            }
            // What is no emergency takes nothing that is kept for one.
            Effect::WriteFile { job, path, contents, privileged: false } => {
                self.change_file(job, &path, Change::Write(contents), &Reserve::none());
            }
            Effect::RemoveFile { job, path } => {
                self.change_file(job, &path, Change::Remove, &self.reserves.files.clone());
            }
            Effect::ReadFile { job, path, limit } => files::start_reading(job, path, limit, self.outlet.clone()),
            Effect::WatchFile { path } => {
                // Asked again, a file is read again; one watch of it is enough.
                match self.watches.get(&path) {
                    Some(watch) => watch.ask_again(),
                    None => {
                        let watch = Watch::start(path.clone(), self.outlet.clone(), self.clock);
                        self.watches.insert(path, watch);
                    }
                }
            }
            Effect::Say { level, text } => self.log.say(level, text),
            Effect::Debug { on } => self.log.debug(on),
            Effect::Wall { text } => commands::wall(&text, self.under_way()),
            Effect::Exit { code } => self.exit = self.exit.or(Some(code)),
        }
    }

    fn hand_over(&mut self, job: JobId, errand: Errand) {
        if let Some(runner) = self.errands.clone() {
            let reserve = if let Errand::Run(_) = errand { &self.reserves.commands } else { &self.reserves.files };
            let (outlet, reserve) = (self.outlet.clone(), reserve.clone());
            errands::start(job, errand, runner, outlet, (self.under_way(), &reserve));
        }
    }

    fn change_file(&mut self, job: JobId, path: &str, change: Change, reserve: &Reserve) {
        let carry_out = self.files.wish(Path::new(path), change);
        let outlet = self.outlet.clone();
        files::start(job, carry_out, outlet, (self.under_way(), reserve));
    }

    /// What the end waits for, without what is done.
    fn under_way(&mut self) -> &mut JoinSet<()> {
        while self.under_way.try_join_next().is_some() {}
        &mut self.under_way
    }

    fn write(&mut self, link: LinkId) {
        match self.links.write(link) {
            Written::Well => {}
            Written::Full => self.soon.push_back(Event::Full { link }),
            Written::Lost(error) => self.soon.push_back(Event::Closed { link, error }),
        }
    }

    fn read_configuration(&mut self) {
        match &mut self.reloading {
            Some(reloading) => reloading.ask(),
            None => self.log.say(Level::Notice, "there is no configuration to read again"),
        }
    }

    fn apply(&mut self, reloaded: Reloaded<C>) {
        for (level, text) in &reloaded.messages {
            self.log.say_lines(*level, text);
        }
        match reloaded.config {
            Some(config) => {
                self.engine.handle(Event::Reload(Box::new(config)), self.clock.now());
            }
            None => self.log.say(Level::Error, "the configuration has errors: the old one stays in force"),
        }
    }

    /// Lets what was asked before reach the world.
    async fn end(&mut self) {
        let (under_way, links) = (&mut self.under_way, &mut self.links);
        let last_words = async {
            while under_way.join_next().await.is_some() {}
            links.end().await;
        };
        // Their news has no reader any more, which must not hold them up.
        self.news.close();
        let _ = tokio::time::timeout(LAST_WORDS, last_words).await;
    }
}

async fn next<C: Send + 'static>(reloading: &mut Option<Reloading<C>>) -> Option<Reloaded<C>> {
    match reloading {
        Some(reloading) => reloading.next().await,
        None => None,
    }
}
