//! Runs the engine against servers made of text, on a clock that jumps.
//!
//! A script is lines of `seconds  who  what`; the outcome is lines of `seconds  what happened`.
//! Polls are left out of the outcome unless they are to be shown; everything else that the engine
//! asks for is in it.
//!
//! ```text
//! 10  nas says OB DISCHRG          ups.status changes (and is pushed to who watches)
//! 10  nas refuses DATA-STALE       GET VAR is answered ERR, GET NUMLOGINS too
//! 10  nas orders                   pushes FSD alone, as for a UPS without a driver
//! 10  nas down | up                refuses connections, and ends those it has
//! 10  nas mute | talks             half-open: nothing is answered, nothing is closed
//! 10  nas forgets                  half-open too, but only the connections it has
//! 10  nas silent                   takes connections and answers nothing
//! 10  nas hangs up                 ends the connections it has
//! 10  nas pushes                   knows WATCH from now on
//! 10  nas lives                    says WATCH ALIVE to who watches
//! 10  nas shows polls
//! 10  nas logins 3                 how many are logged in, this host included
//! 10  nas denies LOGIN | PRIMARY | FSD ; nas grants LOGIN …
//! 10  nas garbles BYTES            sends these bytes on every open connection
//! 10  disk hangs | fails | fails after 40 | works   what becomes of WriteFile
//! 10  shutdown hangs | fails | takes 40    what becomes of SHUTDOWNCMD
//! 10  parent dies                  the privileged process is gone
//! 10  signal fsd | stop
//! 10  asleep 60                    the monitor is not run for so many seconds
//! 10  end
//! ```

mod server;

use monitor::kept::{Kept, LIMIT};
use monitor::{Config, Upsmon};
use protocol::effect::Program;
use protocol::{Effect, Endpoint, Engine, Event, Instant, JobOutcome, Level, LinkError, LinkId, Signal};
use server::Server;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::time::Duration;

/// How long every byte, connection and job takes.
const LATENCY: Duration = Duration::from_millis(1);

/// What a job comes to.
#[derive(Clone, Copy, PartialEq)]
enum Fate {
    Works,
    Fails,
    Hangs,
    Errs,
    Lost,
    Takes(Duration),
    FailsAfter(Duration),
}

pub struct World {
    upsmon: Upsmon,
    now: Instant,
    servers: BTreeMap<String, Server>,
    coming: Vec<(Instant, Event<Config>)>,
    links: BTreeMap<LinkId, String>,
    disk: Fate,
    /// What becomes of the removal of a file.
    removal: Fate,
    shutdown: Fate,
    gone: bool,
    /// Whether the last will has the flag written, and after how long it is carried out for a monitor that is
    /// gone, and for one that is stuck.
    pub will: Option<(bool, Duration, Duration)>,
    /// What was kept across boots, and whether what is kept is in the log.
    kept: File,
    shows_kept: bool,
    /// The flag of the last will.
    pub will_file: Option<String>,
    log: String,
}

/// What stands at the path of a file: its content, nothing, or why it cannot be read. Never answered: `None`.
pub type File = Option<Result<Option<Vec<u8>>, String>>;

/// Where what is kept across boots is.
const KEPT: &str = "/var/lib/nut/upsmon.logins";

/// Runs a script; the outcome from the first second on, when this host has logged in.
pub fn run(config: &str, script: &str) -> String {
    let outcome = run_from_the_start(config, script);
    outcome.lines().filter(|line| !line.starts_with("0.")).flat_map(|line| [line, "\n"]).collect()
}

/// Runs a script; the outcome as text.
pub fn run_from_the_start(config: &str, script: &str) -> String {
    World::new(config).run(script)
}

/// Runs a script on a host that finds this file of what is kept across boots.
pub fn run_with_kept(kept: File, config: &str, script: &str) -> String {
    World::with_kept(config, kept, Fate::Works).run(script)
}

impl World {
    fn run(mut self, script: &str) -> String {
        self.follow_script(script);
        self.log
    }
}

/// Compares an outcome with what a test expects, blank lines and indentation aside.
#[track_caller]
pub fn check(outcome: &str, expected: &str) {
    let tidy = |text: &str| {
        let lines: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
        lines.join("\n")
    };
    let (outcome, expected) = (tidy(outcome), tidy(expected));
    assert!(outcome == expected, "\n--- expected\n{expected}\n--- happened\n{outcome}\n");
}

fn instant(seconds: &str) -> Instant {
    let (whole, part) = seconds.split_once('.').unwrap_or((seconds, ""));
    let micros: u64 = format!("{part:0<6}").parse().unwrap();
    Instant::from_micros(whole.parse::<u64>().unwrap() * 1_000_000 + micros)
}

impl World {
    /// On a host where nobody else has logged in for long.
    pub fn new(config: &str) -> Self {
        Self::on(config, Fate::Works)
    }

