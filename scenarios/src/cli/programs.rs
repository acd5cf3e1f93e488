//! The programs of this project, by name, each with the declaration that its own parser reads.

use super::options::Options;
use clap::{Command, CommandFactory, ValueEnum};

/// A program.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
#[expect(missing_docs, reason = "each is the program of its name")]
pub enum Program {
    Ridethrough,
    Upsd,
    Upsmon,
    Upsc,
    UsbhidUps,
    DummyUps,
    Upsdrvctl,
    UpsEmulator,
}

impl Program {
    /// What can be written on its command line.
    #[must_use]
    pub fn command(self) -> Command {
        match self {
            Self::Ridethrough => Options::command(),
            Self::Upsd => server::cli::command(),
            Self::Upsmon => monitor::cli::command(),
            Self::Upsc => client::tool::command(),
            Self::UsbhidUps => driver::start::USBHID_UPS.command(),
            Self::DummyUps => driver::start::DUMMY_UPS.command(),
            Self::Upsdrvctl => driver::upsdrvctl::command(),
            Self::UpsEmulator => emulator::cli::command(),
        }
    }

    /// The section of the manual, which for NUT's names is NUT's.
    #[must_use]
    pub fn section(self) -> &'static str {
        match self {
            Self::Ridethrough | Self::UpsEmulator => "1",
            _ => "8",
        }
    }
}
