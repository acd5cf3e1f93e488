//! The command line of `upsmon`, spelled as NUT spells it.

mod order;
mod privileged;
mod start;

use clap::{CommandFactory, Parser};
use std::path::PathBuf;
use std::process::ExitCode;

/// The program's name, in its log, its PID file and its processes.
const NAME: &str = "upsmon";
/// NUT's release whose behaviour this is, and ours.
const VERSION: &str = concat!("2.8.1-ridethrough-", env!("CARGO_PKG_VERSION"));
/// Its file among the configuration files.
const UPSMON_CONF: &str = "upsmon.conf";
const EXAMPLES: &str = "\
Examples:
  upsmon                             watch over this host as upsmon.conf says, from the background
  upsmon -c fsd                      take down every host of the UPSes that this one is primary of
  upsmon -K && upsdrvctl shutdown    late in a shutdown: cut the load where that is wanted

Files:
  POWERDOWNFLAG of upsmon.conf       written just before SHUTDOWNCMD, removed at the next start; it names the
                                     UPSes that `upsdrvctl shutdown` is not to cut, where there are any
  /var/lib/nut/upsmon.logins         how many secondaries log in, kept across boots by a primary;
                                     RIDETHROUGH_KEEP_PATH names another folder than /var/lib/nut";

/// Monitors UPS servers, and shuts this host down before its power is gone
#[derive(Debug, Parser)]
#[command(name = NAME, disable_version_flag = true, disable_help_flag = true, after_help = EXAMPLES)]
struct Arguments {
    /// Tell the running upsmon to shut down all hosts of its primary UPSes, to read its configuration
    /// again, or to stop
    #[arg(short = 'c', value_name = "fsd|reload|stop", value_parser = order::Word::parser(), hide_possible_values = true)]
    order: Option<order::Word>,
    /// Ask whether the power-down flag is set: exit code 0 if it is
    #[arg(short = 'K')]
    check_flag: bool,
    /// Keep all privileges: no privileged process beside an unprivileged one
    #[arg(short = 'p')]
    keep_privileges: bool,
    /// Use IPv4 only
    #[arg(short = '4', conflicts_with = "ipv6")]
    ipv4: bool,
    /// Use IPv6 only
    #[arg(short = '6')]
    ipv6: bool,
    /// Read this file instead of upsmon.conf
    #[arg(short = 'f', value_name = "FILE")]
    file: Option<PathBuf>,
    #[command(flatten)]
    daemon: daemon::Flags,
    /// Show the version
    #[arg(short = 'V')]
    version: bool,
    /// Show this help
    #[arg(short = 'h', long = "help", action = clap::ArgAction::Help)]
    help: Option<bool>,
}

impl Arguments {
    /// Whether whoever cuts the loads finds the flag, and the list in it, where this upsmon writes them.
    fn knows_its_tools(&self) -> bool {
        self.file.as_ref().is_none_or(|file| *file == daemon::paths::configuration().join(UPSMON_CONF))
    }

    fn file(&self) -> PathBuf {
        self.file.clone().unwrap_or_else(|| daemon::paths::configuration().join(UPSMON_CONF))
    }
}

/// The declaration of the command line: for help, manual page and completions.
#[must_use]
pub fn command() -> clap::Command {
    Arguments::command()
}

/// Reads the command line and does what it says.
#[must_use]
pub fn run() -> ExitCode {
    if std::env::args_os().nth(1).is_some_and(|flag| flag == privileged::FLAG) {
        return privileged::serve();
    }
    let arguments: Arguments = match daemon::flags::read() {
        Ok(arguments) => arguments,
        Err(status) => return status,
    };
    if arguments.version {
        // One word, as the server's banner has it: scripts cut this line apart.
        println!("Network UPS Tools {NAME} {VERSION}");
        return ExitCode::SUCCESS;
    }
    if let Some(word) = arguments.order {
        return order::give(word, arguments.daemon.pid);
    }
    if arguments.check_flag {
        return order::check_flag(&arguments.file());
    }
    start::start(&arguments)
}