    /// On a disk from which an old flag cannot be removed.
    pub fn with_an_old_flag(config: &str) -> Self {
        Self::on(config, Fate::Fails)
    }

    fn on(config: &str, removal: Fate) -> Self {
        let (known, _) = Config::load_from(config, "upsmon.conf").unwrap_or_else(|errors| panic!("{errors}"));
        let nobody: Kept = known.monitored.iter().map(|ups| (ups.system.as_str(), 0)).collect();
        Self { shows_kept: false, ..Self::with_kept(config, Some(Ok(Some(nobody.write()))), removal) }
    }

    fn with_kept(config: &str, kept: File, removal: Fate) -> Self {
        let (mut config, _) = Config::load_from(config, "upsmon.conf").unwrap_or_else(|errors| panic!("{errors}"));
        config.kept = Some(KEPT.to_owned());
        config.listing = Some(config.listing_in("this"));
        let servers = config.monitored.iter().map(|ups| ups.address.server.host.clone());
        let servers = servers.map(|host| (host, Server::default())).collect();
        let upsmon = Upsmon::new(config, Instant::START);
        let mut world = Self {
            upsmon,
            now: Instant::START,
            servers,
            coming: Vec::new(),
            links: BTreeMap::new(),
            disk: Fate::Works,
            removal,
            shutdown: Fate::Works,
            gone: false,
            will: None,
            kept,
            shows_kept: true,
            will_file: None,
            log: String::new(),
        };
        world.carry_out();
        world
    }

    pub fn upsmon(&self) -> &Upsmon {
        &self.upsmon
    }

    /// Time passes by itself while the monitor sleeps.
    pub fn now(&self) -> Instant {
        self.now
    }

    pub fn log(&self) -> &str {
        &self.log
    }

    /// An open link: the one to push on, or the one to poll on.
    pub fn open_link(&self, watch: bool) -> Option<LinkId> {
        self.servers.values().find_map(|server| server.link(watch))
    }

    /// Lets everything happen that is due until `end`.
    pub fn run_until(&mut self, end: Instant) {
        loop {
            let next_event = self.coming.iter().map(|(at, _)| *at).min();
            let next = next_event.into_iter().chain(self.upsmon.poll_timeout()).min();
            let Some(at) = next.filter(|at| *at <= end && !self.gone) else { break };
            self.now = self.now.max(at);
            match self.coming.iter().position(|(due, _)| *due <= self.now) {
                Some(first) => {
                    let (_, event) = self.coming.remove(first);
                    self.upsmon.handle(event, self.now);
                }
                None => self.upsmon.handle_timeout(self.now),
            }
            self.carry_out();
        }
        self.now = self.now.max(end);
    }

    /// Lines of a script.
    pub fn follow_script(&mut self, script: &str) {
        for line in script.lines().map(str::trim).filter(|line| !line.is_empty()) {
            let (at, what) = line.split_once(char::is_whitespace).unwrap();
            self.run_until(instant(at));
            self.act(what.trim());
        }
    }

    /// One line of a script.
    pub fn act(&mut self, what: &str) {
        let (who, what) = what.split_once(' ').unwrap_or((what, ""));
        match (who, what) {
            ("end", _) => {}
            ("disk", fate) => self.disk = Fate::parse(fate),
            ("shutdown", fate) => self.shutdown = Fate::parse(fate),
            ("parent", "dies") => self.give(Event::ErrandsLost),
            ("signal", "fsd") => self.give(Event::Signal(Signal::ForcedShutdown)),
            ("signal", "stop") => self.give(Event::Signal(Signal::Stop)),
            ("asleep", seconds) => self.now += Duration::from_secs(seconds.parse().unwrap()),
            (host, what) => {
                let server = self.servers.get_mut(host).unwrap_or_else(|| panic!("no server {host}"));
                let consequences = server.act(what);
                self.follow(consequences);
            }
        }
    }

    /// Feeds an event at this very instant.
    pub fn give(&mut self, event: Event<Config>) {
        self.upsmon.handle(event, self.now);
        self.carry_out();
    }

    fn follow(&mut self, consequences: server::Consequences) {
        for (link, bytes) in consequences.sent {
            self.soon(Event::Received { link, bytes });
        }
        for link in consequences.closed {
            self.soon(Event::Closed { link, error: LinkError::Reset });
        }
    }

    fn soon(&mut self, event: Event<Config>) {
        self.coming.push((self.now + LATENCY, event));
    }

