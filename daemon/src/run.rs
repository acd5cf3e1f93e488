//! Runs an engine as a daemon.

use std::io::Write;
use std::process::ExitCode;

use protocol::{Effect, Engine, Event, Level};

use crate::background::{self, Background};
use crate::clock::Clock;
use crate::host::Host;
use crate::listen::{self, ListenError, Socket};
use crate::log::Log;
use crate::notify::notify;
use crate::pid_file::{self, PidFile};
use crate::privileges::{self, PrivilegeError};
use crate::wire_log::WireLog;
use crate::{Options, news, signals};

/// Why a daemon could not start.
#[derive(Debug, thiserror::Error)]
enum StartError {
    #[error("process {pid} is already running as {name}")]
    AlreadyRunning { pid: i32, name: &'static str },
    #[error(transparent)]
    Listen(#[from] ListenError),
    #[error("go to the background: {0}")]
    Background(std::io::Error),
    #[error(transparent)]
    Privilege(#[from] PrivilegeError),
    #[error("start the event loop: {0}")]
    Runtime(#[from] std::io::Error),
}

/// Hosts `engine` until it asks for [`Effect::Exit`]; its code becomes the process's.
///
/// Call it from a process that has one thread: it may fork. Everything that can fail before the
/// daemon works fails here, on the terminal, with exit code 1; going to the background, the process
/// that was started leaves when the daemon works.
pub fn run<E, C>(engine: E, options: Options<C>) -> ExitCode
where
    E: Engine<Input = Event<C>, Output = Effect>,
    C: Send + 'static,
{
    run_with(|| engine, options)
}

/// As [`run`], for an engine that must know the process it lives in: made after the fork.
pub fn run_with<E, C>(engine: impl FnOnce() -> E, options: Options<C>) -> ExitCode
where
    E: Engine<Input = Event<C>, Output = Effect>,
    C: Send + 'static,
{
    let name = options.name;
    start(engine, options).unwrap_or_else(|error| {
        // Nobody may be there to read it.
        drop(writeln!(std::io::stderr(), "{name}: {error}"));
        ExitCode::FAILURE
    })
}

fn start<E, C>(engine: impl FnOnce() -> E, mut options: Options<C>) -> Result<ExitCode, StartError>
where
    E: Engine<Input = Event<C>, Output = Effect>,
    C: Send + 'static,
{
    refuse_second(&options)?;
    let mut warnings = Vec::new();
    if options.user.is_none() {
        options.user = privileges::usual_user().unwrap_or_else(|warning| {
            warnings.push(warning);
            None
        });
    }
    let (sockets, failures) = listen::open(&options.listeners, options.user.as_deref())?;
    warnings.extend(failures);
    let background = options.background.then(background::enter).transpose().map_err(StartError::Background)?;
    // While there are rights to write where only root may.
    let pid_file =
        options.pid_file.as_deref().map(|path| write_pid_file(path).map_err(|failure| warnings.push(failure)));
    if let Some(user) = &options.user {
        privileges::drop_to(user)?;
    }
    let log = Log::start(options.name, options.log_level, options.background);
    for warning in warnings {
        log.say(Level::Warning, warning);
    }
    if options.background {
        let log = log.clone();
        std::panic::set_hook(Box::new(move |panic| log.say_lines(Level::Error, &panic.to_string())));
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let ended = runtime.block_on(turn(engine(), options, sockets, log.clone(), background));
    // A name look-up or a disk that hangs must not hold the end up.
    runtime.shutdown_background();
    if let Err(error) = &ended {
        log.say_lines(Level::Error, &error.to_string());
    }
    log.flush();
    drop(pid_file);
    Ok(ended.map_or(ExitCode::FAILURE, ExitCode::from))
}

async fn turn<E, C>(
    engine: E,
    options: Options<C>,
    sockets: Vec<Socket>,
    log: Log,
    background: Option<Background>,
) -> std::io::Result<u8>
where
    E: Engine<Input = Event<C>, Output = Effect>,
    C: Send + 'static,
{
    let clock = Clock::start();
    let queue = news::queue();
    let outlet = queue.0.clone();
    signals::start(&outlet)?;
    let _paths = listen::start(sockets, &outlet, clock, &log)?;
    let wire_log = WireLog::from_environment(options.name);
    let mut host = Host::new(engine, queue, (clock, log), wire_log, options.reload, options.max_links);
    if let Some(errands) = options.errands {
        host.employ(errands);
    }
    host.outlives_panics = options.outlives_panics;
    if options.keeps_reserve {
        host.keep_reserve()?;
    }
    background.map(Background::release_starter).transpose()?;
    notify("READY=1");
    let ended = host.run().await;
    notify("STOPPING=1");
    ended
}

fn refuse_second<C>(options: &Options<C>) -> Result<(), StartError> {
    let running = options.pid_file.as_deref().and_then(|path| pid_file::read(path).ok());
    let own = i32::try_from(std::process::id()).ok();
    match running.filter(|&pid| Some(pid) != own && pid_file::is_running(pid, options.name)) {
        Some(pid) => Err(StartError::AlreadyRunning { pid, name: options.name }),
        None => Ok(()),
    }
}

/// The PID file, or why there is none: a daemon that works is worth more than its PID file.
fn write_pid_file(path: &std::path::Path) -> Result<PidFile, String> {
    PidFile::write(path).map_err(|error| format!("cannot write {}: {error}", path.display()))
}
