//! What every driver program does before its engine runs: flags, `ups.conf`, the place of socket
//! and PID file, and the end of an older instance (nutupsdrv(8)).
//!
//! Part of the shell. A driver program is [`run`] with its [`Program`]; [`USBHID_UPS`] and
//! [`DUMMY_UPS`] are those there are.

mod arguments;
mod definition_file;
mod device;
mod dump;
mod instance;
mod programs;

pub use definition_file::check_definition_file;
pub(crate) use instance::ORDERS;
pub use programs::{DUMMY_UPS, USBHID_UPS};

use crate::config::{CommandLine, Knowledge, KnownParam, Memory};
use crate::hook;
use crate::left_alone::LeftAlone;
use crate::{DriverConfig, Publisher};
use arguments::Arguments;
use daemon::{Listener, Options, Reloaded, paths};
use protocol::conf::nut_conf;
use protocol::diagnostic::{Diagnostic, Diagnostics, Severity, Source};
use protocol::{Effect, Engine, Event, Level};
use std::fmt;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

/// Servers and tools connected at once; the publisher has the same bound and says so.
const LINKS: usize = crate::publisher::LINKS_LIMIT + 8;

/// A driver program.
#[derive(Debug)]
pub struct Program<E> {
    /// The program's and the driver's name.
    pub name: &'static str,
    /// What it drives, in a few words.
    pub about: &'static str,
    /// How it is called, below its help.
    pub examples: &'static str,
    /// The driver's own version.
    pub version: &'static str,
    /// The parameters that only this driver knows.
    pub params: &'static [KnownParam],
    /// Looks at what can be known before the program leaves the terminal.
    pub check: fn(&DriverConfig) -> Result<(), Diagnostics>,
    /// Makes the engine.
    pub engine: fn(DriverConfig) -> Result<E, Diagnostics>,
    /// The engine's published variables, for `-d`.
    pub publisher: fn(&E) -> &Publisher,
}

impl<E> Program<E> {
    /// The declaration of the command line: for help, manual page and completions.
    #[must_use]
    pub fn command(&self) -> clap::Command {
        Arguments::declaration(self)
    }
}

/// Why a driver program did not start.
#[derive(Debug, thiserror::Error)]
enum StartError {
    #[error("{0}")]
    Configuration(Diagnostics),
    #[error(transparent)]
    Instance(#[from] instance::InstanceError),
    #[error("become group {name}: {source}")]
    Group { name: String, source: nix::Error },
    #[error("there is no group {0}")]
    NoGroup(String),
    #[error("move into {directory}: {source}")]
    Chroot { directory: String, source: nix::Error },
}

impl From<Diagnostics> for StartError {
    fn from(found: Diagnostics) -> Self {
        Self::Configuration(found)
    }
}

/// Runs a driver program to its end.
pub fn run<E>(program: &Program<E>) -> ExitCode
where
    E: Engine<Input = Event<DriverConfig>, Output = Effect>,
{
    let arguments = match Arguments::read(program) {
        Ok(arguments) => arguments,
        Err(code) => return code,
    };
    if std::env::var_os("NUT_QUIET_INIT_BANNER").is_none() {
        println!("{}", Banner(program.name, program.about, program.version));
    }
    start(program, &arguments).unwrap_or_else(|error| {
        eprintln!("{error}");
        ExitCode::FAILURE
    })
}

/// The line that every start and `-V` print first.
struct Banner(&'static str, &'static str, &'static str);

impl fmt::Display for Banner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(name, about, version) = self;
        write!(f, "Ridethrough - {name}: {about} {version} ({})", env!("CARGO_PKG_VERSION"))
    }
}

fn start<E>(program: &Program<E>, arguments: &Arguments) -> Result<ExitCode, StartError>
where
    E: Engine<Input = Event<DriverConfig>, Output = Effect>,
{
    let known = Knowledge { driver: program.name, params: program.params };
    let line = arguments.command_line();
    let (config, warnings) = read(arguments, known, &line)?;
    if !warnings.is_empty() {
        eprintln!("{warnings}");
    }
    (program.check)(&config)?;
    let files = Files::of(&config);
    if let Some(order) = &arguments.command {
        return Ok(instance::order(&files, program.name, arguments.flags.pid, order)?);
    }
    if arguments.dump.is_none() {
        instance::end_older(&files, program.name)?;
    }
    let mut config = config;
    if config.killpower {
        config.poweroff_wait = poweroff_wait();
        config.patience = std::env::var(hook::PATIENCE).ok().and_then(|text| hook::read_patience(&text));
        let left_alone = LeftAlone::read();
        config.beside.retain(|beside| !left_alone.has(&beside.ups));
    }
    let engine = (program.engine)(config.clone())?;
    let mut options = options(program.name, arguments, &config, &files);
    let moved = become_group(&config).and_then(|()| enter_chroot(&config));
    match moved {
        // Where its files would be is of no use to who cuts the load.
        Err(error) if config.killpower => eprintln!("{error}"),
        moved => moved?,
    }
    if let Some(count) = arguments.dump {
        return Ok(daemon::run(dump::Dump::new(engine, program.publisher, count, config.poll_interval), options));
    }
    if !config.killpower {
        let (arguments, line) = (arguments.clone(), line);
        options.reload = Some(Arc::new(move || reread(&arguments, known, &line)));
    }
    config.memory = Some(files.memory());
    // The first one has shown on the terminal that it can be made; the one that runs is made after
    // the fork, when the process has the id that `GETPID` answers.
    let again = || (program.engine)(DriverConfig { process_id: std::process::id(), ..config });
    Ok(daemon::run_with(|| again().unwrap_or(engine), options))
}

