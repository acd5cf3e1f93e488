//! The command line of `upsdrvctl`, spelled as NUT spells it.

use super::Places;
use super::plan::PassedOn;
use crate::start::ORDERS;
use clap::builder::StringValueParser;
use clap::{ArgAction, CommandFactory, Parser};
use daemon::flags::Offering;
use protocol::conf::ups_conf::UpsConf;
use std::process::ExitCode;

const EXAMPLES: &str = "\
Examples:
  upsdrvctl start          start the drivers of all UPSes in ups.conf
  upsdrvctl stop rack      stop one
  upsdrvctl shutdown       cut the loads of all, but of those that the power-down flag of upsmon leaves alone
  upsdrvctl shutdown rack  cut this one, whatever the flag says
  upsdrvctl -t shutdown    print what would be done to cut the loads, and do none of it";

/// A shell offers these; any word is read, for an unknown one gets NUT's message.
fn words() -> Offering<StringValueParser> {
    Offering::new(&["start", "stop", "shutdown", "status", "list"], StringValueParser::new())
}

/// What stands on the command line.
#[derive(Debug)]
pub(super) struct Arguments {
    /// What to do.
    pub verb: Verb,
    /// For which UPS; for all of them otherwise.
    pub ups: Option<String>,
    /// `-t`.
    pub is_test: bool,
    flags: Flags,
}

/// What the operator asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Verb {
    Start,
    Stop,
    Shutdown,
    Status,
    List,
    /// `-c ORDER`.
    Order(String),
}

/// Starts, stops and asks the drivers of ups.conf, and cuts the loads
#[derive(Debug, Clone, Parser)]
#[command(name = "upsdrvctl", disable_version_flag = true, after_help = EXAMPLES)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
struct Flags {
    /// Drivers move into DIR
    #[arg(short = 'r', value_name = "DIR")]
    chroot: Option<String>,
    /// Print what would be done, and do none of it
    #[arg(short = 't')]
    is_test: bool,
    /// Drivers switch to USER when started as root
    #[arg(short = 'u', value_name = "USER")]
    user: Option<String>,
    /// Say more
    #[arg(short = 'D', action = ArgAction::Count)]
    debug: u8,
    /// Hand -D on to the drivers
    #[arg(short = 'd')]
    passes_debug: bool,
    /// Drivers stay in the foreground; twice, with a PID file
    #[arg(short = 'F', action = ArgAction::Count)]
    foreground: u8,
    /// Drivers go to the background even when debugging
    #[arg(short = 'B', conflicts_with = "foreground")]
    background: bool,
    /// List the names of the UPSes
    #[arg(short = 'l')]
    list: bool,
    /// Ask the running drivers: reload, reload-or-error, reload-or-exit, exit
    #[arg(short = 'c', value_name = "COMMAND", conflicts_with = "list", value_parser = ORDERS, hide_possible_values = true)]
    order: Option<String>,
    /// Print the version
    #[arg(short = 'V')]
    version: bool,
    /// start, stop, shutdown, status or list, and the name of a UPS to do it for that one alone
    #[arg(value_name = "COMMAND [UPS]", num_args = 0..=2, value_parser = words(), hide_possible_values = true)]
    words: Vec<String>,
}

/// The declaration of the command line: for help, manual page and completions.
#[must_use]
pub fn command() -> clap::Command {
    Flags::command()
}

impl Arguments {
    /// Reads the command line; what only prints something is done here.
    pub fn read() -> Result<Self, ExitCode> {
        let flags: Flags = daemon::flags::read()?;
        if flags.version {
            println!("Ridethrough - UPS driver controller {}", env!("CARGO_PKG_VERSION"));
            return Err(ExitCode::SUCCESS);
        }
        let mut words = flags.words.iter().cloned();
        let verb = match &flags.order {
            Some(order) => Verb::Order(order.clone()),
            None if flags.list => Verb::List,
            None => verb(words.next().as_deref())?,
        };
        let ups = words.next();
        if words.next().is_some() {
            eprintln!("error: too many words on the command line; try -h");
            return Err(ExitCode::FAILURE);
        }
        Ok(Self { verb, ups, is_test: flags.is_test, flags })
    }

    /// How much to say: a test says everything.
    pub fn debug(&self) -> u8 {
        if self.is_test { self.flags.debug.max(2) } else { self.flags.debug }
    }

    /// What every driver is told.
    pub fn passed_on(&self, conf: &UpsConf, places: &Places) -> PassedOn {
        let given_or_global = |given: &Option<String>, key| given.clone().or(conf.globals.get(key).map(str::to_owned));
        PassedOn {
            driver_path: places.programs.to_string_lossy().into_owned(),
            chroot: given_or_global(&self.flags.chroot, "chroot"),
            user: given_or_global(&self.flags.user, "user"),
            debug: if self.flags.passes_debug { self.flags.debug } else { 0 },
            foreground: self.flags.foreground,
            background: self.flags.background,
        }
    }
}

fn verb(word: Option<&str>) -> Result<Verb, ExitCode> {
    match word {
        Some("start") => Ok(Verb::Start),
        Some("stop") => Ok(Verb::Stop),
        Some("shutdown") => Ok(Verb::Shutdown),
        Some("status") => Ok(Verb::Status),
        Some("list") => Ok(Verb::List),
        Some(other) => {
            eprintln!("error: unrecognized command [{other}]");
            Err(ExitCode::FAILURE)
        }
        None => {
            println!("{}", Flags::command().render_help());
            Err(ExitCode::SUCCESS)
        }
    }
}
