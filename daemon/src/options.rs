//! What a binary tells the shell about its daemon.

use std::path::PathBuf;
use std::sync::Arc;

use protocol::Level;

use crate::errands::Errands;

/// Where connections come in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Listener {
    /// A TCP port. IPv6 listeners take IPv6 alone, so that `::` and `0.0.0.0` stand side by side.
    Tcp {
        /// Host name or address; `*` is every IPv4 and every IPv6 address.
        host: String,
        /// TCP port.
        port: u16,
        /// Whether the daemon must not start without it. When no listener is required, one of
        /// them must still work.
        required: bool,
    },
    /// A Unix stream socket, readable and writable for owner and group (0660); it goes when the
    /// daemon ends.
    Unix {
        /// Path of the socket.
        path: PathBuf,
    },
}

/// What came of reading the configuration again.
#[derive(Debug)]
pub struct Reloaded<C> {
    /// The new configuration, whole and checked; `None` when it has an error: the old one stays.
    pub config: Option<C>,
    /// What to log about it: diagnostics, rendered.
    pub messages: Vec<(Level, String)>,
}

/// Reads the configuration again at SIGHUP, away from the event loop.
pub type Reload<C> = Arc<dyn Fn() -> Reloaded<C> + Send + Sync>;

/// How to run a daemon. Fields are public: start from [`Options::new`] and set what differs.
pub struct Options<C> {
    /// The program's name, as in the log, in its PID file's checks and in `wall`.
    pub name: &'static str,
    /// Where connections come in.
    pub listeners: Vec<Listener>,
    /// Connections in and out at once; above it, new ones are closed as they come.
    pub max_links: usize,
    /// Reads the configuration again; without it SIGHUP says that there is nothing to reload.
    pub reload: Option<Reload<C>>,
    /// Where to write the process id; a live process of this name in it refuses the start.
    pub pid_file: Option<PathBuf>,
    /// Whether to leave the terminal; the log then goes to syslog.
    pub background: bool,
    /// Whom to become when started as root, `root` to stay; where nobody is named, the user that
    /// distributions have for NUT.
    pub user: Option<String>,
    /// The least level that is logged.
    pub log_level: Level,
    /// Whether a panic ends what it is in the middle of, and not the daemon: for one whose end does
    /// more harm than whatever it does next.
    pub outlives_panics: bool,
    /// Whether threads are kept from the start for files and privileged commands, should the system give no
    /// more when they are due.
    pub keeps_reserve: bool,
    /// Who does privileged commands and files, when the daemon itself can no longer.
    pub errands: Option<Errands>,
}

/// [`Options::max_links`] where nothing else is said.
pub const DEFAULT_MAX_LINKS: usize = 4096;

impl<C> Options<C> {
    /// A daemon in the foreground, without listeners, logging from [`Level::Info`] up.
    #[must_use]
    pub fn new(name: &'static str) -> Self {
        Self {
            name,
            listeners: Vec::new(),
            max_links: DEFAULT_MAX_LINKS,
            reload: None,
            pid_file: None,
            background: false,
            user: None,
            log_level: Level::Info,
            outlives_panics: false,
            keeps_reserve: false,
            errands: None,
        }
    }
}
