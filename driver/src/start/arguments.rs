//! The flags of a driver program, spelled as NUT spells them.

use super::{Banner, ORDERS, Program};
use crate::config::{CommandLine, KnownParam};
use clap::{CommandFactory, FromArgMatches, Parser};
use daemon::{Flags, paths};
use std::process::ExitCode;

/// What stands on the command line.
#[derive(Debug, Clone, Parser)]
#[command(disable_version_flag = true, arg_required_else_help = false)]
pub(super) struct Arguments {
    /// Configure from section ID of ups.conf
    #[arg(short = 'a', value_name = "ID", conflicts_with = "bare")]
    pub section: Option<String>,
    /// Configure from the command line alone, under the name ID
    #[arg(short = 's', value_name = "ID")]
    bare: Option<String>,
    /// Set a parameter, over what ups.conf says; or a flag
    #[arg(short = 'x', value_name = "VAR=VALUE")]
    params: Vec<String>,
    /// Cut the load, if the UPS can, and exit
    #[arg(short = 'k')]
    killpower: bool,
    /// Ask the running driver: reload, reload-or-error, reload-or-exit, exit
    #[arg(short = 'c', value_name = "COMMAND", value_parser = ORDERS, hide_possible_values = true)]
    pub command: Option<String>,
    /// Print all variables after COUNT updates, and exit
    #[arg(short = 'd', value_name = "COUNT", value_parser = clap::value_parser!(u32).range(1..))]
    pub dump: Option<u32>,
    /// Seconds between two updates
    #[arg(short = 'i', value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..))]
    poll_interval: Option<u64>,
    /// Give the driver socket to GROUP when started as root
    #[arg(short = 'g', value_name = "GROUP")]
    group: Option<String>,
    /// Move into DIR before anything is opened
    #[arg(short = 'r', value_name = "DIR")]
    chroot: Option<String>,
    /// Print the parameters of this driver, one a line
    #[arg(short = 'L')]
    list: bool,
    /// Print the version
    #[arg(short = 'V')]
    version: bool,
    #[command(flatten)]
    pub flags: Flags,
}

impl Arguments {
    /// The flags, as a program's own.
    pub fn declaration<E>(program: &Program<E>) -> clap::Command {
        let banner = Banner(program.name, program.about, program.version);
        Self::command()
            .name(program.name)
            .about(program.about)
            .help_template(format!("{banner}\n\n{{usage-heading}} {{usage}}\n\n{{all-args}}{{after-help}}"))
            .after_help(format!("{}\n\n{}", program.examples, parameters(program.params)))
    }

    /// Reads the command line; what only prints something is done here. NUT's drivers exit with 1
    /// when they do not understand their command line.
    pub fn read<E>(program: &Program<E>) -> Result<Self, ExitCode> {
        let parsed = Self::declaration(program).try_get_matches();
        let parsed = parsed.and_then(|matches| Self::from_arg_matches(&matches));
        let arguments = match parsed {
            Ok(arguments) => arguments,
            Err(error) => {
                // A terminal that is gone is no reason for another message.
                let _ = error.print();
                return Err(if error.use_stderr() { ExitCode::FAILURE } else { ExitCode::SUCCESS });
            }
        };
        if arguments.version || arguments.list {
            println!("{}", Banner(program.name, program.about, program.version));
            if arguments.list {
                program.params.iter().for_each(list);
            }
            return Err(ExitCode::SUCCESS);
        }
        if arguments.section.is_none() && arguments.bare.is_none() {
            eprintln!("specifying `-a ID` or `-s ID` is mandatory; try -h");
            return Err(ExitCode::FAILURE);
        }
        Ok(arguments)
    }

    /// The UPS's name.
    pub fn ups(&self) -> &str {
        self.section.as_deref().or(self.bare.as_deref()).unwrap_or_default()
    }

    /// What the configuration has to know.
    pub fn command_line(&self) -> CommandLine {
        CommandLine {
            params: self.params.iter().map(|param| split(param)).collect(),
            poll_interval: self.poll_interval,
            debug: self.flags.debug,
            killpower: self.killpower,
            user: self.flags.user.clone(),
            group: self.group.clone(),
            chroot: self.chroot.clone(),
            configuration_directory: paths::configuration().to_string_lossy().into_owned(),
            process_id: std::process::id(),
        }
    }
}

fn split(param: &str) -> (String, Option<String>) {
    match param.split_once('=') {
        Some((name, value)) => (name.trim().to_owned(), Some(value.trim().to_owned())),
        None => (param.to_owned(), None),
    }
}

fn list(param: &KnownParam) {
    let kind = if param.takes_value() { "VALUE" } else { "FLAG" };
    println!("{kind} {} \"{}\"", param.name, param.about);
}

fn parameters(params: &[KnownParam]) -> String {
    let row = |param: &KnownParam| {
        let value = if param.takes_value() { "=<value>" } else { "" };
        format!("  -x {}{value}\n          {}", param.name, param.about)
    };
    let rows: Vec<String> = params.iter().map(row).collect();
    format!("Parameters, for -x or ups.conf:\n{}", rows.join("\n"))
}
