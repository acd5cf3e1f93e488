//! The engines that a slot can hold, behind one face.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::time::Duration;

use driver::config::{CommandLine, Knowledge, Memory};
use driver::dummy::DummyUps;
use driver::usbhid::UsbHid;
use driver::{DriverConfig, dummy, usbhid};
use monitor::Upsmon;
use protocol::conf::nut_conf;
use protocol::diagnostic::{Diagnostics, Source};
use protocol::{Effect, Engine, Event, Instant, names, power_down_flag};
use server::Upsd;
use server::config::{Config as UpsdConfig, Files, Listen};

use super::due::News;
use super::machine::{BOOT_ID, CONFIGURATION, STATE, kept_path};
use super::tool::Tool;
use crate::rigs::dice::Dice;
use crate::rigs::observer::Observer;

/// What a slot's daemon is made from.
#[derive(Debug, Clone)]
pub enum Plan {
    /// A driver of `ups.conf`.
    Driver {
        /// Its section.
        ups: String,
        /// The program.
        program: String,
        /// `-k`.
        killpower: bool,
        /// How long `upsdrvctl` lets it try.
        patience: Option<Duration>,
    },
    /// `upsd`; its random bits come from this.
    Server(u64),
    /// `upsmon`.
    Monitor,
    /// The rig's own client.
    Observer(Vec<(String, String)>),
    /// One of the tools that talk to a server: its words.
    Tool(Vec<String>),
}

/// A running engine.
pub enum Daemon {
    /// `usbhid-ups`.
    UsbHid(Box<UsbHid>),
    /// `dummy-ups`.
    Dummy(Box<DummyUps>),
    /// `upsd`, and where it listens.
    Upsd(Box<Upsd>, Vec<Listen>),
    /// `upsmon`.
    Upsmon(Box<Upsmon>),
    /// The rig's own client.
    Observer(Observer),
    /// A tool.
    Tool(Tool),
}

impl Daemon {
    /// Starts what a plan says, with the files of its machine; `generation` counts its starts.
    ///
    /// # Errors
    /// Why a real daemon would not start, for a person.
    pub fn start(plan: &Plan, files: &BTreeMap<String, Vec<u8>>, generation: u32) -> Result<Self, String> {
        Ok(match plan {
            Plan::Driver { ups, program, killpower, patience } => {
                let config = driver_config(files, ups, program, *killpower, *patience)?;
                match program.as_str() {
                    "usbhid-ups" => Self::UsbHid(Box::new(UsbHid::new(config))),
                    "dummy-ups" => Self::Dummy(Box::new(DummyUps::new(config).map_err(|found| said(&found))?)),
                    other => return Err(format!("{other} is not a driver of this project")),
                }
            }
            Plan::Server(seed) => {
                let config = server_config(files)?;
                let mut dice = Dice::new(seed.wrapping_add(u64::from(generation)));
                let listen = config.listen.clone();
                Self::Upsd(Box::new(Upsd::new(config, [dice.bits(), dice.bits()])), listen)
            }
            Plan::Monitor => Self::Upsmon(Box::new(Upsmon::new(monitor_config(files)?, Instant::START))),
            Plan::Observer(variables) => Self::Observer(Observer::new("localhost", variables)),
            Plan::Tool(words) => Self::Tool(Tool::new(words)?),
        })
    }

    /// Reads the configuration again, as on SIGHUP.
    ///
    /// # Errors
    /// Why it stays as it was.
    pub fn reload(&mut self, plan: &Plan, files: &BTreeMap<String, Vec<u8>>, now: Instant) -> Result<(), String> {
        match (self, plan) {
            (Self::UsbHid(engine), Plan::Driver { ups, program, killpower, patience }) => {
                engine.handle(Event::Reload(Box::new(driver_config(files, ups, program, *killpower, *patience)?)), now);
            }
            (Self::Dummy(engine), Plan::Driver { ups, program, killpower, patience }) => {
                engine.handle(Event::Reload(Box::new(driver_config(files, ups, program, *killpower, *patience)?)), now);
            }
            (Self::Upsd(engine, _), _) => engine.handle(Event::Reload(Box::new(server_config(files)?)), now),
            (Self::Upsmon(engine), _) => engine.handle(Event::Reload(Box::new(monitor_config(files)?)), now),
            _ => {}
        }
        Ok(())
    }

