//! Which drivers, in what order, with which arguments: decided from `ups.conf` and the command line
//! alone (upsdrvctl(8)). Carrying it out is [`super::execute`]'s.

use protocol::names;
use std::time::Duration;

/// What `ups.conf` says about one UPS, as far as `upsdrvctl` cares.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The section's name.
    pub ups: String,
    /// `driver`.
    pub driver: String,
    /// `port`.
    pub port: String,
    /// `sdorder`; -1 leaves this UPS out of a shutdown of all.
    pub shutdown_order: i32,
    /// `maxstartdelay`.
    pub start_limit: Duration,
    /// How long one attempt to cut the load may take: `maxstartdelay` where somebody says it, else as long as its driver
    /// may try by itself.
    pub shutdown_limit: Duration,
    /// `maxretry`: how often to try, at least once.
    pub attempts: u32,
    /// `retrydelay`.
    pub retry_delay: Duration,
}

impl Entry {
    /// The name of its driver's socket.
    #[must_use]
    pub fn socket(&self) -> String {
        format!("{}-{}", self.driver, self.ups)
    }

    /// The name of its driver's PID file.
    #[must_use]
    pub fn pid_file(&self) -> String {
        format!("{}.pid", self.socket())
    }
}

/// What changes the state of drivers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Task {
    /// `start`.
    Start,
    /// `stop`.
    Stop,
    /// `shutdown`.
    Shutdown,
}

/// What the command line and the global directives say for every driver.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PassedOn {
    /// Where the driver programs are.
    pub driver_path: String,
    /// `-r`, or `chroot`.
    pub chroot: Option<String>,
    /// `-u`, or `user`.
    pub user: Option<String>,
    /// Number of `-D` to hand on (`-d` asks for that).
    pub debug: u8,
    /// `-F` given to `upsdrvctl`: drivers stay in the foreground; twice, with a PID file.
    pub foreground: u8,
    /// `-B`.
    pub background: bool,
}

/// One thing to do for one UPS.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Run a driver program.
    Run(Run),
    /// End a running driver.
    Stop(Stop),
}

/// Run a driver program, and wait until it is in the background (start) or has cut the load
/// (shutdown).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    /// The UPS.
    pub ups: String,
    /// The program and its arguments.
    pub command: Vec<String>,
    /// How often to try.
    pub attempts: u32,
    /// How long between two tries.
    pub retry_delay: Duration,
    /// How long one try may take.
    pub limit: Duration,
    /// Whether it is a shutdown.
    pub is_shutdown: bool,
    /// The name of the socket on which it answers when it has started; `None` where it answers out
    /// of our sight, in a chroot, or not at all.
    pub socket: Option<String>,
    /// Whether the program does not end by itself: all are started, then waited for.
    pub stays_in_foreground: bool,
}

/// End a running driver.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stop {
    /// The UPS.
    pub ups: String,
    /// The driver's name.
    pub driver: String,
    /// The name of its PID file.
    pub pid_file: String,
    /// The name an older driver would have used.
    pub old_pid_file: String,
}

/// What to do, in order.
///
/// # Errors
///
/// The name of a UPS that is not in `ups.conf`.
pub fn plan<'a>(
    task: Task,
    only: Option<&'a str>,
    entries: &[Entry],
    passed_on: &PassedOn,
) -> Result<Vec<Step>, &'a str> {
    let mut chosen = chosen(only, entries)?;
    if task == Task::Shutdown && only.is_none() {
        into_shutdown_order(&mut chosen);
    }
    Ok(chosen.into_iter().map(|entry| step(task, entry, passed_on)).collect())
}

/// The UPSes that the operator means: the one that is named, else all.
///
/// # Errors
///
/// The name of a UPS that is not in `ups.conf`.
pub fn chosen<'e, 'a>(only: Option<&'a str>, entries: &'e [Entry]) -> Result<Vec<&'e Entry>, &'a str> {
    match only {
        Some(name) => Ok(vec![entries.iter().find(|entry| names::same(&entry.ups, name)).ok_or(name)?]),
        None => Ok(entries.iter().collect()),
    }
}

/// All the 0s, then the 1s, …; the order of the file among equals; -1 not at all.
fn into_shutdown_order(chosen: &mut Vec<&Entry>) {
    chosen.retain(|entry| entry.shutdown_order >= 0);
    chosen.sort_by_key(|entry| entry.shutdown_order);
}

fn step(task: Task, entry: &Entry, passed_on: &PassedOn) -> Step {
    match task {
        Task::Start | Task::Shutdown => Step::Run(Run {
            ups: entry.ups.clone(),
            command: command(task, entry, passed_on),
            attempts: entry.attempts.max(1),
            retry_delay: entry.retry_delay,
            limit: if task == Task::Shutdown { entry.shutdown_limit } else { entry.start_limit },
            is_shutdown: task == Task::Shutdown,
            socket: (task == Task::Start && passed_on.chroot.is_none()).then(|| entry.socket()),
            stays_in_foreground: task == Task::Start && stays_in_foreground(passed_on),
        }),
        Task::Stop => Step::Stop(Stop {
            ups: entry.ups.clone(),
            driver: entry.driver.clone(),
            pid_file: entry.pid_file(),
            old_pid_file: format!("{}-{}.pid", entry.driver, base_name(&entry.port)),
        }),
    }
}

fn stays_in_foreground(passed_on: &PassedOn) -> bool {
    !passed_on.background && (passed_on.foreground > 0 || passed_on.debug > 0)
}

fn command(task: Task, entry: &Entry, passed_on: &PassedOn) -> Vec<String> {
    let mut words = vec![format!("{}/{}", passed_on.driver_path, entry.driver), "-a".to_owned(), entry.ups.clone()];
    match task {
        Task::Shutdown => words.push("-k".to_owned()),
        _ if passed_on.background => words.push("-B".to_owned()),
        _ => words.extend((0..passed_on.foreground).map(|_| "-F".to_owned())),
    }
    words.extend((0..passed_on.debug).map(|_| "-D".to_owned()));
    for (flag, value) in [("-r", &passed_on.chroot), ("-u", &passed_on.user)] {
        if let Some(value) = value {
            words.extend([flag.to_owned(), value.clone()]);
        }
    }
    words
}

fn base_name(port: &str) -> &str {
    port.rsplit('/').next().unwrap_or(port)
}
