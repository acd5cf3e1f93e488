//! `-c COMMAND`: signals the running upsmon. `-K`: asks for the power-down flag.

use super::NAME;
use crate::power_down_flag::Flag;
use clap::builder::{StringValueParser, TypedValueParser};
use daemon::flags::Offering;
use daemon::pid_file::{self, Order};
use protocol::power_down_flag::path_in;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// What can be ordered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Word {
    /// Shut down all hosts of the UPSes that this host is primary of
    Fsd,
    /// Read the configuration again
    Reload,
    /// Stop monitoring
    Stop,
}

impl Word {
    /// Reads a word, or any beginning of one, as NUT does; a shell offers whole ones.
    pub(super) fn parser() -> impl TypedValueParser<Value = Self> {
        Offering::new(&["fsd", "reload", "stop"], StringValueParser::new().try_map(|text| Self::read(&text)))
    }

    fn read(text: &str) -> Result<Self, &'static str> {
        let words = [("fsd", Self::Fsd), ("reload", Self::Reload), ("stop", Self::Stop)];
        let found = words.into_iter().find(|(word, _)| !text.is_empty() && word.starts_with(text));
        found.map(|(_, order)| order).ok_or("fsd, reload or stop")
    }
}

/// Signals the running upsmon.
pub(super) fn give(word: Word, pid: Option<i32>) -> ExitCode {
    let order = match word {
        Word::Fsd => Order::ForcedShutdown,
        Word::Reload => Order::Reload,
        Word::Stop => Order::Stop,
    };
    match pid_file::give_order(NAME, &pid_path(), pid, order) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{NAME}: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Where the PID file is.
pub(super) fn pid_path() -> PathBuf {
    daemon::paths::root_pid().join("upsmon.pid")
}

/// Whether the power-down flag is set, as an exit code for the late shutdown script.
pub(super) fn check_flag(file: &Path) -> ExitCode {
    let text = std::fs::read(file).unwrap_or_default();
    let Some(path) = path_in(&text) else { return ExitCode::FAILURE };
    match Flag::at(Path::new(&path)) {
        Flag::Set => {
            println!("UPS power-down flag {path} is set");
            ExitCode::SUCCESS
        }
        Flag::Absent => ExitCode::FAILURE,
        Flag::Foreign => {
            eprintln!("{NAME}: POWERDOWNFLAG ({path}) does not contain the upsmon magic string");
            ExitCode::FAILURE
        }
    }
}