    /// Whether it accepts TCP connections to `port`, on the loopback interface or from outside.
    #[must_use]
    pub fn listens_on(&self, local: bool, names: &[String], port: u16) -> bool {
        let Self::Upsd(_, listen) = self else { return false };
        listen.iter().any(|listen| {
            let everywhere = matches!(listen.host.as_str(), "*" | "0.0.0.0" | "::");
            let loopback = matches!(listen.host.as_str(), "localhost" | "127.0.0.1" | "::1");
            listen.port == port && (everywhere || (local && loopback) || (!local && names.contains(&listen.host)))
        })
    }

    /// Tells it something.
    pub fn handle(&mut self, news: News, now: Instant) {
        match self {
            Self::UsbHid(engine) => engine.handle(widen(news), now),
            Self::Dummy(engine) => engine.handle(widen(news), now),
            Self::Upsd(engine, _) => engine.handle(widen(news), now),
            Self::Upsmon(engine) => engine.handle(widen(news), now),
            Self::Observer(engine) => engine.handle(news, now),
            Self::Tool(engine) => engine.handle(news, now),
        }
    }

    /// Lets it act on its deadlines.
    pub fn handle_timeout(&mut self, now: Instant) {
        match self {
            Self::UsbHid(engine) => engine.handle_timeout(now),
            Self::Dummy(engine) => engine.handle_timeout(now),
            Self::Upsd(engine, _) => engine.handle_timeout(now),
            Self::Upsmon(engine) => engine.handle_timeout(now),
            Self::Observer(engine) => engine.handle_timeout(now),
            Self::Tool(engine) => engine.handle_timeout(now),
        }
    }

    /// What it asks for next.
    pub fn poll_output(&mut self) -> Option<Effect> {
        match self {
            Self::UsbHid(engine) => engine.poll_output(),
            Self::Dummy(engine) => engine.poll_output(),
            Self::Upsd(engine, _) => engine.poll_output(),
            Self::Upsmon(engine) => engine.poll_output(),
            Self::Observer(engine) => engine.poll_output(),
            Self::Tool(engine) => engine.poll_output(),
        }
    }

    /// Its next deadline.
    #[must_use]
    pub fn poll_timeout(&self) -> Option<Instant> {
        match self {
            Self::UsbHid(engine) => engine.poll_timeout(),
            Self::Dummy(engine) => engine.poll_timeout(),
            Self::Upsd(engine, _) => engine.poll_timeout(),
            Self::Upsmon(engine) => engine.poll_timeout(),
            Self::Observer(engine) => engine.poll_timeout(),
            Self::Tool(engine) => engine.poll_timeout(),
        }
    }
}

impl std::fmt::Debug for Daemon {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::UsbHid(_) => "usbhid-ups",
            Self::Dummy(_) => "dummy-ups",
            Self::Upsd(..) => "upsd",
            Self::Upsmon(_) => "upsmon",
            Self::Observer(_) => "observer",
            Self::Tool(_) => "tool",
        })
    }
}

/// The same news for an engine that can also be reloaded.
fn widen<C>(news: News) -> Event<C> {
    let never = |never: Infallible| match never {};
    match news {
        Event::Accepted { link, peer } => Event::Accepted { link, peer },
        Event::Opened { link } => Event::Opened { link },
        Event::Attached { link, identity } => Event::Attached { link, identity },
        Event::Sighted { link, devices } => Event::Sighted { link, devices },
        Event::OpenFailed { link, error } => Event::OpenFailed { link, error },
        Event::Received { link, bytes } => Event::Received { link, bytes },
        Event::Closed { link, error } => Event::Closed { link, error },
        Event::Full { link } => Event::Full { link },
        Event::Draining { link } => Event::Draining { link },
        Event::Drained { link } => Event::Drained { link },
        Event::TransferDone { link, transfer, result } => Event::TransferDone { link, transfer, result },
        Event::Interrupt { link, bytes } => Event::Interrupt { link, bytes },
        Event::JobDone { job, outcome } => Event::JobDone { job, outcome },
        Event::ErrandsLost => Event::ErrandsLost,
        Event::FileRead { job, contents } => Event::FileRead { job, contents },
        Event::FileChanged { path, contents } => Event::FileChanged { path, contents },
        Event::Signal(signal) => Event::Signal(signal),
        Event::Reload(nothing) => never(*nothing),
    }
}

