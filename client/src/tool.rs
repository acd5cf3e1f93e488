//! `upsc`: shows what a server knows, in NUT's words, for people and scripts.
//!
//! Results go to standard output and nothing else does; whatever went wrong is one line on standard
//! error, and exit code 1.

use crate::{Client, ClientError, ServerAddress, UpsAddress};
use clap::{CommandFactory, Parser};
use protocol::net::List;
use protocol::session::Row;
use std::io::Write;
use std::process::ExitCode;
use std::time::Duration;

/// Scripts that look for NUT find it, and the release whose behaviour this is.
const VERSION: &str = concat!("2.8.1-ridethrough-", env!("CARGO_PKG_VERSION"));
const EXAMPLES: &str = "\
Examples:
  upsc -l                     the UPSes of the server on this host
  upsc rack@nas ups.status    one variable
  upsc -j rack@nas            all variables, as JSON";

/// Displays UPS variables
#[derive(Debug, Parser)]
#[command(name = "upsc", display_name = "Network UPS Tools upsc", version = VERSION)]
#[command(disable_version_flag = true, disable_help_flag = true, after_help = EXAMPLES)]
#[command(
    override_usage = "upsc [-j] -l | -L [<hostname>[:port]]\n       upsc [-j] <ups> [<variable>]\n       upsc [-j] -c <ups>"
)]
struct Arguments {
    /// List the UPSes of a server, one per line
    #[arg(short = 'l')]
    list: bool,
    /// List the UPSes of a server with their descriptions
    #[arg(short = 'L')]
    list_descriptions: bool,
    /// List the addresses of the clients logged in to a UPS
    #[arg(short = 'c')]
    clients: bool,
    /// Print JSON
    #[arg(short = 'j')]
    json: bool,
    /// Give up connecting after so many seconds
    #[arg(short = 'W', value_name = "SECONDS", env = "NUT_DEFAULT_CONNECT_TIMEOUT", default_value_t = 10)]
    patience: u32,
    /// Show the version
    #[arg(short = 'V', action = clap::ArgAction::Version)]
    version: Option<bool>,
    /// Show this help
    #[arg(short = 'h', long = "help", action = clap::ArgAction::Help)]
    help: Option<bool>,
    /// <upsname>[@<hostname>[:<port>]], or with -l and -L [<hostname>[:<port>]]
    target: Option<String>,
    /// This variable only
    variable: Option<String>,
    /// What follows is ignored, as NUT's upsc does
    #[arg(hide = true)]
    ignored: Vec<String>,
}

/// What is asked for.
enum Question<'a> {
    Upses,
    Descriptions,
    Clients(&'a str),
    Variable(&'a str, &'a str),
    Variables(&'a str),
}

/// What goes wrong, and what is said about it.
#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error("Error: invalid UPS definition.\nRequired format: upsname[@hostname[:port]]")]
    Ups,
    #[error("Error: invalid hostname.\nRequired format: [hostname[:port]]")]
    Host,
    #[error("Error: old-style variable names are not supported")]
    OldName,
    #[error("Error: {0}")]
    Client(#[from] ClientError),
    #[error("Error: {0}")]
    Output(std::io::Error),
}

/// The declaration of the command line: for help, manual page and completions.
#[must_use]
pub fn command() -> clap::Command {
    Arguments::command()
}

/// Runs `upsc`.
#[must_use]
pub fn upsc() -> ExitCode {
    let arguments = Arguments::parse();
    let done = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(Failure::Output)
        .and_then(|runtime| runtime.block_on(run(&arguments)))
        .and_then(|text| std::io::stdout().write_all(text.as_bytes()).map_err(Failure::Output));
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("{failure}");
            ExitCode::FAILURE
        }
    }
}

async fn run(arguments: &Arguments) -> Result<String, Failure> {
    let target = arguments.target.as_deref();
    let of_server = arguments.list || arguments.list_descriptions;
    let (server, ups) = if of_server {
        let server = target.map_or_else(|| Ok(ServerAddress::default()), str::parse);
        (server.map_err(|_| Failure::Host)?, String::new())
    } else {
        let address: UpsAddress = target.unwrap_or_default().parse().map_err(|_| Failure::Ups)?;
        (address.server, address.ups)
    };
    let question = match arguments.variable.as_deref() {
        _ if arguments.list_descriptions => Question::Descriptions,
        _ if arguments.list => Question::Upses,
        _ if arguments.clients => Question::Clients(&ups),
        Some(variable) => Question::Variable(&ups, variable),
        None => Question::Variables(&ups),
    };
    let mut client = Client::connect_within(&server, Duration::from_secs(arguments.patience.into())).await?;
    let found = question.ask(&mut client).await?;
    Ok(if arguments.json { found.json() } else { found.plain() })
}

/// What a server said, in the server's order.
enum Found {
    One(String),
    Items(Vec<String>),
    Pairs(Vec<(String, String)>),
}

impl Question<'_> {
    async fn ask(&self, client: &mut Client) -> Result<Found, Failure> {
        let list = match *self {
            Self::Variable(_, name) if !name.contains('.') => return Err(Failure::OldName),
            Self::Variable(ups, name) => return Ok(Found::One(client.variable(ups, name).await?)),
            Self::Upses | Self::Descriptions => List::Ups,
            Self::Clients(ups) => List::Client { ups },
            Self::Variables(ups) => List::Var { ups },
        };
        let rows = client.list(list).await?.into_iter();
        Ok(match self {
            Self::Descriptions | Self::Variables(_) => Found::Pairs(rows.filter_map(pair).collect()),
            _ => Found::Items(rows.filter_map(item).collect()),
        })
    }
}

fn pair(row: Row) -> Option<(String, String)> {
    match row {
        Row::Ups { name, description } => Some((name, description)),
        Row::Var { var, value } => Some((var, value)),
        _ => None,
    }
}

fn item(row: Row) -> Option<String> {
    match row {
        Row::Ups { name, .. } => Some(name),
        Row::Client(address) => Some(address),
        _ => None,
    }
}

impl Found {
    /// NUT's lines.
    fn plain(&self) -> String {
        match self {
            Self::One(value) => format!("{value}\n"),
            Self::Items(items) => items.iter().map(|item| format!("{item}\n")).collect(),
            Self::Pairs(pairs) => pairs.iter().map(|(name, value)| format!("{name}: {value}\n")).collect(),
        }
    }

    /// JSON, its keys in the server's order.
    fn json(&self) -> String {
        let quote = |text: &str| serde_json::Value::from(text).to_string();
        let block = |open, lines: Vec<String>, close| match lines.is_empty() {
            true => format!("{open}{close}\n"),
            false => format!("{open}\n  {}\n{close}\n", lines.join(",\n  ")),
        };
        match self {
            Self::One(value) => format!("{}\n", quote(value)),
            Self::Items(items) => block('[', items.iter().map(|item| quote(item)).collect(), ']'),
            Self::Pairs(pairs) => {
                let lines = pairs.iter().map(|(name, value)| format!("{}: {}", quote(name), quote(value)));
                block('{', lines.collect(), '}')
            }
        }
    }
}
