//! The command line of `ups-emulator`: one UPS on sockets, in real time.

use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use crate::device::Usb;
use crate::hid::layout::Layout;
use crate::port::clock::Speed;
use crate::port::{Clock, Options, serve, tell};
use crate::units::{Celsius, Load, Millivolts, Permille};
use crate::{Device, Observation, Setup, Ups, device, fields};
use clap::{CommandFactory, Parser};
use protocol::Instant;
use protocol::diagnostic::Diagnostics;
use serde_json::json;
use tokio::signal::unix::{SignalKind, signal};

const EXAMPLES: &str = "\
Examples:
  ups-emulator --list
  ups-emulator --device apc-back-ups-650 --listen bus/ups --control ups.ctl
  ups-emulator --device my-ups.hex --fields
  ups-emulator --device my-ups.yaml --check
  ups-emulator --device eaton-3s --load '120 W' --charge '80 %' --speed 60 --control ups.ctl
Then, in another terminal:
  ups-emulator --control ups.ctl --tell 'mains off' --tell read
  RIDETHROUGH_USB_BUS=bus usbhid-ups -a ups";

/// A UPS down to the bytes on its wire: its data port and its control port are Unix sockets.
#[derive(Parser)]
#[command(name = "ups-emulator", version, after_help = EXAMPLES)]
struct Arguments {
    /// A device by its name, or a device file
    #[arg(long, value_name = "NAME|FILE", required_unless_present_any = ["list", "tell"])]
    device: Option<String>,
    /// The data port: a socket that is there while the device is on the bus
    #[arg(long, value_name = "PATH")]
    listen: Option<PathBuf>,
    /// The control port: a socket that takes lines such as `mains off`; `help` lists them
    #[arg(long, value_name = "PATH")]
    control: Option<PathBuf>,
    /// Tell the emulator that listens at --control this, and print its answer; may be given again
    #[arg(long, value_name = "LINE", requires = "control", conflicts_with_all = ["device", "listen"])]
    tell: Vec<String>,
    /// How much faster than the wall its clock runs
    #[arg(long, value_name = "N", env = "RIDETHROUGH_SPEED", default_value = "1")]
    speed: Speed,
    /// What hangs on it
    #[arg(long, value_name = "WATTS|SHARE")]
    load: Option<Load>,
    /// What its battery holds
    #[arg(long, value_name = "SHARE")]
    charge: Option<Permille>,
    /// What its battery can hold, of what it was designed for
    #[arg(long, value_name = "SHARE")]
    health: Option<Permille>,
    /// How warm its battery is
    #[arg(long, value_name = "CELSIUS")]
    temperature: Option<Celsius>,
    /// The mains' usual voltage
    #[arg(long, value_name = "VOLTS")]
    mains: Option<Millivolts>,
    /// Its serial number
    #[arg(long, value_name = "TEXT")]
    serial: Option<String>,
    /// Say nothing of what is seen
    #[arg(long)]
    quiet: bool,
    /// Check the device file, and do no more
    #[arg(long)]
    check: bool,
    /// List the fields of the device's reports, or of a report descriptor alone (a file of hexadecimal bytes, .hex)
    #[arg(long, group = "listing", requires = "device")]
    fields: bool,
    /// List the devices that come with the emulator
    #[arg(long, group = "listing")]
    list: bool,
    /// With --list or --fields: for another program
    #[arg(long, requires = "listing")]
    json: bool,
}

/// The declaration of the command line: for help, manual page and completions.
#[must_use]
pub fn command() -> clap::Command {
    Arguments::command()
}

/// Reads the command line and does what it says.
#[must_use]
pub fn main() -> ExitCode {
    let arguments = Arguments::parse();
    if arguments.list {
        return list(arguments.json);
    }
    if let Some(control) = arguments.control.as_ref().filter(|_| !arguments.tell.is_empty()) {
        return match tell(control, &arguments.tell, &mut std::io::stdout()) {
            Ok(true) => ExitCode::SUCCESS,
            Ok(false) => ExitCode::FAILURE,
            Err(error) => {
                eprintln!("error: failed to tell {}: {error}", control.display());
                ExitCode::FAILURE
            }
        };
    }
    let name = arguments.device.as_deref().unwrap_or_default();
    if arguments.fields && device::is_descriptor(Path::new(name)) {
        return match device::read_descriptor(Path::new(name)) {
            Ok(layout) => show_fields(&layout, None, arguments.json),
            Err(wrong) => refuse(&wrong),
        };
    }
    let device = match device::find(name) {
        Ok(device) => device,
        Err(wrong) => return refuse(&wrong),
    };
    if arguments.fields {
        return show_fields(&device.layout, Some(&device), arguments.json);
    }
    if arguments.check {
        println!("{} is sound: {}, {} report fields", device.name, device.model, device.layout.fields.len());
        return ExitCode::SUCCESS;
    }
    match run(device, arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: failed to listen at {error}");
            ExitCode::FAILURE
        }
    }
}

/// Says what is wrong with what was given.
fn refuse(wrong: &Diagnostics) -> ExitCode {
    eprintln!("{}", wrong.render(std::io::stderr().is_terminal()));
    ExitCode::from(2)
}

fn show_fields(layout: &Layout, device: Option<&Device>, as_json: bool) -> ExitCode {
    let text = if as_json { format!("{:#}\n", fields::json(layout, device)) } else { fields::table(layout, device) };
    // Whoever reads this may stop reading.
    let _ = std::io::stdout().write_all(text.as_bytes());
    ExitCode::SUCCESS
}

fn list(as_json: bool) -> ExitCode {
    let devices = device::names().into_iter().filter_map(|name| device::find(name).ok());
    if as_json {
        let described = |device: Device| {
            let Usb { vendor, product, .. } = device.usb;
            json!({ "name": device.name, "model": device.model, "usb": format!("{vendor:04x}:{product:04x}") })
        };
        println!("{:#}", serde_json::Value::from_iter(devices.map(described)));
    } else {
        devices.for_each(|device| println!("{:<28} {}", device.name, device.model));
    }
    ExitCode::SUCCESS
}

fn run(device: Device, arguments: Arguments) -> std::io::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let (mut ended, mut interrupted) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
        let stop = async {
            tokio::select! {
                _ = ended.recv() => {}
                _ = interrupted.recv() => {}
            }
        };
        let quiet = arguments.quiet;
        let say = move |at: Instant, seen: &Observation| {
            if !quiet {
                // Whoever reads this may stop reading; the device goes on.
                let _ = writeln!(std::io::stdout(), "{at}  {seen}");
            }
        };
        let setup = Setup {
            load: arguments.load,
            charge: arguments.charge,
            health: arguments.health,
            temperature: arguments.temperature,
            mains: arguments.mains,
            serial: arguments.serial,
        };
        let options = Options { listen: arguments.listen, control: arguments.control };
        let clock = Clock::start(arguments.speed);
        serve(Ups::new(device, setup, clock.now()), clock, options, stop, say).await
    })
}
