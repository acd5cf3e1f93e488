//! The shell every daemon stands on: it hosts one engine and carries out what the engine asks.
//!
//! Start at [`run`]: it takes an engine and [`Options`], opens listeners, goes to the background,
//! drops privileges, and turns the event loop (`host.rs`) until the engine asks for
//! [`Effect::Exit`](protocol::Effect::Exit). It knows nothing of what a UPS is.
//!
//! A binary reads its [`Flags`], finds its files through [`paths`], builds a checked
//! configuration, and calls [`run`]; `-c COMMAND` goes through [`pid_file`].
//!
//! What the environment can say, beside NUT's own variables ([`paths`]):
//!
//! | variable | meaning |
//! |---|---|
//! | `RIDETHROUGH_SPEED` | how much faster than the wall the clock runs, such as `10` ([`Clock`]) |
//! | `RIDETHROUGH_KEEP_PATH` | the folder of what is kept across boots, else `/var/lib/nut` |
//! | `RIDETHROUGH_USB_BUS` | the folder of the emulator bus, where each socket is a USB device |
//! | `RIDETHROUGH_WIRE_LOG` | a file that gets every byte of every link, one JSON object a line |
//! | `NOTIFY_SOCKET`, `JOURNAL_STREAM` | set by systemd |
//!
//! Around the loop, one file per thing that happens outside it: `listen` and `connect` make
//! links, `link` and `lane` serve them, `lookup` finds addresses, `usb_bus` carries transfers, `commands` (`life`),
//! `files` and `watch` do what their names say, `signals` listens. Each tells the loop through `news`; what
//! may hang is put `aside`, onto the `reserve` where there are no threads left.

mod aside;
mod background;
pub mod boot;
mod clock;
mod commands;
mod connect;
mod descriptor;
mod descriptors;
pub mod errands;
pub mod files;
pub mod flags;
mod host;
mod lane;
mod life;
mod link;
mod links;
mod listen;
mod log;
mod lookup;
mod news;
mod notify;
pub mod options;
pub mod paths;
pub mod pid_file;
mod privileges;
mod reloading;
pub mod reserve;
pub mod room;
mod run;
pub mod secrecy;
mod signals;
mod stream;
mod usb_bus;
mod watch;
mod wire_log;

pub use clock::Clock;
pub use descriptors::raise_limit as raise_descriptor_limit;
pub use flags::Flags;
pub use log::Log;
pub use options::{Listener, Options, Reloaded};
pub use run::{run, run_with};
