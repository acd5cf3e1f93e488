//! `upsd`: reads its files, then hands the engine to the shell.

use std::process::ExitCode;
use std::sync::Arc;

use clap::Parser;
use daemon::pid_file::{Order, give_order};
use daemon::{Flags, Listener, Options, paths};
use server::startup::{self, Files};
use server::{Upsd, VERSION};

/// Shares what drivers read with whoever asks
#[derive(Parser)]
#[command(name = "upsd", disable_version_flag = true)]
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

fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(message) => {
            // A terminal that is gone is no reason for another message. NUT exits with 1.
            let _ = message.print();
            return if message.use_stderr() { ExitCode::FAILURE } else { ExitCode::SUCCESS };
        }
    };
    if arguments.version {
        println!("Network UPS Tools upsd {VERSION}");
        return ExitCode::SUCCESS;
    }
    let files = Files::in_folder(&paths::configuration());
    if let Some(command) = &arguments.command {
        return order(command, &arguments, &files);
    }
    run(&arguments, files)
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

fn run(arguments: &Arguments, files: Files) -> ExitCode {
    let config = match files.load() {
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
    options.max_links = config.max_connections.unwrap_or(options.max_links);
    options.pid_file = Some(startup::pid_file(&files));
    options.reload = Some(Arc::new(move || files.reload()));
    arguments.flags.apply(&mut options);
    daemon::run(Upsd::new(config, startup::random_bits()), options)
}

fn listeners(arguments: &Arguments, listen: &[server::config::Listen]) -> Vec<Listener> {
    let wanted = |host: &str| match host.parse::<std::net::IpAddr>() {
        Ok(address) => !(arguments.ipv4 && address.is_ipv6() || arguments.ipv6 && address.is_ipv4()),
        // A name is looked up when it is opened.
        Err(_) => true,
    };
    let everywhere = match (arguments.ipv4, arguments.ipv6) {
        (true, _) => "0.0.0.0",
        (_, true) => "::",
        _ => "*",
    };
    listen
        .iter()
        .filter(|listen| wanted(&listen.host))
        .map(|listen| Listener::Tcp {
            host: if listen.host == "*" { everywhere.to_owned() } else { listen.host.clone() },
            port: listen.port,
            required: listen.is_required,
        })
        .collect()
}