fn source(files: &BTreeMap<String, Vec<u8>>, name: &str) -> Source {
    let path = format!("{CONFIGURATION}/{name}");
    Source::new(&path, files.get(&path).map_or(&[][..], Vec::as_slice))
}

/// POWEROFF_WAIT; none where nobody says so.
pub(super) fn poweroff_wait(files: &BTreeMap<String, Vec<u8>>) -> Duration {
    nut_conf::read(&source(files, "nut.conf")).0.poweroff_wait().unwrap_or_default()
}

fn driver_config(
    files: &BTreeMap<String, Vec<u8>>,
    ups: &str,
    program: &str,
    killpower: bool,
    patience: Option<Duration>,
) -> Result<DriverConfig, String> {
    let known = match program {
        "usbhid-ups" => Knowledge { driver: "usbhid-ups", params: usbhid::PARAMS },
        "dummy-ups" => Knowledge { driver: "dummy-ups", params: &dummy::PARAMS },
        other => return Err(format!("{other} is not a driver of this project")),
    };
    let line = CommandLine {
        killpower,
        configuration_directory: CONFIGURATION.to_owned(),
        process_id: 1,
        ..CommandLine::default()
    };
    let source = source(files, "ups.conf");
    let (mut config, _) = DriverConfig::from_file(&source, ups, known, &line).map_err(|found| said(&found))?;
    let path = format!("{STATE}/{}", Memory::name(program, ups));
    let contents = files.get(&path).cloned();
    config.memory = Some(Memory { path, contents });
    config.poweroff_wait = poweroff_wait(files);
    config.patience = patience;
    config.beside.retain(|beside| !killpower || !is_left_alone(files, &beside.ups));
    Ok(config)
}

fn server_config(files: &BTreeMap<String, Vec<u8>>) -> Result<UpsdConfig, String> {
    let files = Files {
        ups: source(files, "ups.conf"),
        upsd: source(files, "upsd.conf"),
        users: source(files, "upsd.users"),
        allow_no_device: false,
    };
    let (mut config, _) = UpsdConfig::load_from(&files).map_err(|found| said(&found))?;
    config.state_path = STATE.to_owned();
    Ok(config)
}

fn monitor_config(files: &BTreeMap<String, Vec<u8>>) -> Result<monitor::Config, String> {
    let source = source(files, "upsmon.conf");
    let (mut config, _) = monitor::Config::load_from(source.bytes(), source.path()).map_err(|found| said(&found))?;
    config.kept = Some(kept_path());
    config.listing = Some(config.listing_in(boot_id(files)));
    Ok(config)
}

fn boot_id(files: &BTreeMap<String, Vec<u8>>) -> &str {
    files.get(BOOT_ID).and_then(|id| std::str::from_utf8(id).ok()).unwrap_or_default()
}

/// Whether the shutdown under way leaves a UPS alone, as its late hook finds it in the power-down flag.
pub(super) fn is_left_alone(files: &BTreeMap<String, Vec<u8>>, ups: &str) -> bool {
    let flag = power_down_flag::path_in(source(files, "upsmon.conf").bytes()).and_then(|path| files.get(&path));
    let listed = flag.map(|flag| power_down_flag::not_cut(flag, boot_id(files))).unwrap_or_default();
    listed.iter().any(|name| names::same(name, ups))
}

fn said(found: &Diagnostics) -> String {
    found.iter().map(protocol::diagnostic::Diagnostic::one_line).collect::<Vec<_>>().join("; ")
}
