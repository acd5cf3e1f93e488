//! The flags that every daemon shares, spelled as NUT spells them.

mod offering;

pub use offering::Offering;

use std::process::ExitCode;

use protocol::Level;

use crate::Options;

/// `-D -F -B -q -u -P`: flatten it into a binary's own `clap` struct.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct Flags {
    /// Raise the debugging level, and stay in the foreground
    #[arg(short = 'D', action = clap::ArgAction::Count)]
    pub debug: u8,
    /// Stay in the foreground; twice, still write the PID file
    #[arg(short = 'F', action = clap::ArgAction::Count)]
    pub foreground: u8,
    /// Go to the background even when debugging
    #[arg(short = 'B', conflicts_with = "foreground")]
    pub background: bool,
    /// Log less; twice, less still
    #[arg(short = 'q', action = clap::ArgAction::Count)]
    pub quiet: u8,
    /// Switch to USER when started as root
    #[arg(short = 'u', value_name = "USER")]
    pub user: Option<String>,
    /// With -c: signal this process instead of the one in the PID file
    #[arg(short = 'P', value_name = "PID")]
    pub pid: Option<i32>,
}

/// Reads the command line, and prints what only asked for words of ours.
///
/// # Errors
/// What to exit with: 1 for a mistake, as NUT's programs do, 0 for help.
pub fn read<A: clap::Parser>() -> Result<A, ExitCode> {
    A::try_parse().map_err(|message| {
        // A terminal that is gone is no reason for another message.
        let _ = message.print();
        if message.use_stderr() { ExitCode::FAILURE } else { ExitCode::SUCCESS }
    })
}

impl Flags {
    /// Whether the daemon leaves the terminal.
    #[must_use]
    pub fn goes_to_background(&self) -> bool {
        self.background || (self.foreground == 0 && self.debug == 0)
    }

    /// Whether the daemon writes a PID file: in the background, or with `-FF`.
    #[must_use]
    pub fn wants_pid_file(&self) -> bool {
        self.goes_to_background() || self.foreground > 1
    }

    /// The least level that is logged. Whether to debug is the engine's to say, which knows the
    /// configuration's `DEBUG_MIN` as well ([`protocol::Effect::Debug`]).
    #[must_use]
    pub fn log_level(&self) -> Level {
        match (self.debug, self.quiet) {
            (1.., _) | (0, 0) => Level::Info,
            (0, 1) => Level::Warning,
            (0, _) => Level::Error,
        }
    }

    /// Carries the flags into the options; the PID file stays the caller's to name.
    pub fn apply<C>(&self, options: &mut Options<C>) {
        options.background = self.goes_to_background();
        options.user.clone_from(&self.user);
        options.log_level = self.log_level();
        if !self.wants_pid_file() {
            options.pid_file = None;
        }
    }
}