    fn carry_out(&mut self) {
        while let Some(effect) = self.upsmon.poll_output() {
            match effect {
                Effect::Open { link, to: Endpoint::Tcp { host, .. } } => {
                    let open = self.servers.get_mut(&host).unwrap().open(link);
                    self.links.insert(link, host);
                    match open {
                        Some(true) => self.soon(Event::Opened { link }),
                        Some(false) => self.soon(Event::OpenFailed { link, error: LinkError::Refused }),
                        None => {}
                    }
                }
                Effect::Send { link, bytes } => {
                    let server = self.servers.get_mut(&self.links[&link]).unwrap();
                    let consequences = server.receive(link, &bytes);
                    for request in &consequences.worth_telling {
                        writeln!(self.log, "{} sent {request}", self.now).unwrap();
                    }
                    self.follow(consequences);
                }
                Effect::Close { link } => {
                    self.servers.get_mut(&self.links[&link]).unwrap().close(link);
                    self.coming.retain(|(_, event)| !concerns(event, link));
                }
                Effect::Run { job, command } => {
                    let Program::Shell(line) = &command.program else { panic!("{command:?}") };
                    assert_eq!(command.longest, None, "nothing that an operator has run is ended");
                    let who = if command.privileged { "SHUTDOWNCMD" } else { "NOTIFYCMD" };
                    let set: String =
                        command.environment.iter().map(|(name, value)| format!("{name}={value} ")).collect();
                    let arguments: String = command.arguments.iter().map(|word| format!(" {word:?}")).collect();
                    writeln!(self.log, "{} {who} {set}{line}{arguments}", self.now).unwrap();
                    let fate = if command.privileged { self.shutdown } else { Fate::Works };
                    self.job_done(fate, job);
                }
                Effect::Bequeath(will) => {
                    self.will = Some((will.file.is_some(), will.after, will.at_the_latest));
                    self.will_file = will.file.map(|(_, contents)| String::from_utf8(contents).unwrap());
                }
                Effect::ReadFile { job, path, limit } => {
                    assert_eq!((path.as_str(), limit), (KEPT, LIMIT));
                    if let Some(contents) = self.kept.clone() {
                        self.soon(Event::FileRead { job, contents });
                    }
                }
                Effect::WriteFile { job, path, privileged: false, .. } if !self.shows_kept => {
                    assert_eq!(path, KEPT);
                    self.job_done(self.disk, job);
                }
                Effect::WriteFile { job, path, contents, privileged } => {
                    assert_eq!(privileged, path != KEPT);
                    writeln!(self.log, "{} wrote {path}: {}", self.now, String::from_utf8_lossy(&contents)).unwrap();
                    self.job_done(self.disk, job);
                }
                Effect::RemoveFile { job, path } => {
                    writeln!(self.log, "{} removed {path}", self.now).unwrap();
                    self.job_done(self.removal, job);
                }
                Effect::Say { level, text } => {
                    let level = if level == Level::Notice { String::new() } else { format!("{level:?} ") };
                    writeln!(self.log, "{} {}{text}", self.now, level.to_lowercase()).unwrap();
                }
                // What is said for debugging is in the log with its level.
                Effect::Debug { .. } => {}
                Effect::Wall { text } => match self.log.strip_suffix(&format!(" {text}\n")) {
                    Some(_) => self.log.insert_str(self.log.len() - 1, " (and wall)"),
                    None => writeln!(self.log, "{} wall {text}", self.now).unwrap(),
                },
                Effect::Exit { code } => {
                    writeln!(self.log, "{} exit {code}", self.now).unwrap();
                    self.gone = true;
                }
                other => panic!("unexpected effect {other:?}"),
            }
        }
    }

    fn job_done(&mut self, fate: Fate, job: protocol::JobId) {
        let outcome = match fate {
            Fate::Works => JobOutcome::Exited(0),
            Fate::Fails => JobOutcome::Failed("no space left on device".into()),
            Fate::Errs => JobOutcome::Exited(1),
            Fate::Lost => JobOutcome::Lost,
            Fate::Hangs => return,
            Fate::FailsAfter(time) => {
                let outcome = JobOutcome::Failed("input/output error".into());
                self.coming.push((self.now + time, Event::JobDone { job, outcome }));
                return;
            }
            Fate::Takes(time) => {
                self.coming.push((self.now + time, Event::JobDone { job, outcome: JobOutcome::Exited(0) }));
                return;
            }
        };
        self.soon(Event::JobDone { job, outcome });
    }
}

impl Fate {
    fn parse(word: &str) -> Self {
        match word {
            "works" => Self::Works,
            "fails" => Self::Fails,
            "errs" => Self::Errs,
            "is lost" => Self::Lost,
            "hangs" => Self::Hangs,
            other => {
                let (what, seconds) = other.rsplit_once(' ').unwrap_or_else(|| panic!("no fate {other}"));
                let time = Duration::from_secs(seconds.parse().unwrap());
                match what {
                    "takes" => Self::Takes(time),
                    "fails after" => Self::FailsAfter(time),
                    _ => panic!("no fate {other}"),
                }
            }
        }
    }
}

fn concerns(event: &Event<Config>, closed: LinkId) -> bool {
    match event {
        Event::Opened { link }
        | Event::OpenFailed { link, .. }
        | Event::Received { link, .. }
        | Event::Closed { link, .. } => *link == closed,
        _ => false,
    }
}
