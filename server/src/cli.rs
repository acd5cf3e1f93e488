//! The command line of `upsd`, spelled as NUT spells it: reads the files, then hands the engine to the shell.

use std::net::{IpAddr, ToSocketAddrs};
use std::process::ExitCode;
use std::sync::Arc;

use clap::{CommandFactory, Parser};
use daemon::pid_file::{Order, give_order};
use daemon::{Flags, Listener, Options, paths};

use crate::config::Listen;
use crate::startup::{self, Files};
use crate::{Upsd, VERSION};

/// Descriptors for everything but connections, those that are just being closed included.
const OTHER_DESCRIPTORS: usize = 96;

const EXAMPLES: &str = "\
Examples:
  upsd              share the UPSes of ups.conf, from the background
  upsd -D           stay on the terminal, and say more
  upsd -c reload    have the running upsd read its files again";

/// Shares what drivers read with whoever asks
#[derive(Parser)]
#[command(name = "upsd", disable_version_flag = true, after_help = EXAMPLES)]
struct Arguments {
    /// Have the running server do something: reload or stop
    #[arg(short = 'c', value_name = "COMMAND", value_parser = ["reload", "stop"])]
    command: Option<String>,
    #[command(flatten)]
    flags: Flags,
    /// Listen on IPv4 addresses alone
    #[arg(short = '4', conflicts_with = "ipv6")]
    ipv4: bool,
    /// Listen on IPv6 addresses alone
    #[arg(short = '6')]
    ipv6: bool,
    /// Print the version
    #[arg(short = 'V')]
    version: bool,
}

/// The declaration of the command line: for help, manual page and completions.
#[must_use]
pub fn command() -> clap::Command {
    Arguments::command()
}

/// Reads the command line and does what it says.
#[must_use]
pub fn run() -> ExitCode {
    let arguments: Arguments = match daemon::flags::read() {
        Ok(arguments) => arguments,
        Err(status) => return status,
    };
    if arguments.version {
        println!("Network UPS Tools upsd {VERSION}");
        return ExitCode::SUCCESS;
    }
    let files = Files::in_folder(&paths::configuration()).debugging(arguments.flags.debug.into());
    if let Some(command) = &arguments.command {
        return order(command, &arguments, &files);
    }
    serve(&arguments, files)
}

fn order(command: &str, arguments: &Arguments, files: &Files) -> ExitCode {
    let order = if command == "reload" { Order::Reload } else { Order::Stop };
    match give_order("upsd", &startup::pid_file(files), arguments.flags.pid, order) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("upsd: {error}");
            ExitCode::FAILURE
        }
    }
}

fn serve(arguments: &Arguments, files: Files) -> ExitCode {
    let mut config = match files.load() {
        Ok((config, said)) => {
            if !said.is_empty() {
                eprintln!("{said}");
            }
            config
        }
        Err(said) => {
            eprintln!("{said}");
            return ExitCode::FAILURE;
        }
    };
    let mut options = Options::new("upsd");
    options.listeners = listeners(arguments, &config.listen);
    if options.listeners.is_empty() {
        eprintln!("upsd: no LISTEN in upsd.conf is of the address family that -4 or -6 asks for");
        return ExitCode::FAILURE;
    }
    let wanted = config.max_connections.unwrap_or(options.max_links);
    let descriptors = daemon::raise_descriptor_limit(wanted.saturating_add(OTHER_DESCRIPTORS));
    let most = wanted.min(descriptors - OTHER_DESCRIPTORS.min(descriptors / 2));
    config.max_connections = Some(most);
    // One more, for whom another makes room.
    options.max_links = most + 1;
    options.pid_file = Some(startup::pid_file(&files));
    options.reload = Some(Arc::new(move || files.reload()));
    arguments.flags.apply(&mut options);
    daemon::run(Upsd::new(config, startup::random_bits()), options)
}

fn listeners(arguments: &Arguments, listen: &[Listen]) -> Vec<Listener> {
    let everywhere = match (arguments.ipv4, arguments.ipv6) {
        (true, _) => "0.0.0.0",
        (_, true) => "::",
        _ => "*",
    };
    let wanted = |address: IpAddr| !(arguments.ipv4 && address.is_ipv6() || arguments.ipv6 && address.is_ipv4());
    listen
        .iter()
        .filter_map(|listen| {
            let host = match listen.host.as_str() {
                "*" => everywhere.to_owned(),
                host => match host.parse() {
                    Ok(address) => wanted(address).then(|| host.to_owned())?,
                    Err(_) if everywhere == "*" => host.to_owned(),
                    Err(_) => one_address(host, wanted)?,
                },
            };
            Some(Listener::Tcp { host, port: listen.port, required: listen.is_required })
        })
        .collect()
}

/// The first wanted address of a name, if it has one; the name itself when it cannot be looked up,
/// which whoever opens the listener will say.
fn one_address(host: &str, wanted: impl Fn(IpAddr) -> bool) -> Option<String> {
    match (host, 0).to_socket_addrs() {
        Ok(mut addresses) => addresses.find(|address| wanted(address.ip())).map(|address| address.ip().to_string()),
        Err(_) => Some(host.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hosts(flags: &[&str], hosts: &[&str]) -> Vec<String> {
        let arguments = Arguments::parse_from([&["upsd"], flags].concat());
        let listen = |host: &&str| Listen { host: (*host).to_owned(), port: 1, is_required: true };
        let listeners = listeners(&arguments, &hosts.iter().map(listen).collect::<Vec<_>>());
        let host = |listener| if let Listener::Tcp { host, .. } = listener { host } else { String::new() };
        listeners.into_iter().map(host).collect()
    }

    #[test]
    fn one_family_alone_is_listened_on_whatever_way_addresses_are_written() {
        let all = ["*", "::1", "192.0.2.7", "localhost", "no-such-name.invalid"];
        assert_eq!(hosts(&[], &all), all);
        assert_eq!(hosts(&["-4"], &all), ["0.0.0.0", "192.0.2.7", "127.0.0.1", "no-such-name.invalid"]);
        let six = hosts(&["-6"], &all);
        assert!(six.iter().all(|host| !host.contains("127.0.0.1") && host != "localhost"), "{six:?}");
    }
}