/// Where a driver's files are.
#[derive(Debug)]
struct Files {
    socket: PathBuf,
    pid: PathBuf,
    memory: PathBuf,
}

impl Files {
    fn of(config: &DriverConfig) -> Self {
        let state = config.run_as.state_path.as_deref();
        let stem = format!("{}-{}", config.driver, config.ups);
        Self {
            socket: paths::state(state).join(&stem),
            pid: paths::pid(state).join(format!("{stem}.pid")),
            memory: paths::state(state).join(Memory::name(&config.driver, &config.ups)),
        }
    }

    /// What the driver before has kept. What cannot be read, or is longer than any of them, is as good as none.
    fn memory(&self) -> Memory {
        let contents = daemon::files::read(&self.memory, Memory::LIMIT).ok().flatten();
        Memory { path: self.memory.to_string_lossy().into_owned(), contents }
    }
}

/// POWEROFF_WAIT; none where nobody says so, in words that a shell's `sleep` takes.
pub(crate) fn poweroff_wait() -> Duration {
    let path = paths::configuration().join("nut.conf");
    let contents = std::fs::read(&path).unwrap_or_default();
    nut_conf::read(&Source::new(&path.to_string_lossy(), contents)).0.poweroff_wait().unwrap_or_default()
}

fn read(
    arguments: &Arguments,
    known: Knowledge,
    line: &CommandLine,
) -> Result<(DriverConfig, Diagnostics), Diagnostics> {
    let Some(ups) = &arguments.section else {
        return DriverConfig::from_command_line(arguments.ups(), known, line);
    };
    let path = paths::configuration().join("ups.conf");
    let contents = std::fs::read(&path)
        .map_err(|error| Diagnostic::unplaced(Severity::Error, format!("cannot read {}: {error}", path.display())))?;
    DriverConfig::from_file(&Source::new(&path.to_string_lossy(), contents), ups, known, line)
}

fn reread(arguments: &Arguments, known: Knowledge, line: &CommandLine) -> Reloaded<DriverConfig> {
    let (config, found, level) = match read(arguments, known, line) {
        Ok((config, warnings)) => (Some(config), warnings, Level::Warning),
        Err(found) => (None, found, Level::Error),
    };
    Reloaded { config, messages: found.iter().map(|one| (level, one.one_line())).collect() }
}

fn options(name: &'static str, arguments: &Arguments, config: &DriverConfig, files: &Files) -> Options<DriverConfig> {
    let mut options = Options::new(name);
    options.max_links = LINKS;
    options.pid_file = Some(files.pid.clone());
    arguments.flags.apply(&mut options);
    options.user.clone_from(&config.run_as.user);
    if config.killpower || arguments.dump.is_some() {
        options.background = false;
        options.pid_file = None;
        // It serves nobody, and to cut the load is worth every right there is.
        options.user.take_if(|user| config.killpower && !exists(user));
        options.user.get_or_insert_with(|| "root".to_owned());
    } else {
        options.listeners = vec![Listener::Unix { path: files.socket.clone() }];
    }
    options
}

fn exists(user: &str) -> bool {
    nix::unistd::User::from_name(user).is_ok_and(|user| user.is_some())
}

/// The driver socket belongs to the group that may read it: files take the group of their maker.
fn become_group(config: &DriverConfig) -> Result<(), StartError> {
    let Some(name) = config.run_as.group.as_ref().filter(|_| nix::unistd::geteuid().is_root()) else { return Ok(()) };
    let failed = |source| StartError::Group { name: name.clone(), source };
    let group =
        nix::unistd::Group::from_name(name).map_err(failed)?.ok_or_else(|| StartError::NoGroup(name.clone()))?;
    nix::unistd::setegid(group.gid).map_err(failed)
}

fn enter_chroot(config: &DriverConfig) -> Result<(), StartError> {
    let Some(directory) = &config.run_as.chroot else { return Ok(()) };
    let failed = |source| StartError::Chroot { directory: directory.clone(), source };
    nix::unistd::chroot(directory.as_str()).map_err(failed)?;
    nix::unistd::chdir("/").map_err(failed)
}
